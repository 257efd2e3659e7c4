//! Fused loops in pieces, for `set memory low`.

use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::Graph;
use luminal::op::Operator;

use super::products::operation;
use crate::operations::{FusedLayer, FusedScan, Operation, piece_steps};

/// Has the tapes of long fused loops made for some of their steps only: what they kept of
/// the others is computed again on the way back.
#[derive(Debug)]
pub(crate) struct CutLoops;

impl Compiler for CutLoops {
    fn compile<T: ToIdsMut>(&self, graph: &mut Graph, _: T) {
        for node in graph.graph.node_indices().collect::<Vec<_>>() {
            let cut: Option<Box<dyn Operator>> = match operation(graph, node) {
                Some(Operation::FusedScan(scan)) => scan_in_pieces(scan),
                Some(Operation::FusedLayer(layer)) => layer_in_pieces(layer),
                _ => None,
            };
            if let Some(cut) = cut {
                *graph.graph.node_weight_mut(node).expect("the node is there") = cut;
            }
        }
    }
}

/// The loop in pieces, if these take less memory.
fn scan_in_pieces(scan: &FusedScan) -> Option<Box<dyn Operator>> {
    let piece = piece_steps(scan.shape.steps, 1);
    let cut = FusedScan { piece, ..scan.clone() };
    (cut.tape_bytes(true) < scan.tape_bytes(true)).then(|| Box::new(cut) as _)
}

/// The same for a layer.
fn layer_in_pieces(layer: &FusedLayer) -> Option<Box<dyn Operator>> {
    let piece = piece_steps(layer.shape.steps, layer.chunk());
    let cut = FusedLayer { piece, ..layer.clone() };
    (cut.tape_bytes(true) < layer.tape_bytes(true)).then(|| Box::new(cut) as _)
}
