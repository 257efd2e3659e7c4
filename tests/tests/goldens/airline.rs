//! The five programs of the airline tutorial, trained from given weights: airline.json.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use carousel_cell::{Form, Optimiser};
use carousel_data::Sequences;
use carousel_net::engine::{Executor, Loss, Settings};
use carousel_net::model::{Like, Memory, Model};
use carousel_net::shape::DataShape;
use carousel_net::train::{Options, Stopped, Training};
use serde_json::Value;

use super::compare::close;
use super::engine::{Problem, ours};
use super::layers::in_our_layout;
use super::optimisers::model_name;
use super::read::{cases, name, numbers, size, tensor};

/// The losses of the first epochs, relative: what the reference suggests for single
/// precision. Later ones carry the errors of more changes, as parameters do.
const LOSS: f64 = 1e-5;

/// How many epochs are the first.
const FIRST: usize = 50;

/// Parameters after 92 or 94 changes by Adam, which divides each gradient by its own
/// size, so that their rounding errors count in full; and after five times as many.
const FEW: f64 = 2e-5;

/// Parameters, predictions and losses after up to 9,400 changes.
const MANY: f64 = 1e-4;

/// luminal's own executor takes a hundred times as long as the plan with fused kernels
/// and thousands of times as long with primitives. Five epochs are those with parameters
/// to compare; two still show the order and the memory that starts again at zero.
const SLOW: usize = 5;
const SLOWEST: usize = 2;

/// Passengers a month, in thousands, 1949 to 1960 (Box and Jenkins 1976).
#[rustfmt::skip]
const PASSENGERS: [u16; 144] = [
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118,
    115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140,
    145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166,
    171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194,
    196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201,
    204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
    242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
    284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306,
    315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336,
    340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337,
    360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405,
    417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
];

#[test]
fn the_plan_with_fused_kernels() {
    check_all(Settings { fusion: true, executor: Executor::Plan, threads: 1 }, None);
}

#[test]
fn the_plan_of_primitives() {
    check_all(Settings { fusion: false, executor: Executor::Plan, threads: 1 }, None);
}

#[test]
fn luminal_with_fused_kernels() {
    check_all(
        Settings { fusion: true, executor: Executor::Luminal, threads: 1 },
        Some(SLOW),
    );
}

#[test]
fn luminal_with_primitives() {
    check_all(
        Settings { fusion: false, executor: Executor::Luminal, threads: 1 },
        Some(SLOWEST),
    );
}

fn check_all(way: Settings, epochs: Option<usize>) {
    let cases = cases("airline.json");
    assert_eq!(cases.len(), 5);
    for case in &cases {
        check(case, way, epochs);
    }
}

fn check(case: &Value, way: Settings, epochs: Option<usize>) {
    let what = format!("{} {way:?}", name(case));
    let (train, test) = (part(case, 0..96), part(case, 96..144));
    let (problem, mut training) = fresh(case, &train);
    let want = numbers(&case["epoch_losses"]);
    // Stacked stateful layers are chaotic: rounding errors grow until nothing is left to
    // compare.
    let comparable = if case["config"] == 5 { FIRST } else { want.len() };
    let epochs = epochs.unwrap_or(comparable);
    let mut arenas = Vec::new();
    for epoch in [1, 5, epochs] {
        let more = epoch.min(epochs) - training.history.train.len();
        run(&mut training, more, &train, way);
        arenas.push(training.model.weights.clone());
    }
    for (epoch, (got, want)) in training.history.train.iter().zip(&want).enumerate() {
        let error = (got / want - 1.0).abs();
        let tolerance = if epoch < FIRST { LOSS } else { MANY };
        assert!(
            error <= tolerance,
            "{what} epoch {}: {got} {want}: {error:.1e}",
            epoch + 1
        );
    }
    let after = &case["params_after_epoch"];
    check_parameters(&format!("{what} epoch 1"), &problem, &arenas[0], &after["1"], FEW);
    if epochs >= 5 {
        let what = format!("{what} epoch 5");
        check_parameters(&what, &problem, &arenas[1], &after["5"], FEW);
    }
    if epochs == want.len() {
        check_parameters(&what, &problem, &arenas[2], &case["final_params"], MANY);
        for (part, name) in [(&train, "train_pred"), (&test, "test_pred")] {
            let mut memory = Memory::default();
            let got = training.model.predict(part, &mut memory, way, None).unwrap();
            close(&format!("{what} {name}"), &got, &numbers(&case[name]["data"]), MANY);
        }
    }
}

fn run(training: &mut Training, epochs: usize, train: &Sequences, way: Settings) {
    let flag = AtomicBool::new(false);
    let mut watch = |_: &_| ControlFlow::Continue(());
    let stopped = training.run(epochs, train, None, way, &flag, &mut watch);
    assert_eq!(stopped, Ok(Stopped::Done));
}

fn check_parameters(
    what: &str,
    problem: &Problem,
    arena: &[f32],
    want: &Value,
    tolerance: f64,
) {
    for parameter in &problem.parameters {
        let key = model_name(parameter);
        let reference = in_our_layout(&tensor(&want[&key]));
        close(&format!("{what} {key}"), &arena[parameter.range()], &reference, tolerance);
    }
}

/// The model before training, with the given weights; the second bias is zero
/// throughout, which is no second bias.
fn fresh(case: &Value, train: &Sequences) -> (Problem, Training) {
    let stateful = if case["stateful"] == true { " stateful" } else { "" };
    let line = format!("lstm 4{stateful} x {} -> dense 1", size(case, "layers"));
    let data = DataShape {
        steps: Some(train.lengths[0]),
        features: train.features,
        width: 1,
        every: false,
    };
    let problem = Problem::new(&line, data, false);
    let mut model = Model::new(&problem.network, data, Like::Keras, 7).unwrap();
    model.weights = problem.arena(|p| ours(&tensor(&case["params"][model_name(p)])));
    let optimiser = Optimiser::Adam {
        rate: 1e-3,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        decay: 0.0,
        form: Form::PyTorch,
    };
    let options = Options {
        batch: 1,
        optimiser,
        loss: Loss::Mse,
        seed: 7,
        shuffle: false,
        clip: None,
        patience: None,
        keep_best: false,
        until: None,
        time: None,
    };
    (problem, Training::new(model, options))
}

/// Windows over some of the months, scaled by the least and the most of all of them. As
/// the tutorial does it, the last one is left out.
fn part(case: &Value, months: std::ops::Range<usize>) -> Sequences {
    let look_back = size(case, "look_back");
    let scaled: Vec<f32> = PASSENGERS[months]
        .iter()
        .map(|thousands| ((f64::from(*thousands) - 104.0) / (622.0 - 104.0)) as f32)
        .collect();
    let windows = scaled.len() - look_back - 1;
    let (steps, features) =
        if case["layout"] == "features" { (1, look_back) } else { (look_back, 1) };
    Sequences {
        features,
        width: 1,
        every: false,
        lengths: vec![steps; windows],
        inputs: scaled.windows(look_back).take(windows).flatten().copied().collect(),
        targets: scaled[look_back..][..windows].to_vec(),
        rows: (0..windows).collect(),
    }
}
