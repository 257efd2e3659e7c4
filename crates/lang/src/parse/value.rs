//! Chains and pipes: parts and what joins them.

use super::checks::{check_first, check_joint, check_numbers, check_same_level};
use super::cursor::Cursor;
use crate::ast::{Arg, ArgKind, Joint, JointKind, Part, PartKind, Value, Word};
use crate::lexer::{Symbol, TokenKind};
use crate::vocabulary::{self, Entry, WordKind};
use crate::{Diagnostic, Span};

/// Where a value stands: it tells where its words end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A statement of its own, or right of `=`.
    Alone,
    /// After a verb: prepositions and the command's options end it.
    Command,
    /// After a preposition: a word and its numbers, nothing more.
    Operand,
    /// Inside `( )`.
    Group,
}

/// Reads parts as far as joints hold them together.
///
/// # Errors
/// E1, E2, E3 and E7, as far as the vocabulary can tell.
pub(super) fn value(cursor: &mut Cursor<'_>, place: Place) -> Result<Value, Diagnostic> {
    let first = match joint(cursor) {
        // A line that starts with a joint goes on with the last thing made.
        Some(joint) => return continued(cursor, joint, place),
        None => part(cursor, place)?,
    };
    rest(cursor, first, Vec::new(), place)
}

/// The value that `| window 24` is: `it | window 24`.
fn continued(
    cursor: &mut Cursor<'_>,
    joint: Joint,
    place: Place,
) -> Result<Value, Diagnostic> {
    let span = Span { end: joint.span.start, ..joint.span };
    let word = Word { text: "it".to_owned(), span };
    let first =
        Part { kind: PartKind::Word { word, args: Vec::new() }, repeat: None, span };
    let next = part(cursor, place)?;
    check_joint(cursor, joint, &next)?;
    rest(cursor, first, vec![(joint, next)], place)
}

fn rest(
    cursor: &mut Cursor<'_>,
    first: Part,
    mut rest: Vec<(Joint, Part)>,
    place: Place,
) -> Result<Value, Diagnostic> {
    if place == Place::Operand {
        let value = finish(first, rest);
        check_numbers(cursor, &value)?;
        return Ok(value);
    }
    while let Some(joint) = joint(cursor) {
        let next = part(cursor, place)?;
        check_joint(cursor, joint, &next)?;
        check_first(cursor, &first, joint)?;
        if let Some((before, _)) = rest.first() {
            check_same_level(cursor, *before, joint)?;
        }
        rest.push((joint, next));
    }
    let value = finish(first, rest);
    check_numbers(cursor, &value)?;
    Ok(value)
}

fn finish(first: Part, rest: Vec<(Joint, Part)>) -> Value {
    let last = rest.last().map_or(first.span, |(_, part)| part.span);
    let span = first.span.to(last);
    Value { first, rest, span }
}

fn joint(cursor: &mut Cursor<'_>) -> Option<Joint> {
    let kind = match cursor.peek()? {
        TokenKind::Symbol(Symbol::Then) => JointKind::Then,
        TokenKind::Symbol(Symbol::Into) => JointKind::Into,
        TokenKind::Symbol(Symbol::HandOver) => JointKind::HandOver,
        _ => return None,
    };
    Some(Joint { kind, span: cursor.next()?.span })
}

/// One layer, step, source, name, list, literal or group.
fn part(cursor: &mut Cursor<'_>, place: Place) -> Result<Part, Diagnostic> {
    let start = cursor.span();
    let kind = match cursor.peek() {
        Some(TokenKind::Symbol(Symbol::Open)) => group(cursor)?,
        Some(TokenKind::Symbol(Symbol::OpenList)) => PartKind::List(list(cursor)?),
        Some(TokenKind::Word(word)) => {
            if let Some(error) = misplaced_word(cursor, word, start) {
                return Err(error);
            }
            word_part(cursor, place)?
        }
        Some(TokenKind::Number(_) | TokenKind::Text(_)) => {
            PartKind::Literal(argument(cursor)?.expect("the next token is one"))
        }
        _ => return Err(cursor.expected("a layer, a source, a step or a name")),
    };
    let repeat = repeat(cursor)?;
    Ok(Part { kind, repeat, span: start.to(cursor.last_span()) })
}

/// Prepositions and verbs cannot begin a part.
fn misplaced_word(cursor: &Cursor<'_>, word: &str, span: Span) -> Option<Diagnostic> {
    let entry = vocabulary::find(word)
        .find(|entry| matches!(entry.kind, WordKind::Preposition | WordKind::Verb))?;
    // `step` is a verb, and the only one that could be meant as a name is caught there.
    let kind = entry.kind.name();
    let _ = cursor;
    Some(
        Diagnostic::error(format!(
            "`{word}` is a {kind}; a layer, a source or a name goes here"
        ))
        .label(span, "not here")
        .note(format!("for example: {}", entry.example)),
    )
}

fn group(cursor: &mut Cursor<'_>) -> Result<PartKind, Diagnostic> {
    let open = cursor.next().expect("the caller has looked").span;
    cursor.enter()?;
    let inner = value(cursor, Place::Group)?;
    if cursor.symbol(Symbol::Close).is_none() {
        return Err(unclosed(cursor, open, ")"));
    }
    cursor.leave();
    Ok(PartKind::Group(Box::new(inner)))
}

fn unclosed(cursor: &Cursor<'_>, open: Span, close: &str) -> Diagnostic {
    if cursor.is_done() {
        let text = cursor.text(open);
        return Diagnostic::error(format!("`{text}` is never closed"))
            .label(open, format!("its `{close}` is missing"));
    }
    cursor.expected(&format!("`{close}`")).label(open, "opened here")
}

fn word_part(cursor: &mut Cursor<'_>, place: Place) -> Result<PartKind, Diagnostic> {
    let word = cursor.word().expect("the caller has looked");
    let entry = head(&word.text);
    if entry.is_some() && cursor.peek() == Some(&TokenKind::Symbol(Symbol::Open)) {
        return Err(called(cursor, &word));
    }
    let mut args = Vec::new();
    loop {
        if place == Place::Operand && matches!(cursor.peek(), Some(TokenKind::Word(_))) {
            break;
        }
        if let Some(option) = cursor.peek_word() {
            if is_repeat(cursor) || ends_part(cursor, place, entry, option) {
                break;
            }
            check_option(cursor, &word, entry, option)?;
        }
        match argument(cursor)? {
            Some(arg) => args.push(arg),
            None => break,
        }
    }
    Ok(PartKind::Word { word, args })
}

/// Said of `lstm(4)`.
fn called(cursor: &Cursor<'_>, word: &Word) -> Diagnostic {
    let example = head(&word.text).map_or("", |entry| entry.example);
    Diagnostic::error(format!(
        "`{}` is not called with brackets; its numbers and options follow it",
        word.text
    ))
    .label(cursor.span(), "a space goes here")
    .note(format!("for example: {example}"))
}

/// What the vocabulary knows of a word that begins a part.
fn head(word: &str) -> Option<&'static Entry> {
    let kinds = [WordKind::Source, WordKind::Step, WordKind::Layer, WordKind::Baseline];
    vocabulary::find(word).find(|entry| kinds.contains(&entry.kind))
}

fn ends_part(
    cursor: &Cursor<'_>,
    place: Place,
    entry: Option<&Entry>,
    word: &str,
) -> bool {
    if entry.is_some_and(|entry| entry.options.contains(&word)) {
        return false;
    }
    let _ = cursor;
    let known = |kind| vocabulary::find_kind(word, kind).is_some();
    known(WordKind::Preposition)
        || (place == Place::Command
            && (known(WordKind::CommandOption) || word == "beats"))
}

/// Words after a layer or step must be its options; names take any.
fn check_option(
    cursor: &Cursor<'_>,
    head: &Word,
    entry: Option<&Entry>,
    option: &str,
) -> Result<(), Diagnostic> {
    let Some(entry) = entry else { return Ok(()) };
    if entry.options.contains(&option) || takes_column_names(entry.word) {
        return Ok(());
    }
    let span = cursor.span();
    let title = format!("`{}` has no option `{option}`", head.text);
    let error = Diagnostic::error(title).code("E7");
    if vocabulary::find_kind(option, WordKind::CommandOption).is_some() {
        return Err(error
            .label(span, "an option of training")
            .note("training options come after the data")
            .with_hint(training_line(cursor, span)));
    }
    let options: Vec<&str> = {
        let ready = |option: &&str| !vocabulary::is_later_option(option);
        entry.options.iter().copied().filter(ready).collect()
    };
    if let Some(near) = vocabulary::suggest(option, options.iter().copied()) {
        return Err(error
            .code("E1")
            .label(span, format!("did you mean `{near}`?"))
            .with_fix(cursor.instead(span, near)));
    }
    let known = options.join(", ");
    let note = if known.is_empty() {
        format!("`{}` takes no options", head.text)
    } else {
        format!("its options are {known}")
    };
    Err(error.label(span, "not known here").note(note))
}

/// `csv "f" columns temp wind`: columns may be typed as words.
fn takes_column_names(word: &str) -> bool {
    ["csv", "target"].contains(&word)
}

/// `dense 1 epochs 100` as the training that it asks for.
fn training_line(cursor: &Cursor<'_>, option: Span) -> String {
    let whole = cursor.instead(Span { end: option.start, ..option }, "\u{0}").line;
    let (model, options) = whole.split_once('\u{0}').unwrap_or((&whole, ""));
    format!("train {} on airline {}", model.trim(), options.trim())
}

/// A word, number, text, list or choice, if one comes next.
pub(super) fn argument(cursor: &mut Cursor<'_>) -> Result<Option<Arg>, Diagnostic> {
    let start = cursor.span();
    let kind = match cursor.peek() {
        Some(TokenKind::Word(word)) => ArgKind::Word(word.clone()),
        Some(TokenKind::Number(number)) => ArgKind::Number(*number),
        Some(TokenKind::Percent(percent)) => ArgKind::Percent(*percent),
        Some(TokenKind::Range(low, high)) => ArgKind::Range(*low, *high),
        Some(TokenKind::Duration(seconds)) => ArgKind::Duration(*seconds),
        Some(TokenKind::Text(text)) => ArgKind::String(text.clone()),
        Some(TokenKind::Symbol(Symbol::OpenList)) => {
            let items = list(cursor)?;
            let span = start.to(cursor.last_span());
            return Ok(Some(Arg { kind: ArgKind::List(items), span }));
        }
        Some(TokenKind::Symbol(Symbol::OpenChoice)) => {
            let items = items(cursor, Symbol::CloseChoice, "}")?;
            let span = start.to(cursor.last_span());
            return Ok(Some(Arg { kind: ArgKind::Choice(items), span }));
        }
        Some(TokenKind::Symbol(_)) | None => return Ok(None),
    };
    cursor.next();
    Ok(Some(Arg { kind, span: start }))
}

fn list(cursor: &mut Cursor<'_>) -> Result<Vec<Arg>, Diagnostic> {
    items(cursor, Symbol::CloseList, "]")
}

fn items(
    cursor: &mut Cursor<'_>,
    close: Symbol,
    text: &str,
) -> Result<Vec<Arg>, Diagnostic> {
    let open = cursor.next().expect("the caller has looked").span;
    cursor.enter()?;
    let mut items = Vec::new();
    while cursor.symbol(close).is_none() {
        if let Some(comma) = cursor.symbol(Symbol::Comma) {
            return Err(Diagnostic::error(
                "a list has spaces between its values, no commas",
            )
            .label(comma, "not needed")
            .with_fix(cursor.instead(comma, "")));
        }
        match argument(cursor)? {
            Some(item) => items.push(item),
            None => return Err(unclosed(cursor, open, text)),
        }
    }
    cursor.leave();
    Ok(items)
}

fn is_repeat(cursor: &Cursor<'_>) -> bool {
    cursor.peek_word() == Some("x")
        && matches!(cursor.peek_at(1), Some(TokenKind::Number(_)))
}

/// `x 3`
fn repeat(cursor: &mut Cursor<'_>) -> Result<Option<(u32, Span)>, Diagnostic> {
    if !is_repeat(cursor) {
        return Ok(None);
    }
    let start = cursor.span();
    cursor.next();
    let span = start.to(cursor.span());
    let Some(TokenKind::Number(number)) = cursor.next().map(|token| &token.kind) else {
        return Ok(None);
    };
    if number.fract() != 0.0 || !(1.0..=100.0).contains(number) {
        return Err(Diagnostic::error(format!(
            "a layer cannot be repeated {number} times"
        ))
        .label(span, "a whole number from 1 to 100")
        .with_fix(cursor.instead(span, "x 2")));
    }
    Ok(Some((*number as u32, span)))
}
