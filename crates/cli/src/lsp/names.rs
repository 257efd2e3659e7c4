//! Which words of a text are the same thing: the name at a place goes in, its binding and
//! its uses come out.
//!
//! A name means what the last statement before it has bound it to, so that a text may
//! hold several things of one name. The letters of a cell's equations are its own.

use carousel_lang::ast::{CellDefinition, Program, Statement, StatementKind};
use carousel_lang::reading::{Class, Highlight, highlights};
use carousel_lang::{Source, Span, parse};

/// A name and all places where it means the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The word itself.
    pub(super) word: String,
    /// What it is the name of.
    pub(super) kind: NameKind,
    /// Where it is bound; none for a letter that a cell learns.
    pub(super) binding: Option<Span>,
    /// All places, in the order of the text, the binding among them.
    pub(super) places: Vec<Span>,
}

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameKind {
    /// A model or data.
    Thing,
    /// A cell.
    Cell,
    /// A letter of a cell's equations.
    Letter,
}

/// The name that touches byte `at`, if the text has bound it.
pub(super) fn name_at(source: &Source, at: usize) -> Option<Named> {
    let touches = |span: Span| span.range().start <= at && at <= span.range().end;
    let words = highlights(source);
    let word = words.iter().find(|word| is_name(word) && touches(word.span))?.span;
    let (program, _) = parse(source);
    match cell_around(&program, word) {
        Some(cell) => letter(source, &words, cell, word),
        None => thing(source, &words, &program, word),
    }
}

fn is_name(highlight: &Highlight) -> bool {
    matches!(highlight.class, Class::Name | Class::Matrix)
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The cell in whose lines a word stands; its own name is a word of the text around it.
fn cell_around(program: &Program, word: Span) -> Option<&CellDefinition> {
    program.statements.iter().find_map(|statement| match &statement.kind {
        StatementKind::Cell(cell) if holds(cell.span, word) && cell.name.span != word => {
            Some(cell)
        }
        _ => None,
    })
}

/// A model, data or cell: uses count from the statement that binds it up to the next.
/// Statements with an error use names, too.
fn thing(
    source: &Source,
    words: &[Highlight],
    program: &Program,
    at: Span,
) -> Option<Named> {
    let text = source.text.get(at.range())?;
    let bindings: Vec<(u32, Span, NameKind)> = program
        .statements
        .iter()
        .filter_map(|s| {
            binding(s).map(|(word, span, kind)| (s.span.end, word, span, kind))
        })
        .filter(|(_, word, ..)| *word == text)
        .map(|(end, _, span, kind)| (end, span, kind))
        .collect();
    // A binding holds from the end of its statement on: the right side of
    // `m = train m on air` has meant what `m` was before.
    let bound_by = |place: Span| {
        let before = |(end, span, _): &&(u32, Span, NameKind)| {
            *span == place || *end <= place.start
        };
        bindings.iter().rfind(before)
    };
    let (_, bound, kind) = bound_by(at)?;
    let same = |place: &Span| bound_by(*place).is_some_and(|(_, span, _)| span == bound);
    let spelt = words.iter().filter(|word| {
        is_name(word)
            && source.text.get(word.span.range()) == Some(text)
            && cell_around(program, word.span).is_none()
    });
    let places: Vec<Span> = spelt.map(|word| word.span).filter(same).collect();
    Some(Named { word: text.to_owned(), kind: *kind, binding: Some(*bound), places })
}

/// What a statement binds.
pub(super) fn binding(statement: &Statement) -> Option<(&str, Span, NameKind)> {
    match &statement.kind {
        StatementKind::Binding(binding) => {
            Some((&binding.name.text, binding.name.span, NameKind::Thing))
        }
        StatementKind::Cell(cell) => {
            Some((&cell.name.text, cell.name.span, NameKind::Cell))
        }
        StatementKind::Command(_) | StatementKind::Value(_) => None,
    }
}

/// A letter of a cell; `x` and `h` are the language's.
fn letter(
    source: &Source,
    words: &[Highlight],
    cell: &CellDefinition,
    at: Span,
) -> Option<Named> {
    let text = source.text.get(at.range())?;
    if matches!(text, "x" | "h") {
        return None;
    }
    let same = words.iter().filter(|word| {
        is_name(word)
            && holds(cell.span, word.span)
            && cell.name.span != word.span
            && source.text.get(word.span.range()) == Some(text)
    });
    let places = same.map(|word| word.span).collect();
    Some(Named { word: text.to_owned(), kind: NameKind::Letter, binding: None, places })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with `^` before the place, and all places marked.
    fn marked(text: &str) -> String {
        let at = text.find('^').expect("a mark");
        let text = text.replacen('^', "", 1);
        let mut sources = carousel_lang::Sources::default();
        let Some(named) = name_at(sources.add("<test>", text.clone()), at) else {
            return "nothing".to_owned();
        };
        let mut out = text.clone();
        for place in named.places.iter().rev() {
            out.insert(place.range().start, '^');
        }
        out
    }

    #[test]
    fn a_name_means_its_last_binding() {
        for (at, all) in [
            ("^m = lstm 4\nscore m", "^m = lstm 4\nscore ^m"),
            ("m = lstm 4\nscore m^ on m", "^m = lstm 4\nscore ^m on ^m"),
            (
                "m = lstm 4\nm = train ^m on a\nscore m",
                "^m = lstm 4\nm = train ^m on a\nscore m",
            ),
            (
                "m = lstm 4\nm = train m on a\nscore ^m",
                "m = lstm 4\n^m = train m on a\nscore ^m",
            ),
            (
                "模型 = lstm 4\n# 模型 🦀\nplot loss of ^模型 to \"模型.svg\"",
                "^模型 = lstm 4\n# 模型 🦀\nplot loss of ^模型 to \"模型.svg\"",
            ),
            (
                "cell mine\n  h = tanh(W x + b)\nend\n^mine 4 -> dense 1",
                "cell ^mine\n  h = tanh(W x + b)\nend\n^mine 4 -> dense 1",
            ),
            ("m = lstm 4\nscore ^m ? 5\nshow m", "^m = lstm 4\nscore ^m ? 5\nshow ^m"),
            (
                "W = lstm 4\ncell c\n  h = tanh(^W x + b)\n  b starts 1\nend\nscore W",
                "W = lstm 4\ncell c\n  h = tanh(^W x + b)\n  b starts 1\nend\nscore W",
            ),
        ] {
            assert_eq!(marked(at), all, "{at}");
        }
    }

    #[test]
    fn what_the_text_has_not_named_is_no_name() {
        for text in [
            "score ^m",
            "^lstm 4",
            "score ^it",
            "cell c\n h = tanh(W ^x)\nend",
            "m = lstm 4 # ^m",
            "m = lstm ^4",
            "m = lstm 4 = ^mm",
        ] {
            assert_eq!(marked(text), "nothing", "{text}");
        }
    }
}
