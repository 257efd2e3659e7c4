//! What `show kernels` tells, and what is said when a tensor is not finite.

use std::collections::BTreeMap;

use carousel_cell::Features;

use super::{Engine, Evaluator, Feed};
use crate::cells::CellForm;
use crate::graph::Builder;
use crate::operations::{FusedCell, Indexed, LayerCell, Operation};
use crate::plan::{Kernel, Plan, Step};
use crate::shape::count;

/// What `show kernels` prints.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KernelReport {
    /// Nodes of the luminal graph as lowered, cell bodies included.
    pub nodes_before: usize,
    /// Nodes of the graph that runs, gradients included.
    pub nodes_after: usize,
    /// What was fused into what, one sentence each.
    pub fusions: Vec<String>,
    /// The kernels in the order in which they run, with their share of the time.
    pub kernels: Vec<KernelTime>,
}

/// One kernel and its time.
#[derive(Debug, Clone, PartialEq)]
pub struct KernelTime {
    /// What it computes, in words a person knows.
    pub name: String,
    /// Time of one run, the least of several, in microseconds.
    pub microseconds: f64,
    /// Floating point operations of one run, those of matrix products alone.
    pub flops: f64,
    /// How many threads share its work.
    pub threads: usize,
}

impl Engine {
    /// What the passes did, and what each kernel of the plan costs: runs the graph
    /// `repeats` times. Without a plan there are no kernels to time.
    pub fn report(
        &mut self,
        parameters: &[f32],
        feed: &Feed<'_>,
        repeats: usize,
    ) -> KernelReport {
        let inputs = self.inputs(parameters, feed);
        let kernels = match &mut self.evaluator {
            Evaluator::Plan(plan) => kernels(plan, &inputs, repeats),
            Evaluator::Luminal(_) => Vec::new(),
            Evaluator::Tiny(tiny) => {
                let microseconds = tiny.time(parameters, feed, repeats) * 1e6;
                let name = format!("{}: one kernel, all steps", tiny.place());
                vec![KernelTime { name, microseconds, flops: tiny.flops(), threads: 1 }]
            }
        };
        KernelReport {
            nodes_before: self.compiled.nodes_before,
            nodes_after: self.compiled.nodes_after,
            fusions: self.compiled.fusions.clone(),
            kernels,
        }
    }

    /// The first tensor that is not finite in a run on these numbers, in words a person
    /// knows (`lstm 1, gate g`), if any is: asked for after a run that went wrong, with
    /// what it was fed, since most of it is done once more.
    pub fn first_bad_tensor(
        &mut self,
        parameters: &[f32],
        feed: &Feed<'_>,
    ) -> Option<String> {
        let inputs = self.inputs(parameters, feed);
        let plan = match &mut self.evaluator {
            Evaluator::Plan(plan) => plan,
            Evaluator::Luminal(_) => return None,
            Evaluator::Tiny(tiny) => return tiny.first_not_finite(),
        };
        let (step, at) = plan.first_not_finite(&inputs)?;
        let layer_gate = plan.layer_gate(step);
        let step = &plan.steps[step];
        if let Some(gate) = layer_gate {
            return Some(format!("{}, gate {gate}", step.place));
        }
        let in_projection = step.kernel.forward_loop().is_none();
        let gate = (plan.steps.iter())
            .filter(|_| in_projection)
            .filter(|other| other.place == step.place)
            .find_map(|other| other.kernel.forward_loop())
            .map(|(form, units)| gate(form, units, at));
        Some(match gate {
            Some(gate) => format!("{}, gate {gate}", step.place),
            None => step.place.clone(),
        })
    }
}

/// The equation of the column of a projected input at this place in its buffer.
fn gate(form: &CellForm, units: usize, at: usize) -> String {
    let block = at % (form.inputs.len() * units) / units;
    form.inputs[block].equation.clone()
}

/// One line for each fused loop, and one for all products.
pub(super) fn fusions(builder: &Builder) -> Vec<String> {
    let graph = &builder.graph.graph;
    let mut lines = Vec::new();
    let mut products: BTreeMap<&str, usize> = BTreeMap::new();
    for node in graph.node_indices() {
        let place = builder.places.get(&node).map_or("", String::as_str);
        let operator = graph.node_weight(node).expect("the node is there");
        match Operation::of(operator.as_ref()) {
            Some(Operation::FusedScan(scan)) => {
                let kernel = match &scan.cell {
                    FusedCell::Lstm(_) => "the hand-written gate loop".to_owned(),
                    FusedCell::Program(program) => {
                        format!(
                            "a register program of {} instructions",
                            program.instructions.len()
                        )
                    }
                };
                lines.push(format!("the loop of {place} became {kernel}"));
            }
            Some(Operation::FusedLayer(layer)) => {
                let kernel = match &layer.cell {
                    LayerCell::Lstm(_) => "one layer kernel".to_owned(),
                    LayerCell::Program(layer) => format!(
                        "one layer kernel: {}, then {}",
                        count(layer.sums(), "sum"),
                        count(layer.operations(), "operation")
                    ),
                };
                let projection = match layer.inputs {
                    Features::Numbers(_) => "projection",
                    Features::Symbol(_) => "look-up",
                };
                lines.push(format!(
                    "the {projection} and the loop of {place} became {kernel}"
                ));
            }
            Some(Operation::Indexed(indexed)) => {
                lines.extend(indexed_line(indexed, place))
            }
            Some(Operation::MatMul(_)) => *products.entry(place).or_default() += 1,
            _ => {}
        }
    }
    for (place, count) in products {
        lines.push(match count {
            1 => format!("1 matrix product of {place} became one kernel"),
            _ => format!("{count} matrix products of {place} became one kernel each"),
        });
    }
    lines
}

fn indexed_line(indexed: &Indexed, place: &str) -> Option<String> {
    match indexed {
        Indexed::Gather { kinds, .. } => Some(format!(
            "the product of {place} with its table of {kinds} rows became a look-up"
        )),
        Indexed::CrossEntropy { .. } => {
            Some(format!("the cross-entropy of {place} became one kernel"))
        }
        Indexed::Softmax { .. } => {
            Some(format!("the softmax of {place} became one kernel"))
        }
        Indexed::GatherGrad { .. }
        | Indexed::CrossEntropyGrad { .. }
        | Indexed::SoftmaxGrad { .. } => None,
    }
}

fn kernels(plan: &mut Plan, inputs: &[&[f32]], repeats: usize) -> Vec<KernelTime> {
    let times = plan.times(inputs, repeats);
    let kernel = |(step, seconds): (&Step, f64)| KernelTime {
        name: name(step),
        microseconds: seconds * 1e6,
        flops: step.kernel.flops(),
        threads: step.kernel.threads(),
    };
    plan.steps.iter().zip(times).map(kernel).collect()
}

fn name(step: &Step) -> String {
    let what = match &step.kernel {
        Kernel::Unary { .. } | Kernel::Binary { .. } => "element by element",
        Kernel::Copy { .. } => "copy of a view",
        Kernel::Reduce { .. } => "sum",
        Kernel::MatMul { .. } => "matrix product",
        Kernel::Indexed { indexed, .. } => match indexed {
            Indexed::Gather { .. } => "rows of the table",
            Indexed::GatherGrad { .. } => "sums by row of the table",
            Indexed::CrossEntropy { .. } | Indexed::CrossEntropyGrad { .. } => {
                "softmax cross-entropy"
            }
            Indexed::Softmax { .. } | Indexed::SoftmaxGrad { .. } => "softmax",
        },
        Kernel::Scatter { .. } => "scatter",
        Kernel::Scan { .. } | Kernel::ScanGrad { .. } => "loop of primitives",
        Kernel::FusedScan { .. } | Kernel::FusedScanGrad { .. } => "fused loop",
        Kernel::FusedLayer { .. } | Kernel::FusedLayerGrad { .. } => "fused layer",
    };
    format!("{}: {what}", step.place)
}
