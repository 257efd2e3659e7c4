//! A figure in words, for those who hear it: titles, what the axes span, and the first,
//! last, lowest and highest value of each series.

use crate::axis::drawable;
use crate::bars::value_texts;
use crate::scene::printable;
use crate::words_inside::{heat_lines, stack_lines};
use crate::{Bars, Chart, Figure, Panel, Series, Shape};

impl Figure {
    /// The figure as lines of words, without any drawing.
    pub fn words(&self) -> String {
        let mut lines = vec![self.title.clone(), self.subtitle.clone()];
        for panel in &self.panels {
            match panel {
                Panel::Chart(chart) => lines.extend(chart_lines(chart)),
                Panel::Bars(bars) => lines.extend(bar_lines(bars)),
                Panel::Stack(stack) => lines.extend(stack_lines(stack)),
                Panel::Heat(heat) => lines.extend(heat_lines(heat)),
            }
        }
        let lines = lines.iter().map(|line| printable(line)).map(|l| l.trim().to_owned());
        lines.filter(|line| !line.is_empty()).map(|line| line + "\n").collect()
    }
}

pub(crate) fn chart_lines(chart: &Chart) -> Vec<String> {
    let mut lines = vec![chart.title.clone()];
    let ends = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let points = chart.series.iter().flat_map(|series| points(series, chart.y.log));
        let each: Vec<f64> = points.map(|point| of(&point)).collect();
        let least = each.iter().copied().min_by(f64::total_cmp)?;
        Some((least, each.iter().copied().max_by(f64::total_cmp)?))
    };
    let (Some(x), Some(y)) = (ends(&|point| point.0), ends(&|point| point.1)) else {
        lines.push("no values to draw".to_owned());
        return lines;
    };
    let called = |title: &str, other: &str| {
        if title.is_empty() { other.to_owned() } else { title.to_owned() }
    };
    let place = |at: f64| place(chart, at);
    lines.push(format!(
        "across, {}: {} to {}",
        called(&chart.x.title, "row"),
        place(x.0),
        place(x.1)
    ));
    lines.push(format!(
        "up, {}{}: {} to {}",
        called(&chart.y.title, "value"),
        if chart.y.log { ", in powers of ten" } else { "" },
        number(y.0),
        number(y.1)
    ));
    let shown = |at: f64| (x.0..=x.1).contains(&at);
    for marker in chart.markers.iter().filter(|marker| shown(marker.x)) {
        lines.push(format!("at {}: {}", place(marker.x), marker.label));
    }
    lines.extend(chart.series.iter().filter_map(|series| line(chart, series)));
    lines
}

/// What a listener needs to see a series: where it begins and ends, how low and high.
fn line(chart: &Chart, series: &Series) -> Option<String> {
    let points = points(series, chart.y.log);
    let (first, last) = (points.first()?, points.last()?);
    let low = points.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let high = points.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let name = match (&series.shape, series.name.is_empty()) {
        (_, false) => series.name.clone(),
        (Shape::Band { .. }, true) => "band".to_owned(),
        (Shape::Line { .. } | Shape::Points { .. }, true) => "line".to_owned(),
    };
    let said = |what: &str, point: &(f64, f64)| {
        format!("{what} {} at {}", number(point.1), place(chart, point.0))
    };
    if let Shape::Band { .. } = series.shape {
        return Some(format!(
            "{name}: {}, {}",
            said("lowest", low),
            said("highest", high)
        ));
    }
    Some(format!(
        "{name}: {}, {}, {}, {}, {} values",
        said("first", first),
        said("last", last),
        said("lowest", low),
        said("highest", high),
        points.len()
    ))
}

/// The places and values that can be drawn.
pub(crate) fn points(series: &Series, log: bool) -> Vec<(f64, f64)> {
    let values: Vec<&Vec<f64>> = match &series.shape {
        Shape::Line { y, .. } | Shape::Points { y } => vec![y],
        Shape::Band { lower, upper } => vec![lower, upper],
    };
    let placed = values.into_iter().flat_map(|y| series.x.iter().copied().zip(y));
    let placed = placed.map(|(x, y)| (x, *y));
    placed.filter(|(x, y)| x.is_finite() && drawable(*y, log)).collect()
}

/// The label of a place, or its number.
pub(crate) fn place(chart: &Chart, at: f64) -> String {
    let label = if at >= 0.0 { chart.x.labels.get(at.round() as usize) } else { None };
    label.cloned().unwrap_or_else(|| number(at))
}

/// Four digits are as many as one can keep in mind.
pub(crate) fn number(value: f64) -> String {
    let short = format!("{value:.3e}");
    match value.abs() {
        size if size == 0.0 || (1e-4..1e7).contains(&size) => {
            short.parse::<f64>().map_or(short, |rounded| rounded.to_string())
        }
        _ => short,
    }
}

fn bar_lines(bars: &Bars) -> Vec<String> {
    let mut lines = vec![bars.title.clone(), bars.measure.clone()];
    let values = value_texts(&bars.bars);
    let each = bars.bars.iter().zip(values);
    lines.extend(each.map(|(bar, value)| format!("{}: {value}", bar.name)));
    lines
}
