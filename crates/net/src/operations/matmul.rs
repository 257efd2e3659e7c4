//! The product of two matrices, what spread-multiply-sum is fused into.

use std::sync::Arc;

use carousel_cell::{Team, View, product_parts, shared_product};
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
    /// How many threads may share its work.
    pub(crate) threads: usize,
}

impl MatMul {
    /// A product of two matrices as they lie.
    pub(crate) fn new(m: usize, k: usize, n: usize) -> MatMul {
        MatMul { m, k, n, transpose_a: false, transpose_b: false, threads: 1 }
    }

    /// How many threads can share its work at most.
    pub(crate) fn parts(&self) -> usize {
        product_parts(self.m, self.n, self.k)
    }

    /// The threads that share its work, if it is worth them.
    pub(crate) fn team(&self) -> Option<Arc<Team>> {
        if self.parts() > 1 { Team::of(self.threads) } else { None }
    }

    /// How many numbers the result has.
    pub(crate) fn len(&self) -> usize {
        self.m * self.n
    }

    /// The product into `out`.
    pub(crate) fn run(&self, a: &[f32], b: &[f32], out: &mut [f32], team: Option<&Team>) {
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
        shared_product(a, b, out, false, team);
    }
}

impl Operator for MatMul {
    fn process(&mut self, inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let slices = payload::slices(&inputs);
        let team = self.team();
        payload::tensors(&[self.len()], |out| {
            self.run(slices[0], slices[1], &mut out[0], team.as_deref());
        })
    }
}
