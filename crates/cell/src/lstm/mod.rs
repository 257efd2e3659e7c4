//! The LSTM's loop over time, written by hand: projected inputs `[T, B, 4H]` in,
//! outputs `[T, B, H]` and last states out, and the gradients back.
//!
//! The cell is that of Hochreiter and Schmidhuber (1997) with the forget gate of Gers,
//! Schmidhuber and Cummins (2000):
//! `i, f, o = sigmoid(..)`, `g = tanh(..)` of `xw + h U`;
//! `c' = f c + i g`; `h' = o tanh(c')`.
//!
//! Where a mask is 0, a step leaves the states as they were, and the output is 0.

mod backward;
mod forward;
mod reference;
mod tape;

pub use reference::{
    LstmReference, LstmReferenceGradients, lstm_backward_reference,
    lstm_forward_reference,
};
pub use tape::LstmTape;

use crate::ScanShape;

/// An LSTM's loop over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lstm {
    /// Its sizes and direction.
    pub shape: ScanShape,
    /// Which column block of `H` holds i, f, g and o, in the projected inputs and in
    /// the recurrent matrix: `[0, 1, 2, 3]` for PyTorch and Keras.
    pub gates: [usize; 4],
}

#[cfg(test)]
mod tests;
