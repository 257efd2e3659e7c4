//! Ten full-batch steps with each optimiser: optimizers.json.

use carousel_cell::{Form, Optimiser, clip};
use carousel_net::engine::{BatchShape, Feed, Goal, Loss, Settings};
use carousel_net::parameters::{Parameter, Role};
use carousel_net::shape::DataShape;
use serde_json::Value;

use super::compare::{GRADIENT, close};
use super::engine::{Problem, WAYS, ours, torch_name};
use super::layers::in_our_layout;
use super::read::{file, name, numbers, size, tensor};

/// PyTorch's name of a parameter of a model with a head: `lstm.weight_ih_l0`,
/// `out.bias`.
pub(crate) fn model_name(parameter: &Parameter) -> String {
    match parameter.role {
        Role::Weight => "out.weight".to_owned(),
        Role::Bias => "out.bias".to_owned(),
        Role::Table => "emb.weight".to_owned(),
        Role::WeightInput
        | Role::WeightHidden(_)
        | Role::BiasInput
        | Role::BiasHidden
        | Role::Vector(_) => format!("lstm.{}", torch_name(parameter)),
    }
}

#[test]
fn trajectories() {
    let problem = file("optimizers.json");
    let runs = problem["runs"].as_array().unwrap();
    assert!(!runs.is_empty());
    for run in runs {
        for way in WAYS {
            check(&problem, run, way);
        }
    }
}

fn check(case: &Value, run: &Value, way: Settings) {
    let what = format!("{} {way:?}", name(run));
    let (steps, batch, outputs) = (size(case, "T"), size(case, "B"), size(case, "O"));
    let data = DataShape {
        steps: Some(steps),
        features: size(case, "I"),
        width: outputs,
        ..DataShape::default()
    };
    let problem = Problem::new(&format!("lstm {} -> dense", size(case, "H")), data, true);
    let mut arena = problem.arena(|p| ours(&tensor(&case["params"][model_name(p)])));
    let shape = BatchShape { steps, size: batch, masked: false };
    let mut engine = problem.engine(shape, Goal::Train(Loss::Mse), way);
    let states: Vec<Vec<f32>> =
        engine.states.iter().map(|state| vec![0.0; batch * state.units]).collect();
    let feed = Feed {
        inputs: &tensor(&case["inputs"]["x"]).time_major().f32(),
        mask: None,
        states: &states,
        targets: &tensor(&case["inputs"]["target"]).f32(),
        weights: &vec![1.0 / (batch * outputs) as f32; batch],
        dropouts: &[],
        interrupt: None,
    };
    let optimiser = optimiser(run);
    let (mut gradients, mut first, mut second) =
        (vec![0.0; arena.len()], vec![0.0; arena.len()], vec![0.0; arena.len()]);
    let mut losses = Vec::new();
    let mut norms = Vec::new();
    for step in 1..=size(case, "steps") as u64 {
        engine.run(&arena, &mut gradients, &feed).unwrap();
        losses.push(engine.loss());
        if let Some(limit) = run["clip_norm"].as_f64() {
            norms.push(clip(&mut gradients, limit as f32));
        }
        optimiser.update(step, &mut arena, &gradients, &mut first, &mut second);
    }
    engine.run(&arena, &mut gradients, &feed).unwrap();
    let want = &run["f64"];
    // After the first step the losses carry the error of the gradients.
    close(&format!("{what} losses"), &losses, &numbers(&want["losses"]), GRADIENT);
    let last = want["final_loss"].as_f64().unwrap();
    close(&format!("{what} final loss"), &[engine.loss()], &[last], GRADIENT);
    if !want["grad_norms_before_clip"].is_null() {
        let reference = numbers(&want["grad_norms_before_clip"]);
        close(&format!("{what} norms"), &norms, &reference, GRADIENT);
    }
    for parameter in &problem.parameters {
        let key = model_name(parameter);
        let reference = in_our_layout(&tensor(&want["final_params"][&key]));
        // Adam divides by the gradient's size, so the parameters inherit its error.
        close(&format!("{what} {key}"), &arena[parameter.range()], &reference, GRADIENT);
    }
}

fn optimiser(run: &Value) -> Optimiser {
    let hyper = |name: &str| run["hyper"][name].as_f64();
    let rate = hyper("lr").unwrap();
    let epsilon = hyper("eps").unwrap_or(0.0);
    let momentum = hyper("momentum").unwrap_or(0.0);
    match run["optimizer"].as_str().unwrap() {
        "SGD" => {
            let nesterov = run["hyper"]["nesterov"].as_bool().unwrap_or(false);
            Optimiser::Sgd { rate, momentum, nesterov }
        }
        "Adam" | "AdamW" => Optimiser::Adam {
            rate,
            beta1: 0.9,
            beta2: 0.999,
            epsilon,
            decay: hyper("weight_decay").unwrap_or(0.0),
            form: Form::PyTorch,
        },
        "RMSprop" => {
            let rho = hyper("alpha").unwrap();
            Optimiser::RmsProp { rate, rho, epsilon, momentum, form: Form::PyTorch }
        }
        "Adagrad" => Optimiser::Adagrad { rate, epsilon },
        other => panic!("no such optimiser: {other}"),
    }
}
