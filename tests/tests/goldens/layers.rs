//! Recurrent layers with their gradients: lstm.json, gru.json, rnn_tanh.json.

use carousel_net::engine::{BatchShape, Feed, Goal, Loss, Settings};
use carousel_net::shape::DataShape;
use serde_json::Value;

use super::compare::{GRADIENT, OUTPUT, close};
use super::engine::{Problem, WAYS, ours, torch_name};
use super::read::{Tensor, cases, name, numbers, size, tensor};

#[test]
fn lstm() {
    check_all("lstm.json", "lstm");
}

#[test]
fn gru() {
    check_all("gru.json", "gru");
}

#[test]
fn rnn() {
    check_all("rnn_tanh.json", "rnn");
}

fn check_all(file: &str, word: &str) {
    let cases = cases(file);
    assert!(!cases.is_empty());
    for case in &cases {
        for way in WAYS {
            check(case, word, way);
        }
    }
}

fn check(case: &Value, word: &str, way: Settings) {
    let problem = problem(case, word);
    let steps = size(case, "T");
    let batch = size(case, "B");
    let mask = mask(case, steps, batch);
    let shape = BatchShape { steps, size: batch, masked: mask.is_some() };
    let loss = match case["loss_kind"].as_str().unwrap() {
        "sum_y2" => Loss::SumOfSquares,
        "sum_y2_plus_states" => Loss::SumOfSquaresAndStates,
        other => panic!("no such loss: {other}"),
    };
    let mut engine = problem.engine(shape, Goal::Train(loss), way);
    let arena =
        problem.arena(|parameter| match case["params"].get(torch_name(parameter)) {
            Some(value) => ours(&tensor(value)),
            None => vec![0.0; parameter.len()],
        });
    let states = first_states(case, &engine.states, batch);
    let inputs = tensor(&case["inputs"]["x"]).time_major().f32();
    let feed = Feed {
        inputs: &inputs,
        mask: mask.as_deref(),
        states: &states,
        targets: &[],
        weights: &[],
        dropouts: &[],
        interrupt: None,
    };
    let mut gradients = vec![0.0; arena.len()];
    engine.run(&arena, &mut gradients, &feed).unwrap();
    let case_name = format!("{} {way:?}", name(case));
    check_outputs(&case_name, case, &engine);
    check_gradients(&case_name, case, &problem, &engine, &gradients);
}

fn problem(case: &Value, word: &str) -> Problem {
    let (layers, units) = (size(case, "layers"), size(case, "H"));
    let bidirectional = case["bidirectional"].as_bool().unwrap();
    let both = if bidirectional { " bidirectional" } else { "" };
    let line = format!("{word} {units}{both} every x {layers}");
    let width = units * (1 + usize::from(bidirectional));
    let features = size(case, "I");
    let data = DataShape {
        steps: Some(size(case, "T")),
        features,
        width,
        every: true,
        ..DataShape::default()
    };
    Problem::new(&line, data, true)
}

fn mask(case: &Value, steps: usize, batch: usize) -> Option<Vec<f32>> {
    if case["lengths"].is_null() {
        return None;
    }
    let lengths = numbers(&case["lengths"]);
    let real = |i: usize| f32::from(((i / batch) as f64) < lengths[i % batch]);
    Some((0..steps * batch).map(real).collect())
}

/// The reference stacks states by layer, forward before backward, as the engine does.
fn first_states(
    case: &Value,
    states: &[carousel_net::engine::State],
    batch: usize,
) -> Vec<Vec<f32>> {
    let mut seen = std::collections::BTreeMap::new();
    states
        .iter()
        .map(|state| {
            let index = seen.entry(state.name.clone()).or_insert(0usize);
            *index += 1;
            match case["inputs"].get(format!("{}0", state.name)) {
                Some(value) => tensor(value).part(*index - 1).f32(),
                None => vec![0.0; batch * state.units],
            }
        })
        .collect()
}

fn check_outputs(what: &str, case: &Value, engine: &carousel_net::engine::Engine) {
    let reference = &case["f64"];
    let tolerance = OUTPUT;
    let y = tensor(&reference["y"]).time_major();
    close(&format!("{what} y"), engine.output(), &y.data, tolerance);
    for (key, state) in [("hT", "h"), ("cT", "c")] {
        if let Some(value) = reference.get(key) {
            let got: Vec<f32> = (engine.states.iter().enumerate())
                .filter(|(_, s)| s.name == state)
                .flat_map(|(index, _)| engine.last_state(index).to_vec())
                .collect();
            close(&format!("{what} {key}"), &got, &tensor(value).data, tolerance);
        }
    }
    let loss = reference["loss"].as_f64().unwrap();
    close(&format!("{what} loss"), &[engine.loss()], &[loss], tolerance);
}

fn check_gradients(
    what: &str,
    case: &Value,
    problem: &Problem,
    engine: &carousel_net::engine::Engine,
    gradients: &[f32],
) {
    let reference = &case["f64"]["grads"];
    let (inputs, states) = engine.input_gradients().unwrap();
    let x = tensor(&reference["x"]).time_major();
    close(&format!("{what} dx"), inputs, &x.data, GRADIENT);
    for (key, state) in [("h0", "h"), ("c0", "c")] {
        if let Some(value) = reference.get(key) {
            let got: Vec<f32> = (engine.states.iter().zip(&states))
                .filter(|(s, _)| s.name == state)
                .flat_map(|(_, gradient)| gradient.to_vec())
                .collect();
            close(&format!("{what} d{key}"), &got, &tensor(value).data, GRADIENT);
        }
    }
    for parameter in &problem.parameters {
        let name = torch_name(parameter);
        if let Some(value) = reference.get(&name) {
            let want = in_our_layout(&tensor(value));
            close(
                &format!("{what} d{name}"),
                &gradients[parameter.range()],
                &want,
                GRADIENT,
            );
        }
    }
}

pub(crate) fn in_our_layout(tensor: &Tensor) -> Vec<f64> {
    if tensor.shape.len() == 2 { tensor.transposed().data } else { tensor.data.clone() }
}
