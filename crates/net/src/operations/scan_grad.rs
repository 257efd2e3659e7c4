//! The gradient of an unfused loop: the gradient of its body, step by step backwards.

use luminal::op::{InputTensor, Operator};
use luminal::shape::ShapeTracker;
use luminal::tensor::Tensor;

use super::payload;
use super::scan::{ScanShape, zero_masked};
use crate::autodiff::{self, Undifferentiable};
use crate::cells::body;
use crate::graph::Tensor as Node;
use crate::plan::Evaluator;

/// Back-propagation through time over the body's own gradient graph.
///
/// Inputs: projected input, mask if there is one, invariants, all states
/// `[T + 1, B, H]`, then those of the gradients of the loop's output and last states
/// that `given` names. Outputs: gradients of the projected input, the first states and
/// the invariants.
#[derive(Debug)]
pub(crate) struct ScanGrad {
    pub(crate) shape: ScanShape,
    /// Whether a gradient of the output, and of each last state, comes in.
    pub(crate) given: Vec<bool>,
    evaluator: Evaluator,
    plan: bool,
}

impl ScanGrad {
    /// # Errors
    /// Where the body has an operation without a gradient.
    pub(crate) fn new(
        shape: ScanShape,
        given: Vec<bool>,
    ) -> Result<Self, Undifferentiable> {
        ScanGrad::with(shape, given, false)
    }

    /// The same with a body that is run by a plan.
    pub(crate) fn planned(&self) -> ScanGrad {
        ScanGrad::with(self.shape.clone(), self.given.clone(), true)
            .expect("its gradient was taken before")
    }

    fn with(
        shape: ScanShape,
        given: Vec<bool>,
        plan: bool,
    ) -> Result<Self, Undifferentiable> {
        let mut body = body(&shape.form, shape.size, shape.units);
        let dims = body.states[0].dims();
        let seeds: Vec<(Node, Node)> = body
            .next
            .iter()
            .map(|next| (*next, body.builder.input("gradient", &dims)))
            .collect();
        let mut of = vec![body.projected];
        of.extend(&body.states);
        of.extend(&body.invariants);
        let gradients = autodiff::gradients(&mut body.builder, &seeds, &of)?;
        let outputs = (gradients.into_iter().zip(&of))
            .map(|(gradient, of)| {
                gradient.unwrap_or_else(|| {
                    let zero = body.builder.constant(0.0, &of.dims());
                    body.builder.contiguous(zero)
                })
            })
            .collect();
        let mut inputs = of;
        inputs.extend(seeds.iter().map(|(_, seed)| seed));
        let evaluator = Evaluator::new(body.builder, inputs, outputs, plan);
        Ok(ScanGrad { shape, given, evaluator, plan })
    }

    /// What runs the gradient of the body.
    pub(crate) fn evaluator(&self) -> &Evaluator {
        &self.evaluator
    }

    pub(crate) fn output_lens(&self) -> Vec<usize> {
        let shape = &self.shape;
        let mut lens = vec![shape.steps * shape.projected_len()];
        lens.extend(std::iter::repeat_n(shape.state_len(), shape.states()));
        lens.extend(shape.invariant_lens());
        lens
    }

    /// Runs the loop backwards.
    pub(crate) fn run(&mut self, inputs: &[&[f32]], outputs: &mut [Vec<f32>]) {
        let read = Inputs::of(&self.shape, &self.given, inputs);
        outputs.iter_mut().for_each(|out| out.fill(0.0));
        let mut carried = read.last.clone();
        for k in (0..self.shape.steps).rev() {
            self.step(&read, k, &mut carried, outputs);
        }
        for (state, gradient) in carried.iter().enumerate() {
            outputs[1 + state].copy_from_slice(gradient);
        }
    }

    fn step(
        &mut self,
        read: &Inputs<'_>,
        k: usize,
        carried: &mut [Vec<f32>],
        outputs: &mut [Vec<f32>],
    ) {
        let shape = &self.shape;
        let (t, n, p) = (shape.time(k), shape.state_len(), shape.projected_len());
        let mask = read.mask.map(|mask| &mask[t * shape.size..]);
        let mut seeds: Vec<Vec<f32>> = carried.to_vec();
        if let Some(given) = read.output {
            add(&mut seeds[0], &given[t * n..][..n]);
        }
        if let Some(mask) = mask {
            seeds.iter_mut().for_each(|seed| zero_masked(shape, mask, seed));
        }
        let mut fed = vec![&read.projected[t * p..][..p]];
        fed.extend(read.histories.iter().map(|history| &history[k * n..][..n]));
        fed.extend(&read.invariants);
        fed.extend(seeds.iter().map(Vec::as_slice));
        self.evaluator.run(&fed, None);
        outputs[0][t * p..][..p].copy_from_slice(self.evaluator.output(0));
        for (s, carried) in carried.iter_mut().enumerate() {
            // A padded row took its state over unchanged, so its gradient passes.
            match mask {
                Some(mask) => pass_masked(shape, mask, carried),
                None => carried.fill(0.0),
            }
            add(carried, self.evaluator.output(1 + s));
        }
        let states = shape.states();
        for (i, total) in outputs[1 + states..].iter_mut().enumerate() {
            add(total, self.evaluator.output(1 + states + i));
        }
    }
}

struct Inputs<'a> {
    projected: &'a [f32],
    mask: Option<&'a [f32]>,
    invariants: Vec<&'a [f32]>,
    histories: Vec<&'a [f32]>,
    output: Option<&'a [f32]>,
    last: Vec<Vec<f32>>,
}

impl<'a> Inputs<'a> {
    fn of(shape: &ScanShape, given: &[bool], all: &[&'a [f32]]) -> Inputs<'a> {
        let invariants = shape.invariant_lens().len();
        let mut rest = all.iter().copied();
        let mut take = |n: usize| rest.by_ref().take(n).collect::<Vec<_>>();
        let projected = take(1)[0];
        let mask = take(usize::from(shape.masked)).first().copied();
        let invariants = take(invariants);
        let histories = take(shape.states());
        let output = take(usize::from(given[0])).first().copied();
        let last = given[1..]
            .iter()
            .map(|given| match take(usize::from(*given)).first() {
                Some(gradient) => gradient.to_vec(),
                None => vec![0.0; shape.state_len()],
            })
            .collect();
        Inputs { projected, mask, invariants, histories, output, last }
    }
}

fn add(total: &mut [f32], more: &[f32]) {
    for (total, more) in total.iter_mut().zip(more) {
        *total += more;
    }
}

/// Zeroes the rows whose step is real.
fn pass_masked(shape: &ScanShape, mask: &[f32], values: &mut [f32]) {
    for (row, real) in mask.iter().take(shape.size).enumerate() {
        if *real != 0.0 {
            values[row * shape.units..(row + 1) * shape.units].fill(0.0);
        }
    }
}

impl PartialEq for ScanGrad {
    fn eq(&self, other: &ScanGrad) -> bool {
        self.shape == other.shape && self.given == other.given && self.plan == other.plan
    }
}

impl Operator for ScanGrad {
    fn process(&mut self, inputs: Vec<(InputTensor, ShapeTracker)>) -> Vec<Tensor> {
        let slices = payload::slices(&inputs);
        payload::tensors(&self.output_lens(), |out| self.run(&slices, out))
    }
}
