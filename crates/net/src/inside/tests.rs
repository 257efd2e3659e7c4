//! What is seen inside is what the engines compute, and its gradients are slopes.

use carousel_data::Sequences;

use super::{Unrolled, entering, state_gradients, unroll};
use crate::engine::{Loss, Settings};
use crate::memory::Memory;
use crate::model::{Like, Model};
use crate::network::Network;
use crate::testing::{LSTM_BY_HAND, PEEPHOLE, PLAN, network, shape, waves};

/// Roundings of single precision, carried on for a few steps.
const ROUNDING: f32 = 2e-6;

const LINES: [(&str, &str, usize); 10] = [
    ("lstm 4 -> dense 1", "", 0),
    ("lstm 3 every -> dense 1", "", 0),
    ("gru 5 -> dense 1", "", 0),
    ("rnn 4 -> dense 1", "", 0),
    ("lstm 3 -> gru 4 -> dense 1", "", 1),
    ("lstm 3 bidirectional -> rnn 2 -> dense 1", "", 0),
    ("mine 3 -> dense 1", LSTM_BY_HAND, 0),
    ("own 3 -> dense 1", PEEPHOLE, 0),
    ("own 3 -> dense 1", ALL, 0),
    ("lstm 2 -> dropout 0.5 -> lstm 3 -> dense 2 relu -> dense 1", "", 2),
];

/// A cell that calls every function.
const ALL: &str = "cell own
  r = sigmoid(Wr x + Ur h + br)
  s = softmax(Ws x + br) + softplus(r) - relu(-r) * norm(h)
  t = max(s, r) / (1 + abs(min(r, s)) + exp(r) - log(1 + r * r))
  h = tanh(Wh x + Uh Vh (r * h) + t) * sqrt(r)
end";

fn model(line: &str, cell: &str, like: Like) -> (Model, carousel_data::Sequences) {
    let sequences = waves(&[6], line.contains("every"));
    let model = Model::new(&network(line, cell), shape(&sequences), like, 11).unwrap();
    (model, sequences)
}

fn close(seen: &[f32], computed: &[f32], what: &str) {
    assert_eq!(seen.len(), computed.len(), "{what}");
    for (a, b) in seen.iter().zip(computed) {
        assert!((a - b).abs() <= ROUNDING * b.abs().max(1.0), "{what}: {a} and {b}");
    }
}

#[test]
fn the_steps_are_those_of_the_engines() {
    for (line, cell, layer) in LINES {
        for like in [Like::Keras, Like::PyTorch] {
            let (model, sequences) = model(line, cell, like);
            for fusion in [true, false] {
                let settings = Settings { fusion, ..PLAN };
                let memory = Memory::default();
                let seen = unroll(&model, layer, &sequences, &memory, settings).unwrap();
                assert_eq!(seen.steps.len(), 6);
                let given =
                    entering(&model, layer + 1, &sequences, &memory, settings).unwrap();
                let output = seen.lines.iter().position(|line| line.name == "h").unwrap();
                let width = model.flows[layer + 1].width;
                let rows: Vec<&[f32]> = given.chunks(width).collect();
                let first = seen.steps.len() - rows.len();
                for (step, row) in seen.steps[first..].iter().zip(rows) {
                    // Where both directions are there, forwards comes first.
                    close(&step.values[output], &row[..seen.units], line);
                    if width > seen.units {
                        break;
                    }
                }
            }
        }
    }
}

#[test]
fn states_run_on_from_what_is_remembered() {
    let sequences = waves(&[4, 4, 4], false);
    let network = network("lstm 3 stateful -> gru 2 stateful -> dense 1", "");
    let model = Model::new(&network, shape(&sequences), Like::Keras, 3).unwrap();
    let mut memory = Memory::default();
    model.predict(&sequences.only(0..2), &mut memory, PLAN, None).unwrap();
    for (layer, states) in [(0, &["c", "h"][..]), (1, &["h"])] {
        let third = sequences.only(2..3);
        let seen = unroll(&model, layer, &third, &memory, PLAN).unwrap();
        let mut after = memory.clone();
        model.predict(&third, &mut after, PLAN, None).unwrap();
        let last = seen.steps.last().unwrap();
        for state in states {
            let at = seen.lines.iter().position(|line| line.name == *state).unwrap();
            let kept = after.state(layer, state).unwrap();
            close(&last.values[at], kept, state);
            assert!(seen.lines[at].state);
            assert_ne!(seen.steps[0].before[*state], vec![0.0; seen.units]);
        }
    }
}

#[test]
fn gates_are_what_a_sigmoid_gives() {
    let (model, sequences) = model("gru 2 -> dense 1", "", Like::Keras);
    let seen = unroll(&model, 0, &sequences, &Memory::default(), PLAN).unwrap();
    let gates: Vec<&str> =
        seen.lines.iter().filter(|l| l.gate).map(|l| l.name.as_str()).collect();
    assert_eq!(gates, ["r", "z"]);
}

/// The loss of the only sequence when the layer after the recurrent one is fed a state
/// that was moved at a step: the cell is run on from there.
fn moved_loss(model: &Model, target: f32, hidden: &[f32]) -> f64 {
    let dense = model.parameters.iter().filter(|p| p.layer == 1);
    let tensors: Vec<&[f32]> = dense.map(|p| &model.weights[p.range()]).collect();
    let sum: f64 = hidden
        .iter()
        .zip(tensors[0])
        .map(|(h, w)| f64::from(*h) * f64::from(*w))
        .sum::<f64>()
        + f64::from(tensors[1][0]);
    (sum - f64::from(target)).powi(2)
}

#[test]
fn gradients_are_slopes() {
    for (line, cell) in
        [("rnn 3", ""), ("gru 3", ""), ("lstm 3", ""), ("own 3", PEEPHOLE)]
    {
        let (model, sequences) = model(&format!("{line} -> dense 1"), cell, Like::Keras);
        let found = state_gradients(&model, 0, &sequences, &[0], Loss::Mse).unwrap();
        let seen = unroll(&model, 0, &sequences, &Memory::default(), PLAN).unwrap();
        // What a cell of one's own has besides what it gives acts in ways of its own.
        let known = found.iter().filter(|(state, _)| state == "h" || cell.is_empty());
        for (state, norms) in known {
            assert_eq!(norms.len(), 6);
            for (t, norm) in norms.iter().enumerate() {
                let mut slopes = slopes(&model, &sequences, &seen, t, state);
                if state == "c" {
                    // The cell also acts by way of what the layer gives at that step.
                    let by_h = self::slopes(&model, &sequences, &seen, t, "h");
                    let (o, c) = (value(&seen, t, "o"), value(&seen, t, "c"));
                    for (unit, slope) in slopes.iter_mut().enumerate() {
                        let tanh = f64::from(c[unit]).tanh();
                        *slope += by_h[unit] * f64::from(o[unit]) * (1.0 - tanh * tanh);
                    }
                }
                let slope = slopes.iter().map(|slope| slope * slope).sum::<f64>().sqrt();
                // The third derivative over the square of the step, and roundings over
                // it.
                assert!(
                    (norm - slope).abs() <= 2e-3 * slope.max(1e-2),
                    "{line}, {state}, step {t}: {norm} and {slope}",
                );
            }
        }
    }
}

/// What an equation gives at a step.
fn value<'a>(seen: &'a Unrolled, step: usize, name: &str) -> &'a [f32] {
    let at = seen.lines.iter().position(|line| line.name == name).unwrap();
    &seen.steps[step].values[at]
}

/// The slope of the loss for each unit, as a state is moved that the next step begins
/// with. A stateful layer begins where it is told to, so that a sequence can be gone on
/// with from there.
fn slopes(
    model: &Model,
    sequences: &Sequences,
    seen: &Unrolled,
    t: usize,
    state: &str,
) -> Vec<f64> {
    const STEP: f32 = 5e-3;
    let stateful = stateful(model);
    let loss = |unit: usize, by: f32| {
        let mut memory = Memory::default();
        for (line, value) in seen.lines.iter().zip(&seen.steps[t].values) {
            let mut value = value.clone();
            if line.name == state {
                value[unit] += by;
            }
            if line.state {
                memory.set(0, &line.name, &value);
            }
        }
        let hidden = if t == 5 {
            memory.state(0, "h").unwrap().to_vec()
        } else {
            let mut rest = sequences.clone();
            rest.inputs.drain(..(t + 1) * sequences.features);
            rest.lengths = vec![5 - t];
            let rest = unroll(&stateful, 0, &rest, &memory, PLAN).unwrap();
            value(&rest, rest.steps.len() - 1, "h").to_vec()
        };
        moved_loss(model, sequences.targets[0], &hidden)
    };
    let slope = |unit| (loss(unit, STEP) - loss(unit, -STEP)) / f64::from(2.0 * STEP);
    (0..seen.units).map(slope).collect()
}

/// The same model, whose layers remember.
fn stateful(model: &Model) -> Model {
    let mut layers = model.network.layers.clone();
    if let crate::network::LayerKind::Recurrent(recurrent) = &mut layers[0].kind {
        recurrent.stateful = true;
    }
    Model { network: Network { layers }, ..model.clone() }
}

#[test]
fn every_way_to_a_target_counts_and_dropout_does_not() {
    let sequences = waves(&[5, 3], true);
    for line in ["lstm 2 every -> dense 1", "gru 2 every bidirectional -> dense 1"] {
        let with = line.replace(" every", " every dropout 0.4 recurrent-dropout 0.3");
        let norms = |line: &str| {
            let model = Model::new(&network(line, ""), shape(&sequences), Like::Keras, 5)
                .unwrap();
            let found = state_gradients(&model, 0, &sequences, &[0, 1], Loss::Mse);
            found.unwrap().remove(0).1
        };
        let plain = norms(line);
        assert_eq!(plain.len(), 5);
        assert!(plain.iter().all(|norm| *norm > 0.0), "{plain:?}");
        assert_eq!(plain, norms(&with), "{line}");
    }
}
