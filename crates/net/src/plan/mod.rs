//! What runs a graph: luminal's own `Graph::execute`, the plan it is lowered to, or one
//! kernel where the whole is a tiny network.

mod bytes;
mod chain;
mod elementwise;
mod flops;
mod kernel;
mod layout;
mod lower;
mod luminal_run;
mod operands;
mod tiny;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use kernel::Buffers;
pub(crate) use kernel::Kernel;
use layout::Layout;
use luminal_run::LuminalRun;
pub(crate) use tiny::TinyRun;

use smallvec::SmallVec;

use crate::graph::{Builder, Tensor};

/// Slices that are listed anew for each run: few, as a rule, and then the list costs no
/// allocation.
pub(crate) type Slices<'a> = SmallVec<[&'a [f32]; 16]>;

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

/// A graph as a flat list of kernels over buffers that are laid out ahead, and made when
/// it first runs.
#[derive(Debug)]
pub(crate) struct Plan {
    buffers: Buffers,
    /// How many numbers each buffer has room for.
    rooms: Vec<usize>,
    /// Whether the buffers and tapes are there.
    made: bool,
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
    /// The lengths of those of its outputs whose buffers have several.
    resized: Vec<(usize, usize)>,
}

/// What the steps of a plan read and write, by number.
struct Values {
    lens: Vec<usize>,
    /// Those that are the same in all runs.
    fixed: Vec<(usize, Vec<f32>)>,
    /// How many inputs there are: the first values.
    inputs: usize,
    outputs: Vec<usize>,
}

impl Step {
    fn new(kernel: Kernel, place: String) -> Step {
        Step { kernel, place, resized: Vec::new() }
    }

    /// Runs it; false if it was interrupted.
    fn run(
        &mut self,
        buffers: &mut Buffers,
        inputs: &[&[f32]],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        for (slot, len) in &self.resized {
            buffers.slots[*slot].resize(*len, 0.0);
        }
        self.kernel.run(buffers, inputs, interrupt)
    }

    /// From values to places; `several` says which of these have values of several
    /// lengths.
    fn place(&mut self, lens: &[usize], places: &[usize], several: &[bool]) {
        let operands = self.kernel.operands();
        operands.inputs.into_iter().for_each(|input| *input = places[*input]);
        for output in operands.outputs {
            let len = lens[*output];
            *output = places[*output];
            if several[*output] {
                self.resized.push((*output, len));
            }
        }
    }
}

impl Plan {
    /// Lays out the buffers of these steps, whose kernels name values.
    fn new(values: Values, mut steps: Vec<Step>) -> Plan {
        let Values { lens, fixed, inputs, outputs } = values;
        let mut kept: Vec<usize> = (0..inputs).collect();
        kept.extend(fixed.iter().map(|(value, _)| value));
        let mut layout = layout::of_steps(&mut steps, &lens, &kept, &outputs);
        layout.put_first(inputs);
        let several = layout.several(&lens);
        steps.iter_mut().for_each(|step| step.place(&lens, &layout.places, &several));
        let Layout { places, mut rooms } = layout;
        let place = |value: &usize| places[*value];
        let outputs: Vec<usize> = outputs.iter().map(place).collect();
        let kernels = steps.iter().flat_map(|step| step.kernel.reads_copies());
        let read: BTreeSet<usize> = kernels.chain(outputs.iter().copied()).collect();
        let copied: Vec<usize> = (0..inputs).filter(|i| read.contains(i)).collect();
        for input in (0..inputs).filter(|input| !read.contains(input)) {
            rooms[input] = 0;
        }
        let mut slots = vec![Vec::new(); rooms.len()];
        for (value, numbers) in fixed {
            slots[places[value]] = numbers;
        }
        let buffers = Buffers { slots, ..Buffers::default() };
        Plan { buffers, rooms, made: false, copied, outputs, steps }
    }

    /// Runs all kernels in order; the interrupt flag is looked at before each, and
    /// inside loops at each time step.
    fn run(&mut self, inputs: &[&[f32]], interrupt: Option<&AtomicBool>) -> bool {
        self.feed(inputs);
        for step in &mut self.steps {
            if interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                return false;
            }
            if !step.run(&mut self.buffers, inputs, interrupt) {
                return false;
            }
        }
        true
    }

    fn feed(&mut self, inputs: &[&[f32]]) {
        self.make();
        for input in &self.copied {
            self.buffers.slots[*input].copy_from_slice(inputs[*input]);
        }
    }

    /// Makes the buffers and tapes, unless they are there.
    fn make(&mut self) {
        if std::mem::replace(&mut self.made, true) {
            return;
        }
        for (slot, room) in self.buffers.slots.iter_mut().zip(&self.rooms) {
            // What is the same in all runs is there from the beginning.
            if slot.is_empty() {
                *slot = vec![0.0; *room];
            }
        }
        self.buffers.tapes.extend(self.steps.iter().filter_map(|s| s.kernel.new_tape()));
    }

    /// Seconds that each kernel takes, the least of several runs on these inputs.
    pub(crate) fn times(&mut self, inputs: &[&[f32]], repeats: usize) -> Vec<f64> {
        self.feed(inputs);
        let mut times = vec![f64::INFINITY; self.steps.len()];
        for _ in 0..repeats.max(1) {
            for (step, least) in self.steps.iter_mut().zip(&mut times) {
                let start = Instant::now();
                step.run(&mut self.buffers, inputs, None);
                *least = least.min(start.elapsed().as_secs_f64());
            }
        }
        times
    }

    /// Runs the kernels on these inputs up to the one that first writes something that
    /// is not finite: which step it is, and where in what it wrote. Values share buffers,
    /// so that each is looked at before the next kernel runs.
    pub(crate) fn first_not_finite(
        &mut self,
        inputs: &[&[f32]],
    ) -> Option<(usize, usize)> {
        self.feed(inputs);
        for (index, step) in self.steps.iter_mut().enumerate() {
            step.run(&mut self.buffers, inputs, None);
            for output in step.kernel.operands().outputs {
                let numbers = &self.buffers.slots[*output];
                if let Some(at) = numbers.iter().position(|x| !x.is_finite()) {
                    return Some((index, at));
                }
            }
        }
        None
    }

    /// The equation of the gate that was not a number in a layer's kernel, right after
    /// this step has run, if it is one: it has no buffer for what the gates are made of.
    pub(crate) fn layer_gate(&self, step: usize) -> Option<&str> {
        let Kernel::FusedLayer { layer, tape, .. } = &self.steps[step].kernel else {
            return None;
        };
        let block = layer.first_bad_block(&self.buffers.tapes[*tape])?;
        Some(&layer.shape.form.inputs[block].equation)
    }
}
