//! What language a cell is in: its first line tells.

/// The first word of a cell in Rust.
pub(crate) const RUST: &str = "%%rust";

/// A cell by its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    /// Carousel's own.
    Language,
    /// Rust: what comes after the first line, and the byte at which that begins.
    Rust { code: &'a str, from: usize },
}

impl<'a> Cell<'a> {
    /// What a cell's text is; blank lines before the first word do not matter.
    pub(crate) fn of(text: &'a str) -> Cell<'a> {
        let start = text.len() - text.trim_start().len();
        let rest = text[start..].strip_prefix(RUST);
        let Some(rest) =
            rest.filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        else {
            return Cell::Language;
        };
        let from =
            rest.find('\n').map_or(text.len(), |end| text.len() - rest.len() + end + 1);
        Cell::Rust { code: &text[from..], from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_tells_the_language() {
        for (text, cell) in [
            ("lstm 4", Cell::Language),
            ("", Cell::Language),
            ("%%rusty\n1", Cell::Language),
            ("%%rust\n1 + 1", Cell::Rust { code: "1 + 1", from: 7 }),
            ("\n %%rust  \n1\n", Cell::Rust { code: "1\n", from: 11 }),
            ("%%rust", Cell::Rust { code: "", from: 6 }),
        ] {
            assert_eq!(Cell::of(text), cell, "{text:?}");
        }
    }
}
