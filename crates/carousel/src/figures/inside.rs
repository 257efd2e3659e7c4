//! What happens inside a recurrent layer: its equations over the steps, and how far
//! gradients reach back.

use carousel_lang::ast::{ExpressionKind, Function};
use carousel_lang::print_expression;
use carousel_net::inside::{Line, Step, Unrolled};
use carousel_plot::{Decay, Figure, Units, decay_figure, units_figure};

/// Some equations over the steps, gates first. `labels` name the steps; `unit` picks one
/// of the units.
pub(crate) fn steps_figure(
    (title, subtitle): (&str, &str),
    unrolled: &Unrolled,
    wanted: impl Fn(&Line) -> bool,
    labels: &[String],
    unit: Option<usize>,
) -> Figure {
    let indices = 0..unrolled.lines.len();
    let mut shown: Vec<usize> = indices.filter(|k| wanted(&unrolled.lines[*k])).collect();
    // The sort is stable: each of the two kinds keeps its order.
    shown.sort_by_key(|k| !unrolled.lines[*k].gate);
    let units = unit.map_or(0..unrolled.units, |unit| unit..unit + 1);
    let names: Vec<String> =
        unit.iter().map(|unit| format!("unit {}", unit + 1)).collect();
    let drawn: Vec<(String, Vec<Vec<f64>>)> = (shown.iter())
        .map(|&line| {
            let each = units.clone().map(|unit| values(unrolled, line, unit));
            (print_expression(&unrolled.lines[line].value), each.collect())
        })
        .collect();
    let parts = shown.iter().zip(&drawn).map(|(&line, (note, values))| {
        let line = &unrolled.lines[line];
        Units { name: &line.name, note, range: range(line), values }
    });
    units_figure(title, subtitle, labels, &names, &parts.collect::<Vec<_>>())
}

/// An equation's value for one unit at each step.
fn values(unrolled: &Unrolled, line: usize, unit: usize) -> Vec<f64> {
    let value = |step: &Step| f64::from(step.values[line][unit]);
    unrolled.steps.iter().map(value).collect()
}

/// The bounds of a function are the axis of what it gives, so that a gate that hardly
/// moves is seen to.
fn range(line: &Line) -> Option<(f64, f64)> {
    match &line.value.kind {
        _ if line.gate => Some((0.0, 1.0)),
        ExpressionKind::Call(Function::Tanh, _) => Some((-1.0, 1.0)),
        _ => None,
    }
}

/// The norms of gradients at each step: lines by their names, and what they measure.
pub(crate) fn gradients_figure(
    (title, subtitle): (&str, &str),
    measure: &str,
    lines: &[(String, Vec<f64>)],
) -> Figure {
    let lines: Vec<Decay<'_>> =
        lines.iter().map(|(name, values)| Decay { name, values }).collect();
    decay_figure(title, subtitle, ("step", 1), measure, &lines)
}
