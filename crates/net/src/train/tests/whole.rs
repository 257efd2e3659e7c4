//! Tiny networks, which are trained many batches in a call.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use carousel_cell::Optimiser;

use super::super::run::Task;
use super::super::{Epoch, Options, Stopped, Training};
use super::EVEN;
use crate::engine::{BatchShape, Engine, Executor, Goal, Loss, Settings};
use crate::model::{Like, Memory, Model};
use crate::testing::{
    LSTM_BY_HAND, PEEPHOLE, PLAN, model, network, options, run, shape, waves,
};

/// Weights, predictions and losses, all of size 1, after a few dozen changes by gradient
/// descent. (Adam would divide each rounding error by the size of its gradient.)
const CLOSE: f32 = 1e-5;

/// A cell that needs whole rows in the middle of a step.
const WHOLE_ROWS: &str = "cell own
  h = tanh(softmax(Wh x + Uh h) * (Wv x))
end";

const LINES: [(&str, &str); 11] = [
    ("lstm 4 -> dense 1", ""),
    ("lstm 4 stateful -> lstm 4 stateful -> dense 1", ""),
    ("lstm 3 stateful -> lstm 9 -> lstm 17 -> dense 1", ""),
    ("mine 6 -> dense 1", LSTM_BY_HAND),
    ("lstm 33 -> dense 1", ""),
    ("lstm 64 stateful -> dense 1", ""),
    ("gru 4 -> dense 1", ""),
    ("gru 17 stateful -> dense 1", ""),
    ("rnn 5 stateful -> gru 9 -> lstm 4 stateful -> dense 1", ""),
    ("lstm 3 -> rnn 20 -> dense 1", ""),
    ("own 6 -> dense 1", PEEPHOLE),
];

fn singles() -> Options {
    Options { batch: 1, ..options() }
}

fn is_tiny(model: &Model, size: usize, goal: Goal, settings: Settings) -> bool {
    let batch = BatchShape { steps: 5, size, masked: false };
    let (network, flows, two) = (&model.network, &model.flows, model.two_biases());
    let engine = Engine::new(network, flows, batch, goal, two, settings);
    engine.unwrap().tiny().is_some()
}

#[test]
fn only_what_is_a_tiny_network_is_run_as_one() {
    let train = waves(&EVEN, false);
    let mse = Goal::Train(Loss::Mse);
    for (line, cell) in LINES {
        let model = model(line, cell, &train);
        for goal in [mse, Goal::Predict] {
            assert!(is_tiny(&model, 1, goal, PLAN), "{line}");
            assert!(!is_tiny(&model, 65, goal, PLAN), "{line}");
        }
        assert!(!is_tiny(&model, 1, Goal::Train(Loss::Mae), PLAN), "{line}");
        for executor in [Executor::Plan, Executor::Luminal] {
            let unfused = Settings { fusion: false, executor, ..PLAN };
            assert!(!is_tiny(&model, 1, mse, unfused), "{line}");
        }
    }
    for line in [
        "gru 65 -> dense 1",
        "gru 4 -> lstm 3 -> dense 1",
        "lstm 65 -> dense 1",
        "own 4 -> dense 1",
        "lstm 4 bidirectional -> dense 1",
        "lstm 4 -> dense 1 relu",
        "lstm 4 -> dense 3 -> dense 1",
        "lstm 4 dropout 0.1 -> dense 1",
        "gru 4 dropout 0.1 -> dense 1",
        "gru 4 recurrent-dropout 0.1 -> dense 1",
        "flat -> dense 1",
    ] {
        assert!(!is_tiny(&model(line, WHOLE_ROWS, &train), 1, mse, PLAN), "{line}");
    }
}

#[test]
fn a_tiny_network_learns_what_its_primitives_learn() {
    let train = waves(&EVEN, false);
    for (line, cell) in LINES {
        for (like, clip) in [(Like::Keras, None), (Like::PyTorch, Some(0.1))] {
            let fresh = Model::new(&network(line, cell), shape(&train), like, 3).unwrap();
            let optimiser = Optimiser::Sgd { rate: 0.05, momentum: 0.5, nesterov: false };
            let options = Options { clip, optimiser, ..singles() };
            let results = [true, false].map(|fusion| {
                let way = Settings { fusion, ..PLAN };
                let mut training = Training::new(fresh.clone(), options.clone());
                let flag = AtomicBool::new(false);
                let mut watch = |_: &Epoch| ControlFlow::Continue(());
                let validation = Some(&train);
                training.run(2, &train, validation, way, &flag, &mut watch).unwrap();
                let model = &training.model;
                let mut memory = Memory::default();
                let y = model.predict(&train, &mut memory, way, None).unwrap();
                let losses = [&training.history.train, &training.history.validation];
                let losses = losses.into_iter().flatten().map(|loss| *loss as f32);
                (training.model.weights, y, losses.collect::<Vec<_>>())
            });
            let [(w, y, loss), (other_w, other_y, other_loss)] = results;
            for (a, b) in [(w, other_w), (y, other_y), (loss, other_loss)] {
                assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < CLOSE), "{line}");
            }
        }
    }
}

#[test]
fn it_may_be_stopped_before_any_batch_and_goes_on_with_the_same_digits() {
    let train = waves(&EVEN, false);
    for (line, cell) in LINES {
        let fresh = Training::new(model(line, cell, &train), singles());
        let mut straight = fresh.clone();
        run(&mut straight, 2, &train, None).unwrap();
        for stop in [(1, 0), (1, 1), (1, 21), (2, 13)] {
            let flag = AtomicBool::new(false);
            let (interrupt, settings) = (&flag, PLAN);
            let (train, validation, end) = (&train, None, None);
            let task = Task { train, validation, settings, interrupt, end };
            let mut training = fresh.clone();
            let mut watch = |_: &Epoch| ControlFlow::Continue(());
            let mut before = |epoch, batch| {
                if (epoch, batch) == stop {
                    flag.store(true, Ordering::Relaxed);
                }
            };
            let stopped = training.run_task(2, &task, &mut watch, &mut before);
            assert_eq!(stopped, Ok(Stopped::Interrupted { epoch: stop.0, of: 2 }));
            let done = training.position.as_ref().unwrap().batch;
            assert_eq!(done, stop.1, "{line}");
            run(&mut training, 2 - stop.0, train, None).unwrap();
            assert_eq!(training.model.weights, straight.model.weights, "{line} {stop:?}");
            assert_eq!(training.history, straight.history, "{line} {stop:?}");
            assert_eq!(training.memory, straight.memory, "{line} {stop:?}");
            assert_eq!(training.moments, straight.moments, "{line} {stop:?}");
        }
    }
}

#[test]
fn what_diverges_is_found_to_the_batch_and_undone() {
    let train = waves(&EVEN, false);
    for line in [
        "lstm 4 -> dense 1",
        "lstm 4 stateful -> lstm 20 -> dense 1",
        "gru 4 stateful -> rnn 20 -> dense 1",
    ] {
        let mut good = Training::new(model(line, "", &train), singles());
        run(&mut good, 2, &train, None).unwrap();
        let mut training = good.clone();
        let optimiser = Optimiser::Sgd { rate: 1e4, momentum: 0.0, nesterov: false };
        training.options.optimiser = optimiser;
        let diverged = run(&mut training, 3, &train, None).unwrap_err();
        assert_eq!((diverged.epoch, diverged.batches), (3, EVEN.len()));
        assert!((2..EVEN.len()).contains(&diverged.batch), "{diverged:?}");
        assert!(diverged.norm_before.unwrap() > 1.0 && diverged.tensor.is_some());
        assert_eq!(training.model.weights, good.model.weights);
        assert_eq!(training.moments, good.moments);
        assert_eq!(training.memory, good.memory);
    }
}

#[test]
fn a_bad_number_in_a_tiny_network_names_its_gate() {
    let mut train = waves(&EVEN, false);
    train.inputs[71] = f32::NAN;
    for (line, tensor) in [
        ("lstm 4 -> dense 1", "lstm 1, gate i"),
        ("gru 4 -> dense 1", "gru 1, gate z"),
        ("rnn 4 -> dense 1", "rnn 1, gate h"),
    ] {
        let options = Options { shuffle: false, ..singles() };
        let mut training = Training::new(model(line, "", &train), options);
        let diverged = run(&mut training, 1, &train, None).unwrap_err();
        assert_eq!((diverged.epoch, diverged.batch), (1, 8));
        assert_eq!(diverged.tensor.unwrap(), tensor);
    }
}
