//! `fill`: missing values take the last one before them.

use carousel_lang::{Diagnostic, Span};

use crate::Table;

/// Fills the gaps of the columns that are used. Nothing is learned from the future: rows
/// before the first value of each column have nothing to take, so the series begins
/// behind them. Gives that first row.
///
/// # Errors
/// When a column has no value at all.
pub(crate) fn fill(table: &mut Table, span: Span) -> Result<usize, Diagnostic> {
    let mut first = 0;
    let used = table.inputs.iter().copied().chain([table.target]);
    for index in used.collect::<Vec<_>>() {
        let column = &mut table.columns[index];
        let Some(begin) = column.values.iter().position(|value| !value.is_nan()) else {
            return Err(Diagnostic::error(format!(
                "column `{}` has no values",
                column.name
            ))
            .label(span, "there is nothing to fill with"));
        };
        first = first.max(begin);
        for row in begin + 1..column.values.len() {
            if column.values[row].is_nan() {
                column.values[row] = column.values[row - 1];
            }
        }
    }
    Ok(first)
}
