//! Several models beside the series, where they predict.

use crate::fit::{observed_series, predicted_series, rows_axis, rows_values};
use crate::{Chart, Figure, Marker, Observed, Panel, Predicted};

/// The series from a little before the first prediction on, and one line per model.
///
/// Rows long before the first prediction are left out, so that the lines can be told
/// apart: as many as half the predicted rows are kept.
pub fn compare_figure(
    title: &str,
    subtitle: &str,
    observed: &Observed<'_>,
    models: &[Predicted<'_>],
    markers: &[Marker],
) -> Figure {
    let first = first_row(observed.values.len(), models);
    let mut series = vec![observed_series(observed)];
    series[0].x.drain(..first);
    if let crate::Shape::Line { y, .. } = &mut series[0].shape {
        y.drain(..first);
    }
    series.extend(
        models.iter().enumerate().map(|(index, model)| predicted_series(model, index)),
    );
    let chart = Chart {
        title: String::new(),
        x: rows_axis(observed.labels),
        y: rows_values(observed),
        series,
        markers: markers
            .iter()
            .filter(|marker| marker.x >= first as f64)
            .cloned()
            .collect(),
    };
    Figure {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        panels: vec![Panel::Chart(chart)],
    }
}

/// The first row to show, so that the predicted rows fill two thirds of the width.
fn first_row(rows: usize, models: &[Predicted<'_>]) -> usize {
    let predicted = models.iter().flat_map(|model| model.rows.iter().copied());
    let Some(first) = predicted.clone().min() else { return 0 };
    let last = predicted.max().unwrap_or(first);
    first.saturating_sub((last - first).div_ceil(2)).min(rows)
}
