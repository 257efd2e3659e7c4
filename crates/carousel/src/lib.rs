//! Carousel as a library: statements in, results out.

mod read;
mod state;
