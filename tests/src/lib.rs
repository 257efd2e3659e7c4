//! What the end-to-end tests share: scripts and documents of the repository go in, the
//! text that a person would read comes out.
//!
//! Adding a case is adding a file: every script under `examples/` and `tests/errors/`
//! is a snapshot, and every `lstm` fence of the documents runs.

pub mod any;
mod copy;
mod fences;
mod outcome;
mod scripts;
mod tolerance;

pub use copy::copy_of_repository;
pub use fences::{Fence, fences};
pub use outcome::{Outcome, outcome, outcome_in};
pub use scripts::{documents, files_ending, root};
pub use tolerance::{Near, near};
