//! The loop of a recurrent layer, unfused: its body runs once for each step.

use std::rc::Rc;

use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

use super::payload;
use crate::cells::{Body, ByForm, CellForm, body, invariant_dims};
use crate::plan::Evaluator;

/// The sizes of a loop, and the cell it runs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScanShape {
    pub(crate) form: Rc<CellForm>,
    /// `T`
    pub(crate) steps: usize,
    /// `B`
    pub(crate) size: usize,
    /// `H`
    pub(crate) units: usize,
    /// Whether the steps are read from the last to the first.
    pub(crate) reverse: bool,
    /// Whether a mask says which steps are real.
    pub(crate) masked: bool,
}

impl ScanShape {
    /// Numbers of a state: `B * H`.
    pub(crate) fn state_len(&self) -> usize {
        self.size * self.units
    }

    /// Numbers of a step of the projected input: `B * blocks * H`.
    pub(crate) fn projected_len(&self) -> usize {
        self.form.inputs.len() * self.state_len()
    }

    pub(crate) fn states(&self) -> usize {
        self.form.states.len()
    }

    /// Multiplications with the recurrent matrices, over all steps.
    pub(crate) fn recurrent_products(&self) -> usize {
        let lens = self.invariant_lens();
        let matrices: usize = lens[..self.form.groups.len()].iter().sum();
        self.steps * self.size * matrices
    }

    /// Numbers of each invariant.
    pub(crate) fn invariant_lens(&self) -> Vec<usize> {
        let dims = invariant_dims(&self.form, self.units);
        dims.iter().map(|dims| dims.iter().product()).collect()
    }

    /// Numbers of each output of the unfused loop.
    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let n = self.state_len();
        let mut lens = vec![self.steps * n];
        lens.extend(std::iter::repeat_n(n, self.states()));
        lens.extend(std::iter::repeat_n((self.steps + 1) * n, self.states()));
        lens
    }

    /// The step that is computed `k`th.
    pub(crate) fn time(&self, k: usize) -> usize {
        if self.reverse { self.steps - 1 - k } else { k }
    }

    /// The inputs of a loop's node, by their order: projected input, mask if there is
    /// one, first states, invariants.
    pub(crate) fn inputs<'a>(&self, all: &[&'a [f32]]) -> ScanInputs<'a> {
        let first = 1 + usize::from(self.masked);
        ScanInputs {
            projected: all[0],
            mask: self.masked.then(|| all[1]),
            states: all[first..first + self.states()].to_vec(),
            invariants: all[first + self.states()..].to_vec(),
        }
    }
}

/// What a loop reads.
pub(crate) struct ScanInputs<'a> {
    /// `[T, B, blocks * H]`
    pub(crate) projected: &'a [f32],
    /// `[T, B]`
    pub(crate) mask: Option<&'a [f32]>,
    /// `[B, H]` each
    pub(crate) states: Vec<&'a [f32]>,
    /// As [`invariant_dims`].
    pub(crate) invariants: Vec<&'a [f32]>,
}

/// The unfused loop. Outputs: what the cell gives `[T, B, H]`; the last states
/// `[B, H]`; all states `[T + 1, B, H]`, in the order of computation.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(crate) shape: ScanShape,
    /// Whether the body is run by a plan.
    planned: bool,
    /// Made for the first run: most loops are fused before they run.
    stepper: Option<Stepper>,
}

impl Scan {
    pub(crate) fn new(shape: ScanShape) -> Scan {
        Scan { shape, planned: false, stepper: None }
    }

    /// The same with a body that is run by a plan, ready to run.
    pub(crate) fn planned(&self) -> Scan {
        let stepper = Some(Stepper::new(forward_body(&self.shape), true));
        Scan { shape: self.shape.clone(), planned: true, stepper }
    }

    /// What runs the body, if it is there.
    pub(crate) fn evaluator(&self) -> Option<&Evaluator> {
        self.stepper.as_ref().map(|stepper| &stepper.evaluator)
    }

    /// Nodes of the body, for `show kernels`.
    pub(crate) fn body_nodes(&self) -> usize {
        static NODES: ByForm<usize> = ByForm::new();
        let count = || forward_body(&self.shape).builder.graph.graph.node_count();
        NODES.get(&self.shape.form, count)
    }

    pub(crate) fn output_lens(&self) -> Vec<usize> {
        self.shape.output_lens()
    }

    /// Runs the loop.
    pub(crate) fn run(&mut self, inputs: &[&[f32]], outputs: &mut [Vec<f32>]) {
        let shape = &self.shape;
        let stepper = (self.stepper)
            .get_or_insert_with(|| Stepper::new(forward_body(shape), self.planned));
        let read = shape.inputs(inputs);
        let (n, states) = (shape.state_len(), shape.states());
        for (k, state) in read.states.iter().enumerate() {
            outputs[1 + states + k][..n].copy_from_slice(state);
        }
        for k in 0..shape.steps {
            let t = shape.time(k);
            let projected =
                &read.projected[t * shape.projected_len()..][..shape.projected_len()];
            let mut fed = vec![projected];
            fed.extend(
                outputs[1 + states..].iter().map(|history| &history[k * n..][..n]),
            );
            fed.extend(&read.invariants);
            stepper.evaluator.run(&fed, None);
            for s in 0..states {
                let next = stepper.evaluator.output(s);
                let history = &mut outputs[1 + states + s];
                history[(k + 1) * n..][..n].copy_from_slice(next);
                if let Some(mask) = read.mask {
                    let (before, after) = history.split_at_mut((k + 1) * n);
                    keep_masked(shape, &mask[t * shape.size..], &before[k * n..], after);
                }
            }
            let (first, rest) = outputs.split_at_mut(1 + states);
            let given = &mut first[0][t * n..][..n];
            given.copy_from_slice(&rest[0][(k + 1) * n..][..n]);
            if let Some(mask) = read.mask {
                zero_masked(shape, &mask[t * shape.size..], given);
            }
        }
        for s in 0..states {
            let (last, history) = outputs.split_at_mut(1 + states);
            last[1 + s].copy_from_slice(&history[s][shape.steps * n..]);
        }
    }
}

/// Rows whose step is padding keep their state.
fn keep_masked(shape: &ScanShape, mask: &[f32], before: &[f32], after: &mut [f32]) {
    for (row, real) in mask.iter().take(shape.size).enumerate() {
        if *real == 0.0 {
            let row = row * shape.units..(row + 1) * shape.units;
            after[row.clone()].copy_from_slice(&before[row]);
        }
    }
}

/// Rows whose step is padding give zero.
pub(super) fn zero_masked(shape: &ScanShape, mask: &[f32], values: &mut [f32]) {
    for (row, real) in mask.iter().take(shape.size).enumerate() {
        if *real == 0.0 {
            values[row * shape.units..(row + 1) * shape.units].fill(0.0);
        }
    }
}

fn forward_body(shape: &ScanShape) -> Body {
    body(&shape.form, shape.size, shape.units)
}

/// What runs a body: inputs are the projected step, the states and the invariants.
#[derive(Debug)]
pub(crate) struct Stepper {
    pub(super) evaluator: Evaluator,
}

impl Stepper {
    fn new(body: Body, plan: bool) -> Stepper {
        let mut inputs = vec![body.projected];
        inputs.extend(&body.states);
        inputs.extend(&body.invariants);
        Stepper { evaluator: Evaluator::new(body.builder, inputs, body.next, plan) }
    }
}

impl PartialEq for Scan {
    fn eq(&self, other: &Scan) -> bool {
        self.shape == other.shape
    }
}

impl Operator for Scan {
    fn process(&mut self, inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let slices = payload::slices(&inputs);
        payload::tensors(&self.output_lens(), |out| self.run(&slices, out))
    }
}
