//! What an LSTM's forward loop keeps for its gradient, and room to work in.

use super::Lstm;
use crate::buffer::Buffer;
use crate::simd::Level;

/// The memory of a layer's passes; made once, used for any number of them.
#[derive(Debug, Clone)]
pub struct LstmTape {
    pub(super) level: Level,
    /// Whether the forward pass keeps what the backward pass needs.
    pub(super) training: bool,
    pub(super) lstm: Lstm,
    /// Hidden states `[T + 1, B, H]`, in time order; without training those before and
    /// after a step.
    pub(super) hidden: Buffer,
    /// Cell states, likewise.
    pub(super) cell: Buffer,
    /// The gates, in the end activated, `[T, B, 4H]`; of one step where no other is
    /// needed.
    pub(super) gates: Buffer,
    /// Their gradients, `[T, B, 4H]`, where x is no projected input.
    pub(super) dz: Buffer,
    /// x without the rows that take no part, `[T, B, I]`; made when there is a mask.
    pub(super) live: Buffer,
}

impl LstmTape {
    /// A tape for this layer; one that is not for `training` is much smaller.
    pub fn new(lstm: &Lstm, training: bool) -> Self {
        LstmTape::at(Level::best(), lstm, training)
    }

    pub(super) fn at(level: Level, lstm: &Lstm, training: bool) -> Self {
        let shape = lstm.shape;
        let n = shape.state_len();
        let states = if training { shape.steps + 1 } else { 2 };
        let all = training || lstm.projects_ahead();
        let own = training && lstm.inputs > 0;
        LstmTape {
            level,
            training,
            lstm: *lstm,
            hidden: Buffer::zeros(states * n),
            cell: Buffer::zeros(states * n),
            gates: Buffer::zeros(if all { shape.steps * 4 * n } else { 4 * n }),
            dz: Buffer::zeros(if own { shape.steps * 4 * n } else { 0 }),
            live: Buffer::default(),
        }
    }

    /// The first gate that was not a number, counted i, f, g, o, if any was.
    /// `None` where the tape is not for training.
    pub fn first_bad_gate(&self) -> Option<usize> {
        let Lstm { shape, gates, .. } = self.lstm;
        let wide = 4 * shape.units;
        let steps = if self.training { shape.steps } else { 0 };
        (0..steps).find_map(|step| {
            let at = shape.time(step) * shape.batch * wide;
            let rows = self.gates[at..at + shape.batch * wide].chunks(wide);
            let bad = |gate: &usize| {
                let block = gates[*gate] * shape.units;
                let mut units = rows.clone().flat_map(|r| &r[block..block + shape.units]);
                units.any(|unit| unit.is_nan())
            };
            (0..4).find(bad)
        })
    }
}
