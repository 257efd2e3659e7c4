//! What the vocabulary knows to be wrong with a chain: joints before the wrong words,
//! unknown steps, missing numbers.

use super::cursor::Cursor;
use crate::Diagnostic;
use crate::ast::{ArgKind, Joint, JointKind, Part, PartKind, Value, Word};
use crate::vocabulary::{self, WordKind};

/// The words decide which joint stands before them.
pub(super) fn check_joint(
    cursor: &Cursor<'_>,
    joint: Joint,
    part: &Part,
) -> Result<(), Diagnostic> {
    let PartKind::Word { word, .. } = &part.kind else { return Ok(()) };
    let known = |kind| vocabulary::find_kind(&word.text, kind).is_some();
    let is_then = joint.kind == JointKind::Then;
    if known(WordKind::Step) && !is_then {
        return Err(mixed(
            cursor,
            joint,
            "|",
            &format!("`{}` is a data step; data steps are joined with `|`", word.text),
        ));
    }
    if known(WordKind::Layer) && is_then {
        return Err(mixed(
            cursor,
            joint,
            "->",
            &format!("`{}` is a layer; layers are joined with `->`", word.text),
        ));
    }
    if is_then && vocabulary::find(&word.text).next().is_none() {
        return Err(unknown_step(cursor, word));
    }
    Ok(())
}

/// `airline -> lstm 4`: data does not go into layers by `->`; `train ... on` does that.
pub(super) fn check_first(
    cursor: &Cursor<'_>,
    first: &Part,
    joint: Joint,
) -> Result<(), Diagnostic> {
    let PartKind::Word { word, .. } = &first.kind else { return Ok(()) };
    let known = |kind| vocabulary::find_kind(&word.text, kind).is_some();
    let is_then = joint.kind == JointKind::Then;
    if known(WordKind::Source) && !is_then {
        return Err(Diagnostic::error(format!(
            "`{}` is data; data does not flow by `->`",
            word.text
        ))
        .code("E3")
        .label(joint.span, "joins layers")
        .note("data steps are joined with `|`; a model meets its data in a command")
        .with_hint(format!(
            "train lstm 4 -> dense 1 on {}",
            cursor.one_line(first.span)
        )));
    }
    if known(WordKind::Layer) && is_then {
        return Err(mixed(
            cursor,
            joint,
            "->",
            &format!("`{}` is a layer; layers are joined with `->`", word.text),
        ));
    }
    Ok(())
}

pub(super) fn check_same_level(
    cursor: &Cursor<'_>,
    before: Joint,
    joint: Joint,
) -> Result<(), Diagnostic> {
    let is_then = |joint: Joint| joint.kind == JointKind::Then;
    if is_then(before) == is_then(joint) {
        return Ok(());
    }
    Err(Diagnostic::error("`|` and `->` are mixed in one chain")
        .code("E3")
        .label(joint.span, "joins something else")
        .label(before.span, "joins what stands before")
        .note("`|` prepares data, `->` builds models")
        .note("put a pipe inside a command in parentheses: train lstm 4 -> dense 1 on (airline | window 3)")
        .with_fix(cursor.instead(joint.span, cursor.text(before.span))))
}

fn mixed(cursor: &Cursor<'_>, joint: Joint, right: &str, title: &str) -> Diagnostic {
    Diagnostic::error(title)
        .code("E3")
        .label(joint.span, format!("`{right}` goes here"))
        .with_fix(cursor.instead(joint.span, right))
}

fn unknown_step(cursor: &Cursor<'_>, word: &Word) -> Diagnostic {
    let steps: Vec<&str> = vocabulary::entries(WordKind::Step).map(|e| e.word).collect();
    let error =
        Diagnostic::error(format!("unknown data step `{}`", word.text)).code("E1");
    match vocabulary::suggest(&word.text, steps.iter().copied()) {
        Some(near) => error
            .label(word.span, format!("did you mean `{near}`?"))
            .with_fix(cursor.instead(word.span, near)),
        None => error
            .label(word.span, "not known")
            .note(format!("the steps are {}", steps.join(", "))),
    }
}

/// Words that need a number right after them.
const NUMBERED: &[(&str, &str, u32)] = &[
    ("lstm", "its number of units", 4),
    ("gru", "its number of units", 4),
    ("rnn", "its number of units", 4),
    ("window", "its number of steps", 12),
    ("stream", "its number of steps", 12),
    ("count", "how far it counts", 60),
    ("adding", "its number of steps", 100),
    ("parity", "its number of steps", 20),
    ("echo", "its number of steps", 1000),
    ("sine", "its number of values", 200),
    ("take", "its number of steps", 100),
    ("seasonal", "its season", 12),
    ("growth", "its season", 12),
    ("ar", "how many values it sees", 12),
];

/// `lstm -> dense 1`: which number is missing, and what the line would be with one.
pub(super) fn check_numbers(
    cursor: &Cursor<'_>,
    value: &Value,
) -> Result<(), Diagnostic> {
    for part in value.parts() {
        let PartKind::Word { word, args } = &part.kind else { continue };
        let Some((_, what, number)) = NUMBERED.iter().find(|(w, ..)| *w == word.text)
        else {
            continue;
        };
        let given = args.iter().any(|arg| {
            matches!(
                arg.kind,
                ArgKind::Number(_) | ArgKind::Choice(_) | ArgKind::Percent(_)
            )
        });
        if !given && cursor.text(word.span) == word.text {
            let with = format!("{} {number}", word.text);
            return Err(Diagnostic::error(format!(
                "`{}` needs {what}: `{with}`",
                word.text
            ))
            .code("E2")
            .label(word.span, "a number goes after it")
            .with_fix(cursor.instead(word.span, &with)));
        }
    }
    Ok(())
}
