//! Carousel as a library: statements in, results out.
//!
//! The path of one line: [`Session::run`] parses it, `statements` holds one file for
//! each verb, `read` turns the syntax tree into recipes and networks, and what comes
//! out is an [`Output`] that front ends show as text, as JSON or as a picture.
//!
//! ```
//! use carousel::{Output, Session};
//!
//! let mut session = Session::new();
//! let results = session.run(
//!     "data air = airline | split 67% | scale 0..1 | window 3
//!      m = train lstm 4 -> dense 1 on air epochs 2
//!      score m",
//! );
//! assert!(results.is_ok(), "{results}");
//! assert!(results.outputs.iter().any(|output| matches!(output, Output::Score(_))));
//! assert_eq!(session.values("m.loss").unwrap().len(), 2);
//! ```
//!
//! In a notebook of the stock evcxr kernel a cell that ends with [`Session::run`] or
//! [`lstm!`] shows its tables and plots. What a front end needs that shows results as
//! they come is [`Session::run_named`].

mod analysis;
mod asked;
mod cells;
mod contest;
mod datasets;
mod evaluate;
mod figures;
pub mod files;
mod hints;
pub mod history;
mod journal;
mod learn;
mod level;
mod lstm;
mod need;
mod output;
mod progress;
mod read;
mod results;
mod seen;
mod session;
pub mod speed;
mod state;
mod statements;
mod summarise;
mod values;
mod work;

pub use analysis::{Analysis, Candidate, Completion, Explanation, Ghost};
#[doc(hidden)]
pub use lstm::one_line;
pub use output::{
    Bundle, Column, Comparison, Epoch, Errors, LayerSummary, Line, Output, PartErrors,
    Plots, Score, ScoreLine, Summary, Table, Values, Walk, WalkEnd, WalkInput, WalkLine,
    WalkStep, WalkUnit,
};
pub use progress::Progress;
pub use results::Results;
pub use session::{Checkpoint, Session};
