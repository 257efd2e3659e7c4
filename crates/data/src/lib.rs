//! Data of Carousel: a [`Recipe`] goes in, a [`Dataset`] comes out, with [`Sequences`]
//! for each part in the units that a network sees, and the way back to original units.
//!
//! ```
//! use std::path::Path;
//!
//! use carousel_data::{Baseline, Dataset, Part, Recipe, Source, Step, StepKind};
//! use carousel_lang::Span;
//!
//! let step = |kind| Step { kind, span: Span::default() };
//! let recipe = Recipe {
//!     source: Source::Airline,
//!     source_span: Span::default(),
//!     steps: vec![step(StepKind::Split { shares: vec![67.0], apart: false })],
//! };
//! let data = Dataset::prepare(&recipe, Path::new("."), 7).expect("it is built in");
//! let naive = Baseline::Naive.predict(&data, Part::Test).expect("it has a past");
//! assert_eq!(naive.measures().expect("48 months").count, 48);
//! ```

mod baseline;
mod dataset;
mod dates;
mod labels;
mod measure;
mod preparation;
mod prepare;
mod recipe;
mod sequences;
mod source;
mod steps;
mod table;
mod units;

pub use baseline::Baseline;
pub use dataset::{Dataset, Fitted, Form, Leak, Part, Preparation};
pub use labels::labels_after;
pub use measure::{Measures, Predictions, mase};
pub use recipe::{Column, ColumnName, Csv, Recipe, Source, Step, StepKind};
pub use sequences::{Batch, Sequences, lanes};
pub use source::{SEQUENCES, columns_of};
pub use table::{Table, Values};
