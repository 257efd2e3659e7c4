//! A table of numbers as fields of colour: blue below 0, orange above it, the ground
//! for 0, and grey where there is no number.

use crate::Heat;
use crate::axis::{Room, number_ticks, position_scale};
use crate::chart::NO_VALUES;
use crate::fields::{Fields, fields, short};
use crate::label::label_ticks;
use crate::layout::{Page, label_width, short_label};
use crate::scene::{Anchor, Mark};

/// Pixels of a field's side, where there is room.
const FIELD: f64 = 20.0;
/// The least pixels of a field's side, so that 64 units have a row each; several numbers
/// share one that would be less.
const LEAST: f64 = 3.75;
/// The most pixels of height that a table takes.
const HEIGHT: f64 = 240.0;
/// Fields with a side of at least so many pixels have a line between them.
const LINED: f64 = 7.0;
/// Pixels between groups of columns.
const GROUP_GAP: f64 = 8.0;
/// Pixels of the longest name of a row.
const LONGEST_NAME: f64 = 150.0;
/// Pixels between the baselines of the names of rows.
const NAME_HEIGHT: f64 = 14.0;
/// Pixels of the scale of colours.
const KEY: f64 = 72.0;

/// Draws the table and moves the page's `y` below it.
pub(crate) fn draw(heat: &Heat, page: &mut Page<'_>) {
    let names: Vec<String> =
        heat.rows.iter().map(|name| short_label(name, LONGEST_NAME)).collect();
    let widest = names.iter().map(|name| label_width(name)).fold(0.0, f64::max);
    let left = page.left + if widest > 0.0 { widest + 10.0 } else { 0.0 };
    let gaps = GROUP_GAP * heat.groups.len() as f64;
    let room = page.right - left;
    let most = ((room - gaps).max(room / 2.0) / LEAST, HEIGHT / LEAST);
    let fields = fields(heat, (most.0 as usize, most.1 as usize));
    let gaps = GROUP_GAP * fields.groups.len().saturating_sub(1) as f64;
    let side = |room: f64, count: usize| (room / count.max(1) as f64).min(FIELD);
    let place = Place {
        left,
        top: 0.0,
        width: side(room - gaps, fields.columns()),
        height: side(HEIGHT, fields.rows.len()),
    };

    let key_left = draw_key(&fields, page);
    page.heading_with(&heat.title, &heat.measure, key_left - 16.0);
    page.y += 6.0;
    if fields.columns() == 0 {
        page.y += 16.0;
        page.label(NO_VALUES, (left, page.y - 4.0), Anchor::Start, page.colours.muted);
        return;
    }
    draw_groups(&fields, &place, page);
    let place = Place { top: page.y, ..place };
    draw_fields(&fields, &place, page);
    draw_names(&names, &fields, &place, page);
    draw_below(heat, &fields, &place, page);
}

/// Where fields stand.
struct Place {
    left: f64,
    top: f64,
    /// Pixels from one column of fields to the next.
    width: f64,
    /// Pixels from one row of fields to the next.
    height: f64,
}

/// The scale of colours at the right edge; gives where it begins.
fn draw_key(fields: &Fields, page: &mut Page<'_>) -> f64 {
    let (y, muted) = (page.y + 14.0, page.colours.muted);
    let (low, high) = fields.scale();
    page.label(&short(high), (page.right, y), Anchor::End, muted);
    let right = page.right - label_width(&short(high)) - 6.0;
    let (left, pieces) = (right - KEY, 24);
    let frame = (left - 1.0, y - 10.0);
    let colour = page.colours.grid;
    page.marks.push(Mark::Rect { corner: frame, width: KEY + 2.0, height: 12.0, colour });
    for piece in 0..pieces {
        let part = (f64::from(piece) + 0.5) / f64::from(pieces);
        let width = KEY / f64::from(pieces);
        page.marks.push(Mark::Rect {
            corner: (left + f64::from(piece) * width, y - 9.0),
            width,
            height: 10.0,
            colour: page.colours.heat((low + part * (high - low)) / fields.most()),
        });
    }
    page.label(&short(low), (left - 7.0, y), Anchor::End, muted);
    left - 7.0 - label_width(&short(low))
}

/// The names above groups of columns, where there are any.
fn draw_groups(fields: &Fields, place: &Place, page: &mut Page<'_>) {
    if fields.groups.iter().all(|(name, _)| name.is_empty()) {
        return;
    }
    page.y += 14.0;
    let mut left = place.left;
    for (name, size) in &fields.groups {
        let width = place.width * *size as f64;
        // A letter alone may be wider than its only column, and the gap is free.
        let room = width + GROUP_GAP - 3.0;
        if label_width(&name.chars().take(1).collect::<String>()) <= room {
            let (name, colour) = (short_label(name, room), page.colours.text);
            page.label(&name, (left, page.y - 3.0), Anchor::Start, colour);
        }
        left += width + GROUP_GAP;
    }
    page.y += 2.0;
}

/// The fields on grey: what shows between them and where there is no number.
fn draw_fields(fields: &Fields, place: &Place, page: &mut Page<'_>) {
    let line = if place.width.min(place.height) >= LINED { 1.0 } else { 0.0 };
    let height = place.height * fields.rows.len() as f64;
    let (mut left, mut first) = (place.left, 0);
    for (_, size) in &fields.groups {
        let width = place.width * *size as f64;
        page.marks.push(Mark::Rect {
            corner: (left - line, place.top - line),
            width: width + line,
            height: height + line,
            colour: page.colours.grid,
        });
        for (index, row) in fields.rows.iter().enumerate() {
            let top = place.top + index as f64 * place.height;
            let row = &row[first..first + size];
            draw_row(row, (left, top), line, (fields, place), page);
        }
        left += width + GROUP_GAP;
        first += size;
    }
    page.y = place.top + height;
}

/// Neighbours of one colour without a line between them are one rectangle: a large
/// table would take megabytes otherwise.
fn draw_row(
    row: &[f64],
    (left, top): (f64, f64),
    line: f64,
    (fields, place): (&Fields, &Place),
    page: &mut Page<'_>,
) {
    let colours = page.colours;
    let colour =
        |value: f64| (!value.is_nan()).then(|| colours.heat(value / fields.most()));
    let same = |a: &f64, b: &f64| line == 0.0 && colour(*a) == colour(*b);
    let mut column = 0;
    for run in row.chunk_by(same) {
        if let Some(colour) = colour(run[0]) {
            page.marks.push(Mark::Rect {
                corner: (left + column as f64 * place.width, top),
                width: run.len() as f64 * place.width - line,
                height: place.height - line,
                colour,
            });
        }
        column += run.len();
    }
}

/// The names of rows, as many as have room.
fn draw_names(names: &[String], fields: &Fields, place: &Place, page: &mut Page<'_>) {
    let height = place.height / fields.down as f64;
    let every = (NAME_HEIGHT / height).ceil().max(1.0) as usize;
    let rows = ((page.y - place.top) / height).round() as usize;
    for (index, name) in names.iter().enumerate().take(rows).step_by(every) {
        let middle = place.top + (index as f64 + 0.5) * height;
        let at = (place.left - 9.0, middle + 4.0);
        page.label(name, at, Anchor::End, page.colours.muted);
    }
}

/// The labels below the columns, where there is an axis, and what to know of the values.
fn draw_below(heat: &Heat, fields: &Fields, place: &Place, page: &mut Page<'_>) {
    let muted = page.colours.muted;
    let axis = !heat.x.title.is_empty() || !heat.x.labels.is_empty();
    if axis && fields.groups.len() == 1 {
        draw_ticks(heat, fields, place, page);
    }
    page.y += 18.0;
    let note = fields.note();
    let title = short_label(&heat.x.title, page.right - page.left);
    page.label(&title, (page.right, page.y - 4.0), Anchor::End, muted);
    let end = page.right - label_width(&title) - 16.0;
    if end - place.left > label_width("values from") {
        let note = short_label(&note, end - place.left);
        page.label(&note, (place.left, page.y - 4.0), Anchor::Start, muted);
    }
}

fn draw_ticks(heat: &Heat, fields: &Fields, place: &Place, page: &mut Page<'_>) {
    let columns = heat.values.iter().map(Vec::len).max().unwrap_or(0);
    let first = if heat.x.labels.is_empty() { 1.0 } else { 0.0 };
    let last = first + columns.saturating_sub(1) as f64;
    let centre =
        |at: f64| place.left + (at - first + 0.5) * place.width / fields.across as f64;
    let scale = position_scale([first, last].into_iter());
    let scale = scale.placed(centre(scale.low), centre(scale.high));
    let longest = (page.right - page.left) / 4.0;
    let measure = |text: &str| label_width(text).min(longest);
    let room = Room { measure: &measure, gap: 14.0 };
    let ticks = if heat.x.labels.is_empty() {
        number_ticks(&scale, true, &room)
    } else {
        label_ticks(&heat.x.labels, &scale, &room)
    };
    page.y += 18.0;
    let mut end = page.left;
    for tick in ticks.iter().filter(|tick| (first..=last).contains(&tick.at)) {
        let label = short_label(&tick.label, longest);
        let (at, half) = (centre(tick.at), label_width(&label) / 2.0);
        let middle = at.max(page.left + half).min(page.right - half);
        if middle - half < end {
            continue;
        }
        end = middle + half + 8.0;
        page.label(&label, (middle, page.y - 3.0), Anchor::Middle, page.colours.muted);
    }
}
