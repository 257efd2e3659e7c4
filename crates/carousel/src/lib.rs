//! Carousel as a library: statements in, results out.
//!
//! The path of one line: [`Session::run`] parses it, `statements` holds one file for
//! each verb, `read` turns the syntax tree into recipes and networks, and what comes
//! out is an [`Output`] that front ends show as text, as JSON or as a picture.
//!
//! ```
//! use std::ops::ControlFlow;
//! use carousel::{Output, Session};
//!
//! let mut session = Session::new();
//! let mut weights = 0;
//! session
//!     .run("<doc>", "lstm 4 -> dense 1", &mut |output| {
//!         if let Output::Summary(summary) = output {
//!             weights = summary.weights;
//!         }
//!         ControlFlow::Continue(())
//!     })
//!     .unwrap();
//! assert_eq!(weights, 101);
//! ```

mod analysis;
mod asked;
mod cells;
mod contest;
mod datasets;
mod evaluate;
mod figures;
mod files;
mod hints;
mod journal;
mod learn;
mod level;
mod need;
mod output;
mod read;
mod seen;
mod session;
pub mod speed;
mod state;
mod statements;
mod summarise;
mod work;

pub use analysis::{Analysis, Candidate, Completion, Explanation, Ghost};
pub use output::{
    Column, Comparison, Epoch, Errors, LayerSummary, Line, Output, PartErrors, Plots,
    Score, ScoreLine, Summary, Table, Values, Walk, WalkEnd, WalkInput, WalkLine,
    WalkStep, WalkUnit,
};
pub use session::{Checkpoint, Session};
