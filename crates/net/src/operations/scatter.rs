//! The transpose of a view: what its gradient is.

use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

use super::payload;
use crate::graph::Reading;

/// Adds each number of what a view shows to where it lies in the buffer behind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scatter {
    /// How the view reads the buffer.
    pub(crate) reading: Reading,
    /// How many numbers the buffer holds.
    pub(crate) len: usize,
}

impl Scatter {
    /// The sums, into `out`.
    pub(crate) fn run(&self, gradient: &[f32], out: &mut [f32]) {
        out.fill(0.0);
        self.reading.add_back(gradient, out);
    }
}

impl Operator for Scatter {
    fn process(&mut self, inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let slices = payload::slices(&inputs);
        payload::tensors(&[self.len], |out| self.run(slices[0], &mut out[0]))
    }
}
