//! The sizes of a loop over time, and which slot of a history each step reads.

/// The sizes of a loop over time: `T` steps of a batch of `B` rows, `H` units each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanShape {
    /// Time steps, `T`.
    pub steps: usize,
    /// Rows of the batch, `B`.
    pub batch: usize,
    /// Units of the cell, `H`.
    pub units: usize,
    /// Whether the steps are read from the last to the first. Outputs stay in time
    /// order either way.
    pub reverse: bool,
}

/// Up to so many rows are few: a step reads each weight for a few additions only.
const FEW_ROWS: usize = 3;

impl ScanShape {
    /// Whether the batch has few rows: an LSTM is then faster by [`crate::Lstm`]
    /// (measured). The number of steps may not decide: a piece of a sequence must be run
    /// by the kernel of the whole.
    pub fn has_few_rows(&self) -> bool {
        self.batch <= FEW_ROWS
    }

    /// How many numbers one state has: `B * H`.
    pub(crate) fn state_len(&self) -> usize {
        self.batch * self.units
    }

    /// The time that is read at a step of the loop, counted from its beginning.
    pub(crate) fn time(&self, step: usize) -> usize {
        if self.reverse { self.steps - 1 - step } else { step }
    }

    /// The slot of a history `[T+1, B, H]` that holds the state before time `t`.
    ///
    /// Histories lie in time order in both directions, so that the states before all
    /// times are one piece that a single product can read.
    pub(crate) fn before(&self, time: usize) -> usize {
        time + usize::from(self.reverse)
    }

    /// The slot that holds the first state.
    pub(crate) fn first(&self) -> usize {
        if self.reverse { self.steps } else { 0 }
    }

    /// The slot that holds the last state.
    pub(crate) fn last(&self) -> usize {
        if self.reverse { 0 } else { self.steps }
    }

    /// The states before all times, `[T, B, H]`, of a history `[T+1, B, H]`.
    pub(crate) fn befores<'a>(&self, history: &'a [f32]) -> &'a [f32] {
        let n = self.state_len();
        let start = self.before(0) * n;
        &history[start..start + self.steps * n]
    }

    /// The state before `time`, to read, and the one after it, to write.
    pub(crate) fn step<'a>(
        &self,
        history: &'a mut [f32],
        time: usize,
    ) -> (&'a [f32], &'a mut [f32]) {
        let n = self.state_len();
        let (low, high) = history[time * n..(time + 2) * n].split_at_mut(n);
        if self.reverse { (high, low) } else { (low, high) }
    }
}

/// Whether a row takes part in a step; `mask` is `[T, B]`, and none means all do.
#[inline(always)]
pub(crate) fn live(mask: Option<&[f32]>, row: usize) -> bool {
    match mask {
        Some(mask) => mask[row] != 0.0,
        None => true,
    }
}
