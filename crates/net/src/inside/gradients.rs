//! How far gradients reach back: the gradient of the loss with respect to what a
//! recurrent layer gives at each step.

use std::collections::BTreeMap;

use carousel_data::Sequences;
use carousel_lang::Diagnostic;

use crate::autodiff;
use crate::batches::Loader;
use crate::cells;
use crate::engine::{BatchShape, Goal, Loss, optimise};
use crate::graph::Tensor;
use crate::lower::{Lowered, lower_nudged};
use crate::model::Model;
use crate::network::LayerKind;
use crate::plan::{Evaluator, Slices};

/// The states of a layer and for each step the norm of dL/ds, the gradient of a
/// sequence's loss with respect to the state s after that step, forwards; the mean over
/// the sequences `members`. What the layer gives comes first: dL/dh, then dL/dc of an
/// LSTM. States begin at zero, and nothing is dropped.
///
/// A zero is added to the state at each step, and the gradient taken of that.
///
/// # Errors
/// What is wrong with a user's cell; it was told when the model was made.
pub fn state_gradients(
    model: &Model,
    layer: usize,
    sequences: &Sequences,
    members: &[usize],
    loss: Loss,
) -> Result<Vec<(String, Vec<f64>)>, Diagnostic> {
    let LayerKind::Recurrent(recurrent) = &model.network.layers[layer].kind else {
        return Ok(Vec::new());
    };
    let states = cells::form(&recurrent.cell, model.two_biases())?.states;
    let each = states.into_iter().enumerate().map(|(index, name)| {
        let norms = norms(model, (layer, index), sequences, members, loss)?;
        Ok((name, norms))
    });
    each.collect()
}

/// Those of one state, by its layer and its place among the layer's.
fn norms(
    model: &Model,
    state: (usize, usize),
    sequences: &Sequences,
    members: &[usize],
    loss: Loss,
) -> Result<Vec<f64>, Diagnostic> {
    let mut nudged: BTreeMap<usize, Nudged> = BTreeMap::new();
    let mut loader = Loader::new(sequences);
    let (mut sums, mut counts): (Vec<f64>, Vec<usize>) = Default::default();
    for member in members {
        let loaded = loader.load(&[Some(*member)]);
        let steps = sequences.lengths[*member];
        let key = loaded.shape.steps;
        if let std::collections::btree_map::Entry::Vacant(vacant) = nudged.entry(key) {
            vacant.insert(Nudged::new(model, state, loaded.shape, loss)?);
        }
        let nudged = nudged.get_mut(&key).expect("it was just made");
        let mask = loaded.mask;
        let fed = [loaded.inputs, loaded.targets, loaded.shares];
        let units = nudged.units;
        let gradient = nudged.run(model, fed, mask);
        sums.resize(sums.len().max(steps), 0.0);
        counts.resize(sums.len(), 0);
        for (t, at_step) in gradient.chunks(units).take(steps).enumerate() {
            let squares = at_step.iter().map(|g| f64::from(*g) * f64::from(*g));
            sums[t] += squares.sum::<f64>().sqrt();
            counts[t] += 1;
        }
    }
    Ok(sums.iter().zip(&counts).map(|(sum, count)| sum / *count as f64).collect())
}

/// The graph of a loss and its gradient with respect to the zeros that are added.
struct Nudged {
    evaluator: Evaluator,
    units: usize,
    steps: usize,
    masked: bool,
    /// Of each state and each dropout mask.
    states: Vec<Vec<f32>>,
    dropouts: Vec<Vec<f32>>,
}

impl Nudged {
    fn new(
        model: &Model,
        state: (usize, usize),
        mut shape: BatchShape,
        loss: Loss,
    ) -> Result<Nudged, Diagnostic> {
        shape.size = 1;
        let (network, flows, two) = (&model.network, &model.flows, model.two_biases());
        let mut lowered =
            lower_nudged(network, flows, shape, Goal::Train(loss), two, state)?;
        let nudge = lowered.nudge.expect("the layer is recurrent");
        let total = lowered.loss.expect("training has a loss");
        optimise(&mut lowered, &[total], false);
        let seed = lowered.builder.constant(1.0, &[]);
        let found = autodiff::gradients(&mut lowered.builder, &[(total, seed)], &[nudge])
            .expect("every operation that lowering emits has a gradient");
        let gradient = found.into_iter().next().flatten();
        let gradient = gradient.unwrap_or_else(|| zeros(&mut lowered, nudge));
        optimise(&mut lowered, &[gradient], false);
        let states = lowered.states.iter().map(|(s, _)| vec![0.0; s.units]).collect();
        let dropouts = lowered.dropouts.iter().map(|(d, _)| vec![1.0; d.len]).collect();
        let leaves = lowered.leaves();
        let dims = nudge.dims();
        Ok(Nudged {
            evaluator: Evaluator::new(lowered.builder, leaves, vec![gradient], true),
            units: dims[2],
            steps: dims[0],
            masked: shape.masked,
            states,
            dropouts,
        })
    }

    /// `[T, H]`
    fn run(
        &mut self,
        model: &Model,
        [inputs, targets, shares]: [&[f32]; 3],
        mask: Option<&[f32]>,
    ) -> &[f32] {
        let nothing = vec![0.0; self.steps * self.units];
        let parameters = model.parameters.iter().map(|p| &model.weights[p.range()]);
        let mut fed: Slices<'_> = parameters.collect();
        fed.push(inputs);
        if self.masked {
            fed.push(mask.expect("a masked graph is fed a mask"));
        }
        fed.extend(self.states.iter().map(Vec::as_slice));
        fed.extend(self.dropouts.iter().map(Vec::as_slice));
        fed.extend([targets, shares]);
        fed.push(&nothing);
        self.evaluator.run(&fed, None);
        self.evaluator.output(0)
    }
}

fn zeros(lowered: &mut Lowered, like: Tensor) -> Tensor {
    let zero = lowered.builder.constant(0.0, &like.dims());
    lowered.builder.contiguous(zero)
}
