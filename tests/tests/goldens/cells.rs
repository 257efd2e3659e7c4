//! Cells written as equations: every way to run one gives the same numbers, and an LSTM
//! written by hand those of the built-in.

use carousel_net::engine::{BatchShape, Engine, Feed, Goal, Loss, Settings, lstm_blocks};
use carousel_net::network::LayerKind;
use carousel_net::shape::DataShape;

use super::compare::close;
use super::engine::{Problem, WAYS};

/// A few roundings of numbers near 1, summed over a dozen steps.
const SAME: f64 = 1e-6;

/// The largest weight of five units, and of forty: sums of eight times as many stay as
/// large.
const NARROW: f64 = 0.5;
const WIDE: f64 = 0.15;

const STEPS: usize = 12;
const BATCH: usize = 3;
const FEATURES: usize = 2;

/// Cells, each with the words that the fusion of a narrow one under a mask is told by.
const CELLS: [(&str, &str); 7] = [
    (
        "cell c
  z = sigmoid(Wz x + Uz h + bz)
  r = sigmoid(Wr x + Ur h + br)
  n = tanh(Wn x + Un (r * h) + bn)
  h = (1 - z) * n + z * h
end",
        "register program",
    ),
    (
        "cell c
  i = sigmoid(Wi x + Ui h + bi)
  o = sigmoid(Wo x + Uo h + bo)
  c = c + i * tanh(Wg x + Ug h + bg)
  h = o * tanh(c)
end",
        "one layer kernel",
    ),
    (
        "cell c
  z = sigmoid(Wz x + Uz h)
  n = tanh(Wn x + r * (Un h + cn) + v)
  r = 0.5 * z
  h = (1 - z) * n + z * h
end",
        "one layer kernel",
    ),
    (
        "cell c
  f = sigmoid(Wf x + Uf h + Vf c + bf)
  c = f * c + (1 - f) * tanh(Wg x + Ug h + bg)
  y = relu(c) + softplus(Wy x) / (1 + abs(c)) - exp(-c * c) + sqrt(2 + c)
  h = y * tanh(c)
  gives y
  bf starts 1
end",
        "one layer kernel",
    ),
    (
        "cell c
  a = softmax(Wa x + Ua h)
  b = Wb x + p
  h = max(a, b) - min(a, 0.3) + 0.1 * norm(b) + log(2 + a)
end",
        "register program",
    ),
    (
        "cell c
  o = sigmoid(bo + Uo h + Wo x)
  g = tanh(Wg x + bg + Ug h)
  f = sigmoid((Uf h + bf) + Wf x)
  i = sigmoid(Wi x + Ui h + bi)
  c = g * i + c * f
  h = tanh(c) * o
  bf starts 1
end",
        "hand-written gate loop|one layer kernel",
    ),
    ("cell c\n  h = tanh(W x + U V h + b)\nend", "register program"),
];

#[test]
fn every_way_agrees_forwards_and_backwards() {
    for (text, fusion) in CELLS {
        for masked in [false, true] {
            for line in
                ["c 5 -> dense 1", "c 5 bidirectional recurrent-dropout 0.3 -> dense 1"]
            {
                agree(&format!("{text}\n{line}"), fusion, masked, NARROW);
            }
            agree(&format!("{text}\nc 40 -> dense 1"), fusion, masked, WIDE);
        }
    }
}

fn agree(text: &str, fusion: &str, masked: bool, largest: f64) {
    let fusion = match fusion {
        // Without a mask, few rows are a tiny network's.
        "one layer kernel" if !masked => "one kernel for tiny networks",
        // More units than a few rows pay for packing.
        "one layer kernel" if largest < NARROW => "register program",
        other => other,
    };
    let data = DataShape {
        steps: Some(STEPS),
        features: FEATURES,
        width: 1,
        every: false,
        ..DataShape::default()
    };
    let problem = Problem::new(text, data, false);
    let mut wave = Wave(0.1);
    let values: Vec<f32> = problem.arena(|p| wave.take(p.len(), largest));
    let mut reference: Option<(f32, Vec<f32>)> = None;
    for way in [WAYS[1], WAYS[0], WAYS[2], WAYS[3]] {
        let shape = BatchShape { steps: STEPS, size: BATCH, masked };
        let mut engine = problem.engine(shape, Goal::Train(Loss::Mse), way);
        check_fusion(text, fusion, &mut engine, way, &values);
        let mut gradients = vec![0.0; values.len()];
        run(&mut engine, &values, &mut gradients);
        let result = (engine.loss(), gradients);
        if let Some((loss, gradients)) = &reference {
            let what = format!("{text} {way:?} masked: {masked}");
            close(&format!("{what} loss"), &[result.0], &[f64::from(*loss)], SAME);
            let want: Vec<f64> = gradients.iter().map(|g| f64::from(*g)).collect();
            close(&format!("{what} gradients"), &result.1, &want, SAME);
        } else {
            assert!(result.1.iter().any(|g| *g != 0.0), "{text}: all gradients are zero");
            reference = Some(result);
        }
    }
}

fn check_fusion(
    text: &str,
    fusion: &str,
    engine: &mut Engine,
    way: Settings,
    values: &[f32],
) {
    let lines = with_feed(engine, |engine, feed| engine.report(values, feed, 1).fusions);
    let fused = lines.iter().any(|line| line.contains("loop"));
    assert_eq!(fused, way.fusion, "{text}: {lines:?}");
    // Dropout on the recurrent product makes another cell of an LSTM.
    if way.fusion && !text.contains("dropout") {
        let told = |line: &String| fusion.split('|').any(|fusion| line.contains(fusion));
        assert!(lines.iter().any(told), "{text}: {lines:?}");
    }
}

fn run(engine: &mut Engine, values: &[f32], gradients: &mut [f32]) {
    with_feed(engine, |engine, feed| engine.run(values, gradients, feed).unwrap());
}

fn with_feed<R>(
    engine: &mut Engine,
    use_it: impl FnOnce(&mut Engine, &Feed<'_>) -> R,
) -> R {
    let mut wave = Wave(0.7);
    let states: Vec<Vec<f32>> =
        engine.states.iter().map(|state| wave.take(BATCH * state.units, 0.4)).collect();
    let dropouts: Vec<Vec<f32>> = engine
        .dropouts
        .iter()
        .map(|mask| (0..mask.len).map(|i| if i % 3 == 0 { 0.0 } else { 1.4 }).collect())
        .collect();
    let mask: Vec<f32> = (0..STEPS * BATCH)
        .map(|i| f32::from(u8::from(i / BATCH < STEPS - 4 * (i % BATCH))))
        .collect();
    let feed = Feed {
        inputs: &wave.take(STEPS * BATCH * FEATURES, 1.0),
        mask: Some(&mask),
        states: &states,
        targets: &wave.take(BATCH, 1.0),
        weights: &[1.0 / BATCH as f32; BATCH],
        dropouts: &dropouts,
        interrupt: None,
    };
    use_it(engine, &feed)
}

#[test]
fn the_gates_of_an_lstm_written_by_hand_are_found_in_any_order() {
    let data = DataShape {
        steps: Some(3),
        features: 1,
        width: 1,
        every: false,
        ..DataShape::default()
    };
    for ((text, _), blocks) in
        CELLS.iter().zip([None, None, None, None, None, Some([3, 2, 1, 0])])
    {
        let problem = Problem::new(&format!("{text}\nc 2 -> dense 1"), data, false);
        let LayerKind::Recurrent(layer) = &problem.network.layers[0].kind else {
            panic!()
        };
        assert_eq!(lstm_blocks(&layer.cell), blocks, "{text}");
    }
}

/// Numbers without pattern enough to hide a wrong index, the same on every machine.
struct Wave(f64);

impl Wave {
    fn take(&mut self, len: usize, size: f64) -> Vec<f32> {
        let mut one = || {
            self.0 = (self.0 * 997.0 + 0.123_456_789).fract();
            ((self.0 * 2.0 - 1.0) * size) as f32
        };
        (0..len).map(|_| one()).collect()
    }
}
