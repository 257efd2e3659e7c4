//! The layer's kernel in a graph: the same numbers as the primitives give.

use carousel_cell::cores;

use super::{
    BatchShape, Engine, Evaluator, Executor, Feed, Footprint, Goal, Loss, Settings,
};
use crate::parameters::{Parameter, parameters};
use crate::shape::{DataShape, flows};
use crate::testing::{LSTM_BY_HAND, PEEPHOLE, PLAN, network};

/// Sums of a few hundred rounded products, of the largest number.
const SAME: f32 = 2e-5;

const WIDTH: usize = 2;

/// Kinds of symbols, where the first layer is `embed`.
const KINDS: usize = 3;

/// A projection without a bias, and an output that is no state.
const PLAIN: &str = "cell plain
  c = 0.9 * c + 0.1 * tanh(W x + U h)
  y = relu(c) + softplus(V x) / (1 + abs(c)) - exp(-c * c) + sqrt(2 + c)
  h = y * tanh(c)
  gives y
end";

/// Needs whole rows, and has no kernel of its own.
const WHOLE: &str = "cell whole
  a = softmax(Wa x + Ua h + ba)
  h = tanh(a + 0.1 * norm(h))
end";

/// A product with what is no state, which has none, either.
const RESET: &str = "cell late
  r = sigmoid(Wr x + Ur h + br)
  h = tanh(W x + U (r * h) + b)
end";

/// Loss, outputs and all gradients of one run, and what was fused.
fn run(
    (line, cell): (&str, &str),
    shape: BatchShape,
    two_biases: bool,
    settings: Settings,
) -> (Vec<Vec<f32>>, Vec<String>) {
    let (_, numbers, fusions) = engine(line, cell, shape, two_biases, settings);
    (numbers, fusions)
}

/// What a network reads: symbols where its first layer takes them.
fn data(line: &str) -> DataShape {
    let symbols = line.starts_with("embed").then_some(KINDS);
    let features = if symbols.is_some() { 1 } else { WIDTH };
    DataShape {
        steps: Some(20),
        features,
        width: 1,
        every: false,
        symbols,
        classes: None,
    }
}

/// An engine that has run, which took the memory that it said it would, loss, outputs and
/// all gradients, and what was fused.
pub(super) fn engine(
    line: &str,
    cell: &str,
    shape: BatchShape,
    two_biases: bool,
    settings: Settings,
) -> (Engine, Vec<Vec<f32>>, Vec<String>) {
    let network = network(line, cell);
    let data = DataShape { steps: (!shape.masked).then_some(shape.steps), ..data(line) };
    let flows = flows(&network, data).unwrap();
    let len: usize = parameters(&network, &flows, two_biases)
        .unwrap()
        .iter()
        .map(Parameter::len)
        .sum();
    let goal = Goal::Train(Loss::SumOfSquaresAndStates);
    let mut engine =
        Engine::new(&network, &flows, shape, goal, two_biases, settings).unwrap();
    let wave = |n: usize, pace: f32| -> Vec<f32> {
        (0..n).map(|k| (k as f32 * pace).sin() / 3.0).collect()
    };
    let rows = shape.steps * shape.size;
    let mask: Vec<f32> =
        (0..rows).map(|k| f32::from(k / shape.size <= k % shape.size)).collect();
    let states: Vec<_> =
        engine.states.iter().map(|s| wave(shape.size * s.units, 0.9)).collect();
    let weights = wave(len, 1.7);
    let dropouts: Vec<_> = engine.dropouts.iter().map(|d| wave(d.len, 0.3)).collect();
    let mut gradients = vec![0.0; len];
    let inputs = match data.symbols {
        // One more than there are: that one names nothing.
        Some(kinds) => (0..rows).map(|k| (k * k % (kinds + 1)) as f32).collect(),
        None => wave(rows * WIDTH, 0.7),
    };
    let feed = Feed {
        inputs: &inputs,
        mask: shape.masked.then_some(mask.as_slice()),
        states: &states,
        targets: &[],
        weights: &[],
        dropouts: &dropouts,
        interrupt: None,
    };
    let bytes = engine.bytes();
    engine.run(&weights, &mut gradients, &feed).unwrap();
    assert_eq!(engine.bytes(), bytes, "{line} {shape:?} {settings:?}");
    let (of_inputs, of_states) = engine.input_gradients().unwrap();
    let mut all = vec![vec![engine.loss()], engine.output().to_vec(), of_inputs.to_vec()];
    all.extend(of_states.into_iter().map(<[f32]>::to_vec));
    all.extend((0..states.len()).map(|s| engine.last_state(s).to_vec()));
    all.push(gradients);
    let fusions = engine.report(&weights, &feed, 1).fusions;
    (engine, all, fusions)
}

fn check(model: (&str, &str), least: usize, shape: BatchShape, two_biases: bool) {
    let plain = Settings { fusion: false, ..PLAN };
    let (want, _) = run(model, shape, two_biases, plain);
    for executor in [Executor::Plan, Executor::Luminal] {
        let (got, fusions) = run(model, shape, two_biases, Settings { executor, ..PLAN });
        let layers = fusions.iter().filter(|f| f.contains("one layer kernel")).count();
        assert_eq!(layers > 0, shape.size >= least, "{fusions:?}");
        let looked_up = fusions.iter().any(|f| f.contains("the look-up and the loop"));
        let embeds = model.0.starts_with("embed") && !model.0.contains("bidirectional");
        let fits = shape.size >= 4 || model.0.contains("own");
        assert_eq!(looked_up, embeds && fits, "{fusions:?}");
        for (got, want) in got.iter().zip(&want) {
            let largest = want.iter().fold(1.0, |a: f32, b| a.max(b.abs()));
            let close = |(a, b): (&f32, &f32)| (a - b).abs() <= SAME * largest;
            assert!(got.iter().zip(want).all(close), "{model:?} {shape:?} {executor:?}");
        }
    }
}

#[test]
fn a_layers_kernel_gives_what_the_primitives_give() {
    for (line, cell, least) in [
        ("lstm 5 -> dense 1", "", 1),
        ("mine 5 -> dense 1", LSTM_BY_HAND, 1),
        ("lstm 17 stateful -> lstm 3 -> dense 1", "", 1),
        ("lstm 4 bidirectional -> dense 1", "", 1),
        ("gru 5 -> gru 18 stateful -> dense 1", "", 1),
        ("gru 33 -> dense 1", "", 4),
        ("rnn 7 bidirectional -> dense 1", "", 1),
        ("own 5 -> dense 1", PEEPHOLE, 1),
        ("plain 19 -> plain 2 -> dense 1", PLAIN, 1),
        ("gru 5 recurrent-dropout 0.5 -> dense 1", "", 1),
        ("lstm 18 recurrent-dropout 0.5 -> dense 1", "", 1),
        ("lstm 33 recurrent-dropout 0.5 -> dense 1", "", 4),
        ("embed 4 -> lstm 17 stateful -> dense 1", "", 4),
        ("embed 2 -> own 5 -> lstm 3 -> dense 1", PEEPHOLE, 1),
        // Both directions read the rows that are looked up.
        ("embed 4 -> lstm 5 bidirectional -> dense 1", "", 1),
    ] {
        for masked in [false, true] {
            for size in [1, 3, 4, 7] {
                let shape = BatchShape { steps: 6, size, masked };
                check((line, cell), least, shape, size == 3 || size == 7);
            }
        }
    }
    // These have none.
    for (line, cell) in [("whole 5 -> dense 1", WHOLE), ("late 5 -> dense 1", RESET)] {
        let shape = BatchShape { steps: 6, size: 4, masked: false };
        check((line, cell), usize::MAX, shape, false);
    }
}

/// Whether threads share some of the work, as far as this machine has several.
pub(super) fn is_shared(engine: &Engine) -> bool {
    let Evaluator::Plan(plan) = &engine.evaluator else { return false };
    cores() == 1 || plan.steps.iter().any(|step| step.kernel.threads() > 1)
}

#[test]
fn threads_do_not_change_a_bit() {
    for (line, steps, size) in [
        ("lstm 96 -> lstm 64 -> dense 1", 20, 48),
        ("gru 112 -> own 64 -> dense 1", 20, 48),
        ("lstm 520 -> dense 1", 3, 1),
        ("embed 64 -> lstm 64 -> dense 1", 40, 48),
        // Sums of a thousand rows, 31 million multiplications.
        ("flat -> dense 182 -> dense 171 -> dense 1", 1, 1000),
    ] {
        let (model, shape) =
            ((line, PEEPHOLE), BatchShape { steps, size, masked: false });
        let (want, _) = run(model, shape, false, PLAN);
        for threads in [2, 3] {
            for executor in [Executor::Plan, Executor::Luminal] {
                let settings = Settings { executor, threads, ..PLAN };
                let (engine, got, _) = engine(line, PEEPHOLE, shape, false, settings);
                assert!(executor == Executor::Luminal || is_shared(&engine), "{line}");
                assert_eq!(got, want, "{line}");
            }
        }
    }
}

#[test]
fn a_gate_that_is_no_number_is_named() {
    for (line, states, block, named) in [
        ("lstm 4 -> dense 1", 2, 2, "lstm 1, gate g"),
        ("gru 4 -> dense 1", 1, 1, "gru 1, gate z"),
        ("rnn 4 -> dense 1", 1, 0, "rnn 1, gate h"),
        ("embed 3 -> lstm 4 -> dense 1", 2, 2, "lstm 2, gate g"),
    ] {
        for size in [1, 4] {
            let bad = bad_gate(line, states, block, size, PLAN);
            assert_eq!(bad.as_deref(), Some(named), "{size}");
        }
    }
    for size in [1, 4] {
        let low = Settings { footprint: Footprint::Low, ..PLAN };
        let bad = bad_gate("lstm 4 -> dense 1", 2, 2, size, low);
        assert_eq!(bad.as_deref(), Some("lstm 1, gate g"), "{size}");
    }
}

/// What is said where a column block of the input matrix is no number.
fn bad_gate(
    line: &str,
    states: usize,
    block: usize,
    size: usize,
    settings: Settings,
) -> Option<String> {
    let network = network(line, "");
    let data = data(line);
    let flows = flows(&network, data).unwrap();
    let described = parameters(&network, &flows, false).unwrap();
    let mut weights = vec![0.1; described.iter().map(Parameter::len).sum()];
    let w = usize::from(data.symbols.is_some());
    weights[described[w].range()][block * 4] = f32::NAN;
    let shape = BatchShape { steps: 20, size, masked: false };
    let goal = Goal::Train(Loss::SumOfSquares);
    let mut engine = Engine::new(&network, &flows, shape, goal, false, settings).unwrap();
    let feed = Feed {
        inputs: &vec![1.0; 20 * size * data.features],
        mask: None,
        states: &vec![vec![0.0; 4 * size]; states],
        targets: &[],
        weights: &[],
        dropouts: &[],
        interrupt: None,
    };
    let mut gradients = vec![0.0; weights.len()];
    engine.run(&weights, &mut gradients, &feed).unwrap();
    engine.first_bad_tensor(&weights, &feed)
}

/// Gradients by two kernels, which sum in two orders; of the larger of one and 0.1.
const ORDERS: f32 = 3e-6;

/// The sum of squares pulls each output back by twice itself. Few rows are those of a
/// network that one kernel runs whole; more of them go through the same plan twice.
#[test]
fn gradients_of_outputs_are_pulled_back() {
    for (rows, apart) in [(2, ORDERS), (4, 0.0)] {
        gradients_of_rows(rows, apart);
    }
}

fn gradients_of_rows(rows: usize, apart: f32) {
    let network = network("lstm 5 every", "");
    let data = DataShape {
        steps: Some(6),
        features: WIDTH,
        width: 5,
        every: true,
        symbols: None,
        classes: None,
    };
    let flows = flows(&network, data).unwrap();
    let described = parameters(&network, &flows, false).unwrap();
    let weights: Vec<f32> = (0..described.iter().map(Parameter::len).sum::<usize>())
        .map(|k| (k as f32 * 1.7).sin() / 3.0)
        .collect();
    let shape = BatchShape { steps: 6, size: rows, masked: false };
    let mut pull = vec![];
    let mut found = Vec::new();
    for goal in [Goal::Train(Loss::SumOfSquares), Goal::Pullback] {
        let mut engine = Engine::new(&network, &flows, shape, goal, false, PLAN).unwrap();
        let feed = Feed {
            inputs: &vec![0.5; 6 * rows * WIDTH],
            mask: None,
            states: &[vec![0.1; 5 * rows], vec![0.2; 5 * rows]],
            targets: &pull,
            weights: &[],
            dropouts: &[],
            interrupt: None,
        };
        let mut gradients = vec![0.0; weights.len()];
        engine.run(&weights, &mut gradients, &feed).unwrap();
        let (of_inputs, of_states) = engine.input_gradients().unwrap();
        found.push([&gradients, of_inputs, of_states[0], of_states[1]].concat());
        pull = engine.output().iter().map(|y| 2.0 * y).collect();
    }
    assert!(found[0].iter().all(|gradient| *gradient != 0.0));
    for (a, b) in found[0].iter().zip(&found[1]) {
        assert!((a - b).abs() <= apart * a.abs().max(0.1), "{a} {b}");
    }
}
