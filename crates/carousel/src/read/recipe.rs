//! Pipes: a source, a list or a name of data and the steps after it go in, a recipe
//! comes out.

use carousel_data::{Recipe, Source};
use carousel_lang::ast::{Arg, ArgKind, JointKind, Part, PartKind, Value, Word};
use carousel_lang::vocabulary::{self, WordKind, find_kind, suggest};
use carousel_lang::{Diagnostic, print_value};

use super::args::Args;
use super::later::{is_later, later};
use super::line::{Line, arg_text, lone_word, part_text, unwrapped};
use super::names::{named, named_data, names, no_such_name_in, ready};
use super::not_layer::repeated;
use super::number::swept;
use super::source::source;
use super::step::step;
use crate::state::{Data, Named, State};

/// The data that a value describes. Steps after a name replace or extend its own.
///
/// # Errors
/// Where a word is none of data, a number is not allowed, or a name means nothing.
pub(crate) fn data(value: &Value, state: &State) -> Result<Data, Diagnostic> {
    let value = unwrapped(value);
    let recipe = recipe(value, Line::Value(value), state)?;
    Ok(Data { text: text(value, state), recipe })
}

/// The pipe as it was written; `it` is told by what it stands for.
fn text(value: &Value, state: &State) -> String {
    let PartKind::Word { word, .. } = &value.first.kind else {
        return print_value(value);
    };
    match named_data(&word.text, state) {
        Some(data) if word.text == "it" => {
            Line::Value(value).instead(value.first.span, &data.text).line
        }
        _ => print_value(value),
    }
}

fn recipe(value: &Value, line: Line<'_>, state: &State) -> Result<Recipe, Diagnostic> {
    let mut recipe = beginning(value, line, state)?;
    for (joint, part) in &value.rest {
        if joint.kind != JointKind::Then {
            return Err(Diagnostic::error("a chain of layers is no data")
                .code("E3")
                .label(joint.span, "data steps are joined with `|`")
                .with_hint("airline | window 12"));
        }
        recipe = recipe.then(step(part, line)?);
    }
    Ok(recipe)
}

fn beginning(value: &Value, line: Line<'_>, state: &State) -> Result<Recipe, Diagnostic> {
    let part = &value.first;
    if let Some(repeat) = part.repeat {
        return Err(repeated(&part_text(&Part { repeat: None, ..part.clone() }), repeat));
    }
    match &part.kind {
        PartKind::Group(inner) => recipe(inner, line, state),
        PartKind::List(items) => Ok(Recipe {
            source: Source::List(list(items, part, line)?),
            source_span: part.span,
            steps: Vec::new(),
        }),
        PartKind::Literal(arg) => {
            Err(Diagnostic::error(format!("{} is no data", arg_text(arg)))
                .label(arg.span, "a source, a list or a name goes here")
                .with_hint("[112 118 132] | window 1"))
        }
        PartKind::Word { word, args } => {
            if is_later(&word.text, WordKind::Source) {
                return Err(later(&word.text, word.span));
            }
            let args = Args::new(word, args, line);
            if find_kind(&word.text, WordKind::Source).is_some() {
                let mut recipe = source(args, part.span)?;
                if let Source::Csv(csv) = &mut recipe.source {
                    csv.folder.clone_from(&state.within);
                }
                return Ok(recipe);
            }
            match named_data(&word.text, state) {
                Some(data) => {
                    args.end()?;
                    Ok(data.recipe.clone())
                }
                None => Err(no_data(word, value, line, state)),
            }
        }
    }
}

fn list(items: &[Arg], part: &Part, line: Line<'_>) -> Result<Vec<f64>, Diagnostic> {
    if items.is_empty() {
        return Err(Diagnostic::error("the list has no values")
            .label(part.span, "empty")
            .with_fix(line.instead(part.span, "[112 118 132]")));
    }
    let number = |item: &Arg| match item.kind {
        ArgKind::Number(number) if number.is_finite() => Ok(number),
        ArgKind::Choice(_) => Err(swept(item, line)),
        _ => Err(Diagnostic::error(format!(
            "a list of data holds numbers only, not {}",
            arg_text(item)
        ))
        .label(item.span, "not a number")),
    };
    items.iter().map(number).collect()
}

/// What the word is instead: a step, a model, a layer, or nothing known.
fn no_data(word: &Word, value: &Value, line: Line<'_>, state: &State) -> Diagnostic {
    let text = &word.text;
    if find_kind(text, WordKind::Step).is_some() {
        return Diagnostic::error(format!(
            "`{text}` is a data step; data goes before it"
        ))
        .label(word.span, "no data before this")
        .with_hint(format!("airline | {}", print_value(value)));
    }
    let model = match named(text, state) {
        Some(Named::Described(_) | Named::Trained(_)) => Some("a model".to_owned()),
        Some(Named::Cell(_)) => Some("a cell".to_owned()),
        Some(Named::Data(_)) | None => {
            vocabulary::find(text).next().map(|e| e.kind.with_article())
        }
    };
    if let Some(kind) = model {
        return Diagnostic::error(format!("`{text}` is {kind}, not data"))
            .label(word.span, "data goes here")
            .with_fix(line.instead(value.first.span, "airline"));
    }
    if text == "it" || lone_word(value).is_some() {
        return no_such_name_in(word, state, line);
    }
    let known = names(state, |named| matches!(named, Named::Data(_)));
    let near = suggest(text, known.into_iter().chain(ready(WordKind::Source)));
    match near {
        Some(near) => Diagnostic::error(format!("unknown source `{text}`"))
            .code("E1")
            .label(word.span, format!("did you mean `{near}`?"))
            .with_fix(line.instead(word.span, near)),
        None if value.first.span == word.span => no_such_name_in(word, state, line),
        None => {
            let sources: Vec<&str> = ready(WordKind::Source).collect();
            Diagnostic::error(format!("unknown source `{text}`"))
                .code("E1")
                .label(word.span, "not known")
                .note(format!("the sources are {}", sources.join(", ")))
        }
    }
}
