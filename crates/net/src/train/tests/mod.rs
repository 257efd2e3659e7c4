//! Training lowers losses, repeats itself, and leaves alone what is frozen.

mod going_on;
mod lanes;
mod stopping;
mod symbols;
mod whole;

use carousel_cell::Optimiser;
use carousel_data::Sequences;

use super::{Options, Stopped, Training, default_batch};
use crate::model::Memory;
use crate::testing::{LSTM_BY_HAND, PEEPHOLE, PLAN, model, options, run, waves};

/// Each kind of network, its cell, and whether each step has a target.
const LINES: [(&str, &str, bool); 14] = [
    ("lstm 4 -> dense 1", "", false),
    ("gru 4 -> dense 1", "", false),
    ("rnn 4 -> dense", "", false),
    ("mine 4 -> dense 1", LSTM_BY_HAND, false),
    ("own 4 -> dense 1", PEEPHOLE, false),
    ("lstm 4 bidirectional -> dense 1", "", false),
    ("lstm 4 -> lstm 4 -> dense 1", "", false),
    ("lstm 4 stateful -> dense 1", "", false),
    ("lstm 4 stateful -> lstm 4 -> dense 1", "", false),
    ("gru 4 stateful -> dense 1", "", true),
    ("lstm 8 dropout 0.1 recurrent-dropout 0.1 -> dropout 0.1 -> dense 1", "", false),
    ("flat -> dense 8 relu -> dense 1", "", false),
    ("lstm 4 -> dense 1", "", true),
    ("lstm 4 frozen -> dense 1", "", false),
];

const EVEN: [usize; 22] = [5; 22];
const RAGGED: [usize; 9] = [5, 2, 7, 5, 1, 3, 6, 5, 4];

fn trained(line: &str, cell: &str, train: &Sequences, epochs: usize) -> Training {
    let mut training = Training::new(model(line, cell, train), options());
    assert_eq!(run(&mut training, epochs, train, None), Ok(Stopped::Done));
    training
}

#[test]
fn training_lowers_the_loss() {
    for (line, cell, every) in LINES {
        for lengths in [&EVEN[..], &RAGGED[..]] {
            if line.contains("flat") && lengths == RAGGED {
                continue;
            }
            let history = trained(line, cell, &waves(lengths, every), 40).history;
            let (first, last) = (history.train[0], history.train[39]);
            let share = if line.contains("frozen") { 0.95 } else { 0.7 };
            assert!(last < share * first, "{line} {lengths:?}: {first} to {last}");
            assert!(history.validation.is_empty());
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_digits_and_another_does_not() {
    let (line, train) = ("lstm 4 -> dropout 0.3 -> dense 1", waves(&EVEN, false));
    let a = trained(line, "", &train, 3);
    assert_eq!(a.model.weights, trained(line, "", &train, 3).model.weights);
    let model = model(line, "", &train);
    let mut other = Training::new(model, Options { seed: 8, ..options() });
    run(&mut other, 3, &train, None).unwrap();
    assert_ne!(a.model.weights, other.model.weights);
}

#[test]
fn the_loss_of_an_epoch_is_the_mean_over_its_samples() {
    for lengths in [&EVEN[..], &RAGGED[..]] {
        for every in [false, true] {
            // Nothing is learned, so the losses before each change are those after.
            let train = waves(lengths, every);
            let model = model("lstm 3 frozen -> dense 1 frozen", "", &train);
            let outputs =
                model.predict(&train, &mut Memory::default(), PLAN, None).unwrap();
            let square = |(a, b): (&f32, &f32)| f64::from(a - b).powi(2);
            let sum: f64 = outputs.iter().zip(&train.targets).map(square).sum();
            let mut training = Training::new(model.clone(), options());
            run(&mut training, 1, &train, Some(&train)).unwrap();
            let want = sum / outputs.len() as f64;
            for got in [training.history.train[0], training.history.validation[0]] {
                // Sums of a few dozen rounded squares.
                assert!((got - want).abs() < 1e-6 * want, "{lengths:?}: {got} {want}");
            }
            assert_eq!(training.model.weights, model.weights);
        }
    }
}

#[test]
fn a_training_can_move_between_threads() {
    fn is_plain<T: Send + Clone>(_: &T) {}
    let train = waves(&EVEN, false);
    is_plain(&Training::new(model("lstm 4 -> dense 1", "", &train), options()));
}

#[test]
fn weight_decay_leaves_frozen_layers_alone() {
    let train = waves(&EVEN, false);
    let model = model("lstm 4 frozen -> dense 1", "", &train);
    let mut options = options();
    if let Optimiser::Adam { decay, .. } = &mut options.optimiser {
        *decay = 0.5;
    }
    let mut training = Training::new(model.clone(), options);
    run(&mut training, 1, &train, None).unwrap();
    for parameter in &model.parameters {
        let same =
            training.model.weights[parameter.range()] == model.weights[parameter.range()];
        assert_eq!(same, parameter.frozen, "{parameter:?}");
    }
}

#[test]
fn small_data_sets_change_the_weights_after_each_sample() {
    assert_eq!([1, 1000, 1001].map(default_batch), [1, 1, 32]);
}
