//! Cells that are the same are found to be, others not.

use super::{check_models, check_networks};
use crate::engine::{Executor, Settings};
use crate::model::{Like, Model};
use crate::testing::{LSTM_BY_HAND, PEEPHOLE, PLAN, model, network, options, run, waves};
use crate::train::Training;

/// A few roundings of numbers near 1, summed over a dozen steps.
const SAME: f64 = 1e-6;

const GRU_BY_HAND: &str = "cell mine
  z = sigmoid(Wz x + bz + Uz h + cz)
  r = sigmoid(Wr x + br + Ur h + cr)
  n = tanh(Wn x + bn + r * (Un h + cn))
  h = (1 - z) * n + z * h
end";

const RNN_BY_HAND: &str = "cell mine
  h = tanh(W x + U h + b)
end";

/// An LSTM whose output gate is forgotten.
const NO_GATE: &str = "cell mine
  i = sigmoid(Wi x + Ui h + bi)
  f = sigmoid(Wf x + Uf h + bf)
  g = tanh(Wg x + Ug h + bg)
  o = sigmoid(Wo x + Uo h + bo)
  c = f * c + i * g
  h = tanh(c) + 0 * o
end";

fn differences(line: &str, cell: &str, other: &str) -> (f64, f64) {
    let mut most = (0.0_f64, 0.0_f64);
    for executor in [Executor::Plan, Executor::Luminal] {
        for fusion in [true, false] {
            let settings = Settings { fusion, executor, ..PLAN };
            let (a, b) = (network(line, cell), network(other, cell));
            let found = check_networks(&a, &b, 2, 7, settings).unwrap();
            assert_eq!(found.weights, None);
            most = (most.0.max(found.outputs), most.1.max(found.gradients));
        }
    }
    most
}

#[test]
fn cells_by_hand_are_the_built_in_ones() {
    for (line, cell, other) in [
        ("mine 4", LSTM_BY_HAND, "lstm 4"),
        ("lstm 4", LSTM_BY_HAND, "mine 4"),
        (
            "mine 4 bidirectional -> dense 2",
            LSTM_BY_HAND,
            "lstm 4 bidirectional -> dense 2",
        ),
        ("mine 4 dropout 0.5 -> dense", LSTM_BY_HAND, "lstm 4 -> dense"),
        ("mine 3", GRU_BY_HAND, "gru 3"),
        ("mine 3", RNN_BY_HAND, "rnn 3"),
        ("own 3", PEEPHOLE, "own 3"),
        ("flat -> dense 3 relu", "", "flat -> dense 3 relu"),
    ] {
        let (outputs, gradients) = differences(line, cell, other);
        assert!(outputs <= SAME, "{line} and {other}: outputs {outputs:e}");
        // Gradients of a sum of 144 squares are larger than what is squared.
        assert!(gradients <= 10.0 * SAME, "{line} and {other}: gradients {gradients:e}");
    }
}

#[test]
fn a_cell_that_forgot_a_gate_differs() {
    let (outputs, gradients) = differences("mine 4", NO_GATE, "lstm 4");
    assert!(outputs > 0.01 && gradients > 0.01, "{outputs} {gradients}");
}

#[test]
fn what_cannot_have_equal_weights_says_why() {
    for (line, other, why) in [
        ("lstm 4", "lstm 5", "layer 1 has 4 units in one and 5 in the other"),
        ("gru 4", "lstm 4", "layer 1 has other equations, and so other weights"),
        ("lstm 4", "lstm 4 bidirectional", "layer 1 is bidirectional in one only"),
        ("lstm 4", "lstm 4 -> dense 4", "one has 1 layer, the other 2"),
        ("lstm 4", "dense 4", "layer 1 is of another kind in each"),
        ("lstm 4 -> dense 1", "lstm 4 -> dense 2", "layer 2 has other equations"),
    ] {
        let (a, b) = (network(line, ""), network(other, ""));
        let error = check_networks(&a, &b, 2, 7, PLAN).unwrap_err();
        assert!(error.title.contains(why), "{}", error.title);
    }
}

#[test]
fn models_are_compared_with_their_own_weights() {
    let train = waves(&[5; 8], false);
    let a = model("lstm 4 -> dense 1", "", &train);
    let same = check_models(&a, &a, PLAN).unwrap();
    assert_eq!((same.outputs, same.gradients, same.weights), (0.0, 0.0, Some(0.0)));
    let mut training = Training::new(a.clone(), options());
    run(&mut training, 1, &train, None).unwrap();
    let found = check_models(&a, &training.model, PLAN).unwrap();
    let moved = found.weights.unwrap();
    // Two changes of the weights by Adam with rate 0.01.
    assert!(moved > 0.005 && moved < 0.021, "{moved}");
    assert!(found.outputs > 1e-3 && found.gradients > 1e-3);
    let other = model("gru 3 -> dense 1", "", &train);
    assert_eq!(check_models(&a, &other, PLAN).unwrap().weights, None);
    let torch = Model::new(&a.network, a.data, Like::PyTorch, 7).unwrap();
    assert_eq!(check_models(&a, &torch, PLAN).unwrap().weights, None);
    let every = model("lstm 4 -> dense 1", "", &waves(&[5; 8], true));
    assert!(check_models(&a, &every, PLAN).is_err());
}
