//! What is said where a chain holds something that is no layer.

use carousel_lang::ast::{Part, PartKind, Value, Word};
use carousel_lang::vocabulary::{WordKind, find_kind, suggest};
use carousel_lang::{Diagnostic, Span, print_value};

use super::layer::is_layer;
use super::line::{Line, lone_word, part_text};
use super::names::{named_data, names, no_such_name_in, ready};
use crate::need::some_data;
use crate::state::{Named, State};

/// What a word, whose part stands at `span` of the whole chain, is instead of a layer.
pub(super) fn no_layer(
    word: &Word,
    span: Span,
    whole: &Value,
    state: &State,
) -> Diagnostic {
    let (text, line) = (&word.text, Line::Value(whole));
    let is = |kind| find_kind(text, kind).is_some();
    if named_data(text, state).is_some() || is(WordKind::Source) {
        return Diagnostic::error(format!(
            "`{text}` is data; data does not flow by `->`"
        ))
        .code("E3")
        .label(word.span, "a layer goes here")
        .with_hint(train_on(whole, text));
    }
    if is(WordKind::Step) {
        return Diagnostic::error(format!(
            "`{text}` is a data step; data steps are joined with `|`"
        ))
        .code("E3")
        .label(word.span, "a layer goes here")
        .with_hint("airline | window 12");
    }
    if is(WordKind::Baseline) {
        return Diagnostic::error(format!("`{text}` is a baseline; it stands alone"))
            .label(word.span, "a layer goes here")
            .with_hint(format!("compare {text}, lstm 4 -> dense 1 on airline"));
    }
    if is(WordKind::Activation) {
        return Diagnostic::error(format!(
            "`{text}` is an activation; it follows `dense`"
        ))
        .label(word.span, "a layer goes here")
        .with_fix(line.instead(span, &format!("dense 8 {text}")));
    }
    if is(WordKind::PartOption) {
        return Diagnostic::error(format!("`{text}` is an option; it follows its layer"))
            .label(word.span, "a layer goes here")
            .with_hint(format!("lstm 4 {text} -> dense 1"));
    }
    if text == "it" || lone_word(whole).is_some() {
        return no_such_name_in(word, state, line);
    }
    unknown(word, whole, state)
}

/// E1: offers a layer, a cell or a model.
fn unknown(word: &Word, whole: &Value, state: &State) -> Diagnostic {
    let own = names(state, |named| !matches!(named, Named::Data(_)));
    let layers: Vec<&str> = ready(WordKind::Layer).collect();
    let known = layers.iter().copied().chain(own.iter().copied());
    let error = Diagnostic::error(format!("unknown layer `{}`", word.text)).code("E1");
    if let Some(near) = suggest(&word.text, known) {
        return error
            .label(word.span, format!("did you mean `{near}`?"))
            .with_fix(Line::Value(whole).instead(word.span, near));
    }
    let error = error
        .label(word.span, "not known")
        .note(format!("the layers are {}", layers.join(", ")));
    if own.is_empty() {
        return error;
    }
    error.note(format!("the models and cells are {}", own.join(", ")))
}

/// `(airline | log) -> dense 1`
pub(super) fn pipe(value: &Value, whole: &Value, joint: Span) -> Diagnostic {
    Diagnostic::error("a pipe of data is no layer")
        .code("E3")
        .label(joint, "`|` prepares data")
        .with_hint(train_on(whole, &format!("({})", print_value(value))))
}

/// `frozen` after a model without learned weights.
pub(super) fn untrained(name: &Word, state: &State) -> Diagnostic {
    let name_text = &name.text;
    Diagnostic::error(format!("`{name_text}` has learned nothing that could be frozen"))
        .label(name.span, "a model that is not trained")
        .with_hint(format!("{name_text} = train {name_text} on {}", some_data(state)))
}

/// The layers of a chain as a training on data.
fn train_on(line: &Value, data: &str) -> String {
    let is_layer = |part: &&Part| match &part.kind {
        PartKind::Word { word, .. } => is_layer(&word.text),
        PartKind::Group(_) | PartKind::List(_) | PartKind::Literal(_) => false,
    };
    let layers: Vec<String> = line.parts().filter(is_layer).map(part_text).collect();
    if layers.is_empty() {
        return format!("train lstm 4 -> dense 1 on {data}");
    }
    format!("train {} on {data}", layers.join(" -> "))
}

/// Said where something that is no layer is repeated.
pub(super) fn repeated(text: &str, repeat: (u32, Span)) -> Diagnostic {
    let (times, span) = repeat;
    Diagnostic::error("only layers can be repeated")
        .label(span, format!("`{text}` cannot stand {times} times"))
        .with_hint(format!("lstm 4 x {times} -> dense 1"))
}
