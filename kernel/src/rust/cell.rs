//! The text of a cell as its author counts it: with the `%%rust` line. Places in the text
//! that evcxr was given, and in the file that it had compiled, become places here.

use carousel_lang::{Source, Sources, Span};

use super::prelude::Prepared;

const FIRST_LINE: &str = "%%rust\n";

/// How the line begins that evcxr puts above the last expression of a cell, to show it.
/// rustc tells that line of what panics in the expression itself.
const SHOWN: &str = "evcxr_send_text_plain(";

/// A cell, and the places in it.
pub(super) struct Cell {
    pub(super) sources: Sources,
}

impl Cell {
    pub(super) fn new(code: &str) -> Cell {
        let mut sources = Sources::default();
        sources.add("cell", format!("{FIRST_LINE}{code}"));
        Cell { sources }
    }

    fn source(&self) -> &Source {
        self.sources.get(carousel_lang::SourceId(0)).expect("it was added in `new`")
    }

    /// The place between two places of what evcxr was given: lines and columns in
    /// characters, from 0, the last exclusive.
    pub(super) fn span(
        &self,
        prepared: &Prepared,
        start: (usize, usize),
        end: (usize, usize),
    ) -> Span {
        let byte = |(line, column)| {
            let (line, column) = prepared.place(line, column);
            self.byte(line + 1, column)
        };
        let (start, end) = (byte(start), byte(end));
        Span::new(self.source().id, start..end.max(start))
    }

    /// The byte of a line and column, from 0, in characters.
    fn byte(&self, line: usize, column: usize) -> usize {
        let text = &self.source().text;
        let mut at = 0;
        for (number, words) in text.split_inclusive('\n').enumerate() {
            if number == line {
                let words = words.trim_end_matches('\n');
                let inside = words.char_indices().nth(column);
                return at + inside.map_or(words.len(), |(byte, _)| byte);
            }
            at += words.len();
        }
        text.len()
    }

    /// The place where the file that was compiled says `line` and `column`, from 1; from
    /// there to the end of its line. evcxr makes a line of each statement, and keeps the
    /// order of statements behind all that earlier cells have defined: so lines of the
    /// same words are told apart by counting from the end.
    pub(super) fn compiled(&self, lib: &str, line: usize, column: usize) -> Option<Span> {
        let whole = lib.lines().nth(line.checked_sub(1)?)?;
        if whole.starts_with(SHOWN) {
            return self.compiled(lib, line + 1, 1);
        }
        let words = whole.trim();
        if words.is_empty() {
            return None;
        }
        let times = |line: &str| line.matches(words).count();
        let behind: usize = lib.lines().skip(line).map(times).sum();
        let text = &self.source().text;
        let found: Vec<usize> = text.match_indices(words).map(|(at, _)| at).collect();
        let start = *found.iter().nth_back(behind)?;
        let indent = whole.chars().take_while(|c| c.is_whitespace()).count();
        let column = column.saturating_sub(1 + indent);
        let within = words.char_indices().nth(column).map_or(0, |(byte, _)| byte);
        let end = start + words.trim_end_matches(';').len();
        let start = start + within;
        Some(Span::new(self.source().id, start..end.max(start)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust::prelude::prepare;

    fn said(cell: &Cell, span: Span) -> &str {
        &cell.source().text[span.range()]
    }

    #[test]
    fn places_of_evcxr_are_places_of_the_cell() {
        let code = "let ä = 1;\nlet b = ä + \"2\";";
        let (cell, prepared) = (Cell::new(code), prepare(code, None));
        let span = cell.span(&prepared, (1, 8), (1, 15));
        assert_eq!(said(&cell, span), "ä + \"2\"");
        let first = prepared.text.find('ä').unwrap();
        let span = cell.span(&prepared, (0, first), (0, first + 1));
        assert_eq!(said(&cell, span), "ä");
        let span = cell.span(&prepared, (7, 0), (9, 0));
        assert_eq!(said(&cell, span), "");
    }

    #[test]
    fn lines_of_the_compiled_file_are_found() {
        let cell = Cell::new(
            "let v = vec![1];\nv[7];\nfor i in 0..1 {\n    v[i + 8];\n}\nv[7];",
        );
        let lib = "fn f() {\nv[7];\n}\nlet _ = x;\nlet v = vec![1];\nv[7];\nfor i in 0..1 \
                   {\n    v[i + 8];\n}\nv[7];\nmore\n";
        let at = |line, column| cell.compiled(lib, line, column).map(Span::range);
        let text = &cell.source().text;
        assert_eq!(at(6, 1), Some(24..28));
        assert_eq!(at(10, 1), Some(text.len() - 5..text.len() - 1));
        assert_eq!(at(8, 5).map(|range| &text[range]), Some("v[i + 8]"));
        assert_eq!(at(8, 7).map(|range| &text[range]), Some("i + 8]"));
        let shown = "evcxr_send_text_plain(&format!(\"{:?}\",&(\nv[7];\n)));";
        let last = Some(text.len() - 5..text.len() - 1);
        assert_eq!(cell.compiled(shown, 1, 40).map(Span::range), last);
        assert_eq!(at(2, 1), None);
        assert_eq!(at(4, 1), None);
        assert_eq!(at(0, 1), None);
        assert_eq!(at(99, 1), None);
    }
}
