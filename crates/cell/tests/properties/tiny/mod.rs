//! Whole networks of few units: stacked LSTMs, a dense layer, the squared error, and
//! lessons of many windows.

mod lesson;
mod network;
mod oracle;

use carousel_cell::{Optimiser, Tiny, TinyAim, TinyFeed, clip};

use crate::close::{GRADIENT, OUTPUT, near, same, single};
use crate::draw::{Dice, holds};
use lesson::{Lesson, LessonShape};
use network::{Network, NetworkShape, StackShape};

/// Weights after many changes by clipped gradients, whose norms are summed in two
/// orders: Adam makes much of small gradients.
const CLIPPED: f64 = 1e-4;

#[test]
fn networks_give_what_the_equations_give() {
    holds(300, |shape: &NetworkShape| {
        let network = Network::new(shape);
        let want = oracle::network(&network);
        let mut tiny = network.tiny();
        let (inputs, targets) = (single(&network.inputs), single(&network.targets));
        let shares = single(&network.shares);
        let aim = Some(TinyAim::Loss { targets: &targets, shares: &shares });
        let loss = tiny.run(&TinyFeed { inputs: &inputs, aim });
        near("loss", &[loss], &[want.loss], OUTPUT)?;
        near("y", tiny.outputs(), &want.y, OUTPUT)?;
        let mut gradients = vec![7.0; network.arena.len()];
        tiny.gradients(&mut gradients);
        near("gradients", &gradients, &want.gradients, GRADIENT)?;
        for (layer, states) in want.states.iter().enumerate() {
            for (c, want) in [false, true].into_iter().zip(states) {
                let mut state = vec![7.0; want.len()];
                tiny.last_state(layer, c, &mut state);
                near("a last state", &state, want, OUTPUT)?;
            }
        }
        let mut again = network.tiny();
        again.run(&TinyFeed { inputs: &inputs, aim: None });
        same("y without an aim", again.outputs(), tiny.outputs())
    });
}

#[test]
fn stacks_give_what_the_equations_give() {
    holds(300, |StackShape(shape): &StackShape| {
        let network = Network::new(shape);
        let top = shape.units.last().expect("a stack has a layer");
        let slopes = Dice::new(shape.seed, 2).numbers(shape.steps * shape.batch * top);
        let want = oracle::stack(&network, &slopes);
        let mut tiny = network.tiny();
        let (inputs, slopes) = (single(&network.inputs), single(&slopes));
        tiny.run(&TinyFeed { inputs: &inputs, aim: Some(TinyAim::States(&slopes)) });
        near("y", tiny.outputs(), &want.y, OUTPUT)?;
        let mut gradients = vec![7.0; network.arena.len()];
        tiny.gradients(&mut gradients);
        near("gradients", &gradients, &want.gradients, GRADIENT)?;
        near("dx", tiny.input_gradient(), &want.dx, GRADIENT)?;
        for (layer, first) in want.first.iter().enumerate() {
            for (c, want) in [false, true].into_iter().zip(first) {
                let mut gradient = vec![7.0; want.len()];
                tiny.first_gradient(layer, c, &mut gradient);
                near("that of a first state", &gradient, want, GRADIENT)?;
            }
        }
        let mut again = network.tiny();
        again.run(&TinyFeed { inputs: &inputs, aim: None });
        same("y without slopes", again.outputs(), tiny.outputs())?;
        windows_are_samples(network, &inputs)
    });
}

/// Predicts the samples of a batch one after the other, by kernels that were laid out for
/// all of them, and side by side; from states of zero.
fn windows_are_samples(mut network: Network, inputs: &[f32]) -> Result<(), String> {
    network.states.iter_mut().flatten().for_each(|state| state.fill(0.0));
    let NetworkShape { steps, batch, ref units, .. } = network.shape;
    let mut together = network.tiny();
    together.run(&TinyFeed { inputs, aim: None });
    let mut got = vec![7.0; together.outputs().len()];
    let (windows, flags) = (by_sample(inputs, steps, batch), vec![false; units.len()]);
    assert!(network.tiny().predict(&windows, &flags, &mut got, &mut |_| true));
    same("windows", &got, &by_sample(together.outputs(), steps, batch))
}

/// `[T, B, n]` as `[B, T, n]`.
fn by_sample(numbers: &[f32], steps: usize, batch: usize) -> Vec<f32> {
    let n = numbers.len() / (steps * batch);
    let row = |at: usize| &numbers[(at % steps * batch + at / steps) * n..][..n];
    (0..steps * batch).flat_map(row).copied().collect()
}

#[test]
fn lessons_are_single_runs_and_changes_wherever_they_are_cut() {
    holds(60, |shape: &LessonShape| {
        let lesson = Lesson::new(shape);
        let windows = lesson.order.len();
        let (mut tiny, mut want) = (lesson.network.tiny(), lesson.fresh());
        by_hand(&lesson, &mut tiny, &mut want);
        let mut got = lesson.fresh();
        let mut tiny = lesson.network.tiny();
        for part in [0..shape.cut, shape.cut..windows] {
            lesson.learn(&mut tiny, part, &mut got)?;
        }
        if shape.clip.is_none() {
            same("weights", &got.weights, &want.weights)?;
            same("first memory", &got.first, &want.first)?;
            return same("second memory", &got.second, &want.second);
        }
        let wide: Vec<f64> = want.weights.iter().map(|x| f64::from(*x)).collect();
        near("clipped weights", &got.weights, &wide, CLIPPED)
    });
}

/// A lesson by single runs and the optimiser on slices.
fn by_hand(lesson: &Lesson, tiny: &mut Tiny, to: &mut lesson::Memory) {
    let NetworkShape { steps, features, outputs, .. } = lesson.shape.network;
    let mut gradients = vec![0.0; to.weights.len()];
    for window in &lesson.order {
        tiny.set_weights(&to.weights);
        let inputs = &lesson.inputs[window * steps * features..][..steps * features];
        let targets = &lesson.targets[window * outputs..][..outputs];
        let shares = [(1.0 / outputs as f64) as f32];
        tiny.run(&TinyFeed {
            inputs,
            aim: Some(TinyAim::Loss { targets, shares: &shares }),
        });
        tiny.gradients(&mut gradients);
        if let Some(limit) = lesson.shape.clip {
            clip(&mut gradients, limit);
        }
        to.step += 1;
        let (w, first, second) = (&mut to.weights, &mut to.first, &mut to.second);
        let optimiser: Optimiser = lesson.shape.optimiser;
        optimiser.update(to.step, w, &gradients, first, second);
        hand_on(lesson, tiny);
    }
}

/// Makes the last states the first ones where a layer is stateful.
fn hand_on(lesson: &Lesson, tiny: &mut Tiny) {
    for (layer, units) in lesson.shape.network.units.iter().enumerate() {
        for c in [false, true].into_iter().filter(|_| lesson.shape.stateful[layer]) {
            let mut state = vec![0.0; *units];
            tiny.last_state(layer, c, &mut state);
            tiny.set_state(layer, c, &state);
        }
    }
}

#[test]
fn predictions_are_single_runs() {
    holds(60, |shape: &LessonShape| {
        let lesson = Lesson::new(shape);
        let NetworkShape { steps, features, outputs, .. } = shape.network;
        let mut got = vec![7.0; lesson.targets.len()];
        let (mut tiny, flags) = (lesson.network.tiny(), &shape.stateful);
        assert!(tiny.predict(&lesson.inputs, flags, &mut got, &mut |_| true));
        let mut tiny = lesson.network.tiny();
        let windows = lesson.inputs.chunks(steps * features);
        windows.zip(got.chunks(outputs)).try_for_each(|(inputs, got)| {
            tiny.run(&TinyFeed { inputs, aim: None });
            hand_on(&lesson, &mut tiny);
            same("y", got, tiny.outputs())
        })
    });
}
