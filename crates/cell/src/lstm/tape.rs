//! What an LSTM's forward loop keeps for its gradient, and room to work in.

use super::Lstm;
use crate::ScanShape;
use crate::buffer::Buffer;
use crate::simd::Level;

/// The memory of a layer's passes; made once, used for any number of them.
#[derive(Debug, Clone)]
pub struct LstmTape {
    pub(super) level: Level,
    /// Whether the forward pass keeps what the backward pass needs.
    pub(super) training: bool,
    /// What it was run for last.
    pub(super) lstm: Lstm,
    /// The most steps that it has room for.
    steps: usize,
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
    /// A tape for this layer, or the same with fewer steps; one that is not for
    /// `training` is much smaller.
    pub fn new(lstm: &Lstm, training: bool) -> Self {
        LstmTape::at(Level::best(), lstm, training)
    }

    pub(super) fn at(level: Level, lstm: &Lstm, training: bool) -> Self {
        let [states, gates, dz] = lens(lstm, training);
        LstmTape {
            level,
            training,
            lstm: *lstm,
            steps: lstm.shape.steps,
            hidden: Buffer::zeros(states),
            cell: Buffer::zeros(states),
            gates: Buffer::zeros(gates),
            dz: Buffer::zeros(dz),
            live: Buffer::default(),
        }
    }

    /// How many bytes one for this layer takes, what a mask needs besides not counted.
    pub fn bytes_for(lstm: &Lstm, training: bool) -> usize {
        let [states, gates, dz] = lens(lstm, training);
        // Buffers are whole cache lines.
        let line = |len: usize| len.next_multiple_of(16) * size_of::<f32>();
        [states, states, gates, dz].map(line).iter().sum()
    }

    /// How many bytes it takes, likewise.
    pub fn bytes(&self) -> usize {
        let all = [&self.hidden, &self.cell, &self.gates, &self.dz];
        all.iter().map(|numbers| size_of_val(&numbers[..])).sum()
    }

    /// Takes on a layer that differs from the one before in steps alone.
    pub(super) fn take_on(&mut self, lstm: &Lstm) {
        let shape = ScanShape { steps: self.lstm.shape.steps, ..lstm.shape };
        let same = Lstm { shape, ..*lstm } == self.lstm;
        let fits = same && lstm.shape.steps <= self.steps;
        assert!(fits, "the tape was made for this layer");
        self.lstm = *lstm;
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

/// How many numbers the states, the gates and their gradients take.
fn lens(lstm: &Lstm, training: bool) -> [usize; 3] {
    let (steps, n) = (lstm.shape.steps, lstm.shape.state_len());
    let states = if training { steps + 1 } else { 2 };
    let all = training || lstm.projects_ahead();
    let own = training && lstm.inputs > 0;
    [
        states * n,
        if all { steps * 4 * n } else { 4 * n },
        if own { steps * 4 * n } else { 0 },
    ]
}
