//! Charts over one horizontal axis as lines of text.

use crate::Stack;
use crate::axis::ticks;
use crate::braille::Canvas;
use crate::chart::y_scale;
use crate::scene::printable;
use crate::stack::shared_x;
use crate::text::{columns, cut};
use crate::text_chart::{draw_series, is_faint, keys, legend, with_y_axis, x_axis};

/// The least and the most rows of a plot.
const ROWS: (usize, usize) = (3, 10);

/// The charts in at most `width` columns, and about `height` lines where each of them
/// can be read so.
pub(crate) fn lines(stack: &Stack, width: usize, height: usize) -> Vec<String> {
    let (Some(first), Some(last)) = (stack.charts.first(), stack.charts.last()) else {
        return Vec::new();
    };
    let keys = keys(first);
    let legend = legend(first, &keys, width);
    let rest = height.saturating_sub(legend.len() + 3) / stack.charts.len();
    let rows = rest.saturating_sub(1).clamp(ROWS.0, ROWS.1);
    let y_ticks = stack.charts.iter().map(|chart| ticks(&y_scale(chart, 2), 2));
    let y_ticks: Vec<_> = y_ticks.collect();
    let labels = y_ticks.iter().flatten().map(|tick| columns(&tick.label));
    let margin = labels.max().unwrap_or(0).min(width / 2) + 2;
    let mut lines = Vec::new();
    for (chart, y_ticks) in stack.charts.iter().zip(&y_ticks) {
        let mut canvas = Canvas::new(width - margin, rows);
        let (right, bottom) = canvas.last_dot();
        let x = shared_x(stack).placed(0.0, right);
        let y = y_scale(chart, 2).placed(bottom, 0.0);
        let drawn = chart.series.iter().zip(&keys).enumerate();
        for (index, (series, key)) in drawn.filter(|(_, (s, _))| !is_faint(s.ink)) {
            draw_series(series, (&x, &y), *key, index, &mut canvas);
        }
        let head = format!("{}  {}", printable(&chart.title), printable(&chart.y.title));
        lines.push(cut(head.trim(), width));
        lines.extend(with_y_axis(&canvas, &y, y_ticks, margin));
    }
    let (right, _) = Canvas::new(width - margin, 1).last_dot();
    lines.extend(x_axis(last, &shared_x(stack).placed(0.0, right), margin, width));
    lines.extend(legend);
    lines
}
