//! What `plot` and `show` are asked for: a view and its subjects.

use carousel_lang::ast::{Command, Operand, PartKind, Preposition, Value, Word};
use carousel_lang::vocabulary::{self, WordKind};
use carousel_lang::{Diagnostic, Span};

use crate::need;
use crate::state::State;

/// A view and what it is to show.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// The word of the view; `None` where none is named.
    pub(crate) view: Option<Word>,
    /// What it shows; empty where nothing is named.
    pub(crate) subjects: Vec<Value>,
}

/// Reads `loss of m`, `loss` (of `it`) and `m as equations`; `views` are those that the
/// verb has.
///
/// # Errors
/// A view that is not known, that another verb has, or that is still to come.
pub(crate) fn asked(
    command: &Command,
    views: &[&str],
    state: &State,
) -> Result<Asked, Diagnostic> {
    let mut subjects = command.subjects.clone();
    let mut view = written(command)?;
    if view.is_none()
        && let [only] = &subjects[..]
        && let Some(word) = need::single_word(only)
        && (views.contains(&word.text.as_str()) || is_view(&word.text))
        && !state.names.contains_key(&word.text)
    {
        view = Some(word.clone());
        subjects.clear();
    }
    if let Some(view) = &view {
        check(view, views, command)?;
    }
    Ok(Asked { view, subjects })
}

/// The view before `of`, or after `as`.
fn written(command: &Command) -> Result<Option<Word>, Diagnostic> {
    let form = match command.clause(Preposition::As).map(|clause| &clause.operand) {
        None => None,
        Some(Operand::Value(value)) => Some(as_word(value)?),
        Some(Operand::Number(_, span) | Operand::String(_, span)) => {
            return Err(not_a_form(*span));
        }
    };
    match (&command.view[..], form) {
        ([], form) => Ok(form),
        ([view], None) => Ok(Some(view.clone())),
        ([view, ..], None) => {
            let span = view.span.to(command.view.last().unwrap_or(view).span);
            let text: Vec<&str> = command.view.iter().map(|w| w.text.as_str()).collect();
            Ok(Some(Word { text: text.join(" "), span }))
        }
        ([view, ..], Some(form)) => Err(Diagnostic::error("one view at a time")
            .label(form.span, "a second view")
            .label(view.span, "the first one")),
    }
}

fn as_word(value: &Value) -> Result<Word, Diagnostic> {
    match &value.first.kind {
        PartKind::Word { word, args } if args.is_empty() => Ok(word.clone()),
        PartKind::Word { .. }
        | PartKind::Group(_)
        | PartKind::List(_)
        | PartKind::Literal(_) => Err(not_a_form(value.span)),
    }
}

fn not_a_form(span: Span) -> Diagnostic {
    Diagnostic::error("`as` needs a form: `as equations`").label(span, "not a form")
}

fn is_view(word: &str) -> bool {
    vocabulary::find_kind(word, WordKind::View).is_some()
}

fn check(view: &Word, views: &[&str], command: &Command) -> Result<(), Diagnostic> {
    let text = view.text.as_str();
    if views.contains(&text) {
        return Ok(());
    }
    let verb = vocabulary::verb_word(command.verb);
    let known = vocabulary::find_kind(text, WordKind::View);
    let later = ["keras", "pytorch", "rust", "spreadsheet"].contains(&text);
    if later || known.is_some_and(|entry| !entry.ready) {
        return Err(Diagnostic::error(format!(
            "`{verb}` with `{text}` is not built into this version"
        ))
        .label(view.span, "a word of the language, still to come")
        .note(format!("`{verb}` knows {}", views.join(", "))));
    }
    if known.is_some() {
        let other = if verb == "show" { "plot" } else { "show" };
        return Err(Diagnostic::error(format!(
            "`{verb}` has no view `{text}`, `{other}` has"
        ))
        .label(view.span, format!("a view of `{other}`"))
        .with_hint(format!("{other} {text} of m")));
    }
    let error = Diagnostic::error(format!("`{verb}` has no view `{text}`")).code("E1");
    Err(match vocabulary::suggest(text, views.iter().copied()) {
        Some(near) => error
            .label(view.span, format!("did you mean `{near}`?"))
            .with_hint(format!("{verb} {near} of m")),
        None => error
            .label(view.span, "not known here")
            .note(format!("`{verb}` knows {}", views.join(", "))),
    })
}
