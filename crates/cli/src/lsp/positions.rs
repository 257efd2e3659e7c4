//! Places as editors count them: bytes of a text go in, lines and UTF-16 units come out,
//! and back.

use std::ops::Range;

use lsp_types::{Position, Range as Places};

/// Where the lines of a text begin, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Those of a text; `\n`, `\r\n` and a lone `\r` end a line.
    pub(super) fn of(text: &str) -> Lines {
        let bytes = text.as_bytes();
        let ends = |&at: &usize| match bytes[at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let after = (0..bytes.len()).filter(ends).map(|at| at + 1);
        Lines { starts: std::iter::once(0).chain(after).collect() }
    }

    /// The place of a byte; one inside a character is where that begins, one beyond the
    /// text its end.
    pub(super) fn position(&self, text: &str, byte: usize) -> Position {
        let byte = text.floor_char_boundary(byte);
        let line = self.starts.partition_point(|&start| start <= byte) - 1;
        let units = text[self.starts[line]..byte].encode_utf16().count();
        Position { line: clamp(line), character: clamp(units) }
    }

    /// The places of some bytes.
    pub(super) fn range(&self, text: &str, bytes: Range<usize>) -> Places {
        Places {
            start: self.position(text, bytes.start),
            end: self.position(text, bytes.end),
        }
    }

    /// The byte of a place; one beyond a line is its end, one beyond the text its end,
    /// one inside a character where that begins.
    pub(super) fn byte(&self, text: &str, position: Position) -> usize {
        let line = position.line as usize;
        let Some(&start) = self.starts.get(line) else { return text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        let content = text[start..end].trim_end_matches(['\r', '\n']);
        let mut units = 0;
        for (at, c) in content.char_indices() {
            units += c.len_utf16();
            if units > position.character as usize {
                return start + at;
            }
        }
        start + content.len()
    }
}

fn clamp(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# 🦀 é\r\n模型 = lstm\rend\n";

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn every_character_has_its_place_and_back() {
        let lines = Lines::of(TEXT);
        let content = |(_, c): &(usize, char)| !['\r', '\n'].contains(c);
        for (byte, _) in TEXT.char_indices().filter(content) {
            let position = lines.position(TEXT, byte);
            assert_eq!(lines.byte(TEXT, position), byte, "{position:?}");
        }
        assert_eq!(lines.position(TEXT, TEXT.len()), at(3, 0));
    }

    #[test]
    fn places_count_in_utf_16() {
        let lines = Lines::of(TEXT);
        let of = |word: &str| lines.position(TEXT, TEXT.find(word).unwrap());
        assert_eq!(of("é"), at(0, 5));
        assert_eq!(of("="), at(1, 3));
        assert_eq!(of("end"), at(2, 0));
    }

    #[test]
    fn places_that_are_not_there_are_the_nearest_before() {
        let lines = Lines::of(TEXT);
        // Between the two units of the crab, beyond its line, beyond the text.
        assert_eq!(lines.byte(TEXT, at(0, 3)), 2);
        assert_eq!(lines.byte(TEXT, at(0, 99)), TEXT.find('\r').unwrap());
        assert_eq!(lines.byte(TEXT, at(99, 0)), TEXT.len());
        assert_eq!(lines.position("é", 1), at(0, 0));
    }
}
