//! Braces: `lstm {1 2 4} -> dense 1` is three chains.

use carousel_lang::ast::{Arg, ArgKind, Part, PartKind, Value};
use carousel_lang::{Diagnostic, Span};

/// The most chains that one line can mean.
const MOST: usize = 1_000;

/// A choice: where it stands, and what of.
type Choice<'a> = (Span, &'a [Arg]);

/// The chains that a value means, one for each combination of its choices: the
/// leftmost changes slowest. Without braces, the value itself.
///
/// # Errors
/// Where braces are empty, stand inside others, or there are too many combinations.
pub(super) fn sweep(value: &Value) -> Result<Vec<Value>, Diagnostic> {
    let mut choices = Vec::new();
    collect(value, &mut choices);
    let mut count: usize = 1;
    for (span, items) in &choices {
        check(*span, items)?;
        count = count.saturating_mul(items.len());
        if count > MOST {
            return Err(Diagnostic::error(format!(
                "the braces mean more than {MOST} models"
            ))
            .label(*span, format!("{count} or more up to here")));
        }
    }
    Ok((0..count).map(|index| combination(value, &choices, index)).collect())
}

fn check(span: Span, items: &[Arg]) -> Result<(), Diagnostic> {
    if items.is_empty() {
        return Err(Diagnostic::error("the braces have nothing to choose from")
            .label(span, "empty")
            .with_hint("lstm {1 2 4} -> dense 1"));
    }
    match items.iter().find(|item| matches!(item.kind, ArgKind::Choice(_))) {
        Some(inner) => Err(Diagnostic::error("braces stand inside braces")
            .label(inner.span, "write its values into the outer ones")
            .with_hint("lstm {1 2 4} -> dense 1")),
        None => Ok(()),
    }
}

fn collect<'a>(value: &'a Value, choices: &mut Vec<Choice<'a>>) {
    for part in value.parts() {
        match &part.kind {
            PartKind::Word { args, .. } => {
                choices.extend(args.iter().filter_map(|arg| match &arg.kind {
                    ArgKind::Choice(items) => Some((arg.span, items.as_slice())),
                    _ => None,
                }));
            }
            PartKind::Group(inner) => collect(inner, choices),
            PartKind::List(_) | PartKind::Literal(_) => {}
        }
    }
}

/// The combination with this number: its digits, read from the right, are the places
/// in the choices.
fn combination(value: &Value, choices: &[Choice<'_>], mut index: usize) -> Value {
    let mut value = value.clone();
    for (span, items) in choices.iter().rev() {
        choose(&mut value, *span, &items[index % items.len()]);
        index /= items.len();
    }
    value
}

fn choose(value: &mut Value, span: Span, item: &Arg) {
    choose_in_part(&mut value.first, span, item);
    for (_, part) in &mut value.rest {
        choose_in_part(part, span, item);
    }
}

fn choose_in_part(part: &mut Part, span: Span, item: &Arg) {
    match &mut part.kind {
        PartKind::Word { args, .. } => {
            for arg in args.iter_mut().filter(|arg| arg.span == span) {
                *arg = item.clone();
            }
        }
        PartKind::Group(inner) => choose(inner, span, item),
        PartKind::List(_) | PartKind::Literal(_) => {}
    }
}
