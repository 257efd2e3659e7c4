//! A recurrent layer in one kernel, on packed weights: inputs `[T, B, I]` or symbols
//! `[T, B]`, weights and first states in, outputs `[T, B, H]` and last states out,
//! and all gradients back. The mask is that of [`crate::Lstm`].
//!
//! A cell is a number `C` of sums, each of biases and of products with x and with
//! states, and arithmetic that makes the next states of them, unit by unit. There are
//! two: the hand-written one of [`LstmLayer`], and [`ProgramLayer`], which interprets
//! what is left of a [`crate::Program`] when the sums are taken out.
//!
//! Projection and recurrent products are one sum in each step; where x is a symbol, its
//! row of weights stands for the projection. Weights are packed so that a tile of it
//! holds up to four sums of sixteen units, and all sums of a few rows become states
//! before anything leaves for memory. The way back keeps the gradients of the sums of
//! some steps together, and makes of them the gradients of inputs and weights, again by
//! tiles.
//!
//! Every number is one chain of additions in an order that the shape alone gives:
//! neither tiles nor threads change a bit.
//!
//! How things lie: units are padded to `P` panels of sixteen, and sums are ordered by
//! panel, number of the sum and unit. Matrices on the right of a product are kept in
//! groups of as many columns as a tile is wide.

mod backward;
mod cell;
mod columns;
mod forward;
mod frame;
mod given;
mod gradients;
pub(crate) mod lstm;
mod pack;
mod products;
mod program;
mod tape;
mod tile;

pub use lstm::LstmLayer;
pub use program::{
    ProgramGradients, ProgramInputs, ProgramLayer, ProgramOutputs, ProgramSeeds,
};
pub use tape::LayerTape;

use crate::code::PANEL;
use cell::Cell;
