//! Classes as targets, symbols as inputs: classifier.json. The networks are made here,
//! not by a session: `embed` is not built into the language yet.

use carousel_lang::Span;
use carousel_net::engine::{BatchShape, Engine, Feed, Goal, Loss, Settings};
use carousel_net::network::{Activation, Cell, Layer, LayerKind, Network, Recurrent};
use carousel_net::parameters::{Parameter, Role};
use carousel_net::shape::DataShape;
use serde_json::Value;

use super::compare::{GRADIENT, OUTPUT, close};
use super::engine::{Problem, WAYS, ours};
use super::layers::in_our_layout;
use super::read::{Tensor, cases, name, size, tensor};

#[test]
fn classes() {
    let cases = cases("classifier.json");
    assert!(!cases.is_empty());
    for case in &cases {
        for way in WAYS {
            check(case, &Example::new(case), way);
            logits(case, way);
            if case["vocab"].is_null() {
                check(case, &Example::by_table(case), way);
            }
        }
    }
}

/// What a network reads, and where its table comes from if it has one.
struct Example {
    network: Network,
    data: DataShape,
    /// `[T, B, I]`
    inputs: Vec<f32>,
    table: Option<Vec<f32>>,
    /// The reference's gradient of the table.
    table_gradient: Option<Vec<f64>>,
}

impl Example {
    fn new(case: &Value) -> Example {
        let x = &case["inputs"]["x"];
        if case["vocab"].is_null() {
            let inputs = tensor(x).time_major().f32();
            return Example {
                network: network(case, None),
                data: shape(case, size(case, "I"), None),
                inputs,
                table: None,
                table_gradient: None,
            };
        }
        Example {
            network: network(case, Some(size(case, "I"))),
            data: shape(case, 1, Some(size(case, "vocab"))),
            inputs: by_step(x),
            table: Some(tensor(&case["params"]["emb.weight"]).f32()),
            table_gradient: Some(tensor(&case["f64"]["grads"]["emb.weight"]).data),
        }
    }

    /// The same with each step a symbol of its own, whose row holds the numbers of the
    /// step: the gradient of the table is that of the inputs.
    fn by_table(case: &Value) -> Example {
        let rows = size(case, "T") * size(case, "B");
        Example {
            network: network(case, Some(size(case, "I"))),
            data: shape(case, 1, Some(rows)),
            inputs: (0..rows).map(|row| row as f32).collect(),
            table: Some(tensor(&case["inputs"]["x"]).time_major().f32()),
            table_gradient: Some(tensor(&case["f64"]["grads"]["x"]).time_major().data),
        }
    }
}

fn network(case: &Value, embed: Option<usize>) -> Network {
    let embed = embed.map(|units| LayerKind::Embed { units, frozen: false });
    let lstm = LayerKind::Recurrent(Recurrent {
        cell: Cell::Lstm,
        units: size(case, "H"),
        stateful: false,
        bidirectional: false,
        dropout: 0.0,
        recurrent_dropout: 0.0,
        output: None,
        frozen: false,
    });
    let activation = Activation::Linear;
    let dense = LayerKind::Dense { units: None, activation, frozen: false };
    let lstms = std::iter::repeat_n(lstm, size(case, "layers"));
    let kinds = embed.into_iter().chain(lstms).chain([dense]);
    Network { layers: kinds.map(|kind| Layer { kind, span: Span::default() }).collect() }
}

fn shape(case: &Value, features: usize, symbols: Option<usize>) -> DataShape {
    let width = size(case, "classes");
    let every = case["reads"] == "every step";
    let (steps, classes) = (Some(size(case, "T")), Some(width));
    DataShape { steps, features, symbols, width, classes, every }
}

fn check(case: &Value, example: &Example, way: Settings) {
    let by = if example.data.symbols.is_some() { "by symbols" } else { "by numbers" };
    let what = format!("{} {by} {way:?}", name(case));
    let problem = Problem::of(example.network.clone(), example.data, true);
    let arena = problem.arena(|p| match p.role {
        Role::Table => example.table.clone().unwrap(),
        _ => ours(&tensor(&case["params"][key(&example.network, p)])),
    });
    let (steps, size) = (size(case, "T"), size(case, "B"));
    let shape = BatchShape { steps, size, masked: false };
    let classes = by_step(&case["inputs"]["labels"]);
    let run = |goal| {
        let mut engine = problem.engine(shape, goal, way);
        let states: Vec<Vec<f32>> =
            engine.states.iter().map(|state| vec![0.0; size * state.units]).collect();
        let predicts = goal == Goal::Classify;
        let weights = vec![1.0 / classes.len() as f32; classes.len()];
        let feed = Feed {
            inputs: &example.inputs,
            mask: None,
            states: &states,
            targets: if predicts { &[] } else { &classes },
            weights: if predicts { &[] } else { &weights },
            dropouts: &[],
            interrupt: None,
        };
        let mut gradients = vec![0.0; arena.len()];
        engine.run(&arena, &mut gradients, &feed).unwrap();
        (engine, gradients)
    };
    let reference = &case["f64"];
    let (engine, gradients) = run(Goal::Train(Loss::CrossEntropy));
    let rows = |tensor: Tensor| match tensor.shape[..] {
        [_, _] => tensor.data,
        _ => tensor.time_major().data,
    };
    let logits = rows(tensor(&reference["logits"]));
    close(&format!("{what} logits"), engine.output(), &logits, OUTPUT);
    loss(&what, &engine, reference);
    let (engine, _) = run(Goal::Classify);
    let shares = rows(tensor(&reference["probs"]));
    close(&format!("{what} probabilities"), engine.output(), &shares, OUTPUT);
    for parameter in &problem.parameters {
        let key = key(&example.network, parameter);
        let want = match (&parameter.role, &example.table_gradient) {
            (Role::Table, Some(gradient)) => gradient.clone(),
            _ => in_our_layout(&tensor(&reference["grads"][&key])),
        };
        let got = &gradients[parameter.range()];
        close(&format!("{what} d{key}"), got, &want, GRADIENT);
    }
}

fn loss(what: &str, engine: &Engine, reference: &Value) {
    let loss = reference["loss"].as_f64().unwrap();
    close(&format!("{what} loss"), &[engine.loss()], &[loss], OUTPUT);
}

/// The logits as a table that a network consists of: its gradient is theirs.
fn logits(case: &Value, way: Settings) {
    let what = format!("{} logits alone {way:?}", name(case));
    let logits = tensor(&case["f64"]["logits"]);
    let units = *logits.shape.last().unwrap();
    let rows = logits.data.len() / units;
    let kind = LayerKind::Embed { units, frozen: false };
    let network = Network { layers: vec![Layer { kind, span: Span::default() }] };
    let data = DataShape {
        steps: Some(rows),
        features: 1,
        symbols: Some(rows),
        width: units,
        classes: Some(units),
        every: true,
    };
    let problem = Problem::of(network, data, true);
    let shape = BatchShape { steps: rows, size: 1, masked: false };
    let mut engine = problem.engine(shape, Goal::Train(Loss::CrossEntropy), way);
    let feed = Feed {
        inputs: &(0..rows).map(|row| row as f32).collect::<Vec<_>>(),
        mask: None,
        states: &[],
        // The reference's rows stay in its own order here.
        targets: &tensor(&case["inputs"]["labels"]).f32(),
        weights: &vec![1.0 / rows as f32; rows],
        dropouts: &[],
        interrupt: None,
    };
    let mut gradients = vec![0.0; logits.data.len()];
    engine.run(&logits.f32(), &mut gradients, &feed).unwrap();
    loss(&what, &engine, &case["f64"]);
    let want = tensor(&case["f64"]["grads"]["logits"]).data;
    close(&format!("{what} gradient"), &gradients, &want, GRADIENT);
}

/// Symbols or classes `[B, T]` as `[T, B]`; `[B]` as they are.
fn by_step(value: &Value) -> Vec<f32> {
    let tensor = tensor(value);
    if tensor.shape.len() == 2 { tensor.transposed().f32() } else { tensor.f32() }
}

/// The reference's name of a parameter: `lstm.weight_ih_l0`, `out.bias`.
fn key(network: &Network, parameter: &Parameter) -> String {
    let first = network.layers.first().map(|layer| &layer.kind);
    let before = usize::from(matches!(first, Some(LayerKind::Embed { .. })));
    let stem = match &parameter.role {
        Role::Table => return "emb.weight".to_owned(),
        Role::Weight => return "out.weight".to_owned(),
        Role::Bias => return "out.bias".to_owned(),
        Role::WeightInput => "weight_ih",
        Role::WeightHidden(_) => "weight_hh",
        Role::BiasInput => "bias_ih",
        Role::BiasHidden => "bias_hh",
        Role::Vector(name) => name,
    };
    format!("lstm.{stem}_l{}", parameter.layer - before)
}
