//! `plot gradients of rnn 16 -> dense 1, lstm 16 -> dense 1 on far`: how far they reach
//! back.

use std::sync::Arc;

use carousel_data::{Dataset, Sequences};
use carousel_lang::ast::{Command, Preposition, Value};
use carousel_lang::{Diagnostic, print_value};
use carousel_net::engine::Loss;
use carousel_net::inside::state_gradients;
use carousel_net::model::{Like, Model};
use carousel_plot::Figure;

use crate::learn::{can_be_read, fresh};
use crate::read::{self, Subject};
use crate::seen::seen;
use crate::state::Described;
use crate::statements::inside::{place, recurrent_layer, row_name};
use crate::work::{Halt, Work};
use crate::{figures, need};

/// How many sequences a line is the mean of.
const SEQUENCES: usize = 32;

/// One model and what it is looked at with.
struct Subjected {
    name: String,
    model: Model,
    dataset: Arc<Dataset>,
    data: String,
    loss: Loss,
}

/// The norms of several models in one chart. Chains that have not learned have the
/// start values that `train` would give them.
///
/// # Errors
/// Where a model does not fit the data, or has no steps.
pub(super) fn drawn(
    work: &mut Work<'_>,
    subjects: &[Value],
    command: &Command,
) -> Result<(String, Figure), Halt> {
    let mut lines: Vec<(String, Vec<f64>)> = Vec::new();
    let (mut names, mut states) = (Vec::new(), Vec::new());
    let mut which = String::new();
    for value in subjects {
        for one in subjected(work, value, command)? {
            let network = &one.model.network;
            let layer = recurrent_layer(network, &one.name, value.span, command)?;
            let (sequences, members, on) = chosen(&one, command)?;
            which = on;
            if work.dry {
                continue;
            }
            let found =
                state_gradients(&one.model, layer, sequences, &members, one.loss)?;
            let several = found.len() > 1;
            for (state, norms) in found {
                let line = match several {
                    true => format!("{}: {state}", one.name),
                    false => one.name.clone(),
                };
                lines.push((line, norms));
                if !states.contains(&state) {
                    states.push(state);
                }
            }
            names.push(one.name);
        }
    }
    let name = format!("gradients of {}", names.join(", "));
    let subtitle =
        format!("L: the loss on {which}; {}: the state after a step", states.join(", "));
    let gradients: Vec<String> = states.iter().map(|s| format!("dL/d{s}")).collect();
    let measure = format!("norm of {}", gradients.join(", "));
    let title = "how far gradients reach back";
    let figure = figures::gradients_figure((title, &subtitle), &measure, &lines);
    Ok((name, figure))
}

/// The models that a subject means, each with its data.
fn subjected(
    work: &mut Work<'_>,
    value: &Value,
    command: &Command,
) -> Result<Vec<Subjected>, Halt> {
    match read::subject(value, &work.state)? {
        Subject::Networks(networks) => networks
            .iter()
            .map(|described| start(work, value, described, command))
            .collect(),
        Subject::Trained { name, model } => {
            let seen = seen(work, &name, &model, command)?;
            let loss = model.trainings[0].options.loss;
            let model = model.model().clone();
            let (dataset, data) = (seen.dataset, seen.data);
            Ok(vec![Subjected { name, model, dataset, data, loss }])
        }
        // Both are told as where any model is needed.
        Subject::Data(_) | Subject::Baseline(_) => {
            need::trained_value(value, &work.state)?;
            Ok(Vec::new())
        }
    }
}

/// A model with its start values.
fn start(
    work: &mut Work<'_>,
    value: &Value,
    described: &Described,
    command: &Command,
) -> Result<Subjected, Halt> {
    let Some((data, span)) = need::on_data(command, &work.state)? else {
        let text = print_value(value);
        return Err(Diagnostic::error(format!(
            "`{text}` needs data to have gradients on"
        ))
        .label(value.span, "a model that has met no data")
        .with_hint(format!(
            "plot gradients of {text} on {}",
            need::some_data(&work.state)
        ))
        .into());
    };
    let dataset = work.dataset(&data)?;
    can_be_read(&dataset, &data, span)?;
    let model = fresh(described, need::shape_of(&dataset), Like::default(), work.seed())?;
    let (name, data) = (described.text.clone(), data.text.clone());
    Ok(Subjected { name, model, dataset, data, loss: Loss::default() })
}

/// The window that predicts the row after `at`, or the first ones of the train part.
fn chosen<'a>(
    one: &'a Subjected,
    command: &Command,
) -> Result<(&'a Sequences, Vec<usize>, String), Diagnostic> {
    let dataset = &one.dataset;
    if command.clause(Preposition::At).is_some() {
        let place = place(dataset, command)?;
        let sequences = dataset.part(place.part).unwrap_or(&dataset.train);
        let which = format!("the window that predicts {}", row_name(dataset, place.row));
        return Ok((sequences, vec![place.member], which));
    }
    let count = dataset.train.len().min(SEQUENCES);
    let first = if count < dataset.train.len() { "first " } else { "" };
    let samples = need::count(count, "sample");
    let which = format!("the {first}{samples} of {}, their mean", one.data);
    Ok((&dataset.train, (0..count).collect(), which))
}
