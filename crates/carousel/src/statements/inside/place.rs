//! The window that predicts a row.

use carousel_data::{Dataset, Part, Sequences};
use carousel_lang::ast::{Command, Operand, Preposition};
use carousel_lang::{Diagnostic, Span};

use super::{predicted_rows, row_name};
use crate::evaluate;

/// A window, and which of its targets is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::statements) struct Place {
    /// The part that the window belongs to.
    pub(in crate::statements) part: Part,
    /// Which window of that part.
    pub(in crate::statements) member: usize,
    /// The step whose target is meant: the last one, unless each has its own.
    pub(in crate::statements) step: usize,
    /// Which value of that target.
    pub(in crate::statements) column: usize,
    /// The row that it predicts, counted from 0.
    pub(in crate::statements) row: usize,
}

/// The window that predicts the row after `at`, of several the nearest; without `at`
/// the last window of the part that decides.
///
/// # Errors
/// Where there is no such row, or no window predicts it.
pub(in crate::statements) fn place(
    dataset: &Dataset,
    command: &Command,
) -> Result<Place, Diagnostic> {
    let Some((row, span)) = row(dataset, command)? else {
        let part = evaluate::deciding(dataset);
        let sequences = dataset.part(part).unwrap_or(&dataset.train);
        let last = sequences.rows.len().saturating_sub(sequences.width.max(1));
        return sequences
            .rows
            .get(last)
            .map(|_| at(part, sequences, last))
            .ok_or_else(|| no_window(command.span, part));
    };
    for (part, sequences) in dataset.parts() {
        if let Some(index) = sequences.rows.iter().rposition(|known| *known == row) {
            return Ok(at(part, sequences, index));
        }
    }
    Err(not_predicted(dataset, row, span))
}

/// The place of one value among the targets of a part.
fn at(part: Part, sequences: &Sequences, index: usize) -> Place {
    let width = sequences.width.max(1);
    let (target, column, row) = (index / width, index % width, sequences.rows[index]);
    if !sequences.every {
        let step = sequences.lengths[target].saturating_sub(1);
        return Place { part, member: target, step, column, row };
    }
    let mut start = 0;
    for (member, length) in sequences.lengths.iter().enumerate() {
        if target < start + length {
            return Place { part, member, step: target - start, column, row };
        }
        start += length;
    }
    Place { part, member: 0, step: 0, column, row }
}

/// The row after `at`, counted from 0.
fn row(
    dataset: &Dataset,
    command: &Command,
) -> Result<Option<(usize, Span)>, Diagnostic> {
    let Some(clause) = command.clause(Preposition::At) else { return Ok(None) };
    let rows = dataset.table.rows();
    match &clause.operand {
        Operand::Number(number, span) => {
            if number.fract() == 0.0 && (1.0..=rows as f64).contains(number) {
                return Ok(Some((*number as usize - 1, *span)));
            }
            Err(Diagnostic::error(format!("there is no row {number}"))
                .label(*span, format!("the data has rows 1 to {rows}"))
                .with_hint(format!("at {rows}")))
        }
        Operand::String(label, span) => {
            let labels = &dataset.table.labels;
            match labels.iter().position(|known| known == label) {
                Some(row) => Ok(Some((row, *span))),
                None => Err(no_label(dataset, label, *span)),
            }
        }
        Operand::Value(value) => Err(Diagnostic::error("`at` needs a row")
            .label(value.span, "a number, or a label in quotes")
            .with_hint(format!("at {rows}"))),
    }
}

fn no_label(dataset: &Dataset, label: &str, span: Span) -> Diagnostic {
    let error = Diagnostic::error(format!("no row is called `{label}`"));
    match (dataset.table.labels.first(), dataset.table.labels.last()) {
        (Some(first), Some(last)) => error
            .label(span, format!("the rows are {first} to {last}"))
            .with_hint(format!("at \"{last}\"")),
        _ => error
            .label(span, "the rows of this data have numbers only")
            .with_hint(format!("at {}", dataset.table.rows())),
    }
}

fn not_predicted(dataset: &Dataset, row: usize, span: Span) -> Diagnostic {
    let all = predicted_rows(dataset);
    let near = all.iter().flat_map(|(_, first, last)| [*first, *last]);
    let near = near.min_by_key(|known| known.abs_diff(row + 1)).unwrap_or(1);
    let text = |(part, first, last): &(Part, usize, usize)| {
        format!("{first} to {last} in the {} part", part.name())
    };
    let parts: Vec<String> = all.iter().map(text).collect();
    Diagnostic::error(format!("no window predicts {}", row_name(dataset, row)))
        .label(span, "no window ends before it")
        .note(format!("predicted are rows {}", parts.join(", ")))
        .with_hint(format!("at {near}"))
}

fn no_window(span: Span, part: Part) -> Diagnostic {
    Diagnostic::error(format!("the {} part has no window", part.name()))
        .label(span, "nothing to look into")
}
