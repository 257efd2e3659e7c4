//! Fuses spread-multiply-sum into a matrix product.

use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::{Dependency, Graph, NodeIndex};
use luminal::op::Operator;
use luminal::prelude::petgraph::Direction;
use luminal::prelude::petgraph::visit::EdgeRef;
use luminal::shape::ShapeTracker;

use crate::graph::{dims, plain};
use crate::operations::{MatMul, Operation};

/// Replaces the three nodes of `Builder::matmul` by one [`MatMul`]; luminal's own pass
/// for it looks for another axis and never fires.
#[derive(Debug)]
pub(crate) struct FuseProducts;

impl Compiler for FuseProducts {
    fn compile<T: ToIdsMut>(&self, graph: &mut Graph, _: T) {
        for sum in graph.graph.node_indices().collect::<Vec<_>>() {
            if let Some((matmul, sources)) = find(graph, sum) {
                replace(graph, sum, Box::new(matmul), &sources);
            }
        }
    }
}

pub(super) type Source = (NodeIndex, u8, ShapeTracker);

fn find(graph: &Graph, sum: NodeIndex) -> Option<(MatMul, [Source; 2])> {
    let Operation::Sum(2) = operation(graph, sum)? else { return None };
    let (mul, ..) = *graph.get_sources(sum).first()?;
    let Operation::Mul = operation(graph, mul)? else { return None };
    let sources = graph.get_sources(mul);
    let [left, right] = sources.as_slice() else { return None };
    let [m, n, k] = dims(&left.2)[..] else { return None };
    let (spread_left, spread_right) = spread(m, k, n);
    if left.2 != spread_left || right.2 != spread_right {
        return None;
    }
    let matmul = MatMul::new(m, k, n);
    let left = (left.0, left.1, plain(&[m, k]));
    let right = (right.0, right.1, plain(&[k, n]));
    Some((matmul, [left, right]))
}

pub(super) fn operation(graph: &Graph, node: NodeIndex) -> Option<Operation<'_>> {
    Operation::of(graph.graph.node_weight(node)?.as_ref())
}

/// The views that `Builder::matmul` gives its factors.
fn spread(m: usize, k: usize, n: usize) -> (ShapeTracker, ShapeTracker) {
    let mut left = plain(&[m, k]);
    left.expand(1, n.into());
    let mut right = plain(&[k, n]);
    right.permute(&[1, 0]);
    right.expand(0, m.into());
    (left, right)
}

/// Puts an operator in a node's place, so that ids and readers stay; what the node read
/// before is left for [`super::RemoveDead`] if nothing else reads it.
pub(super) fn replace(
    graph: &mut Graph,
    node: NodeIndex,
    operator: Box<dyn Operator>,
    sources: &[Source],
) {
    let old: Vec<_> = graph
        .graph
        .edges_directed(node, Direction::Incoming)
        .map(|edge| edge.id())
        .collect();
    for edge in old {
        graph.graph.remove_edge(edge);
    }
    for (order, (source, output, shape)) in (0u8..).zip(sources) {
        let (output_order, shape) = (*output, *shape);
        let edge = Dependency::Data { input_order: order, output_order, shape };
        graph.graph.add_edge(*source, node, edge);
    }
    *graph.graph.node_weight_mut(node).expect("the node is there") = operator;
}
