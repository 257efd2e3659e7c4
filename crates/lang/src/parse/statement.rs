//! One statement: a binding, a command, or a bare value.

use super::command::command;
use super::cursor::Cursor;
use super::value::{Place, value};
use crate::ast::{Binding, BindingBody, Kind, StatementKind, Word};
use crate::lexer::{Symbol, TokenKind};
use crate::vocabulary::{self, WordKind};
use crate::{Diagnostic, Span};

/// Reads all of a statement.
///
/// # Errors
/// The first thing that is wrong with it.
pub(super) fn statement(cursor: &mut Cursor<'_>) -> Result<StatementKind, Diagnostic> {
    if let Some(error) = unknown_verb(cursor).or_else(|| needless_word(cursor)) {
        return Err(error);
    }
    let kind = if names_something(cursor) {
        StatementKind::Binding(binding(cursor)?)
    } else if cursor.peek_word().and_then(vocabulary::verb).is_some() {
        StatementKind::Command(command(cursor)?)
    } else {
        StatementKind::Value(value(cursor, Place::Alone)?)
    };
    if cursor.is_done() {
        return Ok(kind);
    }
    Err(left_over(cursor))
}

/// Said of `epochs=100` and `stateful=true`: options are words, and `=` is for names.
pub(super) fn equals_after_option(cursor: &Cursor<'_>) -> Diagnostic {
    let span = cursor.span();
    let after = &cursor.source.text[span.range().end..];
    let truth = ["true", "True"].into_iter().find(|word| after.starts_with(word));
    let (place, right) = match truth {
        Some(word) => (Span { end: span.end + word.len() as u32, ..span }, ""),
        None => (span, " "),
    };
    Diagnostic::error("`=` gives a name; an option and its value stand side by side")
        .label(span, "not needed here")
        .with_fix(cursor.instead(place, right))
}

/// `data air = ...`, `m = ...`
fn names_something(cursor: &Cursor<'_>) -> bool {
    let equals = Some(&TokenKind::Symbol(Symbol::Equals));
    let kind_word = ["data", "model"].contains(&cursor.peek_word().unwrap_or(""));
    cursor.peek_at(1) == equals || (kind_word && cursor.peek_word_at(1).is_some())
}

fn binding(cursor: &mut Cursor<'_>) -> Result<Binding, Diagnostic> {
    if let Some(error) = no_name(cursor) {
        return Err(error);
    }
    let kind = kind(cursor);
    let Some(name) = cursor.word() else { return Err(cursor.expected("a name")) };
    check_name(cursor, &name)?;
    if cursor.symbol(Symbol::Equals).is_none() {
        return Err(cursor.expected("`=`"));
    }
    let is_command = cursor.peek_word().and_then(vocabulary::verb).is_some();
    let body = if is_command {
        BindingBody::Command(command(cursor)?)
    } else {
        BindingBody::Value(value(cursor, Place::Alone)?)
    };
    Ok(Binding { kind, name, body })
}

fn kind(cursor: &mut Cursor<'_>) -> Option<(Kind, Span)> {
    let kind = match (cursor.peek_word()?, cursor.peek_word_at(1)) {
        ("data", Some(_)) => Kind::Data,
        ("model", Some(_)) => Kind::Model,
        _ => return None,
    };
    Some((kind, cursor.next()?.span))
}

/// Words of the language cannot be names: `dropout = ...` would hide the layer.
pub(super) fn check_name(cursor: &Cursor<'_>, name: &Word) -> Result<(), Diagnostic> {
    if !vocabulary::is_reserved(&name.text) {
        return Ok(());
    }
    let kind =
        vocabulary::find(&name.text).next().map_or("word", |entry| entry.kind.name());
    let other = format!("my_{}", name.text.replace('-', "_"));
    Err(Diagnostic::error(format!(
        "`{}` is a {kind} of the language and cannot be a name",
        name.text
    ))
    .label(name.span, "take another name")
    .with_fix(cursor.instead(name.span, &other)))
}

/// `trian m on air`: a word near a verb, followed by what no value can hold.
fn unknown_verb(cursor: &Cursor<'_>) -> Option<Diagnostic> {
    let word = cursor.peek_word()?;
    let known = vocabulary::find(word).next().is_some() || cursor.peek_at(1).is_none();
    if known || matches!(cursor.peek_at(1), Some(TokenKind::Symbol(_))) {
        return None;
    }
    let is_kind = word == "data" || word == "model";
    if is_kind
        || !cursor
            .any_word(|word| vocabulary::find_kind(word, WordKind::Preposition).is_some())
    {
        return None;
    }
    let verbs = vocabulary::entries(WordKind::Verb).map(|entry| entry.word);
    let verb = vocabulary::suggest(word, verbs)?;
    let layers = vocabulary::entries(WordKind::Layer).map(|entry| entry.word);
    if vocabulary::suggest(word, layers).is_some() {
        return None;
    }
    let span = cursor.span();
    Some(
        Diagnostic::error(format!("unknown verb `{word}`"))
            .code("E1")
            .label(span, format!("did you mean `{verb}`?"))
            .with_fix(cursor.instead(span, verb)),
    )
}

/// `let m = lstm 4`: only `data` and `model` stand before a name.
fn needless_word(cursor: &Cursor<'_>) -> Option<Diagnostic> {
    let word = cursor.peek_word()?;
    cursor.peek_word_at(1)?;
    let equals = Some(&TokenKind::Symbol(Symbol::Equals));
    if vocabulary::find(word).next().is_some()
        || ["data", "model"].contains(&word)
        || cursor.peek_at(2) != equals
    {
        return None;
    }
    let span = cursor.span();
    let after = &cursor.source.text[span.range().end..];
    let blank = after.len() - after.trim_start_matches([' ', '\t']).len();
    let with_blank = Span { end: span.end + blank as u32, ..span };
    Some(
        Diagnostic::error(format!("a name needs no `{word}` before it"))
            .label(span, "not needed here")
            .with_fix(cursor.instead(with_blank, "")),
    )
}

/// `data = airline`: the kind is there and the name is not.
fn no_name(cursor: &Cursor<'_>) -> Option<Diagnostic> {
    let word = cursor.peek_word().filter(|word| ["data", "model"].contains(word))?;
    if cursor.peek_at(1) != Some(&TokenKind::Symbol(Symbol::Equals)) {
        return None;
    }
    let (span, name) = (cursor.span(), if word == "data" { "air" } else { "m" });
    Some(
        Diagnostic::error(format!("`{word}` says what a name stands for, not the name"))
            .label(span, "the name goes after it")
            .with_fix(cursor.instead(span, &format!("{word} {name}"))),
    )
}

fn left_over(cursor: &Cursor<'_>) -> Diagnostic {
    let span = cursor.span();
    let text = cursor.text(span);
    let closing = [")", "]", "}"].contains(&text);
    if closing {
        return Diagnostic::error(format!("`{text}` closes nothing"))
            .label(span, "nothing is open here")
            .with_fix(cursor.instead(span, ""));
    }
    if text == "=" {
        return equals_after_option(cursor);
    }
    if text == "," {
        return Diagnostic::error("`,` stands only between the models of a command")
            .label(span, "not needed here")
            .with_fix(cursor.instead(span, ""));
    }
    Diagnostic::error(format!("`{text}` does not belong here"))
        .label(span, "the statement is complete before it")
        .note("one line is one statement")
}
