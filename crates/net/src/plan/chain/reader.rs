//! What stands at a node of a fused graph: its operation, what it reads, and whether it
//! is a product with learned numbers.

use luminal::graph::NodeIndex;
use luminal::prelude::petgraph::Direction;
use luminal::prelude::petgraph::visit::EdgeRef;
use luminal::shape::ShapeTracker;

use crate::graph::{Reading, is_plain};
use crate::lower::Lowered;
use crate::operations::{MatMul, Operation};

/// An output of a node.
pub(super) type Port = (NodeIndex, u8);

/// `input W + bias`
pub(super) struct Linear {
    pub(super) matmul: MatMul,
    pub(super) input: Port,
    pub(super) weight: NodeIndex,
    /// No leaf, one, or two that are added.
    pub(super) biases: Vec<NodeIndex>,
}

pub(super) struct Reader<'a> {
    pub(super) lowered: &'a Lowered,
}

impl<'a> Reader<'a> {
    pub(super) fn operation(&self, node: NodeIndex) -> Option<Operation<'a>> {
        Operation::of(self.lowered.builder.graph.graph.node_weight(node)?.as_ref())
    }

    /// What a node reads, in order, and through which views; these are large, so that
    /// they stay where they are.
    pub(super) fn sources(&self, node: NodeIndex) -> Vec<(Port, &'a ShapeTracker)> {
        let graph = &self.lowered.builder.graph.graph;
        let mut edges: Vec<_> = (graph.edges_directed(node, Direction::Incoming))
            .filter_map(|edge| match edge.weight() {
                luminal::graph::Dependency::Data { input_order, output_order, shape } => {
                    Some((*input_order, (edge.source(), *output_order), shape))
                }
                luminal::graph::Dependency::Schedule => None,
            })
            .collect();
        edges.sort_by_key(|(order, ..)| *order);
        edges.into_iter().map(|(_, port, view)| (port, view)).collect()
    }

    /// The leaf that an input is, as it lies.
    pub(super) fn leaf(&self, (port, view): (Port, &ShapeTracker)) -> Option<NodeIndex> {
        let is_leaf = matches!(self.operation(port.0)?, Operation::Input);
        (is_leaf && is_plain(view)).then_some(port.0)
    }

    /// A sum of a product with a learned matrix and one or two learned vectors.
    pub(super) fn linear(&self, node: NodeIndex) -> Option<Linear> {
        let Operation::Add = self.operation(node)? else { return None };
        let [(product, product_view), (bias, bias_view)] = self.sources(node)[..] else {
            return None;
        };
        let Linear { matmul, input, weight, .. } = self.product(product.0)?;
        let repeated = match Reading::of(bias_view) {
            Reading::Repeated(len) => len == matmul.n,
            Reading::Scalar => matmul.n == 1,
            Reading::Plain | Reading::Map(_) => false,
        };
        if !repeated || !is_plain(product_view) {
            return None;
        }
        let biases = match self.operation(bias.0)? {
            Operation::Input => vec![bias.0],
            Operation::Add => {
                let both = self.sources(bias.0).into_iter();
                both.map(|source| self.leaf(source)).collect::<Option<_>>()?
            }
            _ => return None,
        };
        Some(Linear { matmul, input, weight, biases })
    }

    /// The product alone.
    pub(super) fn product(&self, node: NodeIndex) -> Option<Linear> {
        let Operation::MatMul(matmul) = self.operation(node)? else { return None };
        let [(input, view), weight] = self.sources(node)[..] else { return None };
        let weight = self.leaf(weight)?;
        let straight = !matmul.transpose_a && !matmul.transpose_b;
        let biases = Vec::new();
        let product = Linear { matmul: *matmul, input, weight, biases };
        (straight && is_plain(view)).then_some(product)
    }
}
