//! What an LSTM's forward loop keeps for its gradient, and room to work in.

use super::Lstm;

/// The memory of one pass over an LSTM; made once, used for any number of passes.
#[derive(Debug, Clone)]
pub struct LstmTape {
    /// Hidden states `[T+1, B, H]`, in time order.
    pub(super) hidden: Vec<f32>,
    /// Cell states `[T+1, B, H]`, in time order.
    pub(super) cell: Vec<f32>,
    /// The gates after their activation `[T, B, 4H]`.
    pub(super) gates: Vec<f32>,
    /// tanh of the cell states after each step `[T, B, H]`: kept, since computing it
    /// again costs more than reading it.
    pub(super) squashed: Vec<f32>,
    /// The recurrent matrix transposed `[4H, H]`, for the backward loop.
    pub(super) transposed: Vec<f32>,
}

impl LstmTape {
    /// A tape for this loop, all zeros.
    pub fn new(lstm: &Lstm) -> Self {
        let shape = lstm.shape;
        let n = shape.state_len();
        LstmTape {
            hidden: vec![0.0; (shape.steps + 1) * n],
            cell: vec![0.0; (shape.steps + 1) * n],
            gates: vec![0.0; shape.steps * 4 * n],
            squashed: vec![0.0; shape.steps * n],
            transposed: vec![0.0; 4 * shape.units * shape.units],
        }
    }
}
