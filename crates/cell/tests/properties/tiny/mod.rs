//! Whole networks of few units: stacked layers, LSTMs and other cells among each other,
//! a dense layer, the squared error, and lessons of many windows.

mod cells;
mod draft;
mod layer;
mod lesson;
mod network;
mod oracle;
mod random;
mod refused;
mod shape;

use std::cell::Cell;

use carousel_cell::{Optimiser, Tiny, TinyAim, TinyFeed, clip};

use crate::close::{near, same, single};
use crate::draw::{Dice, holds};
use crate::program::APART;
use lesson::{Lesson, LessonShape};
use network::Network;
use shape::{NetworkShape, StackShape};

/// Weights after many changes by clipped gradients, whose norms are summed in two
/// orders: Adam makes much of small gradients.
const CLIPPED: f64 = 1e-4;

#[test]
fn networks_give_what_the_equations_give() {
    let compared = Cell::new(0);
    holds(500, |shape: &NetworkShape| {
        let network = Network::new(shape);
        let want = oracle::network(&network);
        if want.apart < APART {
            return Ok(());
        }
        compared.set(compared.get() + 1);
        let [output, gradient] = shape.tolerances();
        let mut tiny = network.tiny();
        let (inputs, targets) = (single(&network.inputs), single(&network.targets));
        let shares = single(&network.shares);
        let aim = Some(TinyAim::Loss { targets: &targets, shares: &shares });
        let feed = TinyFeed { inputs: &inputs, aim };
        // Twice: a pass must leave nothing behind.
        let [_, loss] = [(); 2].map(|()| tiny.run(&feed));
        near("loss", &[loss], &[want.loss], output)?;
        near("y", tiny.outputs(), &want.y, output)?;
        let mut gradients = vec![7.0; network.arena.len()];
        tiny.gradients(&mut gradients);
        near("gradients", &gradients, &want.gradients, gradient)?;
        states_are_near(&tiny, &want.states, output)?;
        assert_eq!(tiny.first_not_finite(true), None, "padding is looked at");
        let mut again = network.tiny();
        again.run(&TinyFeed { inputs: &inputs, aim: None });
        same("y without an aim", again.outputs(), tiny.outputs())
    });
    assert!(cfg!(miri) || compared.get() > 400, "{} were compared", compared.get());
}

/// Whether the last states are what they should be.
fn states_are_near(
    tiny: &Tiny,
    want: &[Vec<Vec<f64>>],
    output: f64,
) -> Result<(), String> {
    for (layer, states) in want.iter().enumerate() {
        for (which, want) in states.iter().enumerate() {
            let mut state = vec![7.0; want.len()];
            tiny.last_state(layer, which, &mut state);
            near(&format!("state {which} of layer {layer}"), &state, want, output)?;
        }
    }
    Ok(())
}

#[test]
fn stacks_give_what_the_equations_give() {
    let compared = Cell::new(0);
    holds(500, |StackShape(shape): &StackShape| {
        let network = Network::new(shape);
        let (rows, units) = (shape.steps * shape.batch, shape.top().units);
        let slopes = Dice::new(shape.seed, 2).numbers(rows * units);
        let want = oracle::stack(&network, &slopes);
        if want.apart < APART {
            return Ok(());
        }
        compared.set(compared.get() + 1);
        let [output, gradient] = shape.tolerances();
        let mut tiny = network.tiny();
        let (inputs, slopes) = (single(&network.inputs), single(&slopes));
        let aim = Some(TinyAim::States(&slopes));
        // Twice: a pass must leave nothing behind.
        for _ in 0..2 {
            tiny.run(&TinyFeed { inputs: &inputs, aim });
        }
        near("y", tiny.outputs(), &want.y, output)?;
        let mut gradients = vec![7.0; network.arena.len()];
        tiny.gradients(&mut gradients);
        near("gradients", &gradients, &want.gradients, gradient)?;
        near("dx", tiny.input_gradient(), &want.dx, gradient)?;
        states_are_near(&tiny, &want.states, output)?;
        for (layer, first) in want.first.iter().enumerate() {
            for (state, want) in first.iter().enumerate() {
                let mut got = vec![7.0; want.len()];
                tiny.first_gradient(layer, state, &mut got);
                near(&format!("that of first state {state}"), &got, want, gradient)?;
            }
        }
        let mut again = network.tiny();
        again.run(&TinyFeed { inputs: &inputs, aim: None });
        same("y without slopes", again.outputs(), tiny.outputs())?;
        windows_are_samples(network, &inputs)
    });
    assert!(cfg!(miri) || compared.get() > 400, "{} were compared", compared.get());
}

/// Predicts the samples of a batch one after the other, by kernels that were laid out for
/// all of them, and side by side; from states of zero.
fn windows_are_samples(mut network: Network, inputs: &[f32]) -> Result<(), String> {
    network.states.iter_mut().flatten().for_each(|state| state.fill(0.0));
    let NetworkShape { steps, batch, ref layers, .. } = network.shape;
    let mut together = network.tiny();
    together.run(&TinyFeed { inputs, aim: None });
    let mut got = vec![7.0; together.outputs().len()];
    let (windows, flags) = (by_sample(inputs, steps, batch), vec![false; layers.len()]);
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
    holds(100, |shape: &LessonShape| {
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
    for (layer, shape) in lesson.shape.network.layers.iter().enumerate() {
        for which in (0..shape.states()).filter(|_| lesson.shape.stateful[layer]) {
            let mut state = vec![0.0; shape.units];
            tiny.last_state(layer, which, &mut state);
            tiny.set_state(layer, which, &state);
        }
    }
}

#[test]
fn predictions_are_single_runs() {
    holds(100, |shape: &LessonShape| {
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
