//! `n = load "air.safetensors"`: a model that was saved.

use std::sync::Arc;

use carousel_lang::ast::{Arg, ArgKind, PartKind, StatementKind, Value};
use carousel_lang::{Diagnostic, Source, SourceId, Span, parse};
use carousel_net::model::{Like, Model};
use carousel_net::network::Network;
use carousel_net::parameters::{Parameter, parameters};
use carousel_net::shape::{DataShape, flows};
use carousel_net::train::{Stopped, Training};
use carousel_net::weights::{Weights, from_bytes};

use super::save::{Card, card};
use super::unreadable;
use crate::read::{self, TrainingWords};
use crate::state::{Described, Fit, Named, State, Trained};
use crate::work::{Halt, Work};

/// Sizes up to here cannot overflow when they are multiplied.
const FARTHEST: usize = 1 << 20;

/// What follows `load`, if a value is such a call.
pub(super) fn call(value: &Value) -> Option<(&[Arg], Span)> {
    match &value.first.kind {
        PartKind::Word { word, args } if word.text == "load" && value.rest.is_empty() => {
            Some((args, value.span))
        }
        PartKind::Word { .. }
        | PartKind::Group(_)
        | PartKind::List(_)
        | PartKind::Literal(_) => None,
    }
}

/// Reads a model from the file that `args` name.
///
/// # Errors
/// Where there is no such file, or it does not hold a whole model.
pub(super) fn run(
    work: &mut Work<'_>,
    args: &[Arg],
    span: Span,
) -> Result<Trained, Halt> {
    let (typed, span) = file(args, span)?;
    let path = work.path(&typed);
    if let Some(saved) = work.state.saved.get(&path) {
        return Ok(Trained { data: None, dataset: None, ..Trained::clone(saved) });
    }
    let bytes = std::fs::read(&path).map_err(|error| {
        let title = if path.is_dir() {
            format!("`{typed}` is a folder, not a model")
        } else {
            unreadable(&typed, &path, &error)
        };
        Diagnostic::error(title).label(span, "loaded here")
    })?;
    let weights =
        from_bytes(&bytes).map_err(|error| error.or_label(span, "loaded here"))?;
    let card = card(&weights.metadata).map_err(|what| foreign(&typed, what, span))?;
    Ok(trained(&card, &weights, bytes.len(), &typed, span)?)
}

fn file(args: &[Arg], span: Span) -> Result<(String, Span), Diagnostic> {
    if let [Arg { kind: ArgKind::String(file), span }] = args {
        return Ok((file.clone(), *span));
    }
    Err(Diagnostic::error("`load` needs the name of one file, in quotes")
        .code("E2")
        .label(span, "no file in quotes")
        .with_hint("n = load \"air.safetensors\""))
}

fn trained(
    card: &Card,
    weights: &Weights,
    bytes: usize,
    typed: &str,
    span: Span,
) -> Result<Trained, Diagnostic> {
    let here = |error: Diagnostic| moved(&error, typed, span);
    let described = described(card).map_err(here)?;
    let options = TrainingWords::default();
    let stateful = described.network.is_stateful();
    if !is_as_large(&described.network, card, bytes).map_err(here)? {
        let error = format!("it is too small for `{}`", card.model);
        return Err(here(Diagnostic::error(error)));
    }
    let mut model =
        Model::new(&described.network, card.shape, card.like, 0).map_err(here)?;
    let memory = weights.fill(&mut model).map_err(here)?;
    let mut training = Training::new(model, options.options(1, stateful, 0));
    training.history = card.history.clone();
    Ok(Trained {
        described,
        data: None,
        dataset: None,
        preparation: card.preparation.clone(),
        trainings: vec![training],
        fits: vec![Fit { parts: Vec::new(), memory }],
        stopped: Stopped::Done,
        epochs: card.epochs,
    })
}

/// Whether a file can hold the weights of its model: asked before there is a model, so
/// that a changed file cannot ask for more memory than it is worth.
fn is_as_large(network: &Network, card: &Card, bytes: usize) -> Result<bool, Diagnostic> {
    let DataShape { steps, features, symbols, width, .. } = card.shape;
    let optional = steps.max(symbols).unwrap_or(0);
    if features.max(width).max(optional) > FARTHEST {
        return Ok(false);
    }
    let flows = flows(network, card.shape)?;
    let parameters = parameters(network, &flows, card.like == Like::PyTorch)?;
    let size =
        |of: &Parameter| of.dims.iter().fold(1_usize, |n, dim| n.saturating_mul(*dim));
    let numbers = parameters.iter().map(size).fold(0_usize, usize::saturating_add);
    Ok(numbers <= bytes / size_of::<f32>())
}

/// The model line of a file, read with the file's own cells.
fn described(card: &Card) -> Result<Described, Diagnostic> {
    let mut state = State::default();
    for kind in statements(&card.cells)? {
        if let StatementKind::Cell(cell) = kind {
            state.names.insert(cell.name.text.clone(), Named::Cell(Arc::new(cell)));
        }
    }
    let unclear = || Diagnostic::error(format!("`{}` is not a model", card.model));
    let mut lines = statements(&card.model)?;
    let Some(StatementKind::Value(value)) = lines.pop() else { return Err(unclear()) };
    read::networks(&value, &state)?.pop().ok_or_else(unclear)
}

fn statements(text: &str) -> Result<Vec<StatementKind>, Diagnostic> {
    let source =
        Source { id: SourceId::default(), name: String::new(), text: text.to_owned() };
    let (program, errors) = parse(&source);
    match errors.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(program.statements.into_iter().map(|s| s.kind).collect()),
    }
}

/// An error in the text of a file, told where the file is named: its own places are in
/// no text that can be shown.
fn moved(error: &Diagnostic, typed: &str, span: Span) -> Diagnostic {
    let mut moved =
        Diagnostic::error(format!("`{typed}` cannot be loaded: {}", error.title))
            .label(span, "loaded here");
    moved.notes = error.notes.clone();
    moved
}

fn foreign(typed: &str, what: &str, span: Span) -> Diagnostic {
    Diagnostic::error(format!(
        "`{typed}` holds weights, and not the model they belong to"
    ))
    .label(span, format!("`{what}` is missing in its metadata, or does not fit"))
    .note("`save` writes the model line, its data and its cells beside the weights")
}
