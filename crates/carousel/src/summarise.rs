//! Layers, shapes and weights of a model, as a bare model line and `show m` tell them.

use std::sync::Arc;

use carousel_data::Dataset;
use carousel_lang::Diagnostic;
use carousel_net::model::Like;
use carousel_net::network::{Activation, Layer, LayerKind, Network, Output, Recurrent};
use carousel_net::parameters::parameters;
use carousel_net::shape::{DataShape, Flow, flows};

use crate::need::{count, shape_of};
use crate::output::figure;
use crate::state::{Described, Trained};
use crate::work::{Halt, Work};
use crate::{LayerSummary, Summary};

/// What a network is sized for, in numbers and words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sized {
    /// The numbers.
    pub(crate) shape: DataShape,
    /// `air (3 steps of 1 value)`
    pub(crate) text: String,
}

/// The summary of a model: sized on its own data if it has learned, else on the current
/// data if that fits, else on one step of one value.
///
/// # Errors
/// What is wrong with its layers whatever the data.
pub(crate) fn summary(
    work: &mut Work<'_>,
    name: &str,
    described: &Described,
    trained: Option<&Trained>,
) -> Result<Summary, Diagnostic> {
    let Some(trained) = trained else {
        let sized = size(work, &described.network)?;
        return sized_summary(name, described, &sized, Like::Keras);
    };
    let model = trained.model();
    let sized = Sized {
        shape: model.data,
        text: format!("{} ({})", trained.data_text(), steps_text(model.data)),
    };
    let mut summary = sized_summary(name, described, &sized, model.like)?;
    summary.learned = learned(trained);
    Ok(summary)
}

/// The summary of a model for data of this shape.
///
/// # Errors
/// Where it does not fit.
pub(crate) fn sized_summary(
    name: &str,
    described: &Described,
    sized: &Sized,
    like: Like,
) -> Result<Summary, Diagnostic> {
    let network = &described.network;
    let flows = flows(network, sized.shape)?;
    let parameters = parameters(network, &flows, like == Like::PyTorch)?;
    let weights = |layer| {
        let own = parameters.iter().filter(|parameter| parameter.layer == layer);
        own.map(carousel_net::parameters::Parameter::len).sum()
    };
    let layers = network.layers.iter().enumerate().map(|(k, layer)| LayerSummary {
        text: layer_text(layer),
        shapes: format!(
            "{} -> {}",
            flow_text(flows[k], sized.shape),
            flow_text(flows[k + 1], sized.shape)
        ),
        weights: weights(k),
        layer: layer.clone(),
    });
    let layers: Vec<LayerSummary> = layers.collect();
    Ok(Summary {
        name: name.to_owned(),
        text: described.text.clone(),
        data: sized.text.clone(),
        weights: layers.iter().map(|layer| layer.weights).sum(),
        layers,
        learned: String::new(),
    })
}

/// What data gives a network, in numbers and words.
pub(crate) fn sized_on(dataset: &Dataset, data: &str) -> Sized {
    let shape = shape_of(dataset);
    Sized { shape, text: format!("{data} ({})", steps_text(shape)) }
}

/// The current data if it fits, else one step of one value.
pub(crate) fn size(work: &mut Work<'_>, network: &Network) -> Result<Sized, Diagnostic> {
    let mut text = "1 step of 1 value: there is no data yet".to_owned();
    if let Some(data) = work.state.it_data.clone() {
        match current(work, &data.recipe) {
            Ok(dataset) => {
                let sized = sized_on(&dataset, &data.text);
                match flows(network, sized.shape) {
                    Ok(_) => return Ok(sized),
                    Err(misfit) => {
                        let why = misfit.title;
                        text = format!("1 step of 1 value; on `{}`, {why}", data.text);
                    }
                }
            }
            Err(_) => text = format!("1 step of 1 value: `{}` cannot be read", data.text),
        }
    }
    let shape = DataShape {
        steps: Some(1),
        features: 1,
        width: own_width(network),
        every: false,
        ..DataShape::default()
    };
    let every = DataShape { every: true, ..shape };
    match flows(network, shape) {
        Ok(_) => Ok(Sized { shape, text }),
        Err(_) if flows(network, every).is_ok() => Ok(Sized { shape: every, text }),
        Err(error) => Err(error),
    }
}

/// The current data, without the hints of its leaks: they were told before.
fn current(
    work: &mut Work<'_>,
    recipe: &carousel_data::Recipe,
) -> Result<Arc<Dataset>, Option<Diagnostic>> {
    work.prepare(recipe).map_err(|halt| match halt {
        Halt::Errors(mut errors) | Halt::Kept(mut errors) => errors.pop(),
        Halt::Quit => None,
    })
}

/// How many numbers a network gives if no target says it.
fn own_width(network: &Network) -> usize {
    let width = |layer: &Layer| match &layer.kind {
        LayerKind::Recurrent(layer) => {
            Some(layer.units * (1 + usize::from(layer.bidirectional)))
        }
        LayerKind::Dense { units, .. } => Some(units.unwrap_or(1)),
        LayerKind::Embed { units, .. } => Some(*units),
        LayerKind::Dropout { .. } | LayerKind::Flat => None,
    };
    network.layers.iter().rev().find_map(width).unwrap_or(1)
}

/// `3 steps of 1 value`
fn steps_text(shape: DataShape) -> String {
    let steps = shape
        .steps
        .map_or("any number of steps".to_owned(), |steps| count(steps, "step"));
    format!("{steps} of {}", count(shape.features, "value"))
}

/// `3x4`, `4`
fn flow_text(flow: Flow, shape: DataShape) -> String {
    match (flow.every, shape.steps) {
        (false, _) => flow.width.to_string(),
        (true, Some(steps)) => format!("{steps}x{}", flow.width),
        (true, None) => format!("Tx{}", flow.width),
    }
}

fn learned(trained: &Trained) -> String {
    let first = &trained.trainings[0];
    // A file keeps the last losses only, and the number of all epochs.
    let epochs = match trained.dataset {
        Some(_) => first.history.train.len(),
        None => trained.epochs,
    };
    let Some(loss) = first.history.train.last() else {
        return format!("learned from {}", trained.data_text());
    };
    let seeds = match trained.trainings.len() {
        1 => String::new(),
        seeds => format!(", {seeds} seeds, of which this is the first"),
    };
    let validation = (first.history.validation.last())
        .map_or(String::new(), |loss| format!(", validation {}", figure(*loss)));
    format!(
        "learned in {} from {}: loss {}{validation}{seeds}",
        count(epochs, "epoch"),
        trained.data_text(),
        figure(*loss)
    )
}

/// The layers as a line that can be typed, with nothing left to names of models.
pub(crate) fn chain_text(network: &Network) -> String {
    let layers: Vec<String> = network.layers.iter().map(layer_text).collect();
    layers.join(" -> ")
}

/// A layer as it is typed: `lstm 4 stateful`.
pub(crate) fn layer_text(layer: &Layer) -> String {
    match &layer.kind {
        LayerKind::Recurrent(recurrent) => recurrent_text(recurrent),
        LayerKind::Dense { units, activation, frozen } => {
            let units = units.map_or(String::new(), |units| format!(" {units}"));
            let activation = match activation {
                Activation::Linear => "",
                Activation::Relu => " relu",
                Activation::Tanh => " tanh",
                Activation::Sigmoid => " sigmoid",
                Activation::Softmax => " softmax",
            };
            format!("dense{units}{activation}{}", if *frozen { " frozen" } else { "" })
        }
        LayerKind::Dropout { rate } => format!("dropout {rate}"),
        LayerKind::Flat => "flat".to_owned(),
        LayerKind::Embed { units, frozen } => {
            format!("embed {units}{}", if *frozen { " frozen" } else { "" })
        }
    }
}

fn recurrent_text(layer: &Recurrent) -> String {
    let mut text = format!("{} {}", layer.cell.word(), layer.units);
    let mut add = |written: bool, option: &str| {
        if written {
            text.push(' ');
            text.push_str(option);
        }
    };
    add(layer.stateful, "stateful");
    add(layer.bidirectional, "bidirectional");
    add(layer.dropout > 0.0, &format!("dropout {}", layer.dropout));
    let recurrent_dropout = format!("recurrent-dropout {}", layer.recurrent_dropout);
    add(layer.recurrent_dropout > 0.0, &recurrent_dropout);
    add(layer.output == Some(Output::Last), "last");
    add(layer.output == Some(Output::Every), "every");
    add(layer.frozen, "frozen");
    text
}
