//! From a finished graph to a plan.

use std::collections::{BTreeMap, BTreeSet};

use carousel_cell::Team;
use luminal::graph::NodeIndex;
use luminal::op::Operator;
use luminal::prelude::petgraph::Direction;
use luminal::prelude::petgraph::algo::toposort;
use luminal::shape::ShapeTracker;

use super::kernel::{Binary, Buffers, Kernel, Reduce, Unary};
use super::{Plan, Step};
use crate::graph::{Builder, Reading, Tensor, dims, physical_len};
use crate::operations::{FusedLayer, FusedLayerGrad, Operation};

/// Orders the nodes, gives every output of each a buffer, and makes each a kernel.
pub(super) fn lower(builder: &Builder, inputs: &[Tensor], outputs: &[Tensor]) -> Plan {
    let order = toposort(&builder.graph.graph, None).expect("graphs have no cycles");
    let mut lowering = Lowering {
        builder,
        buffers: Buffers::default(),
        slots: BTreeMap::new(),
        tapes: BTreeMap::new(),
        steps: Vec::new(),
    };
    for (place, input) in inputs.iter().enumerate() {
        let slot = lowering.slot(input.id, 0, input.len());
        assert_eq!(slot, place, "inputs are leaves of their own, and come first");
    }
    for node in order {
        lowering.node(node);
    }
    let outputs: Vec<usize> =
        outputs.iter().map(|o| lowering.slots[&(o.id, o.output)]).collect();
    let Lowering { mut buffers, steps, .. } = lowering;
    let kernels = steps.iter().flat_map(|step| step.kernel.reads_copies());
    let read: BTreeSet<usize> = kernels.chain(outputs.iter().copied()).collect();
    let (copied, there): (Vec<usize>, Vec<usize>) =
        (0..inputs.len()).partition(|input| read.contains(input));
    for input in there {
        buffers.slots[input] = Vec::new();
    }
    Plan { buffers, copied, outputs, steps }
}

type Source = (NodeIndex, u8, ShapeTracker);

struct Lowering<'a> {
    builder: &'a Builder,
    buffers: Buffers,
    slots: BTreeMap<(NodeIndex, u8), usize>,
    /// The tape of each fused loop, by its node.
    tapes: BTreeMap<NodeIndex, usize>,
    steps: Vec<Step>,
}

impl Lowering<'_> {
    fn node(&mut self, node: NodeIndex) {
        let sources = self.builder.graph.get_sources(node);
        let operator: &dyn Operator = self
            .builder
            .graph
            .graph
            .node_weight(node)
            .expect("the node is there")
            .as_ref();
        let operation =
            Operation::of(operator).expect("graphs hold known operations only");
        if let Some(kernel) = self.kernel(node, &operation, &sources) {
            let place = self.builder.places.get(&node).cloned().unwrap_or_default();
            self.steps.push(Step { kernel, place });
        }
    }

    fn kernel(
        &mut self,
        node: NodeIndex,
        operation: &Operation<'_>,
        sources: &[Source],
    ) -> Option<Kernel> {
        Some(match operation {
            // Leaves that are no input of the graph keep the zeros they start with.
            Operation::Input => return None,
            Operation::Constant(value) => {
                let slot = self.slot(node, 0, 1);
                self.buffers.slots[slot][0] = *value;
                return None;
            }
            Operation::Numbers(numbers) => {
                let slot = self.slot(node, 0, numbers.n);
                self.buffers.slots[slot] = numbers.values();
                return None;
            }
            Operation::Add => self.binary(node, Binary::Add, sources),
            Operation::Mul => self.binary(node, Binary::Mul, sources),
            Operation::LessThan => self.binary(node, Binary::LessThan, sources),
            Operation::Exp2 => self.unary(node, Unary::Exp2, sources),
            Operation::Log2 => self.unary(node, Unary::Log2, sources),
            Operation::Recip => self.unary(node, Unary::Recip, sources),
            Operation::Sqrt => self.unary(node, Unary::Sqrt, sources),
            Operation::Contiguous => return self.copy(node, sources),
            Operation::Sum(axis) => self.reduce(node, Reduce::Sum, *axis, sources),
            Operation::Max(axis) => self.reduce(node, Reduce::Max, *axis, sources),
            Operation::MatMul(matmul) => Kernel::MatMul {
                matmul: **matmul,
                inputs: [self.read(&sources[0]), self.read(&sources[1])],
                output: self.slot(node, 0, matmul.len()),
            },
            Operation::Indexed(indexed) => Kernel::Indexed {
                indexed: **indexed,
                inputs: self.read_all(sources),
                outputs: self.outputs(node, &indexed.output_lens()),
            },
            Operation::Scatter(scatter) => Kernel::Scatter {
                scatter: (*scatter).clone(),
                input: self.read(&sources[0]),
                output: self.slot(node, 0, scatter.len),
            },
            Operation::Scan(_)
            | Operation::ScanGrad(_)
            | Operation::FusedScan(_)
            | Operation::FusedScanGrad(_) => self.recurrent(node, operation, sources),
            Operation::FusedLayer(layer) => self.layer(node, layer, sources),
            Operation::FusedLayerGrad(layer) => self.layer_grad(node, layer, sources),
        })
    }

    fn layer(
        &mut self,
        node: NodeIndex,
        layer: &FusedLayer,
        sources: &[Source],
    ) -> Kernel {
        let outputs = layer.output_lens();
        let readers = self.builder.graph.graph.edges_directed(node, Direction::Outgoing);
        let training = readers
            .filter_map(|edge| edge.weight().as_data())
            .any(|(_, output, _)| usize::from(output) == outputs.len());
        self.tapes.insert(node, self.buffers.tapes.len());
        self.buffers.tapes.push(layer.tape(training));
        Kernel::FusedLayer {
            team: Team::of(layer.threads),
            tape: self.tapes[&node],
            inputs: self.read_all(sources),
            outputs: self.outputs(node, &outputs),
            layer: Box::new(layer.clone()),
        }
    }

    fn layer_grad(
        &mut self,
        node: NodeIndex,
        layer: &FusedLayerGrad,
        sources: &[Source],
    ) -> Kernel {
        let mut sources = sources.to_vec();
        let (forward, ..) = sources.remove(layer.tape_input());
        Kernel::FusedLayerGrad {
            team: Team::of(layer.forward.threads),
            tape: self.tapes[&forward],
            inputs: self.read_all(&sources),
            outputs: self.outputs(node, &layer.output_lens()),
            layer: Box::new(layer.clone()),
        }
    }

    /// The loops of recurrent layers and their gradients.
    fn recurrent(
        &mut self,
        node: NodeIndex,
        operation: &Operation<'_>,
        sources: &[Source],
    ) -> Kernel {
        match operation {
            Operation::Scan(scan) => Kernel::Scan {
                inputs: self.read_all(sources),
                outputs: self.outputs(node, &scan.output_lens()),
                scan: Box::new(scan.planned()),
            },
            Operation::ScanGrad(scan) => Kernel::ScanGrad {
                inputs: self.read_all(sources),
                outputs: self.outputs(node, &scan.output_lens()),
                scan: Box::new(scan.planned()),
            },
            Operation::FusedScan(scan) => {
                self.tapes.insert(node, self.buffers.tapes.len());
                self.buffers.tapes.push(scan.tape());
                Kernel::FusedScan {
                    tape: self.tapes[&node],
                    inputs: self.read_all(sources),
                    outputs: self.outputs(node, &scan.output_lens()),
                    scan: Box::new((*scan).clone()),
                }
            }
            Operation::FusedScanGrad(scan) => {
                let mut sources = sources.to_vec();
                let (forward, ..) = sources.remove(scan.tape_input());
                Kernel::FusedScanGrad {
                    tape: self.tapes[&forward],
                    inputs: self.read_all(&sources),
                    outputs: self.outputs(node, &scan.output_lens()),
                    scan: Box::new((*scan).clone()),
                }
            }
            _ => unreachable!("the caller has matched the loops"),
        }
    }

    fn unary(&mut self, node: NodeIndex, function: Unary, sources: &[Source]) -> Kernel {
        let len = physical_len(&sources[0].2);
        Kernel::Unary {
            function,
            input: self.read(&sources[0]),
            output: self.slot(node, 0, len),
        }
    }

    fn binary(
        &mut self,
        node: NodeIndex,
        function: Binary,
        sources: &[Source],
    ) -> Kernel {
        let len = dims(&sources[0].2).iter().product();
        Kernel::Binary {
            function,
            inputs: [0, 1].map(|i| (self.read(&sources[i]), Reading::of(&sources[i].2))),
            output: self.slot(node, 0, len),
        }
    }

    /// What is read as it lies is not copied: the buffer gets a second name.
    fn copy(&mut self, node: NodeIndex, sources: &[Source]) -> Option<Kernel> {
        let len: usize = dims(&sources[0].2).iter().product();
        let (input, view) = (self.read(&sources[0]), Reading::of(&sources[0].2));
        if matches!(view, Reading::Plain) && self.buffers.slots[input].len() == len {
            self.slots.insert((node, 0), input);
            return None;
        }
        Some(Kernel::Copy { input: (input, view), output: self.slot(node, 0, len) })
    }

    fn reduce(
        &mut self,
        node: NodeIndex,
        function: Reduce,
        axis: usize,
        sources: &[Source],
    ) -> Kernel {
        let dims = dims(&sources[0].2);
        let outer = dims[..axis].iter().product();
        let inner = dims[axis + 1..].iter().product();
        Kernel::Reduce {
            function,
            dims: [outer, dims[axis], inner],
            input: self.read(&sources[0]),
            output: self.slot(node, 0, outer * inner),
        }
    }

    fn read(&self, (node, output, _): &Source) -> usize {
        self.slots[&(*node, *output)]
    }

    fn read_all(&self, sources: &[Source]) -> Vec<usize> {
        sources.iter().map(|source| self.read(source)).collect()
    }

    fn outputs(&mut self, node: NodeIndex, lens: &[usize]) -> Vec<usize> {
        (0u8..).zip(lens).map(|(output, len)| self.slot(node, output, *len)).collect()
    }

    fn slot(&mut self, node: NodeIndex, output: u8, len: usize) -> usize {
        *self.slots.entry((node, output)).or_insert_with(|| {
            self.buffers.slots.push(vec![0.0; len]);
            self.buffers.slots.len() - 1
        })
    }
}
