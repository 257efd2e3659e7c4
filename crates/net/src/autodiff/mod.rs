//! Reverse-mode differentiation of a luminal graph, which luminal 0.2 does not have.
//!
//! Gradients are kept flat, one for each output of each node, over the buffer as it
//! was computed: views live on edges, so the buffer is what all readers share. One
//! operation, [`Scatter`], is the transpose of any view.

mod indexed;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use luminal::graph::NodeIndex;
use luminal::prelude::petgraph::algo::toposort;

use crate::graph::{Builder, Reading, Tensor, is_plain, physical_len, plain};
use crate::operations::Scatter;

/// An operation without a row in the gradient table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undifferentiable(pub(crate) String);

/// Adds to the graph the gradients of `sum(output * seed)` over all `seeds`
/// (output, seed), with respect to the leaves `of`. `None` where nothing depends on a
/// leaf. A gradient has the shape of what it belongs to.
///
/// # Errors
/// Where an operation on the way has no row in the table.
pub(crate) fn gradients(
    builder: &mut Builder,
    seeds: &[(Tensor, Tensor)],
    of: &[Tensor],
) -> Result<Vec<Option<Tensor>>, Undifferentiable> {
    let order = toposort(&builder.graph.graph, None).expect("graphs have no cycles");
    let live = live(builder, &order, of);
    let mut walk = Walk { builder, gradients: BTreeMap::new(), live };
    for (output, seed) in seeds {
        let seed = walk.builder.contiguous(*seed);
        let seed = seed.with_dims(&[seed.len()]);
        walk.accumulate(output, seed);
    }
    for node in order.into_iter().rev() {
        if walk.live.contains(&node) && !of.iter().any(|leaf| leaf.id == node) {
            walk.node(node)?;
        }
    }
    Ok(of.iter().map(|leaf| walk.gradient_of(leaf)).collect())
}

/// The nodes on a way from the leaves `of`: only their gradients are needed.
fn live(builder: &Builder, order: &[NodeIndex], of: &[Tensor]) -> BTreeSet<NodeIndex> {
    let mut live: BTreeSet<NodeIndex> = of.iter().map(|leaf| leaf.id).collect();
    for node in order {
        if builder
            .graph
            .get_sources(*node)
            .iter()
            .any(|(source, ..)| live.contains(source))
        {
            live.insert(*node);
        }
    }
    live
}

struct Walk<'a> {
    builder: &'a mut Builder,
    /// Flat gradients by (node, output).
    gradients: BTreeMap<(NodeIndex, u8), Tensor>,
    live: BTreeSet<NodeIndex>,
}

impl Walk<'_> {
    /// Adds the gradients of a node's inputs, if anything depends on the node.
    fn node(&mut self, node: NodeIndex) -> Result<(), Undifferentiable> {
        let reached = self.gradients.range((node, 0)..=(node, u8::MAX)).next().is_some();
        if !reached {
            return Ok(());
        }
        let place = self.builder.places.get(&node).cloned().unwrap_or_default();
        self.builder.place = match place.strip_prefix("gradient of ") {
            Some(_) => place,
            None => format!("gradient of {place}"),
        };
        rules::apply(self, node)
    }

    /// The flat gradient of an output of a node, if it has one.
    fn output_gradient(&self, node: NodeIndex, output: usize) -> Option<Tensor> {
        let output = u8::try_from(output).expect("nodes have fewer than 256 outputs");
        self.gradients.get(&(node, output)).copied()
    }

    /// Whether the gradient of this input is needed.
    fn needs(&self, input: &Tensor) -> bool {
        self.live.contains(&input.id)
    }

    /// Adds a flat gradient over the buffer behind `input`.
    fn accumulate(&mut self, input: &Tensor, gradient: Tensor) {
        if !self.needs(input) {
            return;
        }
        let key = (input.id, input.output);
        let total = match self.gradients.get(&key).copied() {
            Some(before) => self.builder.add(before, gradient),
            None => gradient,
        };
        self.gradients.insert(key, total);
    }

    /// Adds a gradient of what the view of `input` shows.
    fn accumulate_view(&mut self, input: &Tensor, gradient: Tensor) {
        if !self.needs(input) {
            return;
        }
        let gradient = self.builder.contiguous(gradient);
        let len = physical_len(&input.view);
        let flat = if is_plain(&input.view) {
            gradient.with_dims(&[len])
        } else {
            let scatter = Scatter { reading: Reading::of(&input.view), len };
            let id = self.builder.node(scatter, &[gradient]);
            Tensor::plain(id, 0, &[len])
        };
        self.accumulate(input, flat);
    }

    fn gradient_of(&self, leaf: &Tensor) -> Option<Tensor> {
        let flat = self.gradients.get(&(leaf.id, leaf.output))?;
        Some(Tensor { view: plain(&leaf.dims()), ..*flat })
    }
}

#[cfg(test)]
mod tests;
