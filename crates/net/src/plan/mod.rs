//! What runs a graph: luminal's own `Graph::execute`, the plan it is lowered to, or one
//! kernel where the whole is a tiny network.

mod chain;
mod few;
mod kernel;
mod lower;
mod luminal_run;
mod tiny;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

pub(crate) use few::Few;
use kernel::Buffers;
pub(crate) use kernel::Kernel;
use luminal_run::LuminalRun;
pub(crate) use tiny::TinyRun;

use crate::graph::{Builder, Tensor};

/// A finished graph and what runs it.
#[derive(Debug)]
pub(crate) enum Evaluator {
    /// A flat list of kernels.
    Plan(Box<Plan>),
    /// `Graph::execute`: slow, the reference.
    Luminal(Box<LuminalRun>),
    /// One kernel for all, which is fed weights as a whole and has no inputs of its own.
    Tiny(Box<TinyRun>),
}

impl Evaluator {
    /// Takes over a graph that maps `inputs` (leaves) to `outputs`.
    pub(crate) fn new(
        builder: Builder,
        inputs: Vec<Tensor>,
        outputs: Vec<Tensor>,
        plan: bool,
    ) -> Evaluator {
        if plan {
            Evaluator::Plan(Box::new(lower::lower(&builder, &inputs, &outputs)))
        } else {
            Evaluator::Luminal(Box::new(LuminalRun::new(builder, inputs, outputs)))
        }
    }

    /// Runs the graph on its inputs, in their order. False if it was interrupted.
    pub(crate) fn run(
        &mut self,
        inputs: &[&[f32]],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        match self {
            Evaluator::Plan(plan) => plan.run(inputs, interrupt),
            Evaluator::Luminal(run) => {
                run.run(inputs);
                true
            }
            Evaluator::Tiny(_) => unreachable!("it is run by its engine"),
        }
    }

    /// An output of the last run.
    pub(crate) fn output(&self, index: usize) -> &[f32] {
        match self {
            Evaluator::Plan(plan) => &plan.buffers.slots[plan.outputs[index]],
            Evaluator::Luminal(run) => run.output(index),
            Evaluator::Tiny(run) => run.output(index),
        }
    }
}

/// A graph as a flat list of kernels over buffers that are laid out ahead.
#[derive(Debug)]
pub(crate) struct Plan {
    buffers: Buffers,
    /// Which inputs some kernel reads from a buffer, the first ones being theirs; the
    /// others are read where the caller has them.
    copied: Vec<usize>,
    outputs: Vec<usize>,
    pub(crate) steps: Vec<Step>,
}

/// One kernel and what it belongs to.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) kernel: Kernel,
    /// What it belongs to, in words a person knows: `lstm 1`.
    pub(crate) place: String,
}

impl Plan {
    /// Runs all kernels in order; the interrupt flag is looked at before each, and
    /// inside loops at each time step.
    fn run(&mut self, inputs: &[&[f32]], interrupt: Option<&AtomicBool>) -> bool {
        self.feed(inputs);
        for step in &mut self.steps {
            if interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                return false;
            }
            if !step.kernel.run(&mut self.buffers, inputs, interrupt) {
                return false;
            }
        }
        true
    }

    fn feed(&mut self, inputs: &[&[f32]]) {
        for input in &self.copied {
            self.buffers.slots[*input].copy_from_slice(inputs[*input]);
        }
    }

    /// Seconds that each kernel takes, the least of several runs on these inputs.
    pub(crate) fn times(&mut self, inputs: &[&[f32]], repeats: usize) -> Vec<f64> {
        self.feed(inputs);
        let mut times = vec![f64::INFINITY; self.steps.len()];
        for _ in 0..repeats.max(1) {
            for (step, least) in self.steps.iter_mut().zip(&mut times) {
                let start = Instant::now();
                step.kernel.run(&mut self.buffers, inputs, None);
                *least = least.min(start.elapsed().as_secs_f64());
            }
        }
        times
    }

    /// The equation of the gate that was not a number in a layer's kernel, if the step is
    /// one: it has no buffer for what the gates are made of.
    pub(crate) fn layer_gate<'a>(&'a self, step: &'a Step) -> Option<&'a str> {
        let Kernel::FusedLayer { layer, tape, .. } = &step.kernel else { return None };
        let block = layer.first_bad_block(&self.buffers.tapes[*tape])?;
        Some(&layer.shape.form.inputs[block].equation)
    }

    /// The step that first wrote something that is not finite, and where in what it
    /// wrote.
    pub(crate) fn first_not_finite(&self) -> Option<(&Step, usize)> {
        self.steps.iter().find_map(|step| {
            step.kernel.written().into_iter().find_map(|slot| {
                let at = self.buffers.slots[slot]
                    .iter()
                    .position(|value| !value.is_finite())?;
                Some((step, at))
            })
        })
    }
}
