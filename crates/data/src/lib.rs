//! Data of Carousel.
mod sequences;
pub use sequences::{Batch, Sequences, lanes};
