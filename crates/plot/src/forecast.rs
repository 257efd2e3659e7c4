//! What comes after the last row.

use crate::fit::{observed_series, predicted_series, rows_axis, rows_values};
use crate::{Chart, Figure, Ink, Observed, Panel, Predicted, Series, Shape};

/// The future according to one model.
#[derive(Debug, Clone, Copy)]
pub struct Forecast<'a> {
    /// The line in the middle.
    pub line: Predicted<'a>,
    /// The lower and upper edge of its band, as long as the line's rows.
    pub band: Option<(&'a [f64], &'a [f64])>,
}

/// The series, and each forecast with its band. `observed.labels` may go on beyond the
/// observed values, to name the rows of the future.
pub fn forecast_figure(
    title: &str,
    subtitle: &str,
    observed: &Observed<'_>,
    forecasts: &[Forecast<'_>],
) -> Figure {
    let mut series: Vec<Series> =
        forecasts.iter().enumerate().filter_map(|(index, f)| band(f, index)).collect();
    series.push(observed_series(observed));
    series.extend(
        forecasts.iter().enumerate().map(|(index, f)| predicted_series(&f.line, index)),
    );
    let chart = Chart {
        title: String::new(),
        x: rows_axis(observed.labels),
        y: rows_values(observed),
        series,
        markers: Vec::new(),
    };
    Figure {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        panels: vec![Panel::Chart(chart)],
    }
}

/// The band of a forecast; the line's name stands for both in the legend.
fn band(forecast: &Forecast<'_>, colour: usize) -> Option<Series> {
    let (lower, upper) = forecast.band?;
    Some(Series {
        name: String::new(),
        x: forecast.line.rows.iter().map(|&row| row as f64).collect(),
        shape: Shape::Band { lower: lower.to_vec(), upper: upper.to_vec() },
        ink: Ink::Colour(colour),
        width: 0.0,
    })
}
