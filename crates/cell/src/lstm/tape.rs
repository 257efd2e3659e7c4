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
    /// A tape for this loop, or the same with fewer steps, all zeros.
    pub fn new(lstm: &Lstm) -> Self {
        let [hidden, cell, gates, squashed, transposed] =
            lens(lstm).map(|len| vec![0.0; len]);
        LstmTape { hidden, cell, gates, squashed, transposed }
    }

    /// How many bytes one for this loop takes.
    pub fn bytes_for(lstm: &Lstm) -> usize {
        lens(lstm).iter().sum::<usize>() * size_of::<f32>()
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        let all =
            [&self.hidden, &self.cell, &self.gates, &self.squashed, &self.transposed];
        all.iter().map(|numbers| size_of_val(numbers.as_slice())).sum()
    }
}

/// How many numbers each of its parts has, in order.
fn lens(lstm: &Lstm) -> [usize; 5] {
    let shape = lstm.shape;
    let (n, histories) = (shape.state_len(), (shape.steps + 1) * shape.state_len());
    let wide = 4 * shape.units;
    [histories, histories, shape.steps * 4 * n, shape.steps * n, wide * shape.units]
}
