//! From a finished graph to a plan.

use std::collections::BTreeMap;

use luminal::graph::NodeIndex;
use luminal::op::Operator;
use luminal::prelude::petgraph::Direction;
use luminal::prelude::petgraph::algo::toposort;
use luminal::shape::ShapeTracker;

use super::elementwise::{Binary, Reduce, Unary};
use super::kernel::Kernel;
use super::{Plan, Step, Values};
use crate::graph::{Builder, Reading, Tensor, dims, physical_len};
use crate::operations::{FusedLayer, FusedLayerGrad, Operation};

/// The plan of a graph.
pub(super) fn lower(builder: &Builder, inputs: &[Tensor], outputs: &[Tensor]) -> Plan {
    let (values, steps) = values(builder, inputs, outputs);
    Plan::new(values, steps)
}

/// Orders the nodes, makes each a kernel, and gives every output of each a number.
pub(super) fn values(
    builder: &Builder,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> (Values, Vec<Step>) {
    let order = toposort(&builder.graph.graph, None).expect("graphs have no cycles");
    let mut lowering = Lowering {
        builder,
        lens: Vec::new(),
        fixed: Vec::new(),
        values: BTreeMap::new(),
        tapes: BTreeMap::new(),
        steps: Vec::new(),
    };
    for (place, input) in inputs.iter().enumerate() {
        let value = lowering.value(input.id, 0, input.len());
        assert_eq!(value, place, "inputs are leaves of their own, and come first");
    }
    for node in order {
        lowering.node(node);
    }
    let outputs = outputs.iter().map(|o| lowering.values[&(o.id, o.output)]).collect();
    let Lowering { lens, fixed, steps, .. } = lowering;
    (Values { lens, fixed, inputs: inputs.len(), outputs }, steps)
}

type Source = (NodeIndex, u8, ShapeTracker);

struct Lowering<'a> {
    builder: &'a Builder,
    /// How many numbers each value has.
    lens: Vec<usize>,
    /// Values that are the same in all runs.
    fixed: Vec<(usize, Vec<f32>)>,
    values: BTreeMap<(NodeIndex, u8), usize>,
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
            self.steps.push(Step::new(kernel, place));
        }
    }

    fn kernel(
        &mut self,
        node: NodeIndex,
        operation: &Operation<'_>,
        sources: &[Source],
    ) -> Option<Kernel> {
        Some(match operation {
            // Leaves that are no input of the graph are never read.
            Operation::Input => return None,
            Operation::Constant(value) => {
                self.fix(node, vec![*value]);
                return None;
            }
            Operation::Numbers(numbers) => {
                self.fix(node, numbers.values());
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
                team: matmul.team(),
                inputs: [self.read(&sources[0]), self.read(&sources[1])],
                output: self.value(node, 0, matmul.len()),
            },
            Operation::Indexed(indexed) => Kernel::Indexed {
                indexed: **indexed,
                inputs: self.read_all(sources),
                outputs: self.outputs(node, &indexed.output_lens()),
            },
            Operation::Scatter(scatter) => Kernel::Scatter {
                scatter: (*scatter).clone(),
                input: self.read(&sources[0]),
                output: self.value(node, 0, scatter.len),
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
        Kernel::FusedLayer {
            team: layer.team(),
            tape: self.tape(node),
            training: self.is_read(node, outputs.len()),
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
            team: layer.forward.team(),
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
                let outputs = scan.output_lens();
                Kernel::FusedScan {
                    tape: self.tape(node),
                    training: self.is_read(node, outputs.len()),
                    inputs: self.read_all(sources),
                    outputs: self.outputs(node, &outputs),
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
            output: self.value(node, 0, len),
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
            output: self.value(node, 0, len),
        }
    }

    /// What is read as it lies is not copied: the value gets a second name.
    fn copy(&mut self, node: NodeIndex, sources: &[Source]) -> Option<Kernel> {
        let len: usize = dims(&sources[0].2).iter().product();
        let (input, view) = (self.read(&sources[0]), Reading::of(&sources[0].2));
        if matches!(view, Reading::Plain) && self.lens[input] == len {
            self.values.insert((node, 0), input);
            return None;
        }
        Some(Kernel::Copy { input: (input, view), output: self.value(node, 0, len) })
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
            output: self.value(node, 0, outer * inner),
        }
    }

    fn read(&self, (node, output, _): &Source) -> usize {
        self.values[&(*node, *output)]
    }

    fn read_all(&self, sources: &[Source]) -> Vec<usize> {
        sources.iter().map(|source| self.read(source)).collect()
    }

    fn outputs(&mut self, node: NodeIndex, lens: &[usize]) -> Vec<usize> {
        (0u8..).zip(lens).map(|(output, len)| self.value(node, output, *len)).collect()
    }

    fn value(&mut self, node: NodeIndex, output: u8, len: usize) -> usize {
        let lens = &mut self.lens;
        *self.values.entry((node, output)).or_insert_with(|| {
            lens.push(len);
            lens.len() - 1
        })
    }

    fn fix(&mut self, node: NodeIndex, numbers: Vec<f32>) {
        let value = self.value(node, 0, numbers.len());
        self.fixed.push((value, numbers));
    }

    /// The number of the tape of a fused loop.
    fn tape(&mut self, node: NodeIndex) -> usize {
        let next = self.tapes.len();
        *self.tapes.entry(node).or_insert(next)
    }

    /// Whether anything reads this output of a node.
    fn is_read(&self, node: NodeIndex, output: usize) -> bool {
        let readers = self.builder.graph.graph.edges_directed(node, Direction::Outgoing);
        readers
            .filter_map(|edge| edge.weight().as_data())
            .any(|(_, read, _)| usize::from(read) == output)
    }
}
