//! Operations in which a whole number names a row or a column: rows of a table, and
//! softmax cross-entropy. What products with rows of zeros and a single one are fused
//! into.

use carousel_cell::named;
use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

use super::{entropy, payload};

/// One of these operations. All buffers are plain; a number that names nothing
/// ([`named`]) stands for a row of zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Indexed {
    /// Symbols `[rows]` and a table `[kinds, width]` to `[rows, width]`.
    Gather { rows: usize, kinds: usize, width: usize },
    /// Symbols `[rows]` and a gradient `[rows, width]` to that of the table,
    /// `[kinds, width]`; equal symbols are added in the order of their rows.
    GatherGrad { rows: usize, kinds: usize, width: usize },
    /// Logits `[rows, kinds]` and classes `[rows]` to losses `[rows]` and
    /// probabilities `[rows, kinds]`.
    CrossEntropy { rows: usize, kinds: usize },
    /// Logits `[rows, kinds]` to probabilities, `[rows, kinds]`.
    Softmax { rows: usize, kinds: usize },
    /// Probabilities and the gradient of these, `[rows, kinds]` both, to that of the
    /// logits, `[rows, kinds]`.
    SoftmaxGrad { rows: usize, kinds: usize },
    /// Probabilities `[rows, kinds]`, classes `[rows]` and the gradient of the losses
    /// `[rows]` to that of the logits, `[rows, kinds]`.
    CrossEntropyGrad { rows: usize, kinds: usize },
}

impl Indexed {
    pub(crate) fn output_lens(&self) -> Vec<usize> {
        match *self {
            Indexed::Gather { rows, width, .. } => vec![rows * width],
            Indexed::GatherGrad { kinds, width, .. } => vec![kinds * width],
            Indexed::CrossEntropy { rows, kinds } => vec![rows, rows * kinds],
            Indexed::CrossEntropyGrad { rows, kinds }
            | Indexed::Softmax { rows, kinds }
            | Indexed::SoftmaxGrad { rows, kinds } => vec![rows * kinds],
        }
    }

    /// Computes it.
    pub(crate) fn run(&self, inputs: &[&[f32]], outputs: &mut [Vec<f32>]) {
        match (*self, inputs, outputs) {
            (Indexed::Gather { width, kinds, .. }, [symbols, table], [out]) => {
                gather(width, kinds, symbols, table, out);
            }
            (Indexed::GatherGrad { width, kinds, .. }, [symbols, gradient], [out]) => {
                gather_back(width, kinds, symbols, gradient, out);
            }
            (
                Indexed::CrossEntropy { kinds, .. },
                [logits, classes],
                [losses, shares],
            ) => {
                entropy::forward(kinds, logits, classes, losses, shares);
            }
            (
                Indexed::CrossEntropyGrad { kinds, .. },
                [shares, classes, gradient],
                [out],
            ) => entropy::backward(kinds, shares, classes, gradient, out),
            (Indexed::Softmax { kinds, .. }, [logits], [shares]) => {
                entropy::softmax(kinds, logits, shares);
            }
            (Indexed::SoftmaxGrad { kinds, .. }, [shares, gradient], [out]) => {
                entropy::softmax_back(kinds, shares, gradient, out);
            }
            _ => unreachable!("the graph gives each operation its inputs and outputs"),
        }
    }
}

fn gather(width: usize, kinds: usize, symbols: &[f32], table: &[f32], out: &mut [f32]) {
    for (out, symbol) in out.chunks_exact_mut(width).zip(symbols) {
        match named(*symbol, kinds) {
            Some(row) => out.copy_from_slice(&table[row * width..][..width]),
            None => out.fill(0.0),
        }
    }
}

fn gather_back(
    width: usize,
    kinds: usize,
    symbols: &[f32],
    gradient: &[f32],
    out: &mut [f32],
) {
    out.fill(0.0);
    for (more, symbol) in gradient.chunks_exact(width).zip(symbols) {
        if let Some(row) = named(*symbol, kinds) {
            let row = &mut out[row * width..][..width];
            row.iter_mut().zip(more).for_each(|(total, more)| *total += more);
        }
    }
}

impl Operator for Indexed {
    fn process(&mut self, inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let slices = payload::slices(&inputs);
        payload::tensors(&self.output_lens(), |out| self.run(&slices, out))
    }
}

#[cfg(test)]
mod tests {
    use super::Indexed;

    #[test]
    fn equal_symbols_share_a_row_and_its_gradient() {
        let symbols: &[f32] = &[1.0, 0.0, 1.0, 9.0];
        let (rows, kinds, width) = (4, 3, 2);
        let table: &[f32] = &[1., 2., 3., 4., 5., 6.];
        let mut out = [vec![f32::NAN; 8]];
        Indexed::Gather { rows, kinds, width }.run(&[symbols, table], &mut out);
        assert_eq!(out[0], [3., 4., 1., 2., 3., 4., 0., 0.]);
        let gradient: &[f32] = &[1., 10., 2., 20., 4., 40., 8., 80.];
        let mut out = [vec![f32::NAN; 6]];
        Indexed::GatherGrad { rows, kinds, width }.run(&[symbols, gradient], &mut out);
        assert_eq!(out[0], [2., 20., 5., 50., 0., 0.]);
    }
}
