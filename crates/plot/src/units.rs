//! What the units of a layer did over the steps of a window: gates and states, one below
//! the other.

use crate::{Chart, Figure, Heat, Ink, Panel, Series, Shape, Stack, XAxis, YAxis};

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

/// So many units have a colour and a name each; more are rows of a table of colours.
const NAMED: usize = 6;

/// What each of `parts` was: a line for each unit, all charts over one axis, or a table
/// of colours each where there are many units. `steps` are the labels of the steps, such
/// as months; without them they are counted from 1. `units` are the names of the units;
/// without them they are counted, too.
pub fn units_figure(
    title: &str,
    subtitle: &str,
    steps: &[String],
    units: &[String],
    parts: &[Units<'_>],
) -> Figure {
    let count = parts.iter().map(|part| part.values.len()).max().unwrap_or(0);
    let axis = if steps.is_empty() { "step" } else { "" };
    let x = XAxis { title: axis.to_owned(), labels: steps.to_vec() };
    let panels = if count <= NAMED {
        let charts = parts.iter().map(|part| chart(part, units, x.clone())).collect();
        vec![Panel::Stack(Stack { charts })]
    } else {
        parts.iter().map(|part| Panel::Heat(heat(part, units, x.clone()))).collect()
    };
    Figure { title: title.to_owned(), subtitle: subtitle.to_owned(), panels }
}

fn chart(part: &Units<'_>, units: &[String], x: XAxis) -> Chart {
    let first = if x.labels.is_empty() { 1.0 } else { 0.0 };
    let name = |unit: usize| {
        units.get(unit).cloned().unwrap_or_else(|| format!("unit {}", unit + 1))
    };
    let line = |(unit, values): (usize, &Vec<f64>)| Series {
        name: name(unit),
        x: (0..values.len()).map(|step| step as f64 + first).collect(),
        shape: Shape::Line { y: values.clone(), dashed: false },
        ink: Ink::Colour(unit),
        width: 2.0,
    };
    Chart {
        title: part.name.to_owned(),
        x,
        y: YAxis { title: part.note.to_owned(), log: false, range: part.range },
        series: part.values.iter().enumerate().map(line).collect(),
        markers: Vec::new(),
    }
}

fn heat(part: &Units<'_>, units: &[String], x: XAxis) -> Heat {
    let name =
        |unit: usize| units.get(unit).cloned().unwrap_or_else(|| (unit + 1).to_string());
    let each = "a row for each unit";
    Heat {
        title: part.name.to_owned(),
        measure: match part.note {
            "" => each.to_owned(),
            note => format!("{note}, {each}"),
        },
        rows: (0..part.values.len()).map(name).collect(),
        groups: Vec::new(),
        x,
        values: part.values.to_vec(),
        range: part.range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(count: usize, names: &[&str]) -> Figure {
        let values = vec![vec![0.5, 0.7]; count];
        let part = Units { name: "i", note: "", range: None, values: &values };
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        units_figure("", "", &[], &names, &[part, part])
    }

    #[test]
    fn few_units_are_lines_and_many_are_rows() {
        let few = figure(6, &["unit 7"]);
        let [Panel::Stack(stack)] = &few.panels[..] else { panic!("{few:?}") };
        let names: Vec<&str> =
            stack.charts[1].series.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names[..2], ["unit 7", "unit 2"]);
        let many = figure(7, &[]);
        let [Panel::Heat(first), Panel::Heat(_)] = &many.panels[..] else {
            panic!("{many:?}")
        };
        assert_eq!((first.rows.len(), first.rows[6].as_str()), (7, "7"));
    }
}
