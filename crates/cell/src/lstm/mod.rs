//! An LSTM layer for few rows, or for any number where x is projected already: inputs
//! `[T, B, I]`, or what a product made of them, weights and first states in, outputs
//! `[T, B, H]` and last states out, and all gradients back.
//!
//! The cell is that of Hochreiter and Schmidhuber (1997) with the forget gate of Gers,
//! Schmidhuber and Cummins (2000):
//! `i, f, o = sigmoid(..)`, `g = tanh(..)` of `x W + h U + bias`;
//! `c' = f c + i g`; `h' = o tanh(c')`.
//!
//! Where a mask is 0, a step leaves the states as they were, and the output is 0.
//!
//! With few rows, a step reads each weight for a few additions only: nothing is packed,
//! and matrices are read as they lie, in the order in which they lie. Threads share the
//! units, and meet once in each step.
//!
//! Every number is one chain of additions, or sixteen and their sum, in an order that
//! the shape alone gives: threads do not change a bit.

mod backward;
mod dots;
mod forward;
mod reference;
mod sums;
mod tape;
mod tile;

use std::ops::Range;

pub use reference::{
    LstmReference, LstmReferenceGradients, lstm_backward_reference,
    lstm_forward_reference,
};
pub use tape::LstmTape;

use crate::ScanShape;
use crate::code::PANEL;
use crate::operands::LayerInputs;

/// An LSTM layer for few rows, or for any number where x is projected already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lstm {
    /// Sizes and direction of its loop.
    pub shape: ScanShape,
    /// `I`; 0 where x is projected already: it is then `[T, B, 4H]`, bias included, so
    /// is its gradient, and w, the bias and their gradients are empty.
    pub inputs: usize,
    /// Which column block of `H` holds i, f, g and o in all that is `4H` wide:
    /// `[0, 1, 2, 3]` for PyTorch and Keras.
    pub gates: [usize; 4],
}

/// From so many inputs on, one product for all steps, which uses a weight for several
/// rows, makes up for writing the sums and reading them again.
const AHEAD: usize = 8;

impl Lstm {
    fn panels(&self) -> usize {
        self.shape.units.div_ceil(PANEL)
    }

    /// The units of some panels.
    fn units(&self, panels: &Range<usize>) -> Range<usize> {
        let units = self.shape.units;
        (panels.start * PANEL).min(units)..(panels.end * PANEL).min(units)
    }

    /// The columns of these units' gates.
    fn columns(&self, units: &Range<usize>) -> Columns {
        let n = self.shape.units;
        if units.len() == n {
            return Columns { pieces: [(0, 4 * n), (0, 0), (0, 0), (0, 0)], count: 1 };
        }
        let piece = |block| (block * n + units.start, block * n + units.end);
        Columns { pieces: [0, 1, 2, 3].map(piece), count: 4 }
    }

    /// Columns of x.
    fn width(&self) -> usize {
        if self.inputs == 0 { 4 * self.shape.units } else { self.inputs }
    }

    /// Whether one product for all steps comes before the loop.
    fn projects_ahead(&self) -> bool {
        self.shape.steps > 1 && self.inputs >= AHEAD
    }

    fn check(&self, inputs: &LayerInputs<'_>) {
        let (rows, units) = (self.shape.steps * self.shape.batch, self.shape.units);
        let bias = if self.inputs == 0 { 0 } else { 4 * units };
        assert!(units > 0, "a layer has units");
        assert_eq!(inputs.x.len(), rows * self.width(), "x is [T, B, I]");
        assert_eq!(inputs.w.len(), self.inputs * 4 * units, "w is [I, 4H]");
        assert_eq!(inputs.u.len(), units * 4 * units, "u is [H, 4H]");
        assert_eq!(inputs.bias.len(), bias, "the bias is [4H]");
        assert!(inputs.mask.is_none_or(|mask| mask.len() == rows), "masks are [T, B]");
    }
}

/// Columns of a matrix `[.., 4H]`: a piece of each block, or all of them in one.
#[derive(Debug, Clone, Copy)]
struct Columns {
    pieces: [(usize, usize); 4],
    count: usize,
}

impl Columns {
    /// Where each piece begins and ends.
    fn pieces(&self) -> &[(usize, usize)] {
        &self.pieces[..self.count]
    }
}

#[cfg(test)]
mod tests;
