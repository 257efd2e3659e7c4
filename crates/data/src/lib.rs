//! Data of Carousel.
mod baseline;
mod dataset;
mod measure;
mod recipe;
mod sequences;
mod table;

pub use baseline::Baseline;
pub use dataset::{Dataset, Fitted, Form, Leak, Part, Preparation};
pub use measure::{Measures, Predictions};
pub use recipe::{Column, ColumnName, Csv, Recipe, Source, Step, StepKind};
pub use sequences::{Batch, Sequences, lanes};
pub use table::{Table, Values};
