//! What the units of a layer did over the steps of a window: gates and states, one below
//! the other.

use crate::{Chart, Figure, Ink, Panel, Series, Shape, Stack, XAxis, YAxis};

/// The values of a gate or of a state.
#[derive(Debug, Clone, Copy)]
pub struct Units<'a> {
    /// What it is called, such as `i` or `c`.
    pub name: &'a str,
    /// What it is in more words, such as its equation; empty for nothing.
    pub note: &'a str,
    /// Two values that the axis reaches in any case, such as 0 and 1 for gates.
    pub range: Option<(f64, f64)>,
    /// A list for each unit, with a value for each step. What is not finite leaves a gap.
    pub values: &'a [Vec<f64>],
}

/// So many units have a colour and a name each; more are told apart by no one.
const NAMED: usize = 6;

/// One chart for each of `parts`, with a line for each unit. `steps` are the labels of
/// the steps, such as months; without them they are counted from 1. `units` are the
/// names of the units; without them they are `unit 1` and so on.
pub fn units_figure(
    title: &str,
    subtitle: &str,
    steps: &[String],
    units: &[String],
    parts: &[Units<'_>],
) -> Figure {
    let count = parts.iter().map(|part| part.values.len()).max().unwrap_or(0);
    let axis = if steps.is_empty() { "step" } else { "" };
    let chart = |part: &Units<'_>| Chart {
        title: part.name.to_owned(),
        x: XAxis { title: axis.to_owned(), labels: steps.to_vec() },
        y: YAxis { title: part.note.to_owned(), log: false, range: part.range },
        series: (0..part.values.len())
            .map(|unit| line(&part.values[unit], unit, units, (count, steps.is_empty())))
            .collect(),
        markers: Vec::new(),
    };
    Figure {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        panels: vec![Panel::Stack(Stack { charts: parts.iter().map(chart).collect() })],
    }
}

/// The line of one of `count` units. Where they are many, the first one's name speaks
/// for all.
fn line(
    values: &[f64],
    unit: usize,
    units: &[String],
    (count, counted): (usize, bool),
) -> Series {
    let first = if counted { 1.0 } else { 0.0 };
    let own = || units.get(unit).cloned().unwrap_or_else(|| format!("unit {}", unit + 1));
    let (name, ink, width) = match unit {
        _ if count <= NAMED => (own(), Ink::Colour(unit), 1.5),
        0 => (format!("each of {count} units"), Ink::Quiet, 1.0),
        _ => (String::new(), Ink::Quiet, 1.0),
    };
    Series {
        name,
        x: (0..values.len()).map(|step| step as f64 + first).collect(),
        shape: Shape::Line { y: values.to_vec(), dashed: false },
        ink,
        width,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize, names: &[&str]) -> Vec<(String, Ink)> {
        let values = vec![vec![0.5, 0.7]; count];
        let part = Units { name: "i", note: "", range: None, values: &values };
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let figure = units_figure("", "", &[], &names, &[part]);
        let Panel::Stack(stack) = &figure.panels[0] else { return Vec::new() };
        let series = stack.charts[0].series.iter();
        series.map(|series| (series.name.clone(), series.ink)).collect()
    }

    #[test]
    fn few_units_have_names_and_many_share_one() {
        assert_eq!(lines(2, &["unit 7"])[0], ("unit 7".to_owned(), Ink::Colour(0)));
        assert_eq!(lines(6, &[])[5], ("unit 6".to_owned(), Ink::Colour(5)));
        let many = lines(7, &[]);
        assert_eq!(many[0], ("each of 7 units".to_owned(), Ink::Quiet));
        assert_eq!(many[6], (String::new(), Ink::Quiet));
    }
}
