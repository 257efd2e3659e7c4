//! Commands: a verb, what it acts on, and how.

use super::cursor::Cursor;
use super::statement::equals_after_option;
use super::value::{Place, argument, value};
use crate::ast::{
    Arg, ArgKind, Clause, Command, Operand, Opt, Part, PartKind, Preposition, Relation,
    Test, TestRight, Value, Verb, Word,
};
use crate::lexer::{Symbol, TokenKind};
use crate::vocabulary::{self, WordKind};
use crate::{Diagnostic, Span};

/// Reads a command whose verb comes next.
///
/// # Errors
/// The first thing that is wrong with it.
pub(super) fn command(cursor: &mut Cursor<'_>) -> Result<Command, Diagnostic> {
    let word = cursor.word().expect("the caller has looked");
    let verb = vocabulary::verb(&word.text).expect("the caller has looked");
    let mut command = Command {
        verb,
        verb_span: word.span,
        view: Vec::new(),
        subjects: Vec::new(),
        clauses: Vec::new(),
        options: Vec::new(),
        test: None,
        span: word.span,
    };
    match verb {
        Verb::Set | Verb::Help => words(cursor, &mut command)?,
        _ => {
            command.view = view(cursor);
            subjects(cursor, &mut command)?;
            tail(cursor, &mut command)?;
        }
    }
    command.span = word.span.to(cursor.last_span());
    Ok(command)
}

/// `set fusion on`, `help train`: any words, prepositions and verbs included.
fn words(cursor: &mut Cursor<'_>, command: &mut Command) -> Result<(), Diagnostic> {
    let Some(word) = cursor.word() else { return Ok(()) };
    let span = word.span;
    let mut args = Vec::new();
    while let Some(arg) = argument(cursor)? {
        args.push(arg);
    }
    let span = span.to(cursor.last_span());
    let part = Part { kind: PartKind::Word { word, args }, repeat: None, span };
    command.subjects.push(Value { first: part, rest: Vec::new(), span });
    Ok(())
}

/// The words before `of`, if there is one.
fn view(cursor: &mut Cursor<'_>) -> Vec<Word> {
    let words =
        (0..).take_while(|n| cursor.peek_word_at(*n).is_some_and(|word| word != "of"));
    let count = words.count();
    if cursor.peek_word_at(count) != Some("of") {
        return Vec::new();
    }
    let view = (0..count).filter_map(|_| cursor.word()).collect();
    cursor.next();
    view
}

fn subjects(cursor: &mut Cursor<'_>, command: &mut Command) -> Result<(), Diagnostic> {
    let starts = match cursor.peek() {
        Some(TokenKind::Word(word)) => {
            preposition(word).is_none()
                && (vocabulary::find_kind(word, WordKind::CommandOption).is_none()
                    || is_subject_too(word))
        }
        Some(_) => true,
        None => false,
    };
    if !starts {
        return Ok(());
    }
    command.subjects.push(value(cursor, Place::Command)?);
    while cursor.symbol(Symbol::Comma).is_some() {
        command.subjects.push(value(cursor, Place::Command)?);
    }
    Ok(())
}

/// `plot loss`: an option elsewhere, a view here.
fn is_subject_too(word: &str) -> bool {
    vocabulary::find_kind(word, WordKind::View).is_some()
}

/// Clauses, options and the test, in any order.
fn tail(cursor: &mut Cursor<'_>, command: &mut Command) -> Result<(), Diagnostic> {
    while let Some(next) = cursor.peek() {
        match next {
            TokenKind::Word(word) => {
                if let Some(kind) = preposition(word) {
                    command.clauses.push(clause(cursor, kind)?);
                } else if word == "beats" {
                    command.test = Some(test(cursor, Relation::Beats)?);
                } else {
                    let before = command.options.last();
                    let until = before.is_some_and(|before| before.word.text == "until");
                    command.options.push(option(cursor, command.verb, until)?);
                }
            }
            TokenKind::Symbol(symbol) => match relation(*symbol) {
                Some(relation) => command.test = Some(test(cursor, relation)?),
                None => return Ok(()),
            },
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// The preposition that a word is; `of` is none of them.
pub(crate) fn preposition(word: &str) -> Option<Preposition> {
    Some(match word {
        "on" => Preposition::On,
        "from" => Preposition::From,
        "to" => Preposition::To,
        "at" => Preposition::At,
        "as" => Preposition::As,
        "with" => Preposition::With,
        _ => return None,
    })
}

fn clause(
    cursor: &mut Cursor<'_>,
    preposition: Preposition,
) -> Result<Clause, Diagnostic> {
    let word = cursor.word().expect("the caller has looked");
    let operand = operand(cursor, &word)?;
    Ok(Clause { preposition, preposition_span: word.span, operand })
}

fn operand(cursor: &mut Cursor<'_>, preposition: &Word) -> Result<Operand, Diagnostic> {
    let span = cursor.span();
    match cursor.peek() {
        Some(TokenKind::Number(number)) => {
            cursor.next();
            Ok(Operand::Number(*number, span))
        }
        Some(TokenKind::Text(text)) => {
            cursor.next();
            Ok(Operand::String(text.clone(), span))
        }
        Some(TokenKind::Word(_) | TokenKind::Symbol(Symbol::Open | Symbol::OpenList)) => {
            let operand = value(cursor, Place::Operand)?;
            let joint = cursor.peek();
            if let Some(TokenKind::Symbol(Symbol::Then | Symbol::Into)) = joint {
                return Err(needs_parentheses(cursor, preposition, operand.span));
            }
            Ok(Operand::Value(operand))
        }
        _ => Err(cursor.expected(&format!("what `{}` refers to", preposition.text))),
    }
}

/// `on air | window 3` and options after it could be read in two ways.
fn needs_parentheses(
    cursor: &Cursor<'_>,
    preposition: &Word,
    operand: Span,
) -> Diagnostic {
    Diagnostic::error(format!(
        "a chain after `{}` stands in parentheses",
        preposition.text
    ))
    .label(cursor.span(), "the operand ends before this")
    .with_hint(format!(
        "{} ({} {} ...)",
        preposition.text,
        cursor.one_line(operand),
        cursor.text(cursor.span())
    ))
}

/// A word and its argument, as the vocabulary says; after `until`, `loss` belongs to
/// that, whatever other options the verb has.
fn option(cursor: &mut Cursor<'_>, verb: Verb, until: bool) -> Result<Opt, Diagnostic> {
    let word = cursor.word().expect("the caller has looked");
    let verb_word = vocabulary::verb_word(verb);
    let entry =
        vocabulary::find_kind(verb_word, WordKind::Verb).expect("verbs have entries");
    let own = entry.options.iter().find(|option| **option == word.text);
    let Some(known) = own.or((until && word.text == "loss").then_some(&"loss")) else {
        return Err(unknown_option(cursor, &word, verb_word, entry.options));
    };
    let usage =
        vocabulary::find_kind(known, WordKind::CommandOption).map_or("", |e| e.usage);
    let takes_word = ["keep", "like", "loss", "shuffle"].contains(known);
    let arg = match cursor.peek() {
        Some(TokenKind::Word(next)) => {
            let is_option = entry.options.contains(&next.as_str());
            if takes_word
                && !is_option
                && (preposition(next).is_none() || *known == "shuffle")
            {
                argument(cursor)?
            } else {
                None
            }
        }
        Some(TokenKind::Symbol(Symbol::OpenChoice)) => argument(cursor)?,
        Some(TokenKind::Symbol(_)) | None => None,
        Some(_) => argument(cursor)?,
    };
    if cursor.peek() == Some(&TokenKind::Symbol(Symbol::Equals)) {
        return Err(equals_after_option(cursor));
    }
    if arg.is_none() && until && *known == "loss" {
        return Err(Diagnostic::error("`until` needs its loss: `until loss 0.01`")
            .code("E2")
            .label(word.span, "a number goes after it")
            .with_fix(cursor.instead(word.span, "loss 0.01")));
    }
    if arg.is_none() && !usage.is_empty() && *known != "until" {
        return Err(Diagnostic::error(format!(
            "`{known}` needs its value: `{known} {usage}`"
        ))
        .code("E2")
        .label(word.span, "a value goes after it"));
    }
    Ok(Opt { word, arg })
}

fn unknown_option(
    cursor: &Cursor<'_>,
    word: &Word,
    verb: &str,
    options: &[&'static str],
) -> Diagnostic {
    let error = Diagnostic::error(format!("`{verb}` has no option `{}`", word.text));
    match vocabulary::suggest(&word.text, options.iter().copied()) {
        Some(near) => error
            .code("E1")
            .label(word.span, format!("did you mean `{near}`?"))
            .with_fix(cursor.instead(word.span, near)),
        None if options.is_empty() => error
            .code("E7")
            .label(word.span, "not known here")
            .note(format!("`{verb}` takes no options")),
        None => error
            .code("E7")
            .label(word.span, "not known here")
            .note(format!("its options are {}", options.join(", "))),
    }
}

fn relation(symbol: Symbol) -> Option<Relation> {
    Some(match symbol {
        Symbol::Less => Relation::Less,
        Symbol::Greater => Relation::Greater,
        Symbol::AtMost => Relation::AtMost,
        Symbol::AtLeast => Relation::AtLeast,
        _ => return None,
    })
}

fn test(cursor: &mut Cursor<'_>, relation: Relation) -> Result<Test, Diagnostic> {
    let relation_span = cursor.next().expect("the caller has looked").span;
    let span = cursor.span();
    let right = match cursor.peek() {
        Some(TokenKind::Number(number)) => {
            number_right(cursor, ArgKind::Number(*number), span)
        }
        Some(TokenKind::Percent(share)) => {
            number_right(cursor, ArgKind::Percent(*share), span)
        }
        Some(_) => TestRight::Value(value(cursor, Place::Command)?),
        None => return Err(cursor.expected("a number or a model")),
    };
    Ok(Test { relation, relation_span, right })
}

fn number_right(cursor: &mut Cursor<'_>, kind: ArgKind, span: Span) -> TestRight {
    cursor.next();
    TestRight::Arg(Arg { kind, span })
}
