//! What begins a pipe: files, lists, built-in series and tasks.

mod airline;
mod csv;
mod synthetic;
mod task;

use std::path::Path;

use carousel_lang::{Diagnostic, Span, vocabulary};

use crate::labels::counted;
use crate::{Column, ColumnName, Recipe, Source, StepKind, Table, Values};

/// A source that was read.
pub(crate) struct Loaded {
    pub(crate) table: Table,
    /// The line of the file that each row comes from; empty where there is no file.
    pub(crate) lines: Vec<usize>,
    /// The sequences, where they come ready.
    pub(crate) task: Option<Task>,
}

pub use csv::columns_of;
pub use task::SEQUENCES;
pub(crate) use task::Task;

impl Loaded {
    fn series(table: Table) -> Loaded {
        Loaded { table, lines: Vec::new(), task: None }
    }

    /// Where a message about its values points.
    pub(crate) fn span(&self, recipe: &Recipe) -> Span {
        match &recipe.source {
            Source::Csv(file) => file.path_span,
            _ => recipe.source_span,
        }
    }
}

/// Reads or makes the source of a recipe; `target` steps have chosen their column then.
pub(crate) fn load(
    recipe: &Recipe,
    folder: &Path,
    seed: u64,
) -> Result<Loaded, Diagnostic> {
    let target = recipe.steps.iter().rev().find_map(|step| match &step.kind {
        StepKind::Target(column) => Some(column),
        _ => None,
    });
    let span = recipe.source_span;
    let table = match &recipe.source {
        Source::Csv(file) => return csv::read(file, target, folder),
        Source::List(values) => synthetic::list(values, span)?,
        Source::Airline => airline::airline(),
        Source::Count(values) => synthetic::count(*values, span)?,
        Source::Sine { values, period, noise } => {
            synthetic::sine(*values, *period, *noise, seed, span)?
        }
        Source::Echo { values, lag } => synthetic::echo(*values, *lag, seed, span)?,
        Source::Adding { steps } => return task::adding(*steps, seed, span),
        Source::Parity { steps } => return task::parity(*steps, seed, span),
    };
    choose_target(table, target).map(Loaded::series)
}

/// One column that is input and target.
fn single(name: &str, values: Vec<f64>) -> Table {
    let columns = vec![Values { name: name.to_owned(), values }];
    Table { columns, target: 0, inputs: vec![0], labels: Vec::new() }
}

fn choose_target(mut table: Table, target: Option<&Column>) -> Result<Table, Diagnostic> {
    let Some(target) = target else { return Ok(table) };
    let names: Vec<&str> =
        table.columns.iter().map(|column| column.name.as_str()).collect();
    table.target = find_column(target, &names)
        .ok_or_else(|| no_column("the data", target, &names, "target"))?;
    Ok(table)
}

/// The place of a column among the names, counted from 0.
fn find_column(column: &Column, names: &[&str]) -> Option<usize> {
    match &column.name {
        ColumnName::Name(name) => names.iter().position(|known| known == name),
        ColumnName::Number(number) => {
            number.checked_sub(1).filter(|&index| index < names.len())
        }
    }
}

/// E8: `owner` has no such column, which was asked for as `word`: `column`, `target`.
fn no_column(owner: &str, column: &Column, names: &[&str], word: &str) -> Diagnostic {
    /// A message is no place for hundreds of names.
    const MOST: usize = 20;
    let rest = if names.len() > MOST { ", ..." } else { "" };
    let known: Vec<&str> = names.iter().copied().take(MOST).collect();
    let known = format!("it has: {}{rest}", known.join(", "));
    match &column.name {
        ColumnName::Number(number) => {
            let error = Diagnostic::error(format!("{owner} has no column {number}"));
            let count = format!("{}, counted from 1", counted(names.len(), "columns"));
            error.code("E8").label(column.span, count).note(known)
        }
        ColumnName::Name(name) => {
            let error = Diagnostic::error(format!("{owner} has no column `{name}`"));
            let error = error.code("E8").note(known);
            match vocabulary::suggest(name, names.iter().copied()) {
                Some(near) => error
                    .label(column.span, format!("did you mean `{near}`?"))
                    .with_hint(format!("{word} \"{near}\"")),
                None => error.label(column.span, "no column has this name"),
            }
        }
    }
}
