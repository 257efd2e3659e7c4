//! An LSTM layer in one kernel, for shapes that keep the processor busy: inputs
//! `[T, B, I]`, weights and first states in, outputs `[T, B, H]` and last states out,
//! and all gradients back. The equations and the mask are those of [`crate::Lstm`].
//!
//! Projection and recurrent product are one product over `[x, h]` in each step. Weights
//! are packed so that a tile of it holds all four gates of sixteen units: these are
//! activated, and the states updated, before anything leaves for memory. The way back
//! keeps the gates' gradients of some steps together, and makes of them the gradients of
//! inputs and weights, again by tiles.
//!
//! Every number is one chain of additions in an order that the shape alone gives:
//! neither tiles nor threads change a bit.
//!
//! How things lie: units are padded to `P` panels of sixteen, and the columns of the
//! gates are ordered by panel, gate (i, f, g, o) and unit. Matrices on the right of a
//! product are kept in groups of as many columns as a tile is wide.

mod backward;
pub(crate) mod cell;
mod columns;
mod forward;
mod gradients;
mod pack;
mod products;
mod strip;
mod tape;
mod tile;

pub use tape::LayerTape;

use crate::ScanShape;

/// How many units a panel has.
const PANEL: usize = 16;

/// How many columns a panel has: four gates of its units.
const GATES: usize = 4 * PANEL;

/// An LSTM layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LstmLayer {
    /// Sizes and direction of its loop.
    pub shape: ScanShape,
    /// `I`, at least 1.
    pub inputs: usize,
    /// Which column block of `H` holds i, f, g and o in `w`, `u` and the bias:
    /// `[0, 1, 2, 3]` for PyTorch and Keras.
    pub gates: [usize; 4],
}

/// Below so many multiplications in a pass, which take well under a tenth of a
/// millisecond, waking another thread can cost more than it saves. An interpreter never
/// gets so far, and is to see what threads do.
const SHARED: usize = if cfg!(miri) { 0 } else { 4_000_000 };

impl LstmLayer {
    /// `P`
    fn panels(&self) -> usize {
        self.shape.units.div_ceil(PANEL)
    }

    /// How many units panel `p` really has.
    fn width(&self, p: usize) -> usize {
        (self.shape.units - p * PANEL).min(PANEL)
    }

    /// Where the sixteen columns of a gate of a panel begin in a matrix `[.., 4H]`.
    fn column(&self, p: usize, gate: usize) -> usize {
        self.gates[gate] * self.shape.units + p * PANEL
    }

    /// How many threads a forward pass is worth; it is shared out by rows.
    fn members(&self) -> usize {
        let ScanShape { steps, batch, units, .. } = self.shape;
        let work = steps * batch * 4 * units * (self.inputs + units);
        if work < SHARED { 1 } else { batch }
    }
}

#[cfg(test)]
mod tests;
