//! The language of Carousel.

pub mod ast;
mod diagnostic;
mod source;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use source::{Source, SourceId, Sources, Span};
