//! A chart on the page: axes, grid, series, markers and their names.

use crate::axis::{
    Room, Scale, Tick, drawable, number_ticks, position_scale, ticks, value_scale,
};
use crate::label::label_ticks;
use crate::layout::{Page, label_width, short_label};
use crate::legend::{draw_end_labels, draw_rows, end_labels, end_labels_width};
use crate::path::{bands, dots, pieces};
use crate::scene::{Anchor, Mark};
use crate::{Chart, Series, Shape};

/// Pixels of stroke and of space in dashed lines.
pub(crate) const DASH: (f64, f64) = (5.0, 5.0);
/// How much a band covers what is behind it.
pub(crate) const BAND_OPACITY: f64 = 0.2;
/// What stands in a plot without values.
pub(crate) const NO_VALUES: &str = "no values to draw";
/// Pixels between two horizontal grid lines, about.
const GRID_DISTANCE: f64 = 52.0;
/// Pixels between the line above the plot and the label of a tick at its top.
const HEAD_GAP: f64 = 8.0;
/// Pixels that the longest label below the axis may take.
const LONGEST_TICK: f64 = 110.0;

/// Draws a chart whose plot is `height` pixels high, and moves the page's `y` below it.
pub(crate) fn draw(chart: &Chart, height: f64, page: &mut Page<'_>) {
    let y = y_scale(chart, y_tick_count(height));
    let y_ticks = ticks(&y, y_tick_count(height));
    let x = x_scale(chart);

    let at_ends = end_labels(chart, &x, height);
    let widest = y_ticks.iter().map(|tick| label_width(&tick.label)).fold(0.0, f64::max);
    let left = page.left + widest + 10.0;
    let names = at_ends.as_deref().map_or(10.0, end_labels_width);
    let right = page.right - names;
    let x = x.placed(left, right);

    if at_ends.is_none() {
        draw_rows(chart, page);
    }
    let marked = draw_head(chart, &x, page);
    let top = page.y + HEAD_GAP;
    let bottom = top + height;
    let y = y.placed(bottom, top);

    draw_grid(&y, &y_ticks, (left, right), page);
    draw_x_axis(chart, &x, bottom, page);
    for at in marked {
        let (points, colour) =
            (vec![(at, top - HEAD_GAP - 3.0), (at, bottom)], page.colours.axis);
        page.marks.push(Mark::Line {
            points,
            width: 1.0,
            colour,
            dash: Some((3.0, 4.0)),
        });
    }
    for series in &chart.series {
        draw_series(series, &x, &y, page);
    }
    if is_empty(chart) {
        let middle = (f64::midpoint(left, right), f64::midpoint(top, bottom));
        page.label(NO_VALUES, middle, Anchor::Middle, page.colours.muted);
    }
    if let Some(labels) = at_ends {
        draw_end_labels(&labels, &y, right, page);
    }
}

/// Whether no value of the chart can be drawn.
pub(crate) fn is_empty(chart: &Chart) -> bool {
    !chart.series.iter().flat_map(values).any(|(_, y)| drawable(y, chart.y.log))
}

/// The horizontal scale of a chart, still without a place.
pub(crate) fn x_scale(chart: &Chart) -> Scale {
    let all = chart.series.iter().flat_map(values);
    let drawn = all.filter(|&(_, y)| drawable(y, chart.y.log)).map(|(x, _)| x);
    position_scale(drawn)
}

/// The vertical scale of a chart, still without a place.
pub(crate) fn y_scale(chart: &Chart, most: usize) -> Scale {
    let all = chart.series.iter().flat_map(values).map(|(_, y)| y);
    let all = all.chain(chart.y.range.into_iter().flat_map(|(low, high)| [low, high]));
    value_scale(all, chart.y.log, most)
}

/// The ticks of the horizontal axis.
pub(crate) fn x_ticks(chart: &Chart, x: &Scale, room: &Room<'_>) -> Vec<Tick> {
    if chart.x.labels.is_empty() {
        let mut all = chart.series.iter().flat_map(|series| &series.x);
        number_ticks(x, all.all(|at| at.fract() == 0.0), room)
    } else {
        label_ticks(&chart.x.labels, x, room)
    }
}

/// Each place and value of a series; a band has two values at each place.
fn values(series: &Series) -> impl Iterator<Item = (f64, f64)> {
    let (one, other): (&[f64], &[f64]) = match &series.shape {
        Shape::Line { y, .. } | Shape::Points { y } => (y, &[]),
        Shape::Band { lower, upper } => (lower, upper),
    };
    let placed = |y| series.x.iter().copied().zip::<&[f64]>(y);
    placed(one).chain(placed(other)).map(|(x, &y)| (x, y))
}

/// How many ticks a vertical axis has room for.
pub(crate) fn y_tick_count(height: f64) -> usize {
    (height / GRID_DISTANCE).round().max(2.0) as usize
}

/// The line above the plot: what the vertical axis measures, and the labels of the
/// markers, in more lines where they would touch. Gives the markers' places.
pub(crate) fn draw_head(chart: &Chart, x: &Scale, page: &mut Page<'_>) -> Vec<f64> {
    let muted = page.colours.muted;
    let mut taken = page.left;
    page.y += 20.0;
    if !chart.y.title.is_empty() {
        let title = short_label(&chart.y.title, page.right - page.left);
        page.label(&title, (page.left, page.y - 8.0), Anchor::Start, muted);
        taken += label_width(&title) + 16.0;
    }
    let mut places: Vec<f64> = Vec::new();
    let mut markers: Vec<_> = chart.markers.iter().filter(|m| x.holds(m.x)).collect();
    markers.sort_by(|a, b| a.x.total_cmp(&b.x));
    for marker in markers {
        let Some(at) = x.at(marker.x) else { continue };
        places.push(at);
        let label = short_label(&marker.label, page.right - page.left);
        let width = label_width(&label);
        let start = (at - 1.0).min(page.right - width);
        if start < taken {
            page.y += 16.0;
        }
        page.label(&label, (start, page.y - 8.0), Anchor::Start, muted);
        taken = start + width + 16.0;
    }
    places
}

/// The horizontal lines of a plot and what they stand for.
pub(crate) fn draw_grid(
    y: &Scale,
    ticks: &[Tick],
    (left, right): (f64, f64),
    page: &mut Page<'_>,
) {
    let colours = page.colours;
    for tick in ticks {
        let Some(at) = y.at(tick.at) else { continue };
        page.marks.push(Mark::rule((left, at), (right, at), colours.grid));
        page.label(&tick.label, (left - 10.0, at + 4.0), Anchor::End, colours.muted);
    }
}

/// The line below the plot with its ticks, labels and title.
pub(crate) fn draw_x_axis(chart: &Chart, x: &Scale, bottom: f64, page: &mut Page<'_>) {
    let colours = page.colours;
    page.marks.push(Mark::rule((x.from, bottom), (x.to, bottom), colours.axis));
    let measure = |text: &str| label_width(text).min(LONGEST_TICK);
    let room = Room { measure: &measure, gap: 14.0 };
    for tick in x_ticks(chart, x, &room) {
        let Some(at) = x.at(tick.at) else { continue };
        page.marks.push(Mark::rule((at, bottom), (at, bottom + 5.0), colours.axis));
        let label = short_label(&tick.label, LONGEST_TICK);
        let half = label_width(&label) / 2.0;
        let middle = at.max(page.left + half).min(page.right - half);
        page.label(&label, (middle, bottom + 19.0), Anchor::Middle, colours.muted);
    }
    page.y = bottom + 24.0;
    if !chart.x.title.is_empty() {
        let title = short_label(&chart.x.title, x.to - x.from);
        page.label(&title, (x.to, bottom + 36.0), Anchor::End, colours.muted);
        page.y = bottom + 42.0;
    }
}

/// A series inside its plot.
pub(crate) fn draw_series(series: &Series, x: &Scale, y: &Scale, page: &mut Page<'_>) {
    let colour = page.colours.ink(series.ink);
    match &series.shape {
        Shape::Line { y: values, dashed } => {
            let dash = dashed.then_some(DASH);
            for points in pieces(&series.x, values, x, y) {
                page.marks.push(if points.len() == 1 {
                    let radius = series.width.max(2.0);
                    Mark::Dots { centres: points, radius, colour }
                } else {
                    Mark::Line { points, width: series.width, colour, dash }
                });
            }
        }
        Shape::Points { y: values } => {
            let centres = dots(&series.x, values, x, y);
            page.marks.push(Mark::Dots { centres, radius: series.width / 2.0, colour });
        }
        Shape::Band { lower, upper } => {
            for (upper, lower) in bands(&series.x, (lower, upper), x, y) {
                page.marks.push(Mark::Area {
                    upper,
                    lower,
                    colour,
                    opacity: BAND_OPACITY,
                });
            }
        }
    }
}
