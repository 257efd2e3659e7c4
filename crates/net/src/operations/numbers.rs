//! The leaf that comparisons with symbols need: 0, 1, 2, ...

use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

/// The whole numbers from 0 up to, not including, `n`: `[n]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) n: usize,
}

impl Numbers {
    /// They themselves; all are exact, as no table has 2^24 rows.
    pub(crate) fn values(&self) -> Vec<f32> {
        (0..self.n).map(|k| k as f32).collect()
    }
}

impl Operator for Numbers {
    fn process(&mut self, _: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        vec![Tensor::new(self.values())]
    }
}
