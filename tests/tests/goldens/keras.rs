//! Keras' own numbers: keras.json.

use carousel_cell::{Form, Optimiser};
use carousel_net::engine::{BatchShape, Engine, Feed, Goal, Loss, Settings};
use carousel_net::parameters::{Parameter, Role};
use carousel_net::shape::DataShape;
use serde_json::Value;

use super::compare::{GRADIENT, OUTPUT, close};
use super::engine::{Problem, WAYS};
use super::read::{Tensor, file, name, numbers, size, tensor};

/// The GRU whose reset gate multiplies the state before the product.
const RESET_BEFORE: &str = "cell before
  z = sigmoid(Wz x + Uz h + bz)
  r = sigmoid(Wr x + Ur h + br)
  n = tanh(Wn x + Un (r * h) + bn)
  h = (1 - z) * n + z * h
end
";

#[test]
fn cases() {
    let keras = file("keras.json");
    for case in keras["cases"].as_array().unwrap() {
        for way in WAYS {
            match name(case) {
                "gru_reset_after" | "gru_reset_before" => gru(case, way),
                _ => stateful(case, way),
            }
        }
    }
}

fn stateful(case: &Value, way: Settings) {
    let (steps, batch, units) = (size(case, "T"), size(case, "B"), size(case, "H"));
    let every = case["return_sequences"].as_bool().unwrap();
    let line = format!("lstm {units} stateful x {}", size(case, "layers"));
    let data = DataShape {
        steps: Some(steps),
        features: size(case, "I"),
        width: units,
        every,
        ..DataShape::default()
    };
    let problem = Problem::new(&line, data, false);
    let arena = problem.arena(|p| tensor(&case["weights"][p.layer][key(p)]).f32());
    let shape = BatchShape { steps, size: batch, masked: false };
    let mut engine = problem.engine(shape, Goal::Predict, way);
    let zeros = vec![vec![0.0; batch * units]; engine.states.len()];
    let mut states = zeros.clone();
    let x = tensor(&case["x_batches"]);
    let references = case["y_batches"].as_array().unwrap();
    for (k, reference) in references.iter().enumerate() {
        let y = run(&mut engine, &arena, &x.part(k), &states);
        let want = tensor(reference);
        let want = if every { want.time_major() } else { want };
        close(&format!("{} batch {k} {way:?}", name(case)), &y, &want.data, OUTPUT);
        states = (0..states.len()).map(|s| engine.last_state(s).to_vec()).collect();
    }
    for (index, state) in engine.states.iter().enumerate() {
        let want = tensor(&case["final_states"][state.layer][&state.name]);
        close(
            &format!("{} final {}", name(case), state.name),
            &states[index],
            &want.data,
            OUTPUT,
        );
    }
    let again = run(&mut engine, &arena, &x.part(0), &zeros);
    let first = tensor(&references[0]);
    let first = if every { first.time_major() } else { first };
    close("after a reset", &again, &first.data, OUTPUT);
}

fn run(engine: &mut Engine, arena: &[f32], x: &Tensor, states: &[Vec<f32>]) -> Vec<f32> {
    let feed = Feed {
        inputs: &x.time_major().f32(),
        mask: None,
        states,
        targets: &[],
        weights: &[],
        dropouts: &[],
        interrupt: None,
    };
    engine.run(arena, &mut vec![0.0; arena.len()], &feed).unwrap();
    engine.output().to_vec()
}

fn key(parameter: &Parameter) -> &'static str {
    match parameter.role {
        Role::WeightInput => "kernel",
        Role::WeightHidden(_) => "recurrent_kernel",
        Role::BiasInput => "bias",
        Role::BiasHidden | Role::Vector(_) | Role::Weight | Role::Bias | Role::Table => {
            panic!("Keras has no such weight")
        }
    }
}

fn gru(case: &Value, way: Settings) {
    let (steps, batch, units) = (size(case, "T"), size(case, "B"), size(case, "H"));
    let after = case["reset_after"].as_bool().unwrap();
    let text = if after {
        format!("gru {units} every")
    } else {
        format!("{RESET_BEFORE}before {units} every")
    };
    let data = DataShape {
        steps: Some(steps),
        features: size(case, "I"),
        width: units,
        every: true,
        ..DataShape::default()
    };
    let problem = Problem::new(&text, data, false);
    let weights = &case["weights"][0];
    let arena = problem.arena(|p| gru_weight(p, weights, units));
    let shape = BatchShape { steps, size: batch, masked: false };
    let mut engine = problem.engine(shape, Goal::Train(Loss::SumOfSquares), way);
    let x = tensor(&case["x"]).time_major().f32();
    let feed = Feed {
        inputs: &x,
        mask: None,
        states: &[vec![0.0; batch * units]],
        targets: &[],
        weights: &[],
        dropouts: &[],
        interrupt: None,
    };
    let mut gradients = vec![0.0; arena.len()];
    engine.run(&arena, &mut gradients, &feed).unwrap();
    let what = format!("{} {way:?}", name(case));
    let y = tensor(&case["y"]).time_major();
    close(&format!("{what} y"), engine.output(), &y.data, OUTPUT);
    let (dx, _) = engine.input_gradients().unwrap();
    close(
        &format!("{what} dx"),
        dx,
        &tensor(&case["grads"]["x"]).time_major().data,
        GRADIENT,
    );
    for parameter in &problem.parameters {
        let want: Vec<f64> = gru_weight(parameter, &case["grads"], units)
            .into_iter()
            .map(f64::from)
            .collect();
        let got = &gradients[parameter.range()];
        close(&format!("{what} d{:?}", parameter.role), got, &want, GRADIENT);
    }
}

/// The column blocks of one of Keras' tensors (z, r, h) in the order of ours, told by
/// the names of the blocks.
fn gru_weight(parameter: &Parameter, weights: &Value, units: usize) -> Vec<f32> {
    let (name, row) = match parameter.role {
        Role::WeightInput => ("kernel", None),
        Role::WeightHidden(_) => ("recurrent_kernel", None),
        Role::BiasInput => ("bias", Some(0)),
        Role::BiasHidden => ("bias", Some(1)),
        Role::Vector(_) | Role::Weight | Role::Bias | Role::Table => {
            panic!("a GRU has no such weight")
        }
    };
    let whole = tensor(&weights[name]);
    let whole = match row {
        Some(row) if whole.shape.len() == 2 => whole.part(row),
        _ => whole,
    };
    let width = 3 * units;
    let rows = whole.data.len() / width;
    let block = |name: &String| match &name[1..] {
        "z" => 0,
        "r" => 1,
        "n" => 2,
        other => panic!("a GRU has no gate {other}"),
    };
    (0..rows)
        .flat_map(|r| parameter.blocks.iter().map(move |name| (r, name)))
        .flat_map(|(r, name)| {
            let start = r * width + block(name) * units;
            whole.data[start..start + units].iter().map(|x| *x as f32).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn optimisers() {
    let keras = file("keras.json");
    for run in keras["optimizers"]["runs"].as_array().unwrap() {
        for way in WAYS {
            trajectory(&keras["optimizers"], run, way);
        }
    }
}

fn trajectory(case: &Value, run: &Value, way: Settings) {
    let (steps, batch) = (size(case, "T"), size(case, "B"));
    let data = DataShape {
        steps: Some(steps),
        features: size(case, "I"),
        width: 1,
        every: false,
        ..DataShape::default()
    };
    let problem =
        Problem::new(&format!("lstm {} -> dense 1", size(case, "H")), data, false);
    let index = |p: &Parameter| {
        problem.parameters.iter().position(|q| q == p).expect("one of the parameters")
    };
    let mut arena = problem.arena(|p| tensor(&case["weights"][index(p)]).f32());
    let shape = BatchShape { steps, size: batch, masked: false };
    let mut engine = problem.engine(shape, Goal::Train(Loss::Mse), way);
    let states = vec![vec![0.0; batch * size(case, "H")]; 2];
    let feed = Feed {
        inputs: &tensor(&case["inputs"]["x"]).time_major().f32(),
        mask: None,
        states: &states,
        targets: &tensor(&case["inputs"]["target"]).f32(),
        weights: &vec![1.0 / batch as f32; batch],
        dropouts: &[],
        interrupt: None,
    };
    let optimiser = optimiser(run);
    let (mut gradients, mut first, mut second) =
        (vec![0.0; arena.len()], vec![0.0; arena.len()], vec![0.0; arena.len()]);
    let mut losses = Vec::new();
    for step in 1..=10 {
        engine.run(&arena, &mut gradients, &feed).unwrap();
        losses.push(engine.loss());
        optimiser.update(step, &mut arena, &gradients, &mut first, &mut second);
    }
    let what = format!("Keras {} {way:?}", name(run));
    close(&format!("{what} losses"), &losses, &numbers(&run["losses"]), GRADIENT);
    for (parameter, want) in
        problem.parameters.iter().zip(run["final_weights"].as_array().unwrap())
    {
        let got = &arena[parameter.range()];
        close(&format!("{what} {:?}", parameter.role), got, &tensor(want).data, GRADIENT);
    }
}

fn optimiser(run: &Value) -> Optimiser {
    let hyper = |name: &str| run["hyper"][name].as_f64().unwrap_or(0.0);
    let rate = hyper("learning_rate");
    let form = Form::Keras;
    match name(run) {
        "adam" => Optimiser::Adam {
            rate,
            beta1: hyper("beta_1"),
            beta2: hyper("beta_2"),
            epsilon: hyper("epsilon"),
            decay: 0.0,
            form,
        },
        "sgd" | "sgd_momentum" => {
            Optimiser::Sgd { rate, momentum: hyper("momentum"), nesterov: false }
        }
        "rmsprop" => Optimiser::RmsProp {
            rate,
            rho: hyper("rho"),
            epsilon: hyper("epsilon"),
            momentum: 0.0,
            form,
        },
        other => panic!("no such optimiser: {other}"),
    }
}
