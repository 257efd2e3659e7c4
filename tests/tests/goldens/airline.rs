//! The five programs of the airline tutorial, trained from given weights: airline.json.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use carousel_cell::{Form, Optimiser};
use carousel_data::{Dataset, Part, Recipe, Sequences, Source, Step, StepKind};
use carousel_lang::Span;
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

#[test]
fn the_plan_with_fused_kernels() {
    check_all(Settings::DEFAULT, None);
}

#[test]
fn the_plan_of_primitives() {
    check_all(Settings { fusion: false, ..Settings::DEFAULT }, None);
}

#[test]
fn luminal_with_fused_kernels() {
    check_all(Settings { executor: Executor::Luminal, ..Settings::DEFAULT }, Some(SLOW));
}

#[test]
fn luminal_with_primitives() {
    check_all(
        Settings { fusion: false, executor: Executor::Luminal, ..Settings::DEFAULT },
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
    let data = dataset(case);
    let train = &data.train;
    let (problem, mut training) = fresh(case, train);
    let want = numbers(&case["epoch_losses"]);
    // Stacked stateful layers are chaotic: rounding errors grow until nothing is left to
    // compare.
    let comparable = if case["config"] == 5 { FIRST } else { want.len() };
    let epochs = epochs.unwrap_or(comparable);
    let mut arenas = Vec::new();
    for epoch in [1, 5, epochs] {
        let more = epoch.min(epochs) - training.history.train.len();
        run(&mut training, more, train, way);
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
        for part in [Part::Train, Part::Test] {
            check_predictions(&what, case, &training.model, &data, part, way);
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

/// What the trained model says about a part, scaled, and its error in passengers.
fn check_predictions(
    what: &str,
    case: &Value,
    model: &Model,
    data: &Dataset,
    part: Part,
    way: Settings,
) {
    let what = format!("{what} {}", part.name());
    let sequences = data.part(part).unwrap();
    let got = model.predict(sequences, &mut Memory::default(), way, None).unwrap();
    let want = &case[format!("{}_pred", part.name())]["data"];
    close(&what, &got, &numbers(want), MANY);
    let rmse = data.predictions(part, &got).measures().unwrap().rmse;
    let want = case[format!("{}_rmse", part.name())].as_f64().unwrap();
    let error = (rmse / want - 1.0).abs();
    assert!(error <= MANY, "{what} rmse: {rmse} {want}: {error:.1e}");
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
        ..DataShape::default()
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

/// The data of a program, as its recipe gives it.
fn dataset(case: &Value) -> Dataset {
    let steps = [
        StepKind::Scale { low: 0.0, high: 1.0, over_all: true },
        StepKind::Split { shares: vec![67.0], apart: true },
        StepKind::Window {
            steps: size(case, "look_back"),
            as_features: case["layout"] == "features",
            ahead: 1,
            stride: 1,
        },
        StepKind::SkipLast(1),
    ];
    let span = Span::default();
    let steps = steps.map(|kind| Step { kind, span }).to_vec();
    let recipe = Recipe { source: Source::Airline, source_span: span, steps };
    Dataset::prepare(&recipe, Path::new(""), 7).unwrap()
}
