//! Words that the language has and this version has not.

use carousel_lang::vocabulary::{self, WordKind};
use carousel_lang::{Diagnostic, Span};

/// A line with the nearest thing that there is.
const NEAREST: &[(&str, &str)] = &[
    ("parquet", "csv \"air.csv\" column 2"),
    ("arrow", "csv \"air.csv\" column 2"),
    ("text", "csv \"air.csv\" column 2"),
    ("strokes", "csv \"air.csv\" column 2"),
    ("pairs", "parity 20"),
    ("verse", "airline | window 12"),
    ("by", "csv \"air.csv\" column 2"),
    ("label", "csv \"air.csv\" target 2"),
    ("calendar", "airline | difference 12"),
    ("lower", "airline | log"),
    ("chars", "echo 2000 lag 3 | stream 20"),
    ("words", "echo 2000 lag 3 | stream 20"),
    ("pad", "airline | window 12"),
    ("embed", "lstm 4 -> dense 1"),
    ("conv", "flat -> dense 8 relu -> dense 1"),
    ("norm", "lstm 4 -> dropout 0.2 -> dense 1"),
    ("repeat", "lstm 4 every -> dense 1"),
    ("mixture", "lstm 4 -> dense 1"),
    ("attend", "lstm 4 -> dense 1"),
    ("=>", "lstm 4 -> dense 1"),
    ("markov", "ar 12"),
];

/// Whether a word has no meaning of this kind that this version runs.
pub(super) fn is_later(word: &str, kind: WordKind) -> bool {
    vocabulary::find_kind(word, kind).is_some_and(|entry| !entry.ready)
}

/// Said of a word, option or joint that this version does not run.
pub(super) fn later(word: &str, span: Span) -> Diagnostic {
    let error = Diagnostic::error(format!("`{word}` is not built into this version"))
        .label(span, "not in this version");
    match NEAREST.iter().find(|(known, _)| *known == word) {
        Some((_, line)) => {
            error.note("the hint shows the nearest that is").with_hint(*line)
        }
        None => error,
    }
}
