//! Symbols at the begin of a network and classes at its end, in primitives.

use super::Lowered;
use crate::engine::Goal;
use crate::engine::Loss;
use crate::graph::Tensor;
use crate::network::{Activation, LayerKind, Network};
use crate::parameters::Role;

impl Lowered {
    /// `[T, B, 1]` to `[T, B, N]`: the row of the table that each symbol names.
    pub(super) fn embed(&mut self, layer: usize, input: Tensor) -> Tensor {
        let dims = input.dims();
        let table = self.parameter(layer, false, &Role::Table).expect("described");
        let (kinds, width) = (table.dims()[0], table.dims()[1]);
        let symbols = self.builder.reshape(input, &[input.len()]);
        let hot = self.builder.one_hot(symbols, kinds);
        let rows = self.builder.matmul(hot, table);
        self.builder.reshape(rows, &[dims[0], dims[1], width])
    }

    /// Sum over rows of weight times the row's cross-entropy; the output are logits, and
    /// the targets one class a row.
    pub(super) fn mean_cross_entropy(&mut self) -> Tensor {
        let dims = self.output.dims();
        let (kinds, row_dims) = dims.split_last().expect("outputs have an axis");
        let rows: usize = row_dims.iter().product();
        let classes = self.builder.input("classes", row_dims);
        let weights = self.builder.input("weights of rows", row_dims);
        self.targets = Some((classes, weights));
        let logits = self.builder.reshape(self.output, &[rows, *kinds]);
        let classes = self.builder.reshape(classes, &[rows]);
        let losses = self.builder.cross_entropy(logits, classes);
        let weights = self.builder.reshape(weights, &[rows]);
        let weighted = self.builder.mul(losses, weights);
        self.builder.sum(weighted, 0)
    }

    /// The shares of the classes in each row of the last axis, of any dimensions.
    pub(super) fn softmax(&mut self, value: Tensor) -> Tensor {
        let dims = value.dims();
        let kinds = *dims.last().expect("values have an axis");
        let flat = self.builder.reshape(value, &[value.len() / kinds, kinds]);
        let shares = self.builder.softmax(flat);
        self.builder.reshape(shares, &dims)
    }
}

/// The activation of a layer. A last `softmax` is left out where the goal takes one
/// itself: the loss needs what it is taken of.
pub(super) fn activation(network: &Network, layer: usize, goal: Goal) -> Activation {
    let LayerKind::Dense { activation, .. } = &network.layers[layer].kind else {
        return Activation::Linear;
    };
    let takes_softmax = matches!(goal, Goal::Classify | Goal::Train(Loss::CrossEntropy));
    let is_last = layer + 1 == network.layers.len();
    if takes_softmax && is_last && *activation == Activation::Softmax {
        return Activation::Linear;
    }
    *activation
}
