//! A cell's program taken apart: sums, which tiles of products make, and straight-line
//! code on the sums, forward and back, which is interpreted sixteen units at a time.
//!
//! In goes a [`crate::Program`], out comes a [`ProgramCell`]. Those who run it make the
//! sums and see to it that what the code reads is there.

mod cell;
mod operations;
mod pairs;
mod parts;
mod run;
mod sum;

pub(crate) use cell::{Gradient, ProgramCell};
pub(crate) use operations::Leaf;
pub(crate) use run::{PANEL, Units, run};
pub(crate) use sum::{Block, Sum};

#[cfg(test)]
pub(crate) mod tests;
