//! The rows of the gradient table for operations in which a number names a row or a
//! column.

use luminal::graph::NodeIndex;

use super::{Undifferentiable, Walk};
use crate::graph::Tensor;
use crate::operations::Indexed;

/// Adds the gradient of what is looked up, or of the logits; symbols and classes have
/// none.
pub(super) fn apply(
    walk: &mut Walk<'_>,
    node: NodeIndex,
    inputs: &[Tensor],
    forward: Indexed,
) -> Result<(), Undifferentiable> {
    let Some(g) = walk.output_gradient(node, 0) else { return Ok(()) };
    let (backward, read, of, dims) = match forward {
        Indexed::Gather { rows, kinds, width } => {
            let backward = Indexed::GatherGrad { rows, kinds, width };
            (backward, vec![inputs[0], g], inputs[1], [kinds, width])
        }
        Indexed::CrossEntropy { rows, kinds } => {
            let shares = Tensor::plain(node, 1, &[rows, kinds]);
            let backward = Indexed::CrossEntropyGrad { rows, kinds };
            (backward, vec![shares, inputs[1], g], inputs[0], [rows, kinds])
        }
        Indexed::Softmax { rows, kinds } => {
            let shares = Tensor::plain(node, 0, &[rows, kinds]);
            let backward = Indexed::SoftmaxGrad { rows, kinds };
            (backward, vec![shares, g], inputs[0], [rows, kinds])
        }
        // Second derivatives are never taken.
        Indexed::GatherGrad { .. }
        | Indexed::CrossEntropyGrad { .. }
        | Indexed::SoftmaxGrad { .. } => {
            return Err(Undifferentiable(format!("{forward:?}")));
        }
    };
    if walk.needs(&of) {
        let id = walk.builder.node(backward, &read);
        walk.accumulate_view(&of, Tensor::plain(id, 0, &dims));
    }
    Ok(())
}
