//! A graph run by luminal itself: the reference.

use std::collections::BTreeSet;

use luminal::tensor::Tensor as Payload;

use super::lower;
use crate::graph::{Builder, Tensor};

/// A graph with its inputs and outputs.
#[derive(Debug)]
pub(crate) struct LuminalRun {
    builder: Builder,
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
        let mut builder = builder;
        let graph = &mut builder.graph;
        graph.no_delete = graph.graph.node_indices().collect();
        graph.compile((), ());
        LuminalRun { builder, inputs, outputs }
    }

    /// How many bytes all tensors of a run take, and what its operations know of views.
    pub(super) fn bytes(&self) -> usize {
        let (values, steps) = lower::values(&self.builder, &self.inputs, &self.outputs);
        let numbers: usize = values.lens.iter().sum();
        let kernels =
            steps.iter().map(|step| step.kernel.bytes() + step.kernel.tape_bytes());
        numbers * size_of::<f32>() + kernels.sum::<usize>()
    }

    /// Runs the graph. What is kept from the run before would not be computed again, so
    /// everything is dropped first. Nothing is dropped on the way: luminal counts the
    /// readers of a node with several outputs wrongly and would free some too early.
    pub(crate) fn run(&mut self, inputs: &[&[f32]]) {
        let graph = &mut self.builder.graph;
        graph.tensors.clear();
        let live: BTreeSet<_> = graph.graph.node_indices().collect();
        for (tensor, values) in self.inputs.iter().zip(inputs) {
            if live.contains(&tensor.id) {
                graph.set_tensor(tensor.id, 0, Payload::new(values.to_vec()));
            }
        }
        graph.execute_no_delete();
    }

    pub(crate) fn output(&self, index: usize) -> &[f32] {
        let tensor = &self.outputs[index];
        let payload = self.builder.graph.get_tensor_ref(tensor.id, tensor.output);
        let payload = payload.expect("outputs are kept");
        let numbers: &Vec<f32> = payload.data.as_any().downcast_ref().expect("numbers");
        numbers
    }
}
