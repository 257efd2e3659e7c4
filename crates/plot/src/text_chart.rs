//! A chart as lines of text: dots for the lines, letters to tell them apart.

use crate::ansi::Paint;
use crate::axis::{Room, Scale, Tick, ticks};
use crate::braille::Canvas;
use crate::chart::{NO_VALUES, is_empty, x_scale, x_ticks, y_scale};
use crate::path::{bands, dots, pieces};
use crate::scene::{Point, printable};
use crate::text::{columns, cut, padded};
use crate::{Chart, Ink, Series, Shape};

/// Columns from one letter of a line to its next.
const LETTERS_APART: usize = 12;

/// The chart in at most `width` columns and `height` lines.
pub(crate) fn lines(
    chart: &Chart,
    (width, height): (usize, usize),
    paint: Paint,
) -> Vec<String> {
    let keys = keys(chart);
    let legend = legend(chart, &keys, width, paint);
    let titles = usize::from(!chart.x.title.is_empty());
    let rows = height.saturating_sub(3 + legend.len() + titles).max(2);
    let y = y_scale(chart, (rows / 3).max(2));
    let y_ticks = ticks(&y, (rows / 3).max(2));
    let widest = y_ticks.iter().map(|tick| columns(&tick.label)).max().unwrap_or(0);
    let margin = widest.min(width / 2) + 2;

    let mut canvas = Canvas::new(width - margin, rows);
    let (right, bottom) = canvas.last_dot();
    let (x, y) = (x_scale(chart).placed(0.0, right), y.placed(bottom, 0.0));
    if is_empty(chart) {
        let start = (width - margin).saturating_sub(NO_VALUES.len()) / 2;
        let letters = NO_VALUES.chars().enumerate();
        letters.for_each(|(k, letter)| canvas.letter(start + k, rows / 2, letter));
    }
    let drawn = chart.series.iter().zip(&keys).enumerate();
    for (index, (series, key)) in drawn.filter(|(_, (s, _))| !is_faint(s.ink)) {
        canvas.take(series.ink);
        draw_series(series, (&x, &y), *key, index, &mut canvas);
    }
    for marker in chart.markers.iter().filter(|marker| x.holds(marker.x)) {
        let column = x.at(marker.x).map_or(0, |at| (at / 2.0) as usize);
        (0..rows).for_each(|row| canvas.behind(column, row, '┊'));
    }

    let mut lines = vec![head(chart, &x, margin, width)];
    lines.extend(with_y_axis(&canvas.lines(paint), &y, &y_ticks, margin));
    lines.extend(x_axis(chart, &x, margin, width));
    lines.extend(legend);
    lines
}

/// Pale lines are told from the others by colour alone, which a terminal may not have.
pub(crate) fn is_faint(ink: Ink) -> bool {
    matches!(ink, Ink::Faint(_))
}

/// The letter of each series; `None` for those that need none: the grey ones, those
/// without a name, and a series that is alone.
pub(crate) fn keys(chart: &Chart) -> Vec<Option<char>> {
    let mut letters = ('a'..='z').chain('A'..='Z');
    let lettered = |series: &&Series| series.ink != Ink::Quiet && !series.name.is_empty();
    let alone = chart.series.len() < 2;
    let key = |series: &Series| {
        if alone || !lettered(&series) { None } else { letters.next() }
    };
    chart.series.iter().map(key).collect()
}

/// `a one   b two` in as many lines as that needs.
pub(crate) fn legend(
    chart: &Chart,
    keys: &[Option<char>],
    width: usize,
    paint: Paint,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut taken = 0;
    for (series, key) in chart.series.iter().zip(keys) {
        if series.name.is_empty() || chart.series.len() < 2 {
            continue;
        }
        let entry = format!("{} {}", key.unwrap_or('⠒'), printable(&series.name));
        let entry = cut(&entry, width);
        let room = columns(&entry);
        let entry = paint.ink(&entry, series.ink);
        match lines.last_mut() {
            Some(line) if taken + 3 + room <= width => {
                line.push_str("   ");
                line.push_str(&entry);
                taken += 3 + room;
            }
            Some(_) | None => {
                lines.push(entry);
                taken = room;
            }
        }
    }
    lines
}

/// What the vertical axis measures, and the labels of the markers where they fit.
fn head(chart: &Chart, x: &Scale, margin: usize, width: usize) -> String {
    let mut line = cut(&printable(&chart.y.title), width);
    for marker in chart.markers.iter().filter(|marker| x.holds(marker.x)) {
        let label = printable(&marker.label);
        let at = margin + x.at(marker.x).map_or(0, |at| (at / 2.0) as usize);
        let start = at.min(width.saturating_sub(columns(&label)));
        if start > columns(&line) {
            line = format!("{}{label}", padded(&line, start));
        }
    }
    cut(&line, width)
}

/// The rows of a plot behind its vertical axis.
pub(crate) fn with_y_axis(
    canvas: &[String],
    y: &Scale,
    ticks: &[Tick],
    margin: usize,
) -> Vec<String> {
    let row_of = |tick: &Tick| y.at(tick.at).map(|at| (at / 4.0) as usize);
    let row = |(row, dots): (usize, &String)| {
        let tick = ticks.iter().find(|tick| row_of(tick) == Some(row));
        let label = tick.map_or(String::new(), |tick| cut(&tick.label, margin - 2));
        let spaces = " ".repeat(margin - 2 - columns(&label));
        let axis = if tick.is_some() { '┤' } else { '│' };
        format!("{spaces}{label} {axis}{dots}")
    };
    canvas.iter().enumerate().map(row).collect()
}

/// The axis line, its labels, and its title.
pub(crate) fn x_axis(
    chart: &Chart,
    x: &Scale,
    margin: usize,
    width: usize,
) -> Vec<String> {
    let plot = width - margin;
    let mut axis = vec!['─'; plot];
    let mut labels = String::new();
    // The scale counts dots, and a column has two of them.
    let measure = |text: &str| 2.0 * columns(text) as f64;
    for tick in x_ticks(chart, x, &Room { measure: &measure, gap: 4.0 }) {
        let column = x.at(tick.at).map_or(0, |at| (at / 2.0) as usize).min(plot - 1);
        let label = cut(&printable(&tick.label), width);
        let half = columns(&label) / 2;
        let start = (margin + column).saturating_sub(half);
        let start = start.min(width - columns(&label));
        if labels.is_empty() || start > columns(&labels) {
            axis[column] = '┬';
            labels = format!("{}{label}", padded(&labels, start));
        }
    }
    let axis: String = axis.into_iter().collect();
    let mut lines = vec![format!("{}└{axis}", " ".repeat(margin - 1)), labels];
    if !chart.x.title.is_empty() {
        let title = cut(&printable(&chart.x.title), width);
        lines.push(format!("{}{title}", " ".repeat(width - columns(&title))));
    }
    lines
}

/// Draws the dots of a series, and its letter at its end and at equal distances, which
/// begin elsewhere for each series.
pub(crate) fn draw_series(
    series: &Series,
    (x, y): (&Scale, &Scale),
    key: Option<char>,
    index: usize,
    canvas: &mut Canvas,
) {
    let mut cells: Vec<(usize, usize)> = Vec::new();
    let mut visit = |column: usize, row: usize| {
        if cells.last().is_none_or(|last| last.0 != column) {
            cells.push((column, row));
        }
    };
    for path in paths(series, x, y) {
        if let [only] = path[..] {
            canvas.line(only, only, &mut visit);
        }
        for pair in path.windows(2) {
            canvas.line(pair[0], pair[1], &mut visit);
        }
    }
    let Some(key) = key else { return };
    let last = cells.last().copied();
    let regular = cells.into_iter().filter(|(column, _)| {
        (column + index * LETTERS_APART / 3).is_multiple_of(LETTERS_APART)
    });
    for (column, row) in regular.chain(last) {
        canvas.letter(column, row, key);
    }
}

/// What is drawn of a series as connected points; a point alone is a dot.
fn paths(series: &Series, x: &Scale, y: &Scale) -> Vec<Vec<Point>> {
    match &series.shape {
        Shape::Line { y: values, .. } => pieces(&series.x, values, x, y),
        Shape::Points { y: values } => {
            dots(&series.x, values, x, y).into_iter().map(|point| vec![point]).collect()
        }
        Shape::Band { lower, upper } => bands(&series.x, (lower, upper), x, y)
            .into_iter()
            .flat_map(|(above, below)| [above, below])
            .collect(),
    }
}
