//! Names: what they mean in the session, and what is said where they mean nothing.

use std::sync::Arc;

use carousel_lang::Diagnostic;
use carousel_lang::ast::Word;
use carousel_lang::vocabulary::{self, WordKind, suggest};

use super::line::Line;
use crate::state::{Data, Named, State};

/// What a word means where a model may stand: `it` is the last model.
pub(super) fn named<'a>(word: &str, state: &'a State) -> Option<&'a Named> {
    if word == "it" { state.it_model.as_ref() } else { state.names.get(word) }
}

/// The data that a word means: `it` is the last data.
pub(super) fn named_data<'a>(word: &str, state: &'a State) -> Option<&'a Arc<Data>> {
    if word == "it" {
        return state.it_data.as_ref();
    }
    match state.names.get(word)? {
        Named::Data(data) => Some(data),
        Named::Described(_) | Named::Trained(_) | Named::Cell(_) => None,
    }
}

/// E13: nothing has this name; says what there is, and offers a near name.
pub(crate) fn no_such_name(word: &Word, state: &State) -> Diagnostic {
    if word.text == "it" {
        return Diagnostic::error("there is no `it` yet: nothing has been made")
            .code("E13")
            .label(word.span, "the last thing made")
            .with_hint("lstm 4 -> dense 1");
    }
    let error =
        Diagnostic::error(format!("nothing is named `{}`", word.text)).code("E13");
    let error = match near(word, state) {
        Some(near) => error
            .label(word.span, format!("did you mean `{near}`?"))
            .with_hint(typed(near)),
        None => error.label(word.span, "not known"),
    };
    error.note(inventory(state))
}

/// The same with the whole line as the hint.
pub(super) fn no_such_name_in(word: &Word, state: &State, line: Line<'_>) -> Diagnostic {
    let error = no_such_name(word, state);
    match near(word, state) {
        Some(near) => error.with_fix(line.instead(word.span, &typed(near))),
        None => error,
    }
}

/// Names first: they are what a slip of the finger is most likely to have meant.
fn near<'a>(word: &Word, state: &'a State) -> Option<&'a str> {
    let names = state.names.keys().map(String::as_str);
    let words = [WordKind::Source, WordKind::Layer, WordKind::Baseline];
    let words = words.into_iter().flat_map(ready);
    suggest(&word.text, names.chain(words))
}

/// A word with the number that it needs.
fn typed(word: &str) -> String {
    match word {
        "lstm" | "gru" | "rnn" => format!("{word} 4"),
        _ => word.to_owned(),
    }
}

/// The words of a kind that this version runs.
pub(super) fn ready<'a>(kind: WordKind) -> impl Iterator<Item = &'a str> {
    vocabulary::entries(kind).filter(|entry| entry.ready).map(|entry| entry.word)
}

/// `Models: m, one. Data: air`
fn inventory(state: &State) -> String {
    let kinds = [
        (
            "Models",
            names(state, |named| {
                matches!(named, Named::Described(_) | Named::Trained(_))
            }),
        ),
        ("Data", names(state, |named| matches!(named, Named::Data(_)))),
        ("Cells", names(state, |named| matches!(named, Named::Cell(_)))),
    ];
    let lists: Vec<String> = kinds
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(kind, names)| format!("{kind}: {}", names.join(", ")))
        .collect();
    if lists.is_empty() { "nothing has a name yet".to_owned() } else { lists.join(". ") }
}

/// The names of one sort, in alphabetical order.
pub(super) fn names(state: &State, is: impl Fn(&Named) -> bool) -> Vec<&str> {
    state.names.iter().filter(|(_, n)| is(n)).map(|(name, _)| name.as_str()).collect()
}
