//! Which columns of a file are meant.

use carousel_lang::Diagnostic;

use super::cells::{Cell, cell};
use super::rows::Rows;
use crate::dates::is_date;
use crate::source::{find_column, no_column};
use crate::{Column, Csv};

/// Columns of the file, by their places.
pub(super) struct Chosen<'a> {
    /// The columns of numbers: the inputs, and the target behind them if it is none.
    /// Beside each, what asked for it.
    pub(super) columns: Vec<(usize, Option<&'a Column>)>,
    /// How many of them are inputs.
    pub(super) inputs: usize,
    /// Which of them is the target.
    pub(super) target: usize,
    /// The column that labels rows.
    pub(super) time: Option<usize>,
}

/// Finds the columns that were asked for: with none named, the target or else the first
/// column of numbers.
///
/// # Errors
/// When a column is not there (E8), or none has numbers.
pub(super) fn choose<'a>(
    csv: &'a Csv,
    target: Option<&'a Column>,
    rows: &Rows,
) -> Result<Chosen<'a>, Diagnostic> {
    let find = |column: &'a Column| find(csv, rows, column);
    let time = match &csv.time {
        Some(column) => Some(find(column)?),
        None => (0..rows.names.len()).find(|&column| is_time(rows, column)),
    };
    let mut columns = Vec::new();
    for column in &csv.columns {
        columns.push((find(column)?, Some(column)));
    }
    let target = match target {
        Some(column) => Some((find(column)?, Some(column))),
        None => None,
    };
    if columns.is_empty() {
        columns.push(match target {
            Some(target) => target,
            None => (first_numbers(csv, rows, time)?, None),
        });
    }
    let inputs = columns.len();
    let place = match target {
        None => 0,
        Some(target) => {
            let among = columns.iter().position(|column| column.0 == target.0);
            among.unwrap_or_else(|| {
                columns.push(target);
                inputs
            })
        }
    };
    Ok(Chosen { columns, inputs, target: place, time })
}

fn find(csv: &Csv, rows: &Rows, column: &Column) -> Result<usize, Diagnostic> {
    let names: Vec<&str> = rows.names.iter().map(String::as_str).collect();
    find_column(column, &names).ok_or_else(|| {
        let mut error = no_column(&format!("`{}`", super::name(csv)), column, &names);
        let first = rows.rows.iter().take(3);
        error.notes.extend(
            first.map(|row| format!("line {}: {}", row.line, rows.lines[row.line - 1])),
        );
        error
    })
}

/// Whether most rows, the first among them, have a date there.
fn is_time(rows: &Rows, column: usize) -> bool {
    let dates = rows.rows.iter().filter(|row| is_date(row.cell(column))).count();
    let first = rows.rows.first().is_some_and(|row| is_date(row.cell(column)));
    first && 2 * dates > rows.rows.len()
}

/// The first column whose first value is a number.
fn first_numbers(
    csv: &Csv,
    rows: &Rows,
    time: Option<usize>,
) -> Result<usize, Diagnostic> {
    let first = |column: usize| {
        let cells = rows.rows.iter().map(|row| cell(row.cell(column)));
        cells.into_iter().find(|cell| *cell != Cell::Missing)
    };
    let is_number = |cell: Option<Cell>| {
        matches!(cell, Some(Cell::Number(_) | Cell::Comma | Cell::Infinite))
    };
    let mut columns = 0..rows.names.len();
    columns.find(|&column| Some(column) != time && is_number(first(column))).ok_or_else(
        || {
            Diagnostic::error(format!("`{}` has no column of numbers", super::name(csv)))
                .label(csv.path_span, format!("it has {}", rows.names.join(", ")))
                .note(format!("line {} reads `{}`", rows.rows[0].line, line(rows, 0)))
        },
    )
}

fn line(rows: &Rows, row: usize) -> &str {
    &rows.lines[rows.rows[row].line - 1]
}
