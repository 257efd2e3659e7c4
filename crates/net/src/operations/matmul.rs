//! The product of two matrices, what spread-multiply-sum is fused into.

use carousel_cell::{View, product};
use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

use super::payload;

/// `[m, k]` times `[k, n]`, both plain; either may lie transposed in its buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MatMul {
    pub(crate) m: usize,
    pub(crate) k: usize,
    pub(crate) n: usize,
    /// Whether the first lies as `[k, m]`.
    pub(crate) transpose_a: bool,
    /// Whether the second lies as `[n, k]`.
    pub(crate) transpose_b: bool,
}

impl MatMul {
    /// How many numbers the result has.
    pub(crate) fn len(&self) -> usize {
        self.m * self.n
    }

    /// The product into `out`.
    pub(crate) fn run(&self, a: &[f32], b: &[f32], out: &mut [f32]) {
        let a = if self.transpose_a {
            View::new(a, self.k, self.m).transposed()
        } else {
            View::new(a, self.m, self.k)
        };
        let b = if self.transpose_b {
            View::new(b, self.n, self.k).transposed()
        } else {
            View::new(b, self.k, self.n)
        };
        product(a, b, out, false);
    }
}

impl Operator for MatMul {
    fn process(&mut self, inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let slices = payload::slices(&inputs);
        payload::tensors(&[self.len()], |out| self.run(slices[0], slices[1], &mut out[0]))
    }
}
