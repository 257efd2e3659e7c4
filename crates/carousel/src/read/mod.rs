//! From the syntax tree to what it means: recipes, networks, baselines, options.
//!
//! Nothing here computes or reads files; names are looked up in the [`State`].

mod args;
mod baseline;
mod csv;
mod later;
mod layer;
mod line;
mod names;
mod network;
mod not_layer;
mod number;
mod optimiser;
mod option;
mod recipe;
mod source;
mod step;
mod sweep;
mod training;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use carousel_data::Baseline;
use carousel_lang::Diagnostic;
use carousel_lang::ast::{JointKind, PartKind, Value};
use carousel_lang::vocabulary::{WordKind, find_kind};

pub(crate) use baseline::baseline;
pub(crate) use network::networks;
pub(crate) use recipe::data;
pub(crate) use training::{DEFAULT_EPOCHS, TrainingWords, training};

use crate::state::{Data, Described, Named, State, Trained};
pub(crate) use line::arg_text;
use line::{lone_word, unwrapped};

/// What a value in a command turned out to be.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// A pipe, a source, a list or the name of data.
    Data(Arc<Data>),
    /// A chain that has not learned: several where braces sweep.
    Networks(Vec<Described>),
    /// The name of a model that has learned (or `it`).
    Trained {
        /// The name.
        name: String,
        /// The model.
        model: Arc<Trained>,
    },
    /// `naive`, `seasonal 12`
    Baseline(Baseline),
}

/// What a value in a command is; `it` is the last model, or else the last data.
///
/// # Errors
/// What is wrong with the chain, the pipe or the name that it looks like.
pub(crate) fn subject(value: &Value, state: &State) -> Result<Subject, Diagnostic> {
    let value = unwrapped(value);
    if let Some(named) = lone_word(value).and_then(|word| names::named(&word.text, state))
    {
        match named {
            Named::Data(data) => return Ok(Subject::Data(Arc::clone(data))),
            Named::Described(described) => {
                return Ok(Subject::Networks(vec![(**described).clone()]));
            }
            Named::Trained(trained) => {
                let (name, model) = (line::part_text(&value.first), Arc::clone(trained));
                return Ok(Subject::Trained { name, model });
            }
            // It needs its number of units, which is said where layers are read.
            Named::Cell(_) => {}
        }
    }
    if let Some(baseline) = baseline(value) {
        return baseline.map(Subject::Baseline);
    }
    if is_data(value, state) {
        return data(value, state).map(|data| Subject::Data(Arc::new(data)));
    }
    networks(value, state).map(Subject::Networks)
}

/// Whether a value is data rather than a model: a source, a list, a pipe, or the name
/// of data. A bare `it` is data only where no model has been made.
pub(crate) fn is_data(value: &Value, state: &State) -> bool {
    if let Some((joint, _)) = value.rest.first() {
        return joint.kind == JointKind::Then;
    }
    match &value.first.kind {
        PartKind::Group(inner) => is_data(inner, state),
        PartKind::List(_) => true,
        PartKind::Literal(_) => false,
        PartKind::Word { word, .. } if word.text == "it" => {
            state.it_model.is_none() && state.it_data.is_some()
        }
        PartKind::Word { word, .. } => {
            let is = |kind| find_kind(&word.text, kind).is_some();
            (is(WordKind::Source) && word.text != "load")
                || is(WordKind::Step)
                || names::named_data(&word.text, state).is_some()
        }
    }
}
