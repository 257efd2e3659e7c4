//! State carried over chunks, gradients cut between them: tbptt.json.

use carousel_net::engine::{BatchShape, Engine, Feed, Goal, Loss, Settings};
use carousel_net::shape::DataShape;
use serde_json::Value;

use super::compare::{GRADIENT, OUTPUT, close};
use super::engine::{Problem, WAYS, ours};
use super::layers::in_our_layout;
use super::optimisers::model_name;
use super::read::{cases, name, size, tensor};

#[test]
fn chunks() {
    for case in &cases("tbptt.json") {
        for way in WAYS {
            check(case, way);
        }
    }
}

fn check(case: &Value, way: Settings) {
    let (steps, batch, features) = (size(case, "T"), size(case, "B"), size(case, "I"));
    let line = format!(
        "lstm {} stateful x {} -> dense 1",
        size(case, "H"),
        size(case, "layers")
    );
    let of = DataShape { features, width: 1, every: true, ..DataShape::default() };
    let data = DataShape { steps: Some(steps), ..of };
    let problem = Problem::new(&line, data, true);
    let mut arena = problem.arena(|p| ours(&tensor(&case["params"][model_name(p)])));
    let shape = BatchShape { steps, size: batch, masked: false };
    let mut engine = problem.engine(shape, Goal::Train(Loss::Mse), way);
    let mut states: Vec<Vec<f32>> =
        engine.states.iter().map(|state| vec![0.0; batch * state.units]).collect();
    let weights = vec![1.0 / (steps * batch) as f32; steps * batch];
    let mut gradients = vec![0.0; arena.len()];
    let (x, target) = (tensor(&case["inputs"]["x"]), tensor(&case["inputs"]["target"]));
    for (chunk, want) in case["f64"]["chunks"].as_array().unwrap().iter().enumerate() {
        let what = format!("{} chunk {chunk} {way:?}", name(case));
        let feed = Feed {
            inputs: &x.part(chunk).time_major().f32(),
            mask: None,
            states: &states,
            targets: &target.part(chunk).time_major().f32(),
            weights: &weights,
            dropouts: &[],
            interrupt: None,
        };
        engine.run(&arena, &mut gradients, &feed).unwrap();
        compare(&what, &problem, &engine, &gradients, want);
        for (index, state) in states.iter_mut().enumerate() {
            assert!(engine.states[index].stateful);
            state.copy_from_slice(engine.last_state(index));
        }
        if !case["update"].is_null() {
            let rate = case["lr"].as_f64().unwrap() as f32;
            arena.iter_mut().zip(&gradients).for_each(|(p, g)| *p -= rate * g);
        }
    }
    if let Some(reference) = case["f64"].get("final_params") {
        for parameter in &problem.parameters {
            let key = model_name(parameter);
            let want = in_our_layout(&tensor(&reference[&key]));
            close(&key, &arena[parameter.range()], &want, OUTPUT);
        }
    }
}

/// Loss, outputs and gradients of one chunk.
fn compare(
    what: &str,
    problem: &Problem,
    engine: &Engine,
    gradients: &[f32],
    want: &Value,
) {
    let loss = want["loss"].as_f64().unwrap();
    close(&format!("{what} loss"), &[engine.loss()], &[loss], OUTPUT);
    let p = tensor(&want["p"]).time_major();
    close(&format!("{what} p"), engine.output(), &p.data, OUTPUT);
    for parameter in &problem.parameters {
        let key = model_name(parameter);
        let reference = in_our_layout(&tensor(&want["grads"][&key]));
        let got = &gradients[parameter.range()];
        close(&format!("{what} d{key}"), got, &reference, GRADIENT);
    }
}
