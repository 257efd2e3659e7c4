//! Has threads share large products.

use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::Graph;

use super::products::operation;
use crate::operations::{MatMul, Operation};

/// Tells all matrix products of a finished graph, those of gradients included, how many
/// threads may share them; products of layers know it from [`super::FuseLayers`].
#[derive(Debug)]
pub(crate) struct ShareProducts {
    /// How many threads.
    pub(crate) threads: usize,
}

impl Compiler for ShareProducts {
    fn compile<T: ToIdsMut>(&self, graph: &mut Graph, _: T) {
        for node in graph.graph.node_indices().collect::<Vec<_>>() {
            if let Some(Operation::MatMul(matmul)) = operation(graph, node) {
                let shared = MatMul { threads: self.threads, ..*matmul };
                let operator = graph.graph.node_weight_mut(node);
                *operator.expect("the node is there") = Box::new(shared);
            }
        }
    }
}
