//! Removes what nothing reads.

use std::collections::BTreeSet;

use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::{Graph, NodeIndex};

/// Keeps the nodes that are marked to be retrieved and all they depend on.
#[derive(Debug)]
pub(crate) struct RemoveDead;

impl Compiler for RemoveDead {
    fn compile<T: ToIdsMut>(&self, graph: &mut Graph, _: T) {
        let mut needed: BTreeSet<NodeIndex> = graph.to_retrieve.iter().copied().collect();
        let mut open: Vec<NodeIndex> = needed.iter().copied().collect();
        while let Some(node) = open.pop() {
            for (source, ..) in graph.get_sources(node) {
                if needed.insert(source) {
                    open.push(source);
                }
            }
        }
        graph.graph.retain_nodes(|_, node| needed.contains(&node));
    }
}
