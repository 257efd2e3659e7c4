//! Charts over one horizontal axis, drawn one below the other, so that what happens at
//! the same time stands in one column.

use crate::axis::{Scale, ticks};
use crate::chart::{
    NO_VALUES, draw_grid, draw_head, draw_series, draw_x_axis, is_empty, x_scale,
    y_scale, y_tick_count,
};
use crate::layout::{Page, label_width};
use crate::legend::draw_rows;
use crate::scene::{Anchor, Mark};
use crate::{Chart, Stack};

/// Pixels of height that each plot gets.
const PLOT_HEIGHT: f64 = 78.0;
/// Pixels between a heading and the plot below it.
const HEAD_GAP: f64 = 9.0;
/// Pixels between a plot and the heading of the next one.
const GAP: f64 = 10.0;

/// Draws the charts and moves the page's `y` below them.
pub(crate) fn draw(stack: &Stack, page: &mut Page<'_>) {
    let (Some(first), Some(last)) = (stack.charts.first(), stack.charts.last()) else {
        return;
    };
    let most = y_tick_count(PLOT_HEIGHT);
    let tick_width = |chart: &Chart| {
        let ticks = ticks(&y_scale(chart, most), most);
        ticks.iter().map(|tick| label_width(&tick.label)).fold(0.0, f64::max)
    };
    let widest = stack.charts.iter().map(tick_width).fold(0.0, f64::max);
    let left = page.left + widest + 10.0;
    let x = shared_x(stack).placed(left, page.right - 10.0);
    draw_rows(first, page);
    let marked = draw_marker_labels(first, &x, page);
    for (index, chart) in stack.charts.iter().enumerate() {
        page.y += if index > 0 { GAP } else { 0.0 };
        page.heading_with(&chart.title, &chart.y.title, page.right);
        let top = page.y + HEAD_GAP;
        page.y = top + PLOT_HEIGHT;
        for &at in &marked {
            let line = Mark::Line {
                points: vec![(at, top), (at, page.y)],
                width: 1.0,
                colour: page.colours.axis,
                dash: Some((3.0, 4.0)),
            };
            page.marks.push(line);
        }
        draw_plot(chart, &x, (top, page.y), page);
    }
    draw_x_axis(last, &x, page.y, page);
}

/// The horizontal scale that holds the values of all charts, still without a place.
pub(crate) fn shared_x(stack: &Stack) -> Scale {
    let drawn = stack.charts.iter().filter(|chart| !is_empty(chart)).map(x_scale);
    let both = |all: Scale, one: Scale| Scale {
        low: all.low.min(one.low),
        high: all.high.max(one.high),
        ..all
    };
    drawn.reduce(both).unwrap_or_else(|| x_scale(&Chart::default()))
}

/// Names the markers above all plots, and gives their places.
fn draw_marker_labels(first: &Chart, x: &Scale, page: &mut Page<'_>) -> Vec<f64> {
    if !first.markers.iter().any(|marker| x.holds(marker.x)) {
        return Vec::new();
    }
    let chart = Chart { markers: first.markers.clone(), ..Chart::default() };
    draw_head(&chart, x, page)
}

fn draw_plot(chart: &Chart, x: &Scale, (top, bottom): (f64, f64), page: &mut Page<'_>) {
    let most = y_tick_count(PLOT_HEIGHT);
    let y = y_scale(chart, most);
    let (y_ticks, y) = (ticks(&y, most), y.placed(bottom, top));
    let (left, right) = (x.from, x.to);
    draw_grid(&y, &y_ticks, (left, right), page);
    page.marks.push(Mark::rule((left, bottom), (right, bottom), page.colours.axis));
    for series in &chart.series {
        draw_series(series, x, &y, page);
    }
    if is_empty(chart) {
        let middle = (f64::midpoint(left, right), f64::midpoint(top, bottom));
        page.label(NO_VALUES, middle, Anchor::Middle, page.colours.muted);
    }
}
