//! What a layer's drivers ask of a cell.
#![allow(unsafe_code)]

use std::ops::Range;

use super::backward::BackPass;
use super::forward::Pass;

/// What becomes of the sums of a panel, and of the gradients that come back.
pub(super) trait Cell: Sync {
    /// One panel of one step: the sums, and the states after the step.
    ///
    /// # Safety
    /// The rows must be the caller's alone, the weights packed, and all panels of the
    /// step before done.
    unsafe fn panel(&self, pass: &Pass<'_>, step: usize, p: usize, rows: &Range<usize>);

    /// The gradients of the sums of one step, and what of those of the states does not
    /// come through a product.
    ///
    /// # Safety
    /// The rows must be the caller's alone, the transposed weights packed, and the step
    /// after done.
    unsafe fn back(&self, pass: &BackPass<'_>, step: usize, rows: &Range<usize>);
}
