//! Charts over one horizontal axis, drawn one below the other, so that what happens at
//! the same time stands above each other.

use crate::axis::{Scale, ticks};
use crate::chart::{
    NO_VALUES, draw_grid, draw_series, draw_x_axis, is_empty, x_scale, y_scale,
    y_tick_count,
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
const GAP: f64 = 12.0;

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
    let (left, right) = (page.left + widest + 10.0, page.right - 10.0);
    let x = shared_x(stack).placed(left, right);
    draw_rows(first, page);
    let mut bottom = page.y;
    for (index, chart) in stack.charts.iter().enumerate() {
        page.y += if index > 0 { GAP } else { 0.0 };
        page.heading_with(&chart.title, &chart.y.title, page.right);
        let top = page.y + HEAD_GAP;
        bottom = top + PLOT_HEIGHT;
        let y = y_scale(chart, most);
        let (y_ticks, y) = (ticks(&y, most), y.placed(bottom, top));
        draw_grid(&y, &y_ticks, (left, right), page);
        page.marks.push(Mark::rule((left, bottom), (right, bottom), page.colours.axis));
        for series in &chart.series {
            draw_series(series, &x, &y, page);
        }
        if is_empty(chart) {
            let middle = (f64::midpoint(left, right), f64::midpoint(top, bottom));
            page.label(NO_VALUES, middle, Anchor::Middle, page.colours.muted);
        }
        page.y = bottom;
    }
    draw_x_axis(last, &x, bottom, page);
}

/// The horizontal scale that holds the values of all charts, still without a place.
pub(crate) fn shared_x(stack: &Stack) -> Scale {
    let drawn = stack.charts.iter().filter(|chart| !is_empty(chart));
    let scales: Vec<Scale> = drawn.map(x_scale).collect();
    let Some(first) = scales.first() else { return x_scale(&Chart::default()) };
    scales.iter().fold(*first, |all, one| Scale {
        low: all.low.min(one.low),
        high: all.high.max(one.high),
        ..all
    })
}
