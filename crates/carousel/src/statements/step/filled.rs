//! Equations with numbers in the place of names.

use carousel_lang::ast::{BinaryOperator, Expression, ExpressionKind};
use carousel_lang::print_expression;
use carousel_net::inside::Unrolled;
use carousel_net::network::Activation;

use crate::need;
use crate::output::figure;

/// Terms of a sum that are spelt out.
const TERMS: usize = 4;

/// An equation at `(step, line, unit)` with the value of each name and product.
pub(super) fn filled(
    unrolled: &Unrolled,
    at: (usize, usize, usize),
    equation: &Expression,
) -> String {
    print_expression(&with_numbers(unrolled, at, equation))
}

fn with_numbers(
    unrolled: &Unrolled,
    at @ (step, line, unit): (usize, usize, usize),
    part: &Expression,
) -> Expression {
    let inner = |part: &Expression| Box::new(with_numbers(unrolled, at, part));
    let kind = match &part.kind {
        ExpressionKind::Number(number) => ExpressionKind::Number(*number),
        ExpressionKind::Name(_) | ExpressionKind::Product(..) => {
            let value = unrolled.value(step, line, part)[unit];
            ExpressionKind::Name(figure(f64::from(value)))
        }
        ExpressionKind::Negate(a) => ExpressionKind::Negate(inner(a)),
        ExpressionKind::Group(a) => ExpressionKind::Group(inner(a)),
        ExpressionKind::Binary(operator, a, b) => {
            let (operator, b) = signed(*operator, *inner(b));
            ExpressionKind::Binary(operator, inner(a), Box::new(b))
        }
        ExpressionKind::Call(function, arguments) => {
            let arguments = arguments.iter().map(|a| *inner(a)).collect();
            ExpressionKind::Call(*function, arguments)
        }
    };
    Expression { kind, span: part.span }
}

/// `a + -b` is read as `a - b`, and the other way round.
fn signed(operator: BinaryOperator, b: Expression) -> (BinaryOperator, Expression) {
    let other = match operator {
        BinaryOperator::Add => BinaryOperator::Subtract,
        BinaryOperator::Subtract => BinaryOperator::Add,
        BinaryOperator::Multiply | BinaryOperator::Divide => return (operator, b),
    };
    let positive = match &b.kind {
        ExpressionKind::Name(number) => number.strip_prefix('-').map(str::to_owned),
        _ => None,
    };
    match positive {
        Some(number) => (other, Expression { kind: ExpressionKind::Name(number), ..b }),
        None => (operator, b),
    }
}

/// The products of a matrix with a vector in an equation, each term by term:
/// `Wi x = 0.41 * 0.62 = 0.25`.
pub(super) fn products(
    unrolled: &Unrolled,
    at @ (step, line, unit): (usize, usize, usize),
    part: &Expression,
) -> Vec<String> {
    let all = |parts: &[&Expression]| {
        parts.iter().flat_map(|part| products(unrolled, at, part)).collect()
    };
    match &part.kind {
        ExpressionKind::Number(_) | ExpressionKind::Name(_) => Vec::new(),
        ExpressionKind::Negate(a) | ExpressionKind::Group(a) => all(&[a]),
        ExpressionKind::Binary(_, a, b) => all(&[a, b]),
        ExpressionKind::Call(_, arguments) => all(&arguments.iter().collect::<Vec<_>>()),
        ExpressionKind::Product(matrix, vector) => {
            let ExpressionKind::Name(name) = &matrix.kind else { return Vec::new() };
            let Some(matrix) = unrolled.matrices.get(name) else { return Vec::new() };
            let weights = matrix.numbers.iter().skip(unit).step_by(unrolled.units);
            let vector = unrolled.value(step, line, vector);
            let sum = weighted(weights.copied().zip(vector), None);
            let value = figure(f64::from(unrolled.value(step, line, part)[unit]));
            vec![format!("{} = {sum} = {value}", print_expression(part))]
        }
    }
}

/// `0.41 * 0.62 - 0.3 * 0.11 + 0.5`: some terms, how many more there are, and a bias.
pub(super) fn weighted(
    terms: impl Iterator<Item = (f32, f32)>,
    bias: Option<f32>,
) -> String {
    let terms: Vec<(f32, f32)> = terms.collect();
    let mut text = String::new();
    let mut add = |negative: bool, term: &str| {
        text += match (text.is_empty(), negative) {
            (true, true) => "-",
            (true, false) => "",
            (false, true) => " - ",
            (false, false) => " + ",
        };
        text += term;
    };
    let number = |value: f32| figure(f64::from(value));
    for (weight, x) in terms.iter().take(TERMS) {
        let term = format!("{} * {}", number(weight.abs()), number(*x));
        add(*weight < 0.0, &term);
    }
    if terms.len() > TERMS {
        let rest = need::count(terms.len() - TERMS, "more term");
        add(false, &rest);
    }
    if let Some(bias) = bias {
        add(bias < 0.0, &number(bias.abs()));
    }
    text
}

/// What follows the sum of a dense layer.
pub(super) fn activated(activation: Activation, sum: &str) -> String {
    match activation {
        Activation::Linear => sum.to_owned(),
        Activation::Relu => format!("relu({sum})"),
        Activation::Tanh => format!("tanh({sum})"),
        Activation::Sigmoid => format!("sigmoid({sum})"),
        Activation::Softmax => format!("softmax({sum})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_as_they_are_said() {
        let terms = [(0.5, 2.0), (-0.25, 1.5), (1.0, -3.0)];
        assert_eq!(
            weighted(terms.into_iter(), Some(-0.125)),
            "0.5000 * 2 - 0.2500 * 1.50 + 1 * -3 - 0.1250"
        );
        let many = [(1.0, 1.0); 7];
        assert_eq!(
            weighted(many.into_iter(), None),
            "1 * 1 + 1 * 1 + 1 * 1 + 1 * 1 + 3 more terms"
        );
    }
}
