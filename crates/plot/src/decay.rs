//! How fast something vanishes or explodes: positive values over steps, on an axis where
//! a constant ratio is a straight line.

use crate::{Chart, Figure, Ink, Panel, Series, Shape, XAxis, YAxis};

/// A named line of positive values.
#[derive(Debug, Clone, Copy)]
pub struct Decay<'a> {
    /// What the legend says, such as `rnn 16`.
    pub name: &'a str,
    /// The value at each step. What is not above 0, or not finite, leaves a gap.
    pub values: &'a [f64],
}

/// The lines over the steps that `steps` names, such as `steps back`; the first value
/// stands at step `first`. `measure` is what is measured.
pub fn decay_figure(
    title: &str,
    subtitle: &str,
    (steps, first): (&str, usize),
    measure: &str,
    lines: &[Decay<'_>],
) -> Figure {
    let series = |(index, line): (usize, &Decay<'_>)| Series {
        name: line.name.to_owned(),
        x: (first..first + line.values.len()).map(|step| step as f64).collect(),
        shape: Shape::Line { y: line.values.to_vec(), dashed: false },
        ink: Ink::Colour(index),
        width: 2.0,
    };
    let chart = Chart {
        title: String::new(),
        x: XAxis { title: steps.to_owned(), labels: Vec::new() },
        y: YAxis { title: measure.to_owned(), log: true, range: None },
        series: lines.iter().enumerate().map(series).collect(),
        markers: Vec::new(),
    };
    Figure {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        panels: vec![Panel::Chart(chart)],
    }
}
