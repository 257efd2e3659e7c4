//! Layers: a word of a chain, its number and its options.

use std::sync::Arc;

use carousel_lang::Diagnostic;
use carousel_lang::ast::{ArgKind, Word};
use carousel_lang::vocabulary::{WordKind, find_kind};
use carousel_net::network::{Activation, Cell, LayerKind, Output, Recurrent};

use super::args::{Args, known};
use super::later::{is_later, later};
use super::number::{SHARE, Whole};
use crate::state::{Named, State};

const UNITS: Whole = Whole { noun: "number of units", low: 1, high: 65_536, usual: 4 };

/// The layer that a word and its arguments are; `None` if the word is none.
///
/// # Errors
/// Where an argument is missing, not allowed or one too many, or options do not go
/// together.
pub(super) fn layer(
    mut args: Args<'_>,
    state: &State,
) -> Result<Option<LayerKind>, Diagnostic> {
    let head = args.head;
    if is_later(&head.text, WordKind::Layer) {
        return Err(later(&head.text, head.span));
    }
    let kind = match head.text.as_str() {
        "dense" => dense(&mut args)?,
        "dropout" => LayerKind::Dropout { rate: args.real(head, SHARE)? as f32 },
        "flat" => LayerKind::Flat,
        _ => match cell(head, state) {
            Some(cell) => {
                args = args.with_options(known("lstm"));
                LayerKind::Recurrent(recurrent(&mut args, cell)?)
            }
            None => return Ok(None),
        },
    };
    args.end()?;
    Ok(Some(kind))
}

fn cell(word: &Word, state: &State) -> Option<Cell> {
    Some(match word.text.as_str() {
        "lstm" => Cell::Lstm,
        "gru" => Cell::Gru,
        "rnn" => Cell::Rnn,
        name => match state.names.get(name)? {
            Named::Cell(definition) => Cell::User(Arc::clone(definition)),
            Named::Data(_) | Named::Described(_) | Named::Trained(_) => return None,
        },
    })
}

fn recurrent(args: &mut Args<'_>, cell: Cell) -> Result<Recurrent, Diagnostic> {
    let head = args.head;
    let mut units = None;
    let mut layer = Recurrent {
        cell,
        units: 0,
        stateful: false,
        bidirectional: false,
        dropout: 0.0,
        recurrent_dropout: 0.0,
        output: None,
        frozen: false,
    };
    while args.peek().is_some() {
        let Some(option) = args.option()? else {
            if units.is_some() {
                break;
            }
            units = Some(args.whole(head, UNITS)?);
            continue;
        };
        match option.text.as_str() {
            "stateful" => layer.stateful = true,
            "bidirectional" => layer.bidirectional = true,
            "dropout" => layer.dropout = args.real(&option, SHARE)? as f32,
            "recurrent-dropout" => {
                layer.recurrent_dropout = args.real(&option, SHARE)? as f32;
            }
            "last" => layer.output = Some(Output::Last),
            "every" => layer.output = Some(Output::Every),
            "frozen" => layer.frozen = true,
            _ => return Err(wrong_option(args, &option)),
        }
    }
    check_pairs(args)?;
    layer.units = units.map_or_else(|| args.whole(head, UNITS), Ok)?;
    Ok(layer)
}

/// Options that do not go together.
fn check_pairs(args: &Args<'_>) -> Result<(), Diagnostic> {
    if let (Some(stateful), Some(both)) =
        (args.place("stateful"), args.place("bidirectional"))
    {
        return Err(Diagnostic::error("a bidirectional layer cannot be stateful")
            .label(both, "reads the steps backwards too")
            .label(stateful, "keeps the state for the next batch")
            .note(
                "a state read backwards has no next batch: it ends where the data begin",
            )
            .with_fix(args.line.instead(stateful, "")));
    }
    if let (Some(last), Some(every)) = (args.place("last"), args.place("every")) {
        return Err(Diagnostic::error("`last` and `every` exclude each other")
            .label(every, "passes on every step")
            .label(last, "passes on the last step only")
            .with_fix(args.line.instead(every, "")));
    }
    Ok(())
}

fn wrong_option(args: &Args<'_>, option: &Word) -> Diagnostic {
    if is_later(&option.text, WordKind::PartOption) {
        return later(&option.text, option.span);
    }
    args.unknown(option)
}

fn dense(args: &mut Args<'_>) -> Result<LayerKind, Diagnostic> {
    let head = args.head;
    let (mut units, mut activation, mut frozen) = (None, None, false);
    while let Some(arg) = args.peek() {
        let Some(option) = args.option()? else {
            if units.is_some() || matches!(arg.kind, ArgKind::Percent(_)) {
                break;
            }
            units = Some(args.whole(head, UNITS)?);
            continue;
        };
        let read = match option.text.as_str() {
            "frozen" => {
                frozen = true;
                continue;
            }
            "linear" => Activation::Linear,
            "relu" => Activation::Relu,
            "tanh" => Activation::Tanh,
            "sigmoid" => Activation::Sigmoid,
            "softmax" => Activation::Softmax,
            other if is_later(other, WordKind::Activation) => {
                return Err(later(other, option.span));
            }
            _ => return Err(args.unknown(&option)),
        };
        if let Some((_, earlier)) = activation.replace((read, option.clone())) {
            return Err(Diagnostic::error("`dense` has one activation, not two")
                .label(option.span, "the second")
                .label(earlier.span, "the first")
                .with_fix(args.line.instead(option.span, "")));
        }
    }
    let activation = activation.map_or(Activation::Linear, |(read, _)| read);
    Ok(LayerKind::Dense { units, activation, frozen })
}

/// Leaves the weights of a layer alone while training.
pub(super) fn freeze(kind: &mut LayerKind) {
    match kind {
        LayerKind::Recurrent(recurrent) => recurrent.frozen = true,
        LayerKind::Dense { frozen, .. } | LayerKind::Embed { frozen, .. } => {
            *frozen = true;
        }
        LayerKind::Dropout { .. } | LayerKind::Flat => {}
    }
}

/// Whether a word begins a layer in any session.
pub(super) fn is_layer(word: &str) -> bool {
    find_kind(word, WordKind::Layer).is_some()
}
