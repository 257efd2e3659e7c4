//! Keeps one node for each constant.

use std::collections::BTreeMap;

use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::{Graph, NodeIndex};
use luminal::prelude::petgraph::Direction;
use luminal::prelude::petgraph::visit::EdgeRef;

use crate::operations::Operation;

/// Lets all readers of equal constants read one of them.
#[derive(Debug)]
pub(crate) struct MergeConstants;

impl Compiler for MergeConstants {
    fn compile<T: ToIdsMut>(&self, graph: &mut Graph, _: T) {
        let mut first: BTreeMap<u32, NodeIndex> = BTreeMap::new();
        for node in graph.graph.node_indices().collect::<Vec<_>>() {
            let operator = graph.graph.node_weight(node).expect("the node is there");
            let Some(Operation::Constant(value)) = Operation::of(operator.as_ref())
            else {
                continue;
            };
            let kept = *first.entry(value.to_bits()).or_insert(node);
            if kept != node && !graph.to_retrieve.contains(&node) {
                redirect(graph, node, kept);
            }
        }
    }
}

fn redirect(graph: &mut Graph, from: NodeIndex, to: NodeIndex) {
    let readers: Vec<_> = (graph.graph.edges_directed(from, Direction::Outgoing))
        .map(|edge| (edge.target(), *edge.weight()))
        .collect();
    for (reader, edge) in readers {
        graph.graph.add_edge(to, reader, edge);
    }
    graph.graph.remove_node(from);
}
