//! What happens inside a recurrent layer: its equations over the steps, and how far
//! gradients reach back.

use carousel_lang::ast::{ExpressionKind, Function};
use carousel_lang::print_expression;
use carousel_net::inside::{Line, Unrolled};
use carousel_plot::{
    Chart, Figure, Heat, Ink, Panel, Series, Shape, Stack, XAxis, YAxis,
};

/// More units than there are colours are drawn as a table of colours.
const LINES: usize = 7;

/// Some equations over the steps, gates first: a line for each unit, or a table where
/// there are many. `labels` name the steps; `unit` picks one.
pub(crate) fn steps_figure(
    (title, subtitle): (String, String),
    unrolled: &Unrolled,
    wanted: impl Fn(&Line) -> bool,
    labels: &[String],
    unit: Option<usize>,
) -> Figure {
    let indices = 0..unrolled.lines.len();
    let mut shown: Vec<usize> = indices.filter(|k| wanted(&unrolled.lines[*k])).collect();
    // The sort is stable: each of the two kinds keeps its order.
    shown.sort_by_key(|k| !unrolled.lines[*k].gate);
    let units: Vec<usize> = unit.map_or((0..unrolled.units).collect(), |unit| vec![unit]);
    let panels = if units.len() > LINES {
        shown.iter().map(|k| Panel::Heat(heat(unrolled, *k, labels))).collect()
    } else {
        let charts = shown.iter().map(|k| chart(unrolled, *k, labels, &units));
        vec![Panel::Stack(Stack { charts: charts.collect() })]
    };
    Figure { title, subtitle, panels }
}

fn x_axis(labels: &[String]) -> XAxis {
    let title = if labels.is_empty() { "step" } else { "" };
    XAxis { title: title.to_owned(), labels: labels.to_vec() }
}

fn chart(unrolled: &Unrolled, line: usize, labels: &[String], units: &[usize]) -> Chart {
    let first = if labels.is_empty() { 1.0 } else { 0.0 };
    let series = |(index, unit): (usize, &usize)| Series {
        name: format!("unit {}", unit + 1),
        x: (0..unrolled.steps.len()).map(|step| step as f64 + first).collect(),
        shape: Shape::Line { y: values(unrolled, line, *unit), dashed: false },
        ink: Ink::Colour(index),
        width: 2.0,
    };
    let equation = &unrolled.lines[line];
    Chart {
        title: equation.name.clone(),
        x: x_axis(labels),
        y: YAxis {
            title: print_expression(&equation.value),
            log: false,
            range: range(equation),
        },
        series: units.iter().enumerate().map(series).collect(),
        markers: Vec::new(),
    }
}

fn heat(unrolled: &Unrolled, line: usize, labels: &[String]) -> Heat {
    let equation = &unrolled.lines[line];
    Heat {
        title: equation.name.clone(),
        measure: format!("{}, a row for each unit", print_expression(&equation.value)),
        rows: (1..=unrolled.units).map(|unit| unit.to_string()).collect(),
        groups: Vec::new(),
        x: x_axis(labels),
        values: (0..unrolled.units).map(|unit| values(unrolled, line, unit)).collect(),
        range: range(equation),
    }
}

/// An equation's value for one unit at each step.
fn values(unrolled: &Unrolled, line: usize, unit: usize) -> Vec<f64> {
    let value = |step: &carousel_net::inside::Step| f64::from(step.values[line][unit]);
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

/// The norm of dL/dh at each step, one line for each model.
pub(crate) fn gradients_figure(
    (title, subtitle): (String, String),
    models: &[(String, Vec<f64>)],
) -> Figure {
    let series = |(index, (name, norms)): (usize, &(String, Vec<f64>))| Series {
        name: name.clone(),
        x: (1..=norms.len()).map(|step| step as f64).collect(),
        shape: Shape::Line { y: norms.clone(), dashed: false },
        ink: Ink::Colour(index),
        width: 2.0,
    };
    let chart = Chart {
        title: String::new(),
        x: XAxis { title: "step".to_owned(), labels: Vec::new() },
        y: YAxis { title: "norm of dL/dh, dL/dc".to_owned(), log: true, range: None },
        series: models.iter().enumerate().map(series).collect(),
        markers: Vec::new(),
    };
    Figure { title, subtitle, panels: vec![Panel::Chart(chart)] }
}
