//! `csv`: a file of separated values goes in, a table of numbers comes out.

mod cells;
mod columns;
mod file;
mod numbers;
mod rows;

use std::path::Path;

use carousel_lang::Diagnostic;

use super::Loaded;
use crate::{Column, Csv, Table};

/// Reads the columns that are asked for, and `target` beside them. A relative path
/// begins at `folder`.
pub(super) fn read(
    csv: &Csv,
    target: Option<&Column>,
    folder: &Path,
) -> Result<Loaded, Diagnostic> {
    let text = file::read(csv, folder)?;
    let rows = rows::rows(csv, &text)?;
    let chosen = columns::choose(csv, target, &rows)?;
    let columns = numbers::columns(csv, &rows, &chosen)?;
    let label = |index: usize| {
        rows.rows.iter().map(|row| row.cell(index).to_owned()).collect::<Vec<_>>()
    };
    let table = Table {
        columns,
        target: chosen.target,
        inputs: (0..chosen.inputs).collect(),
        labels: chosen.time.map(label).unwrap_or_default(),
    };
    let lines = rows.rows.iter().map(|row| row.line).collect();
    Ok(Loaded { table, lines, task: None })
}

/// What messages call the file: the last part of its path.
fn name(csv: &Csv) -> String {
    let name = csv.path.file_name().unwrap_or(csv.path.as_os_str());
    name.to_string_lossy().into_owned()
}
