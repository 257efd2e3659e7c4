//! `show equations of m`: what each layer computes, with the steps as subscripts.

use carousel_lang::ast::{CellDefinition, CellLineKind, Expression, ExpressionKind};
use carousel_lang::print_expression;
use carousel_net::network::{Activation, Cell, Layer, LayerKind, Network};

use crate::summarise::layer_text;

/// The equations of all layers, from the data to the prediction.
pub(super) fn of_network(name: &str, network: &Network) -> String {
    let mut text = name.to_owned();
    let mut told: Vec<&Cell> = Vec::new();
    for (k, layer) in network.layers.iter().enumerate() {
        text += &format!("\nlayer {}, {}", k + 1, layer_text(layer));
        match &layer.kind {
            LayerKind::Recurrent(recurrent) if told.contains(&&recurrent.cell) => {
                text += ": the same equations, with weights of its own";
            }
            LayerKind::Recurrent(recurrent) => {
                told.push(&recurrent.cell);
                text += &format!("\n{}", of_cell(&recurrent.cell));
            }
            LayerKind::Dense { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Flat
            | LayerKind::Embed { .. } => {
                text += &format!("\n  {}", plain(layer));
            }
        }
    }
    text
}

/// The equations of a cell: `iₜ = sigmoid(Wi xₜ + Ui hₜ₋₁ + bi)`.
pub(crate) fn of_cell(cell: &Cell) -> String {
    lines(&cell.equations()).join("\n")
}

fn plain(layer: &Layer) -> String {
    match &layer.kind {
        LayerKind::Dense { activation, .. } => {
            let sum = "W x + b";
            match activation {
                Activation::Linear => format!("y = {sum}"),
                Activation::Relu => format!("y = relu({sum})"),
                Activation::Tanh => format!("y = tanh({sum})"),
                Activation::Sigmoid => format!("y = sigmoid({sum})"),
                Activation::Softmax => format!("y = softmax({sum})"),
            }
        }
        LayerKind::Dropout { rate } => {
            format!("y = x; while training, a share {rate} of it is 0")
        }
        LayerKind::Flat => "y = all steps of x, one after the other".to_owned(),
        LayerKind::Embed { .. } => "y = row x of W".to_owned(),
        LayerKind::Recurrent(_) => String::new(),
    }
}

fn lines(cell: &CellDefinition) -> Vec<String> {
    let assigned: Vec<&str> = cell
        .lines
        .iter()
        .filter_map(|line| match &line.kind {
            CellLineKind::Equation { name, .. } => Some(name.text.as_str()),
            CellLineKind::Gives(_) | CellLineKind::Starts { .. } => None,
        })
        .collect();
    let mut done: Vec<&str> = Vec::new();
    let mut lines = Vec::new();
    for line in &cell.lines {
        lines.push(match &line.kind {
            CellLineKind::Equation { name, value } => {
                let at_step = |word: &str| subscript(word, &assigned, &done);
                let right = print_expression(&renamed(value, &at_step));
                done.push(&name.text);
                format!("  {}ₜ = {right}", name.text)
            }
            CellLineKind::Gives(name) => format!("  gives {}ₜ", name.text),
            CellLineKind::Starts { name, value } => {
                format!("  {} starts at {value}", name.text)
            }
        });
    }
    lines
}

/// A name with its step: the input and what was assigned above are of this step, what
/// is assigned later is of the step before, and what is learned has none.
fn subscript(word: &str, assigned: &[&str], done: &[&str]) -> String {
    if word == "x" || done.contains(&word) {
        format!("{word}ₜ")
    } else if assigned.contains(&word) {
        format!("{word}ₜ₋₁")
    } else {
        word.to_owned()
    }
}

fn renamed(expression: &Expression, name: &dyn Fn(&str) -> String) -> Expression {
    let boxed = |inner: &Expression| Box::new(renamed(inner, name));
    let kind = match &expression.kind {
        ExpressionKind::Number(number) => ExpressionKind::Number(*number),
        ExpressionKind::Name(word) => ExpressionKind::Name(name(word)),
        ExpressionKind::Negate(a) => ExpressionKind::Negate(boxed(a)),
        ExpressionKind::Binary(operator, a, b) => {
            ExpressionKind::Binary(*operator, boxed(a), boxed(b))
        }
        ExpressionKind::Product(a, b) => ExpressionKind::Product(boxed(a), boxed(b)),
        ExpressionKind::Call(function, arguments) => {
            let arguments = arguments.iter().map(|a| renamed(a, name)).collect();
            ExpressionKind::Call(*function, arguments)
        }
        ExpressionKind::Group(a) => ExpressionKind::Group(boxed(a)),
    };
    Expression { kind, span: expression.span }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &Cell, expected: &[&str]) {
        let text = of_cell(cell);
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn steps_are_subscripts() {
        check(
            &Cell::Lstm,
            &[
                "iₜ = sigmoid(Wi xₜ + Ui hₜ₋₁ + bi)",
                "fₜ = sigmoid(Wf xₜ + Uf hₜ₋₁ + bf)",
                "gₜ = tanh(Wg xₜ + Ug hₜ₋₁ + bg)",
                "oₜ = sigmoid(Wo xₜ + Uo hₜ₋₁ + bo)",
                "cₜ = fₜ * cₜ₋₁ + iₜ * gₜ",
                "hₜ = oₜ * tanh(cₜ)",
                "bf starts at 1",
            ],
        );
        check(&Cell::Rnn, &["hₜ = tanh(Wh xₜ + Uh hₜ₋₁ + bh)"]);
    }
}
