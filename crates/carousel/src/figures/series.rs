//! Data and predictions as the figures want them.

use std::collections::BTreeMap;

use carousel_data::{Dataset, Predictions};
use carousel_plot::{Figure, Observed, Panel, Shape};

use crate::need;

/// The target of a data set over its rows; its name is its unit.
pub(crate) fn observed(dataset: &Dataset) -> Observed<'_> {
    let target = dataset.table.target();
    Observed {
        name: "observed",
        unit: &target.name,
        values: &target.values,
        labels: &dataset.table.labels,
    }
}

/// For each row the prediction made last: where models see several rows ahead, a row is
/// predicted by several windows, and the nearest of them is drawn.
pub(crate) fn nearest(predictions: &Predictions) -> Predictions {
    let of =
        |k: usize| (predictions.rows[k], (predictions.values[k], predictions.truth[k]));
    let by_row: BTreeMap<usize, (f64, f64)> =
        (0..predictions.rows.len()).map(of).collect();
    Predictions {
        rows: by_row.keys().copied().collect(),
        values: by_row.values().map(|(value, _)| *value).collect(),
        truth: by_row.values().map(|(_, truth)| *truth).collect(),
    }
}

/// Rows that do not follow each other are drawn as points, not as lines.
pub(super) fn points_unless_series(figure: &mut Figure, dataset: &Dataset) {
    if need::is_series(&dataset.preparation.form) {
        return;
    }
    for panel in &mut figure.panels {
        let Panel::Chart(chart) = panel else { continue };
        for series in &mut chart.series {
            if let Shape::Line { y, .. } = &mut series.shape {
                series.shape = Shape::Points { y: std::mem::take(y) };
                series.width = POINT;
            }
        }
    }
}

/// The diameter of points, in pixels.
const POINT: f64 = 5.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_several_steps_is_taken() {
        let predictions = Predictions {
            rows: vec![4, 5, 5, 6, 6, 7],
            values: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            truth: vec![1.0; 6],
        };
        let nearest = nearest(&predictions);
        assert_eq!(nearest.rows, [4, 5, 6, 7]);
        assert_eq!(nearest.values, [1.0, 3.0, 5.0, 6.0]);
    }
}
