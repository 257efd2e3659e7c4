//! A text while it is typed: what each of its words is, what can stand at a place in
//! it, and whether its last statement goes on. Front ends highlight and complete by it.
//!
//! ```
//! use carousel_lang::reading::{Want, expected, is_open};
//! use carousel_lang::Sources;
//!
//! let mut sources = Sources::default();
//! let source = sources.add("<line 1>", "airline | wi");
//! let found = expected(source, 12);
//! assert_eq!(&source.text[found.word], "wi");
//! assert!(found.wants.iter().any(|want| matches!(want, Want::Entry(e) if e.word == "window")));
//! assert!(is_open(sources.add("<line 2>", "lstm 4 ->")));
//! ```

mod cell;
mod expected;
mod highlight;
mod lists;
mod next;
mod reader;

pub use expected::{Expected, Want, expected};
pub use highlight::{Class, Highlight, highlights};
pub use lists::{List, lists};
use reader::values_of;

use crate::Source;
use crate::lexer::{Line, lex};
use crate::parse::{ends_cell, is_cell, lines_of_statement, waits_for_more};

/// Whether the last statement of a text waits for another line: an open `cell`, an open
/// bracket, or an end that joins.
pub fn is_open(source: &Source) -> bool {
    groups(source).last().is_some_and(|group| {
        if is_cell(&group[0]) {
            group.len() == 1 || !group.last().is_some_and(ends_cell)
        } else {
            waits_for_more(group)
        }
    })
}

/// The lines of each statement of a text.
fn groups(source: &Source) -> Vec<Vec<Line>> {
    let mut lines = lex(source).lines.into_iter();
    let mut groups = Vec::new();
    while let Some(line) = lines.next() {
        if !line.tokens.is_empty() || line.broken {
            groups.push(lines_of_statement(line, &mut lines));
        }
    }
    groups
}

#[cfg(test)]
mod tests;
