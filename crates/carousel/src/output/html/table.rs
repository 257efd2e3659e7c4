//! Rows and columns as an HTML table.

use super::escaped;
use crate::output::{Column, Table};

/// A table with more rows shows its first and its last ones.
const MOST: usize = 300;

/// The table with its title and its notes.
pub(super) fn html(table: &Table) -> String {
    title(&table.title) + &rows(table) + &notes(&table.notes)
}

/// A headline, if there is one.
pub(super) fn title(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("<div><b>{}</b></div>", escaped(text)),
    }
}

/// Sentences below a table.
pub(super) fn notes(notes: &[String]) -> String {
    let note = |note: &String| format!("<div class=\"quiet\">{}</div>", escaped(note));
    notes.iter().map(note).collect()
}

/// The table alone.
pub(super) fn rows(table: &Table) -> String {
    let head = table.columns.iter().map(|column| cell("th", column, &column.name));
    let head: String = head.collect();
    let row = |place: usize| row(table, place);
    let all = table.rows.len();
    let body: String = if all <= MOST {
        (0..all).map(row).collect()
    } else {
        let (first, last) = (MOST / 2, all - MOST / 2);
        let left_out = format!(
            "<tr><td colspan=\"{}\">… {} rows …</td></tr>",
            table.columns.len(),
            last - first
        );
        (0..first).map(row).chain([left_out]).chain((last..all).map(row)).collect()
    };
    format!("<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
}

fn row(table: &Table, place: usize) -> String {
    let is_best = table.best == Some(place);
    let cells = table.rows[place].iter().zip(&table.columns).enumerate();
    let cells = cells.map(|(k, (text, column))| match (k, is_best) {
        // The star says it where colours do not.
        (0, true) => cell("td", column, format!("{text} ★").trim_start()),
        _ => cell("td", column, text),
    });
    let class = if is_best { " class=\"best\"" } else { "" };
    format!("<tr{class}>{}</tr>", cells.collect::<String>())
}

/// Numbers end in one line, where styles are stripped, too.
fn cell(tag: &str, column: &Column, text: &str) -> String {
    let class = if column.right { " align=\"right\" class=\"number\"" } else { "" };
    format!("<{tag}{class}>{}</{tag}>", escaped(text))
}
