//! From cells to numbers; what stands where a number should (E9).

use carousel_lang::Diagnostic;

use super::cells::{Cell, cell};
use super::columns::Chosen;
use super::rows::{Row, Rows};
use crate::{Csv, Values};

/// The columns that are meant, as numbers; NaN where a value is missing.
///
/// # Errors
/// When a row has another number of cells than the header, or a cell is not a number.
pub(super) fn columns(
    csv: &Csv,
    rows: &Rows,
    chosen: &Chosen<'_>,
) -> Result<Vec<Values>, Diagnostic> {
    let bad: Vec<usize> = (0..rows.rows.len())
        .filter(|&row| is_bad(rows, chosen, &rows.rows[row]))
        .collect();
    if let Some(&first) = bad.first() {
        return Err(explain(csv, rows, chosen, first, bad.len()));
    }
    let column = |&(index, _): &(usize, _)| Values {
        name: rows.names[index].clone(),
        values: rows.rows.iter().map(|row| value(row.cell(index))).collect(),
    };
    Ok(chosen.columns.iter().map(column).collect())
}

fn value(text: &str) -> f64 {
    match cell(text) {
        Cell::Number(number) => number,
        Cell::Missing | Cell::Comma | Cell::Infinite | Cell::Other => f64::NAN,
    }
}

fn is_bad(rows: &Rows, chosen: &Chosen<'_>, row: &Row) -> bool {
    row.len() != rows.names.len() || fault(chosen, row).is_some()
}

/// The first column of a row that has no number, and what it has.
fn fault(chosen: &Chosen<'_>, row: &Row) -> Option<(usize, Cell)> {
    chosen.columns.iter().find_map(|&(index, _)| {
        let cell = cell(row.cell(index));
        let fine = matches!(cell, Cell::Number(_) | Cell::Missing);
        (!fine).then_some((index, cell))
    })
}

/// What is wrong with the first bad row, and what to do about it and its like.
fn explain(
    csv: &Csv,
    rows: &Rows,
    chosen: &Chosen<'_>,
    first: usize,
    bad: usize,
) -> Diagnostic {
    let row = &rows.rows[first];
    let whole = row.len() == rows.names.len();
    let is_end = rows.rows[first..].iter().all(|row| is_bad(rows, chosen, row));
    match fault(chosen, row).filter(|_| whole) {
        Some((index, Cell::Comma)) => comma(csv, rows, row, index),
        Some((index, Cell::Infinite)) => infinite(csv, rows, row, index),
        Some((index, _)) if bad == rows.rows.len() => text(csv, rows, chosen, index),
        _ if is_end && 2 * bad <= rows.rows.len() => footer(csv, rows, row),
        Some((index, _)) => not_a_number(csv, rows, first, bad, index),
        None => ragged(csv, rows, row),
    }
}

/// E9 at the end of the file.
fn footer(csv: &Csv, rows: &Rows, row: &Row) -> Diagnostic {
    let is_blank = |line: &&String| line.trim().is_empty();
    let blank = rows.lines[..row.line - 1].iter().rev().take_while(is_blank).count();
    let count = rows.lines.len() - (row.line - 1) + blank;
    not_numbers(csv, rows, row)
        .note("the lines from there to the end of the file are no rows of numbers")
        .with_hint(format!("skip last {count}"))
}

/// E9 elsewhere.
fn not_a_number(
    csv: &Csv,
    rows: &Rows,
    first: usize,
    bad: usize,
    column: usize,
) -> Diagnostic {
    let row = &rows.rows[first];
    let error = not_numbers(csv, rows, row).note(format!(
        "`{}` has `{}` there",
        rows.names[column],
        short(row.cell(column))
    ));
    if first == 0 && bad == 1 {
        let before = if rows.header { rows.first_line } else { 0 };
        return error.with_hint(format!("skip first {}", row.line - before));
    }
    error.note("correct the line, or empty the cell and add `fill`")
}

fn not_numbers(csv: &Csv, rows: &Rows, row: &Row) -> Diagnostic {
    let reads = short(&rows.lines[row.line - 1]);
    Diagnostic::error(format!(
        "line {} of `{}` is not numbers",
        row.line,
        super::name(csv)
    ))
    .code("E9")
    .label(csv.path_span, format!("line {} reads `{reads}`", row.line))
}

/// A column of nothing but text was asked for.
fn text(csv: &Csv, rows: &Rows, chosen: &Chosen<'_>, index: usize) -> Diagnostic {
    let what = if chosen.time == Some(index) { "dates" } else { "text" };
    let asked = chosen.columns.iter().find(|column| column.0 == index);
    let span = asked.and_then(|column| column.1).map_or(csv.path_span, |c| c.span);
    let first = short(rows.rows[0].cell(index));
    let is_number = |index: &usize| {
        let mut cells = rows.rows.iter().map(|row| cell(row.cell(*index)));
        matches!(cells.find(|cell| *cell != Cell::Missing), Some(Cell::Number(_)))
    };
    let numbers: Vec<&str> = (0..rows.names.len())
        .filter(is_number)
        .map(|index| rows.names[index].as_str())
        .collect();
    let error = Diagnostic::error(format!(
        "column `{}` of `{}` holds {what}, not numbers",
        rows.names[index],
        super::name(csv)
    ))
    .code("E9")
    .label(span, format!("the first is `{first}`"));
    match numbers.first() {
        None => error.note("no column of the file has numbers"),
        Some(first) => error
            .note(format!("columns of numbers: {}", numbers.join(", ")))
            .with_hint(format!("column \"{first}\"")),
    }
}

fn comma(csv: &Csv, rows: &Rows, row: &Row, index: usize) -> Diagnostic {
    let text = row.cell(index);
    Diagnostic::error(format!(
        "line {} of `{}` has a comma in a number: `{text}`",
        row.line,
        super::name(csv)
    ))
    .code("E9")
    .label(csv.path_span, format!("`{}` has `{text}` there", rows.names[index]))
    .note("numbers are written with a decimal point and no other marks: 112.5")
}

fn infinite(csv: &Csv, rows: &Rows, row: &Row, index: usize) -> Diagnostic {
    let text = row.cell(index);
    Diagnostic::error(format!(
        "line {} of `{}` has a number that is too large: `{text}`",
        row.line,
        super::name(csv)
    ))
    .code("E9")
    .label(csv.path_span, format!("`{}` has `{text}` there", rows.names[index]))
    .note("numbers reach up to 1.8e308; an empty cell is a missing value")
}

/// A row with more or fewer cells than the others.
fn ragged(csv: &Csv, rows: &Rows, row: &Row) -> Diagnostic {
    let (found, expected) = (row.len(), rows.names.len());
    let like = if rows.header { "the header" } else { "the first row" };
    let error = Diagnostic::error(format!(
        "line {} of `{}` has {found} fields, {like} has {expected}",
        row.line,
        super::name(csv)
    ))
    .code("E9")
    .label(
        csv.path_span,
        format!("line {} reads `{}`", row.line, short(&rows.lines[row.line - 1])),
    );
    let halves = (0..found).all(|index| matches!(cell(row.cell(index)), Cell::Number(_)));
    if found == expected + 1 && halves {
        return error
            .note("a decimal comma cuts a number in two: write 112.5, not 112,5");
    }
    error.note("a field that holds a separator is written in quotes")
}

/// The beginning of a text, for a message.
fn short(text: &str) -> String {
    const MOST: usize = 60;
    let text = text.trim();
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain("...".chars()).collect()
}
