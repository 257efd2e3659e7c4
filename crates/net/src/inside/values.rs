//! The value of any part of an equation at one step: an expression goes in, one number
//! for each unit comes out.

use carousel_cell::activation::{exp2_one, log2_one, sigmoid_one, tanh_one};
use carousel_lang::ast::{BinaryOperator, Expression, ExpressionKind, Function};

use super::Unrolled;
use crate::cells;

impl Unrolled {
    /// The value of a part of the equation `line` at a step, `[H]`. Names that stand on
    /// the left of earlier lines have their new values, other states those before the
    /// step. A matrix alone has no value: zeros.
    pub fn value(&self, step: usize, line: usize, part: &Expression) -> Vec<f32> {
        let value = |inner: &Expression| self.value(step, line, inner);
        match &part.kind {
            ExpressionKind::Number(number) => vec![*number as f32; self.units],
            ExpressionKind::Name(name) => self.named(step, line, name),
            ExpressionKind::Negate(a) => value(a).into_iter().map(|a| -a).collect(),
            ExpressionKind::Group(a) => value(a),
            ExpressionKind::Binary(operator, a, b) => {
                let pairs = value(a).into_iter().zip(value(b));
                pairs.map(|(a, b)| binary(*operator, a, b)).collect()
            }
            ExpressionKind::Product(..) => self.product(step, line, part),
            ExpressionKind::Call(function, arguments) => {
                call(*function, arguments.iter().map(value).collect())
            }
        }
    }

    fn named(&self, step: usize, line: usize, name: &str) -> Vec<f32> {
        let now = &self.steps[step];
        if name == "x" {
            return now.x.clone();
        }
        let earlier = self.lines[..line].iter().position(|line| line.name == name);
        let known = match earlier {
            Some(at) => now.values.get(at),
            None => now.before.get(name).or_else(|| self.vectors.get(name)),
        };
        known.cloned().unwrap_or_else(|| vec![0.0; self.units])
    }

    /// `A B v` is A (B v).
    fn product(&self, step: usize, line: usize, part: &Expression) -> Vec<f32> {
        let factors = cells::factors(part);
        let (last, matrices) = factors.split_last().expect("a product has two factors");
        let mut vector = self.value(step, line, last);
        for matrix in matrices.iter().rev() {
            vector = self.times(matrix, &vector);
        }
        vector
    }

    /// A matrix times a vector; sums are kept in double precision, so that their order
    /// does not matter to the digits that are shown.
    fn times(&self, matrix: &Expression, vector: &[f32]) -> Vec<f32> {
        let ExpressionKind::Name(name) = &matrix.kind else {
            return vec![0.0; self.units];
        };
        let Some(matrix) = self.matrices.get(name) else { return vec![0.0; self.units] };
        let mut sums = vec![0.0_f64; self.units];
        for (row, x) in matrix.numbers.chunks(self.units).zip(vector) {
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += f64::from(*weight) * f64::from(*x);
            }
        }
        sums.into_iter().map(|sum| sum as f32).collect()
    }
}

fn binary(operator: BinaryOperator, a: f32, b: f32) -> f32 {
    match operator {
        BinaryOperator::Add => a + b,
        BinaryOperator::Subtract => a - b,
        BinaryOperator::Multiply => a * b,
        BinaryOperator::Divide => a / b,
    }
}

fn exp(x: f32) -> f32 {
    exp2_one(x * std::f32::consts::LOG2_E)
}

fn log(x: f32) -> f32 {
    log2_one(x) * std::f32::consts::LN_2
}

/// log(1 + exp(x)), which cannot overflow.
fn softplus(x: f32) -> f32 {
    x.max(0.0) + log(1.0 + exp(-x.abs()))
}

fn call(function: Function, arguments: Vec<Vec<f32>>) -> Vec<f32> {
    let mut arguments = arguments.into_iter();
    let mut a = arguments.next().unwrap_or_default();
    let each = |a: Vec<f32>, f: fn(f32) -> f32| a.into_iter().map(f).collect();
    match function {
        Function::Sigmoid => each(a, sigmoid_one),
        Function::Tanh => each(a, tanh_one),
        Function::Relu => each(a, |x| x.max(0.0)),
        Function::Softplus => each(a, softplus),
        Function::Exp => each(a, exp),
        Function::Log => each(a, log),
        Function::Sqrt => each(a, f32::sqrt),
        Function::Abs => each(a, f32::abs),
        Function::Softmax => {
            let top = a.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            a.iter_mut().for_each(|x| *x = exp(*x - top));
            let sum: f32 = a.iter().sum();
            a.into_iter().map(|x| x / sum).collect()
        }
        Function::Norm => {
            let sum: f32 = a.iter().map(|x| x * x).sum();
            vec![sum.sqrt(); a.len()]
        }
        Function::Max | Function::Min => {
            let b = arguments.next().unwrap_or_default();
            let pick = if function == Function::Max { f32::max } else { f32::min };
            a.into_iter().zip(b).map(|(a, b)| pick(a, b)).collect()
        }
    }
}
