//! What a layer reads, whatever its cell.

use super::frame::Frame;

/// What a pass reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    /// `[T, B, I]`, or `[T, B]` symbols.
    pub(super) x: &'a [f32],
    /// `[T, B]`
    pub(super) mask: Option<&'a [f32]>,
    /// The first states, `[B, H]` each.
    pub(super) states: &'a [&'a [f32]],
    /// The matrix of each source, `[len, blocks * H]`.
    pub(super) matrices: &'a [&'a [f32]],
    /// Learned vectors of whole blocks of `H`; an empty one is zero.
    pub(super) biases: &'a [&'a [f32]],
}

impl Given<'_> {
    /// # Panics
    /// If a slice has not the length of its shape.
    pub(super) fn check(&self, frame: &Frame) {
        let (shape, units) = (frame.shape, frame.shape.units);
        let rows = shape.steps * shape.batch;
        let features = frame.features();
        assert!(features.rows() > 0 && units > 0, "a layer has inputs and units");
        assert_eq!(self.x.len(), rows * features.width(), "x is [T, B, I], or [T, B]");
        assert!(self.mask.is_none_or(|mask| mask.len() == rows), "masks are [T, B]");
        assert_eq!(self.states.len(), frame.multiplied.len(), "all states are given");
        let fit = self.states.iter().all(|state| state.len() == shape.batch * units);
        assert!(fit, "states are [B, H]");
        assert_eq!(self.matrices.len(), frame.sources.len(), "all matrices are given");
        for (matrix, source) in self.matrices.iter().zip(&frame.sources) {
            let len = source.len * source.blocks * units;
            assert_eq!(matrix.len(), len, "w is [I, blocks H], u is [H, blocks H]");
        }
        for bias in frame.sums.iter().flat_map(|sum| &sum.biases) {
            let len = self.biases[bias.of].len();
            let fits = len == 0 || (bias.block + 1) * units <= len;
            assert!(fits, "biases are whole blocks of [H]");
        }
    }
}
