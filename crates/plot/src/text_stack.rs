//! Charts over one horizontal axis as lines of text.

use crate::Stack;
use crate::ansi::Paint;
use crate::axis::ticks;
use crate::braille::Canvas;
use crate::chart::{NO_VALUES, is_empty, y_scale};
use crate::scene::printable;
use crate::stack::shared_x;
use crate::text::{columns, cut};
use crate::text_chart::{draw_series, keys, legend, with_y_axis, x_axis};

/// The least and the most rows of a plot.
const ROWS: (usize, usize) = (3, 10);
/// Ticks of a vertical axis; labels of more would stand in every row.
const TICKS: usize = 2;

/// The charts in `width` columns, and in at most `height` lines where each of them has
/// its least rows then.
pub(crate) fn lines(
    stack: &Stack,
    (width, height): (usize, usize),
    paint: Paint,
) -> Vec<String> {
    let (Some(first), Some(last)) = (stack.charts.first(), stack.charts.last()) else {
        return Vec::new();
    };
    let keys = keys(first);
    let legend = legend(first, &keys, width, paint);
    let below = 2 + usize::from(!last.x.title.is_empty()) + legend.len();
    let share = height.saturating_sub(below) / stack.charts.len();
    let rows = share.saturating_sub(1).clamp(ROWS.0, ROWS.1);
    let y_ticks: Vec<_> =
        stack.charts.iter().map(|chart| ticks(&y_scale(chart, TICKS), TICKS)).collect();
    let labels = y_ticks.iter().flatten().map(|tick| columns(&tick.label));
    let margin = labels.max().unwrap_or(0).min(width / 2) + 2;
    let (right, bottom) = Canvas::new(width - margin, rows).last_dot();
    let x = shared_x(stack).placed(0.0, right);

    let mut lines = Vec::new();
    for (chart, y_ticks) in stack.charts.iter().zip(&y_ticks) {
        let mut canvas = Canvas::new(width - margin, rows);
        let y = y_scale(chart, TICKS).placed(bottom, 0.0);
        if is_empty(chart) {
            let letters = NO_VALUES.chars().enumerate();
            letters.for_each(|(k, letter)| canvas.letter(k + 1, rows / 2, letter));
        }
        for (index, series) in chart.series.iter().enumerate() {
            canvas.take(series.ink);
            let key = keys.get(index).copied().flatten();
            draw_series(series, (&x, &y), key, index, &mut canvas);
        }
        for marker in first.markers.iter().filter(|marker| x.holds(marker.x)) {
            let column = x.at(marker.x).map_or(0, |at| (at / 2.0) as usize);
            (0..rows).for_each(|row| canvas.behind(column, row, '┊'));
        }
        let title = cut(&printable(&chart.title), width);
        let room = width.saturating_sub(columns(&title) + 2);
        let note = cut(&printable(&chart.y.title), room);
        let between = if title.is_empty() || note.is_empty() { "" } else { "  " };
        lines.push(format!("{}{between}{}", paint.strong(&title), paint.dim(&note)));
        lines.extend(with_y_axis(&canvas.lines(paint), &y, y_ticks, margin));
    }
    lines.extend(x_axis(last, &x, margin, width));
    lines.extend(legend);
    lines
}
