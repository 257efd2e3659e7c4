//! A table of numbers as fields of colour: blue below 0, orange above it, the ground
//! for 0.

use crate::axis::{Room, drawable, position_scale};
use crate::chart::x_ticks;
use crate::layout::{Page, label_width, short_label};
use crate::scene::{Anchor, Mark};
use crate::{Chart, Heat};

/// Pixels of a field's side, where there is room.
const FIELD: f64 = 20.0;
/// The least pixels of a field's side; several numbers share one that would be less.
const LEAST: f64 = 4.0;
/// The most pixels of height that a table takes.
const HEIGHT: f64 = 180.0;
/// Pixels between groups of columns.
const GROUP_GAP: f64 = 8.0;
/// Pixels of the longest name of a row.
const LONGEST_NAME: f64 = 150.0;
/// Pixels of the scale of colours.
const KEY: f64 = 72.0;
/// Fields that it is drawn with.
const PIECES: u32 = 24;

/// Draws the table and moves the page's `y` below it.
pub(crate) fn draw(heat: &Heat, page: &mut Page<'_>) {
    let most = largest(heat);
    let below = heat.values.iter().flatten().any(|value| *value < 0.0);
    let key_left = draw_key(most, below, page);
    page.heading_with(&heat.title, &heat.measure, key_left - 16.0);
    let names = heat.rows.iter().map(|name| label_width(name));
    let left = page.left + names.fold(0.0, f64::max).min(LONGEST_NAME) + 10.0;
    let gaps = GROUP_GAP * heat.groups.len().saturating_sub(1) as f64;
    let columns = heat.values.iter().map(Vec::len).max().unwrap_or(0);
    let room = (page.right - left - gaps).max(LEAST);
    let merged = merged(heat, (room / LEAST) as usize, (HEIGHT / LEAST) as usize);
    let side = |room: f64, count: usize| (room / count.max(1) as f64).min(FIELD);
    // Columns of an axis take the whole page, so that tables over the same steps line up.
    let across = if has_axis(heat) { room } else { FIELD * merged.columns as f64 };
    let across = across.min(room);
    let width = across / columns.max(1) as f64;
    let field = Field { left, width, most, height: side(HEIGHT, merged.values.len()) };
    page.y += 6.0;
    draw_groups(heat, &field, page);
    let top = page.y;
    draw_fields(heat, &merged, &field, page);
    draw_names(heat, &field, top, page);
    draw_columns(heat, &field, columns, page);
}

/// Numbers as they are drawn: the largest of those that share a field.
pub(crate) struct Merged {
    /// A list for each row of fields.
    pub(crate) values: Vec<Vec<f64>>,
    /// Fields of the longest row.
    pub(crate) columns: usize,
    /// How many columns share a field.
    pub(crate) across: usize,
    /// How many rows share a field.
    pub(crate) down: usize,
}

/// The table in at most so many columns and rows. Columns of several groups share no
/// field.
pub(crate) fn merged(heat: &Heat, most_columns: usize, most_rows: usize) -> Merged {
    let columns = heat.values.iter().map(Vec::len).max().unwrap_or(0);
    let groups = groups(heat, columns);
    let mut across = columns.div_ceil(most_columns.max(1)).max(1);
    while across < columns
        && groups.iter().map(|n| n.div_ceil(across)).sum::<usize>() > most_columns.max(1)
    {
        across += 1;
    }
    let down = heat.values.len().div_ceil(most_rows.max(1)).max(1);
    let row = |rows: &[Vec<f64>]| {
        let mut start = 0;
        let mut fields = Vec::new();
        for group in &groups {
            for first in (start..start + group).step_by(across) {
                let end = (first + across).min(start + group);
                let all = rows.iter().flat_map(|row| row.get(first..end.min(row.len())));
                fields.push(farthest(all.flatten().copied()));
            }
            start += group;
        }
        fields
    };
    let values: Vec<Vec<f64>> = heat.values.chunks(down).map(row).collect();
    let columns = values.iter().map(Vec::len).max().unwrap_or(0);
    Merged { values, columns, across, down }
}

/// How many columns each group has; what belongs to none is one more.
pub(crate) fn groups(heat: &Heat, columns: usize) -> Vec<usize> {
    let mut rest = columns;
    let mut sizes = Vec::new();
    for (_, size) in &heat.groups {
        sizes.push(rest.min(*size));
        rest -= rest.min(*size);
    }
    if rest > 0 {
        sizes.push(rest);
    }
    sizes
}

/// The value that is farthest from 0; NaN where none can be drawn.
fn farthest(values: impl Iterator<Item = f64>) -> f64 {
    let drawn = values.filter(|value| drawable(*value, false));
    drawn.fold(f64::NAN, |far, value| if value.abs() < far.abs() { far } else { value })
}

/// The size that has the full colour: that of the value farthest from 0, unless another
/// is told; 1 where all are 0, or there are none.
pub(crate) fn largest(heat: &Heat) -> f64 {
    let far = farthest(heat.values.iter().flatten().copied()).abs();
    let far = heat.full.filter(|full| *full > 0.0).unwrap_or(far);
    if far > 0.0 { far } else { 1.0 }
}

/// A number in few letters.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    let text = match size {
        _ if size == 0.0 => "0".to_owned(),
        _ if !(1e-3..1e5).contains(&size) => format!("{value:.1e}"),
        _ if size >= 100.0 => format!("{value:.0}"),
        _ if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    };
    text.replace('-', "−")
}

/// Where fields stand.
struct Field {
    left: f64,
    /// Pixels of a column.
    width: f64,
    /// Pixels of a row of fields.
    height: f64,
    most: f64,
}

impl Field {
    /// Where a column begins.
    fn at(&self, heat: &Heat, column: usize) -> f64 {
        let mut end = 0;
        let before = heat.groups.iter().filter(|(_, size)| {
            end += size;
            end <= column
        });
        let gaps = before.count().min(heat.groups.len().saturating_sub(1));
        self.left + column as f64 * self.width + gaps as f64 * GROUP_GAP
    }
}

/// The scale of colours at the right edge, from 0 where nothing is below; gives where it
/// begins.
fn draw_key(most: f64, below: bool, page: &mut Page<'_>) -> f64 {
    let (y, muted) = (page.y + 14.0, page.colours.muted);
    let (low, high) = (short(if below { -most } else { 0.0 }), short(most));
    page.label(&high, (page.right, y), Anchor::End, muted);
    let right = page.right - label_width(&high) - 6.0;
    let piece = KEY / f64::from(PIECES);
    for k in 0..PIECES {
        let part = f64::from(k) / f64::from(PIECES - 1);
        let share = if below { 2.0 * part - 1.0 } else { part };
        page.marks.push(Mark::Rect {
            corner: (right - KEY + f64::from(k) * piece, y - 9.0),
            width: piece + 0.3,
            height: 10.0,
            colour: page.colours.heat(share),
        });
    }
    let left = right - KEY - 6.0;
    page.label(&low, (left, y), Anchor::End, muted);
    left - label_width(&low)
}

/// Whether labels or numbers stand below the columns.
fn has_axis(heat: &Heat) -> bool {
    !heat.x.title.is_empty() || !heat.x.labels.is_empty()
}

/// The names above groups of columns.
fn draw_groups(heat: &Heat, field: &Field, page: &mut Page<'_>) {
    if heat.groups.is_empty() {
        return;
    }
    page.y += 14.0;
    let mut start = 0;
    for (name, size) in &heat.groups {
        let room = (field.width * *size as f64 + GROUP_GAP - 4.0).max(0.0);
        let (at, colour) = (field.at(heat, start), page.colours.text);
        let name = short_label(name, room);
        page.label(&name, (at, page.y - 3.0), Anchor::Start, colour);
        start += size;
    }
    page.y += 2.0;
}

fn draw_fields(heat: &Heat, merged: &Merged, field: &Field, page: &mut Page<'_>) {
    let columns = heat.values.iter().map(Vec::len).max().unwrap_or(0);
    let mut spans = Vec::new();
    let mut start = 0;
    for group in groups(heat, columns) {
        let first = (start..start + group).step_by(merged.across);
        spans
            .extend(first.map(|first| (first, merged.across.min(start + group - first))));
        start += group;
    }
    // Large fields stand apart by a line of the ground; small ones would vanish in it.
    let line = if field.width >= 6.0 && field.height >= 6.0 { 1.0 } else { 0.0 };
    for row in &merged.values {
        for (value, (first, count)) in row.iter().zip(&spans) {
            let width = field.width * *count as f64 - line;
            let corner = (field.at(heat, *first), page.y);
            let height = field.height - line;
            let share = value / field.most;
            let ground = if share.is_nan() { 0.0 } else { share };
            if line > 0.0 {
                // The frame tells a field that is 0 from no field.
                let colour = page.colours.grid;
                page.marks.push(Mark::Rect { corner, width, height, colour });
                let colour = page.colours.heat(ground);
                let corner = (corner.0 + 0.5, corner.1 + 0.5);
                let (width, height) = (width - 1.0, height - 1.0);
                page.marks.push(Mark::Rect { corner, width, height, colour });
            } else {
                let colour = page.colours.heat(ground);
                page.marks.push(Mark::Rect { corner, width, height, colour });
            }
        }
        page.y += field.height;
    }
}

/// The names of rows, as many as have room.
fn draw_names(heat: &Heat, field: &Field, top: f64, page: &mut Page<'_>) {
    let fields = ((page.y - top) / field.height).round().max(1.0);
    let height = (page.y - top) / heat.rows.len().max(1) as f64;
    let every = (14.0 / height.max(0.1)).ceil().max(1.0) as usize;
    if fields < 1.0 {
        return;
    }
    for (index, name) in heat.rows.iter().enumerate().step_by(every) {
        let name = short_label(name, LONGEST_NAME);
        let y = top + (index as f64 + 0.5) * height + 4.0;
        let at = (field.left - 10.0, y.max(top + 9.0));
        page.label(&name, at, Anchor::End, page.colours.muted);
    }
}

/// The labels below the columns, where there is an axis.
fn draw_columns(heat: &Heat, field: &Field, columns: usize, page: &mut Page<'_>) {
    page.y += 4.0;
    if !has_axis(heat) {
        return;
    }
    let centre = |column: usize| field.at(heat, column) + field.width / 2.0;
    let last = columns.saturating_sub(1);
    let first = if heat.x.labels.is_empty() { 1.0 } else { 0.0 };
    let numbers = (0..columns).map(|column| column as f64 + first);
    let scale = position_scale(numbers.clone()).placed(centre(0), centre(last));
    let series = crate::Series {
        name: String::new(),
        x: numbers.collect(),
        shape: crate::Shape::Points { y: Vec::new() },
        ink: crate::Ink::Quiet,
        width: 0.0,
    };
    let chart = Chart { x: heat.x.clone(), series: vec![series], ..Chart::default() };
    let measure = |text: &str| label_width(text);
    let mut end = page.left;
    for tick in x_ticks(&chart, &scale, &Room { measure: &measure, gap: 14.0 }) {
        let Some(at) = scale.at(tick.at) else { continue };
        let half = label_width(&tick.label) / 2.0;
        let middle = at.max(page.left + half).min(page.right - half);
        page.label(
            &tick.label,
            (middle, page.y + 12.0),
            Anchor::Middle,
            page.colours.muted,
        );
        end = middle + half;
    }
    page.y += 16.0;
    if !heat.x.title.is_empty() {
        let title = short_label(&heat.x.title, page.right - end - 12.0);
        let at = (end + 12.0, page.y - 4.0);
        page.label(&title, at, Anchor::Start, page.colours.muted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_are_shared_show_what_is_farthest_from_zero() {
        let values = vec![vec![1.0, -2.0, 3.0, f64::NAN, 5.0]; 3];
        let two = [("a".to_owned(), 3), ("b".to_owned(), 2)];
        let heat = Heat { values, groups: two.to_vec(), ..Heat::default() };
        let all = merged(&heat, 9, 9);
        assert_eq!((all.across, all.down, all.columns), (1, 1, 5));
        let few = merged(&heat, 3, 2);
        assert_eq!((few.across, few.down), (2, 2));
        assert_eq!(few.values, [[-2.0, 3.0, 5.0], [-2.0, 3.0, 5.0]]);
        assert_eq!(largest(&heat), 5.0);
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (-0.1234, "−0.123"),
            (1.0, "1.00"),
            (12345.6, "12346"),
            (1e-9, "1.0e−9"),
        ] {
            assert_eq!(short(value), text);
        }
    }
}
