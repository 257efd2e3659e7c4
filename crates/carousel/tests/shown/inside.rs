//! `plot gates`, `plot state`, `plot weights`, `plot gradients` and `step`: what is
//! shown of a model's inside is the model's own.

use carousel::{Output, Walk};

use crate::{LEARNED, Talk, holds};

/// Models of all kinds with their data, and rows to look at.
const MODELS: [(&str, &str, &[usize]); 9] = [
    ("airline | split 67% | scale 0..1 | window 3", "lstm 4 -> dense 1", &[4, 96, 99]),
    ("airline | split 67% | scale 0..1 | window 3", "rnn 3 -> gru 2 -> dense 1", &[144]),
    (
        "airline | split 67% | log | difference | standardize | window 4",
        "gru 5 -> dense 2 tanh -> dense 1",
        &[99],
    ),
    ("airline | split 67% | scale 0..1 | window 3", "lstm 3 stateful -> dense 1", &[99]),
    // The layers before the last are a tiny network by themselves.
    (
        "airline | split 67% | scale 0..1 | window 3",
        "lstm 3 -> dense 2 -> dense 1",
        &[99],
    ),
    (
        "airline | split 67% apart | scale 0..1 | window 3",
        "lstm 3 stateful -> lstm 2 -> dense 1",
        &[104],
    ),
    (
        "airline | split 67% | scale 0..1 | stream 12",
        "lstm 3 stateful -> dense",
        &[40, 130],
    ),
    (
        "airline | split 67% | scale 0..1 | window 6 as features",
        "own 3 -> dense 1",
        &[99],
    ),
    ("adding 12 | split 50%", "lstm 3 bidirectional -> dense 1", &[2, 9]),
];

const OWN: &str = "cell own
  z = sigmoid(Wz x + Uz h + bz)
  n = tanh(Wn x + Un (z * h) + bn)
  h = (1 - z) * n + z * h
end";

impl Talk {
    fn walk(&mut self, line: &str) -> Walk {
        let found = self.outputs(line).into_iter().find_map(|output| match output {
            Output::Walk(walk) => Some(walk),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("{line}: no walk"))
    }

    /// The prediction for a row, as the table of all predictions has it.
    fn saved(&mut self, row: usize) -> String {
        self.outputs("save m to \"fit.csv\"");
        let table = std::fs::read_to_string(self.folder.join("fit.csv"))
            .expect("it was just saved");
        let line = table.lines().nth(row).expect("a line for each row");
        line.rsplit(',').next().expect("a last column").to_owned()
    }
}

#[test]
fn a_walk_ends_at_the_prediction() {
    let mut talk = Talk::new("walk");
    talk.outputs(OWN);
    for (data, model, rows) in MODELS {
        talk.outputs(&format!("d = {data}\nm = train {model} on d epochs 3"));
        for row in rows {
            let walk = talk.walk(&format!("step m on d at {row}"));
            let saved: f64 = talk.saved(*row).parse().unwrap();
            // Several windows that are predicted at once have roundings of their own.
            let close =
                (walk.end.prediction - saved).abs() <= 1e-5 * saved.abs().max(1.0);
            assert!(close, "{model} at {row}: {} and {saved}", walk.end.prediction);
            assert_eq!(walk.row, *row);
        }
    }
}

#[test]
fn a_walk_has_the_digits_of_predict() {
    let mut talk = Talk::after("digits", LEARNED);
    for row in [4, 99, 144] {
        let walk = talk.walk(&format!("step m at {row}"));
        let read = walk.steps.iter().map(|step| step.inputs[0].original.unwrap());
        let read: Vec<String> = read.map(|value| value.to_string()).collect();
        let predicted = talk.values(&format!("predict m on [{}]", read.join(" ")));
        assert_eq!(walk.end.prediction.to_bits(), predicted.values[0].to_bits(), "{row}");
    }
    let walk = talk.walk("step m at 99");
    assert_eq!(walk.steps[0].label, "1956-12");
    let text = talk.text("step m at 99");
    holds(&text, &["step 3 of 3, 1957-02", "prediction of m for 1957-03 (row 99)"]);
}

#[test]
fn equations_are_filled_with_numbers_that_give_their_value() {
    let mut talk = Talk::new("filled");
    talk.outputs(
        "d = airline | split 67% | scale 0..1 | window 3
m = train rnn 2 -> dense 1 on d epochs 5",
    );
    let walk = talk.walk("step m at 99");
    for unit in walk.steps.iter().flat_map(|step| &step.lines[0].units) {
        let inner = unit.filled.strip_prefix("tanh(").unwrap().strip_suffix(')').unwrap();
        let value = sum(inner).tanh();
        assert!((value - unit.value).abs() < 1e-3, "{} = {}", unit.filled, unit.value);
    }
    let one = talk.walk("step m at 99 unit 2");
    let unit = &one.steps[1].lines[0].units[0];
    assert_eq!((unit.unit, one.steps[1].lines[0].units.len()), (2, 1));
    for product in &unit.products {
        let [_, terms, value] = product.split(" = ").collect::<Vec<_>>()[..] else {
            panic!("{product}")
        };
        let found: f64 = value.parse().unwrap();
        assert!((sum(terms) - found).abs() < 1e-3, "{product}");
    }
    assert_eq!(unit.products.len(), 2);
    let output = &walk.end.outputs[0];
    assert!((sum(&output.filled) - output.value).abs() < 1e-3, "{}", output.filled);
}

/// `0.5 * 2 - 0.25 + 1`
fn sum(text: &str) -> f64 {
    let signed = text.replace(" - ", " + -");
    let number =
        |factor: &str| factor.parse::<f64>().unwrap_or_else(|_| panic!("{text}"));
    let product = |term: &str| term.split(" * ").map(number).product::<f64>();
    signed.split(" + ").map(product).sum()
}

#[test]
fn views_of_the_inside_are_named_and_drawn() {
    let mut talk = Talk::after("inside", LEARNED);
    talk.outputs("g = train gru 9 -> lstm 2 -> dense 1 on air epochs 1");
    for (line, name, words) in [
        (
            "plot gates of m at 99",
            "gates of m",
            &["1957-03 (row 99)", "sigmoid(Wi x"][..],
        ),
        ("plot gates of m", "gates of m", &["1960-12 (row 144)"]),
        ("plot gates of m at \"1957-03\" unit 2", "gates of m", &["row 99"]),
        ("plot gates of g", "gates of g", &["layer 1, gru 9", "a row for each unit"]),
        ("plot gates of g layer 2", "gates of g", &["layer 2, lstm 2", "unit 2"]),
        ("plot state of m at 99", "state of m", &["tanh(c)"]),
        (
            "plot weights of m",
            "weights of m",
            &["w_hh", ">Wf<", "[4 x 16]", "Passengers"],
        ),
        ("plot weights of m layer 2", "weights of m", &["layer 2, dense 1"]),
        (
            "plot gradients of m, rnn 4 -> dense 1 on air",
            "gradients of m, rnn 4 -&gt; dense 1",
            &["norm of dL/dh", "the first 32 samples"],
        ),
        ("plot gradients of m at 99", "gradients of m", &["row 99"]),
    ] {
        let outputs = talk.outputs(line);
        let [Output::Plot { name: found, figure, .. }] = &outputs[..] else {
            panic!("{line}: {outputs:?}")
        };
        assert_eq!(found, &name.replace("&gt;", ">"), "{line}");
        let svg = figure.svg(carousel_plot::Theme::Light);
        holds(&svg, words);
    }
    talk.outputs("save gates of m at 99 unit 1 to \"gates.svg\"");
    let saved = std::fs::read_to_string(talk.folder.join("gates.svg")).unwrap();
    holds(&saved, &["row 99"]);
}

#[test]
fn gradients_of_a_chain_are_those_of_its_start() {
    let mut talk = Talk::after("start", LEARNED);
    let svg = |talk: &mut Talk, line: &str| {
        let outputs = talk.outputs(line);
        let Some(Output::Plot { figure, .. }) = outputs.last() else { panic!("{line}") };
        figure.panels.clone()
    };
    let chain = svg(&mut talk, "plot gradients of lstm 3 -> dense 1 on air");
    // So small a rate changes no weight.
    talk.outputs("n = train lstm 3 -> dense 1 on air epochs 1 rate 1e-30");
    let trained = svg(&mut talk, "plot gradients of n");
    let norms = |panels: &[carousel_plot::Panel]| match &panels[0] {
        carousel_plot::Panel::Chart(chart) => format!("{:?}", chart.series[0].shape),
        other => panic!("{other:?}"),
    };
    assert_eq!(norms(&chain), norms(&trained));
}
