//! A graph run by luminal itself: the reference.

use std::collections::BTreeSet;

use luminal::graph::Graph;
use luminal::tensor::Tensor as Payload;

use crate::graph::{Builder, Tensor};

/// A graph with its inputs and outputs.
#[derive(Debug)]
pub(crate) struct LuminalRun {
    graph: Box<Graph>,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
}

impl LuminalRun {
    /// Keeps every tensor until the run is over: luminal counts the readers of a node
    /// with several outputs wrongly and frees some too early.
    pub(crate) fn new(
        builder: Builder,
        inputs: Vec<Tensor>,
        outputs: Vec<Tensor>,
    ) -> Self {
        let mut graph = builder.graph;
        graph.no_delete = graph.graph.node_indices().collect();
        graph.compile((), ());
        LuminalRun { graph, inputs, outputs }
    }

    /// Runs the graph. What is kept from the run before would not be computed again, so
    /// everything is dropped first. Nothing is dropped on the way: luminal counts the
    /// readers of a node with several outputs wrongly and would free some too early.
    pub(crate) fn run(&mut self, inputs: &[&[f32]]) {
        self.graph.tensors.clear();
        let live: BTreeSet<_> = self.graph.graph.node_indices().collect();
        for (tensor, values) in self.inputs.iter().zip(inputs) {
            if live.contains(&tensor.id) {
                self.graph.set_tensor(tensor.id, 0, Payload::new(values.to_vec()));
            }
        }
        self.graph.execute_no_delete();
    }

    pub(crate) fn output(&self, index: usize) -> &[f32] {
        let tensor = &self.outputs[index];
        let payload = self.graph.get_tensor_ref(tensor.id, tensor.output);
        let payload = payload.expect("outputs are kept");
        let numbers: &Vec<f32> = payload.data.as_any().downcast_ref().expect("numbers");
        numbers
    }
}
