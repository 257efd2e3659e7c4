//! Learned numbers as tables of colours, one for each tensor.

use carousel_net::model::Model;
use carousel_net::parameters::{Parameter, Role};
use carousel_plot::{Figure, Heat, Panel, XAxis};

use crate::summarise::layer_text;

/// The tensors of a model, or of one layer of it. `inputs` name what the first layer
/// reads.
pub(crate) fn weights_figure(
    title: &str,
    model: &Model,
    layer: Option<usize>,
    inputs: &[String],
) -> Figure {
    let wanted = |parameter: &&Parameter| layer.is_none_or(|l| l == parameter.layer);
    let panels = model.parameters.iter().filter(wanted);
    Figure {
        title: title.to_owned(),
        subtitle: String::new(),
        panels: panels.map(|p| Panel::Heat(heat(model, p, inputs))).collect(),
    }
}

fn heat(model: &Model, parameter: &Parameter, inputs: &[String]) -> Heat {
    let width = parameter.dims.last().copied().unwrap_or(1);
    let numbers = &model.weights[parameter.range()];
    let values = numbers.chunks(width.max(1));
    let values: Vec<Vec<f64>> =
        values.map(|row| row.iter().map(|value| f64::from(*value)).collect()).collect();
    let units = width / parameter.blocks.len().max(1);
    let groups = parameter.blocks.iter().map(|name| (name.clone(), units)).collect();
    let reads = parameter.layer == 0 && parameter.role == Role::WeightInput;
    let rows = if parameter.dims.len() < 2 {
        vec![String::new()]
    } else if reads && inputs.len() == values.len() {
        inputs.to_vec()
    } else {
        (1..=values.len()).map(|row| row.to_string()).collect()
    };
    let reverse = if parameter.reverse { ", backwards" } else { "" };
    let sizes: Vec<String> = parameter.dims.iter().map(usize::to_string).collect();
    let layer = layer_text(&model.network.layers[parameter.layer]);
    Heat {
        title: name(parameter),
        measure: format!(
            "layer {}, {layer}{reverse}: {} [{}]",
            parameter.layer + 1,
            what(&parameter.role),
            sizes.join(" x ")
        ),
        rows,
        groups,
        x: XAxis::default(),
        values,
        range: None,
    }
}

/// What PyTorch calls the tensor, as far as it has one such.
fn name(parameter: &Parameter) -> String {
    match &parameter.role {
        Role::WeightInput => "w_ih".to_owned(),
        Role::WeightHidden(0) => "w_hh".to_owned(),
        Role::WeightHidden(_) => parameter.blocks.join(" "),
        Role::BiasInput => "b_ih".to_owned(),
        Role::BiasHidden => "b_hh".to_owned(),
        Role::Vector(name) => name.clone(),
        Role::Weight | Role::Table => "w".to_owned(),
        Role::Bias => "b".to_owned(),
    }
}

fn what(role: &Role) -> &'static str {
    match role {
        Role::WeightInput => "before the input",
        Role::WeightHidden(0) => "before the state",
        Role::WeightHidden(_) => "before another vector",
        Role::BiasInput | Role::Bias => "biases",
        Role::BiasHidden => "biases of the state",
        Role::Vector(_) => "a learned vector",
        Role::Weight => "a row for each input",
        Role::Table => "a row for each symbol",
    }
}
