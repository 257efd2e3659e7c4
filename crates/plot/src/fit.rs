//! The tutorial's figure: the whole series, and the predictions for its parts, each at
//! the row that it predicts.

use crate::{Chart, Figure, Ink, Marker, Panel, Series, Shape, XAxis, YAxis};

/// The series that was measured.
#[derive(Debug, Clone, Copy)]
pub struct Observed<'a> {
    /// What the legend calls it.
    pub name: &'a str,
    /// What is measured and its unit: the title of the vertical axis.
    pub unit: &'a str,
    /// One value a row, in original units.
    pub values: &'a [f64],
    /// The label of each row, such as `1949-01`; empty where rows have only numbers.
    pub labels: &'a [String],
}

/// What a model says about some rows.
#[derive(Debug, Clone, Copy)]
pub struct Predicted<'a> {
    /// What the legend calls it.
    pub name: &'a str,
    /// `values[k]` is the prediction for row `rows[k]`, counted from 0.
    pub rows: &'a [usize],
    /// In original units, as long as `rows`.
    pub values: &'a [f64],
}

/// The whole series thin and grey, each part of the predictions in its own colour at
/// its rows, and a vertical line where each marker says that a part begins.
pub fn fit_figure(
    title: &str,
    subtitle: &str,
    observed: &Observed<'_>,
    parts: &[Predicted<'_>],
    markers: &[Marker],
) -> Figure {
    let mut series = vec![observed_series(observed)];
    series.extend(
        parts.iter().enumerate().map(|(index, part)| predicted_series(part, index)),
    );
    let chart = Chart {
        title: String::new(),
        x: rows_axis(observed.labels),
        y: rows_values(observed),
        series,
        markers: markers.to_vec(),
    };
    Figure {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        panels: vec![Panel::Chart(chart)],
    }
}

/// The axis of rows: their labels, or their numbers.
pub(crate) fn rows_axis(labels: &[String]) -> XAxis {
    let title = if labels.is_empty() { "row" } else { "" };
    XAxis { title: title.to_owned(), labels: labels.to_vec() }
}

/// The axis of values: their unit, or else their name.
pub(crate) fn rows_values(observed: &Observed<'_>) -> YAxis {
    let title = if observed.unit.is_empty() { observed.name } else { observed.unit };
    YAxis { title: title.to_owned(), ..YAxis::default() }
}

/// The measured series as the grey line behind the others.
pub(crate) fn observed_series(observed: &Observed<'_>) -> Series {
    Series {
        name: observed.name.to_owned(),
        x: (0..observed.values.len()).map(|row| row as f64).collect(),
        shape: Shape::Line { y: observed.values.to_vec(), dashed: false },
        ink: Ink::Quiet,
        width: 1.25,
    }
}

/// A line through the predictions, broken where rows are left out.
pub(crate) fn predicted_series(predicted: &Predicted<'_>, colour: usize) -> Series {
    let stride = predicted
        .rows
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .filter(|&jump| jump > 0)
        .min()
        .unwrap_or(1);
    let (mut x, mut y) = (Vec::new(), Vec::new());
    let mut last: Option<usize> = None;
    for (&row, &value) in predicted.rows.iter().zip(predicted.values) {
        if last.is_some_and(|last| row != last + stride) {
            x.push(row as f64);
            y.push(f64::NAN);
        }
        x.push(row as f64);
        y.push(value);
        last = Some(row);
    }
    Series {
        name: predicted.name.to_owned(),
        x,
        shape: Shape::Line { y, dashed: false },
        ink: Ink::Colour(colour),
        width: 2.0,
    }
}
