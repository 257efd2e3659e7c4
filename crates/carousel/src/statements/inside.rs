//! What statements look into: a model, a row and a layer go in, the window that
//! predicts that row and the layer's steps on it come out.

mod place;

use std::sync::Arc;

use carousel_data::{Dataset, Form, Part, Sequences};
use carousel_lang::ast::{ArgKind, Command, Value};
use carousel_lang::{Diagnostic, Span};
use carousel_net::inside::{Unrolled, unroll};
use carousel_net::model::Memory;
use carousel_net::network::{LayerKind, Network};

use crate::need;
use crate::read::arg_text;
use crate::seen::seen;
use crate::state::Trained;
use crate::summarise::layer_text;
use crate::work::{Halt, Work};

pub(super) use place::{Place, place};

/// A model on one window.
pub(super) struct Inside {
    /// What messages call the model.
    pub(super) name: String,
    /// The model.
    pub(super) model: Arc<Trained>,
    /// Its data.
    pub(super) dataset: Arc<Dataset>,
    /// The window.
    pub(super) place: Place,
    /// The window alone.
    pub(super) window: Sequences,
    /// What stateful layers remember before it.
    pub(super) memory: Memory,
    /// A recurrent layer on it.
    pub(super) unrolled: Unrolled,
    /// One unit of that layer, counted from 0, where one is asked for.
    pub(super) unit: Option<usize>,
}

/// Runs a layer of a model on the window that predicts the row after `at`; `None` where
/// nothing is to be computed.
///
/// # Errors
/// Where the model has not learned, no window predicts the row, or the layer has no
/// steps.
pub(super) fn inside(
    work: &mut Work<'_>,
    subject: &Value,
    command: &Command,
) -> Result<Option<Inside>, Halt> {
    let (name, model) = need::trained_value(subject, &work.state)?;
    let network = &model.described.network;
    let layer = recurrent_layer(network, &name, subject.span, command)?;
    let LayerKind::Recurrent(recurrent) = &network.layers[layer].kind else {
        return Ok(None);
    };
    let unit = number(command, "unit", ("layer", recurrent.units))?;
    let dataset = seen(work, &name, &model, command)?.dataset;
    let place = place(&dataset, command)?;
    if work.dry {
        return Ok(None);
    }
    let memory = memory(work, &model, &dataset, &place)?;
    let all = dataset.part(place.part).expect("the place is in a part");
    let window = all.only(place.member..place.member + 1);
    let settings = work.state.settings.graph();
    let unrolled = unroll(model.model(), layer, &window, &memory, settings)?;
    Ok(Some(Inside { name, model, dataset, place, window, memory, unrolled, unit }))
}

/// What stateful layers remember when they come to the window: all that stands before
/// it is read.
fn memory(
    work: &Work<'_>,
    model: &Trained,
    dataset: &Dataset,
    place: &Place,
) -> Result<Memory, Halt> {
    let model = model.model();
    let mut memory = model.memory();
    if !model.network.is_stateful() {
        return Ok(memory);
    }
    let settings = work.state.settings.graph();
    for (part, sequences) in dataset.parts() {
        if dataset.apart {
            memory = model.memory();
        }
        let last = part == place.part;
        let before =
            if last { sequences.only(0..place.member) } else { sequences.clone() };
        model
            .predict(&before, &mut memory, settings, Some(work.interrupt))
            .map_err(|_| Halt::Quit)?;
        if last {
            break;
        }
    }
    Ok(memory)
}

/// The layer that `layer N` names, or the first recurrent one; counted from 0.
///
/// # Errors
/// Where it has no steps.
pub(super) fn recurrent_layer(
    network: &Network,
    name: &str,
    span: Span,
    command: &Command,
) -> Result<usize, Diagnostic> {
    let is_recurrent =
        |layer: &usize| matches!(network.layers[*layer].kind, LayerKind::Recurrent(_));
    let all: Vec<usize> = (0..network.layers.len()).filter(is_recurrent).collect();
    let Some(first) = all.first() else {
        let layers: Vec<String> = network.layers.iter().map(layer_text).collect();
        return Err(Diagnostic::error(format!("`{name}` has no recurrent layer"))
            .label(span, format!("{}: none of them has steps", layers.join(", ")))
            .with_hint("lstm 4 -> dense 1"));
    };
    let Some(layer) = number(command, "layer", ("model", network.layers.len()))? else {
        return Ok(*first);
    };
    if all.contains(&layer) {
        return Ok(layer);
    }
    let text = layer_text(&network.layers[layer]);
    let number = layer + 1;
    let option = command.option("layer").map_or(span, |option| option.word.span);
    Err(Diagnostic::error(format!("layer {number} of `{name}` has no steps"))
        .label(option, format!("`{text}` is not recurrent"))
        .with_hint(format!("layer {}", first + 1)))
}

/// The number after `layer` or `unit`, of which `owner` has `count`; counted from 0.
///
/// # Errors
/// Where there are fewer.
pub(super) fn number(
    command: &Command,
    word: &str,
    (owner, count): (&str, usize),
) -> Result<Option<usize>, Diagnostic> {
    let Some(option) = command.option(word) else { return Ok(None) };
    let arg = option.arg.as_ref();
    if let Some(ArgKind::Number(number)) = arg.map(|arg| &arg.kind)
        && number.fract() == 0.0
        && (1.0..=count as f64).contains(number)
    {
        return Ok(Some(*number as usize - 1));
    }
    let text = arg.map_or(String::new(), arg_text);
    let has = need::count(count, word);
    Err(Diagnostic::error(format!("there is no {word} {text}: the {owner} has {has}"))
        .label(arg.map_or(option.word.span, |arg| arg.span), "not one of them")
        .with_hint(format!("{word} {count}")))
}

impl Inside {
    /// `layer 1, lstm 4, on the window that predicts 1957-03 (row 99)`
    pub(super) fn text(&self) -> String {
        let window = if self.window.every { "chunk" } else { "window" };
        format!(
            "{}, on the {window} that predicts {}",
            self.layer_text(),
            row_name(&self.dataset, self.place.row)
        )
    }

    /// `layer 1, lstm 4`
    pub(super) fn layer_text(&self) -> String {
        let layer = &self.model.described.network.layers[self.unrolled.layer];
        let forwards = match &layer.kind {
            LayerKind::Recurrent(recurrent) if recurrent.bidirectional => ", forwards",
            LayerKind::Recurrent(_)
            | LayerKind::Dense { .. }
            | LayerKind::Dropout { .. }
            | LayerKind::Flat
            | LayerKind::Embed { .. } => "",
        };
        format!("layer {}, {}{forwards}", self.unrolled.layer + 1, layer_text(layer))
    }

    /// The row that each step reads; none where steps are no single rows.
    pub(super) fn rows(&self) -> Vec<usize> {
        let steps = self.unrolled.steps.len();
        let first = self.window.rows.first().copied().unwrap_or(0);
        match self.dataset.preparation.form {
            Form::Window { as_features: false, .. } if first >= steps => {
                (first - steps..first).collect()
            }
            Form::Stream { .. } if first >= 1 => (first - 1..first - 1 + steps).collect(),
            Form::Window { .. } | Form::Stream { .. } | Form::Task | Form::Rows => {
                Vec::new()
            }
        }
    }

    /// The label of each step; none where rows have only numbers.
    pub(super) fn labels(&self) -> Vec<String> {
        let labels = &self.dataset.table.labels;
        self.rows().iter().filter_map(|row| labels.get(*row).cloned()).collect()
    }
}

/// `1957-03 (row 99)`, or `row 99`.
pub(super) fn row_name(dataset: &Dataset, row: usize) -> String {
    match dataset.table.labels.get(row) {
        Some(label) => format!("{label} (row {})", row + 1),
        None => format!("row {}", row + 1),
    }
}

/// The parts with the rows that their windows predict: `train 4 to 96`.
fn predicted_rows(dataset: &Dataset) -> Vec<(Part, usize, usize)> {
    let bounds = |(part, sequences): (Part, &Sequences)| {
        let first = sequences.rows.iter().min()?;
        Some((part, first + 1, sequences.rows.iter().max()? + 1))
    };
    dataset.parts().filter_map(bounds).collect()
}
