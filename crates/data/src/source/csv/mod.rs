//! `csv`: a file of separated values goes in, a table of numbers comes out.

mod cells;
mod columns;
mod file;
mod numbers;
mod rows;

use std::io::Read;
use std::path::{Path, PathBuf};

use carousel_lang::{Diagnostic, Span};

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
    numbers::check_shape(csv, &rows)?;
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

/// How much of a file is read for the names of its columns.
const HEAD: u64 = 1 << 16;

/// The columns of a file by the names that `column` takes; none where the file cannot be
/// read or has no rows. Only its beginning is looked at.
pub fn columns_of(path: &Path) -> Vec<String> {
    let Ok(file) = std::fs::File::open(path) else { return Vec::new() };
    let mut head = Vec::new();
    if file.take(HEAD).read_to_end(&mut head).is_err() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(&head);
    let text = text.trim_start_matches('\u{feff}');
    // The last line may be cut off.
    let whole = if head.len() as u64 == HEAD {
        text.rfind('\n').unwrap_or(0)
    } else {
        text.len()
    };
    let csv = Csv {
        path: path.to_owned(),
        folder: PathBuf::new(),
        path_span: Span::default(),
        columns: Vec::new(),
        time: None,
        skip_first: 0,
        skip_last: 0,
    };
    rows::rows(&csv, &text[..whole]).map(|rows| rows.names).unwrap_or_default()
}

/// What messages call the file: the last part of its path.
fn name(csv: &Csv) -> String {
    let name = csv.path.file_name().unwrap_or(csv.path.as_os_str());
    name.to_string_lossy().into_owned()
}
