//! The functions of cells, far out too: activations.json, through cells of one unit.

use carousel_net::engine::{BatchShape, Feed, Goal};
use carousel_net::shape::DataShape;

use super::compare::{FLOOR, OUTPUT, close};
use super::engine::{Problem, WAYS};
use super::read::{Tensor, file, tensor};

#[test]
fn functions_of_one_number() {
    let reference = file("activations.json");
    let x = tensor(&reference["x"]);
    for (name, equation) in [
        ("sigmoid", "sigmoid(W x)"),
        ("tanh", "tanh(W x)"),
        ("relu", "relu(W x)"),
        ("softplus", "softplus(W x)"),
        ("exp", "exp(W x)"),
        ("log_sigmoid", "-softplus(-(W x))"),
    ] {
        let want = tensor(&reference[name]);
        // Single precision ends near e^88; beyond, infinity is the right answer.
        let finite: Vec<usize> = (0..want.data.len())
            .filter(|i| want.data[*i].abs() < f64::from(f32::MAX))
            .collect();
        for got in run(equation, &x, 1) {
            let got: Vec<f32> = finite.iter().map(|i| got[*i]).collect();
            for (got, i) in got.iter().zip(&finite) {
                let value = want.data[*i];
                let what = format!("{name}({})", x.data[*i]);
                // Sums with 1 on the way round to a unit of 1, however small the result.
                let scale = value.abs().max(1.0) / value.abs().max(FLOOR);
                close(&what, &[*got], &[value], scale * relative(x.data[*i]));
            }
        }
    }
}

#[test]
fn softmax_of_rows() {
    let reference = file("activations.json");
    let rows = tensor(&reference["rows"]);
    let want = tensor(&reference["softmax"]);
    for got in run("softmax(W x)", &rows, rows.shape[1]) {
        close("softmax", &got, &want.data, OUTPUT);
    }
}

/// What exp loses by the rounding of its argument: half a unit in its last place.
fn relative(x: f64) -> f64 {
    OUTPUT.max(x.abs() * f64::from(f32::EPSILON))
}

/// One step of a cell whose matrix is the identity, on each row, in each way.
fn run(equation: &str, x: &Tensor, width: usize) -> Vec<Vec<f32>> {
    let text = format!("cell f\n  h = {equation}\nend\nf {width} every\n");
    let data = DataShape {
        steps: Some(1),
        features: width,
        width,
        every: true,
        ..DataShape::default()
    };
    let problem = Problem::new(&text, data, false);
    let arena = problem.arena(|_| {
        (0..width * width).map(|i| f32::from(u8::from(i % (width + 1) == 0))).collect()
    });
    let rows = x.data.len() / width;
    let shape = BatchShape { steps: 1, size: rows, masked: false };
    WAYS.iter()
        .map(|way| {
            let mut engine = problem.engine(shape, Goal::Predict, *way);
            let feed = Feed {
                inputs: &x.f32(),
                mask: None,
                states: &[vec![0.0; rows * width]],
                targets: &[],
                weights: &[],
                dropouts: &[],
                interrupt: None,
            };
            engine.run(&arena, &mut vec![0.0; arena.len()], &feed).unwrap();
            engine.output().to_vec()
        })
        .collect()
}
