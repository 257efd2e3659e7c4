//! Marks in what a cell prints: a line of the child goes in, text and marks come out.
//!
//! A mark is `\u{1e}`, the word of the session, a letter, a number and `\u{1f}`.

/// What a cell tells the kernel by a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A letter waits for its answer.
    Letter,
    /// A letter tells of a panic.
    Panic,
    /// The cell has come to its end.
    Ended,
    /// The cell has ended by a panic.
    Failed,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text with a line break behind it.
    Line(&'a str),
    /// Text without one.
    Part(&'a str),
    Mark(Kind, usize),
}

/// The parts of a line of the child. A mark ends its line; what stands before it was
/// printed without a line break.
pub(super) fn pieces<'a>(line: &'a str, word: &str) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((before, kind, number, after)) = split_mark(rest, word) {
        if !before.is_empty() {
            pieces.push(Piece::Part(before));
        }
        pieces.push(Piece::Mark(kind, number));
        rest = after;
    }
    if pieces.is_empty() || !rest.is_empty() {
        pieces.push(Piece::Line(rest));
    }
    pieces
}

fn split_mark<'a>(line: &'a str, word: &str) -> Option<(&'a str, Kind, usize, &'a str)> {
    let mut from = 0;
    loop {
        let at = from + line[from..].find('\u{1e}')?;
        let mark = line[at + 1..].strip_prefix(word).and_then(read_mark);
        if let Some((kind, number, after)) = mark {
            return Some((&line[..at], kind, number, after));
        }
        from = at + 1;
    }
}

fn read_mark(text: &str) -> Option<(Kind, usize, &str)> {
    let (mark, after) = text.split_once('\u{1f}')?;
    let mut letters = mark.chars();
    let kind = match letters.next()? {
        'R' => Kind::Letter,
        'P' => Kind::Panic,
        'E' => Kind::Ended,
        'F' => Kind::Failed,
        _ => return None,
    };
    Some((kind, letters.as_str().parse().ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out_of_lines() {
        let text = |line| pieces(line, "w");
        assert_eq!(text("plain"), [Piece::Line("plain")]);
        assert_eq!(text(""), [Piece::Line("")]);
        assert_eq!(text("\u{1e}wR12\u{1f}"), [Piece::Mark(Kind::Letter, 12)]);
        let both = [Piece::Part("50%"), Piece::Mark(Kind::Ended, 0)];
        assert_eq!(text("50%\u{1e}wE0\u{1f}"), both);
        let after = [Piece::Mark(Kind::Panic, 0), Piece::Line("x")];
        assert_eq!(text("\u{1e}wP0\u{1f}x"), after);
        for none in ["\u{1e}", "\u{1e}w", "\u{1e}wR\u{1f}", "\u{1e}xE0\u{1f}"] {
            assert_eq!(text(none), [Piece::Line(none)]);
        }
    }
}
