//! Every row of the gradient table against finite differences.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::gradients;
use crate::graph::{Builder, Tensor};
use crate::operations::{Indexed, MatMul, Numbers};
use crate::plan::Evaluator;

/// Central differences of f32 values with this step lose about three digits to
/// cancellation and as much to the third derivative.
const STEP: f32 = 4e-3;
const TOLERANCE: f32 = 4e-3;

type Build = fn(&mut Builder, &[Tensor]) -> Tensor;

/// Checks the gradient of a weighted sum of what `build` makes of inputs of these
/// shapes, by the plan and by luminal.
fn check(shapes: &[&[usize]], build: Build) {
    for plan in [true, false] {
        check_way(shapes, build, plan);
    }
}

fn check_way(shapes: &[&[usize]], build: Build, plan: bool) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut draw = || 0.4 + (random.next_u32() >> 8) as f32 / (1 << 24) as f32;
    let values: Vec<Vec<f32>> = shapes
        .iter()
        .map(|dims| (0..dims.iter().product()).map(|_| draw()).collect())
        .collect();
    let mut builder = Builder::default();
    let leaves: Vec<Tensor> =
        shapes.iter().map(|dims| builder.input("x", dims)).collect();
    let output = build(&mut builder, &leaves);
    let output = builder.contiguous(output);
    let factors: Vec<f32> = (0..output.len()).map(|_| draw()).collect();
    let seed = builder.input("seed", &output.dims());
    let found = gradients(&mut builder, &[(output, seed)], &leaves).unwrap();
    let mut outputs = vec![output];
    outputs
        .extend(found.iter().map(|gradient| gradient.expect("depends on every input")));
    let mut inputs = leaves;
    inputs.push(seed);
    let mut evaluator = Evaluator::new(builder, inputs, outputs, plan);
    let mut weighted = |values: &[Vec<f32>]| -> f64 {
        let mut fed: Vec<&[f32]> = values.iter().map(Vec::as_slice).collect();
        fed.push(&factors);
        evaluator.run(&fed, None);
        let output = evaluator.output(0).iter().zip(&factors);
        output.map(|(y, f)| f64::from(*y) * f64::from(*f)).sum()
    };
    let mut differences = values.clone();
    for input in 0..values.len() {
        for at in 0..values[input].len() {
            let mut moved = values.clone();
            moved[input][at] += STEP;
            let above = weighted(&moved);
            moved[input][at] -= 2.0 * STEP;
            let below = weighted(&moved);
            differences[input][at] = ((above - below) / f64::from(2.0 * STEP)) as f32;
        }
    }
    weighted(&values);
    for (input, difference) in differences.iter().enumerate() {
        for (got, want) in evaluator.output(1 + input).iter().zip(difference) {
            let scale = want.abs().max(1.0);
            assert!(
                (got - want).abs() < TOLERANCE * scale,
                "{got} is not {want} (plan: {plan})"
            );
        }
    }
}

#[test]
fn add_through_views() {
    check(&[&[2, 3], &[3]], |b, x| {
        let row = b.expand(x[1], 0, 2);
        b.add(x[0], row)
    });
    check(&[&[2, 3], &[3, 2]], |b, x| {
        let turned = b.permute(x[1], &[1, 0]);
        b.add(x[0], turned)
    });
}

#[test]
fn mul_through_views() {
    check(&[&[2, 3], &[2]], |b, x| {
        let column = b.expand(x[1], 1, 3);
        b.mul(x[0], column)
    });
    check(&[&[4]], |b, x| b.mul(x[0], x[0]));
}

#[test]
fn unary_rows() {
    check(&[&[5]], |b, x| b.exp2(x[0]));
    check(&[&[5]], |b, x| b.log2(x[0]));
    check(&[&[5]], |b, x| b.recip(x[0]));
    check(&[&[5]], |b, x| b.sqrt(x[0]));
    check(&[&[2, 3]], |b, x| {
        let turned = b.permute(x[0], &[1, 0]);
        b.exp2(turned)
    });
}

#[test]
fn reductions() {
    for axis in 0..3 {
        let build: Build = match axis {
            0 => |b, x| b.sum(x[0], 0),
            1 => |b, x| b.sum(x[0], 1),
            _ => |b, x| b.sum(x[0], 2),
        };
        check(&[&[2, 3, 4]], build);
    }
    check(&[&[3, 4]], |b, x| b.max_over(x[0], 1));
    check(&[&[3, 4]], |b, x| b.max_over(x[0], 0));
}

#[test]
fn contiguous_slices_and_concatenation() {
    check(&[&[3, 4]], |b, x| b.slice(x[0], 1, 1, 3));
    check(&[&[3, 4]], |b, x| b.slice(x[0], 0, 2, 3));
    check(&[&[2, 3], &[2, 2]], |b, x| b.concat(x[0], x[1]));
    check(&[&[2, 3, 4]], |b, x| {
        let turned = b.permute(x[0], &[1, 0, 2]);
        b.reshape(turned, &[3, 8])
    });
}

#[test]
fn products() {
    check(&[&[2, 3], &[3, 4]], |b, x| b.matmul(x[0], x[1]));
    check(&[&[2, 3], &[3, 4]], |b, x| {
        let op = MatMul::new(2, 3, 4);
        let id = b.node(op, &[x[0], x[1]]);
        Tensor::plain(id, 0, &[2, 4])
    });
}

/// 0, 1, 2, 0, 1, 2
fn names(b: &mut Builder) -> Tensor {
    let id = b.node(Numbers { n: 3 }, &[]);
    let once = Tensor::plain(id, 0, &[3]);
    b.concat(once, once)
}

#[test]
fn rows_of_a_table() {
    check(&[&[4, 2]], |b, x| {
        let names = names(b);
        let hot = b.one_hot(names, 4);
        b.matmul(hot, x[0])
    });
    check(&[&[4, 2]], |b, x| {
        let names = names(b);
        let op = Indexed::Gather { rows: 6, kinds: 4, width: 2 };
        let id = b.node(op, &[names, x[0]]);
        Tensor::plain(id, 0, &[6, 2])
    });
}

#[test]
fn cross_entropies() {
    check(&[&[6, 4]], |b, x| {
        let names = names(b);
        b.cross_entropy(x[0], names)
    });
    check(&[&[6, 4]], |b, x| {
        let names = names(b);
        let id = b.node(Indexed::CrossEntropy { rows: 6, kinds: 4 }, &[x[0], names]);
        Tensor::plain(id, 0, &[6])
    });
    check(&[&[6, 4]], |b, x| {
        let id = b.node(Indexed::Softmax { rows: 6, kinds: 4 }, &[x[0]]);
        Tensor::plain(id, 0, &[6, 4])
    });
}

#[test]
fn step_functions_have_no_gradient_and_choices_have_that_of_the_chosen() {
    check(&[&[6], &[6]], |b, x| b.max(x[0], x[1]));
    check(&[&[6], &[6]], |b, x| b.min(x[0], x[1]));
    check(&[&[6]], |b, x| {
        let shifted = b.shift(x[0], -0.9);
        b.relu(shifted)
    });
    check(&[&[6]], |b, x| {
        let shifted = b.shift(x[0], -0.9);
        b.abs(shifted)
    });
}

#[test]
fn functions_made_of_primitives() {
    check(&[&[5]], |b, x| b.sigmoid(x[0]));
    check(&[&[5]], |b, x| b.tanh(x[0]));
    check(&[&[5]], |b, x| b.softplus(x[0]));
    check(&[&[5]], |b, x| b.exp(x[0]));
    check(&[&[5]], |b, x| b.log(x[0]));
    check(&[&[2, 3], &[2, 3]], |b, x| b.div(x[0], x[1]));
    check(&[&[2, 3]], |b, x| b.softmax(x[0]));
    check(&[&[2, 3]], |b, x| b.norm(x[0]));
}
