//! Where each tensor of a file lies in a model's arena.

use crate::model::Model;
use crate::network::{Cell, LayerKind};
use crate::parameters::{Parameter, Role};

/// One tensor of a file: columns of a parameter, turned so that outputs come first, as
/// PyTorch has them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// `0.weight_ih_l0`
    pub(super) name: String,
    /// In the file: `[outputs, inputs]` or `[outputs]`; `[symbols, numbers]` of a table.
    pub(super) shape: Vec<usize>,
    /// The places in the arena of its numbers, in the file's order.
    pub(super) places: Vec<usize>,
    /// Whether the model lacks this tensor, a second bias vector: it is zero in files,
    /// and what a file has there is added to the first.
    pub(super) extra: bool,
}

/// All tensors of a model but its memory, in arena order.
pub(super) fn entries(model: &Model) -> Vec<Entry> {
    let mut all = Vec::new();
    for parameter in &model.parameters {
        match &model.network.layers[parameter.layer].kind {
            LayerKind::Recurrent(recurrent) => match &recurrent.cell {
                Cell::User(_) => all.extend(blocks(parameter, recurrent.units)),
                cell @ (Cell::Lstm | Cell::Gru | Cell::Rnn) => {
                    all.push(whole(parameter, torch_name(parameter), false));
                    let one_bias = *cell != Cell::Gru && !model.two_biases();
                    if one_bias && parameter.role == Role::BiasInput {
                        let name = torch_name(parameter).replace("_ih_", "_hh_");
                        all.push(whole(parameter, name, true));
                    }
                }
            },
            LayerKind::Embed { .. } => all.push(as_it_lies(parameter)),
            LayerKind::Dense { .. } | LayerKind::Dropout { .. } | LayerKind::Flat => {
                all.push(whole(parameter, torch_name(parameter), false));
            }
        }
    }
    all
}

fn whole(parameter: &Parameter, name: String, extra: bool) -> Entry {
    let columns = parameter.dims.last().copied().unwrap_or(0);
    columns_of(parameter, name, 0..columns, extra)
}

/// A table, whose rows PyTorch has in the same order.
fn as_it_lies(parameter: &Parameter) -> Entry {
    Entry {
        name: torch_name(parameter),
        shape: parameter.dims.clone(),
        places: parameter.range().collect(),
        extra: false,
    }
}

/// Each matrix and vector of a user's cell by the name that its equations give it.
fn blocks(parameter: &Parameter, units: usize) -> impl Iterator<Item = Entry> {
    parameter.blocks.iter().enumerate().map(move |(block, name)| {
        let reverse = if parameter.reverse { "_reverse" } else { "" };
        let name = format!("{}.{name}{reverse}", parameter.layer);
        columns_of(parameter, name, block * units..(block + 1) * units, false)
    })
}

fn columns_of(
    parameter: &Parameter,
    name: String,
    columns: std::ops::Range<usize>,
    extra: bool,
) -> Entry {
    let (rows, width, shape) = match parameter.dims[..] {
        [rows, width] => (rows, width, vec![columns.len(), rows]),
        _ => (1, parameter.len(), vec![columns.len()]),
    };
    let place = |column| (0..rows).map(move |row| row * width + column);
    let places = columns.flat_map(place).map(|at| parameter.offset + at).collect();
    Entry { name, shape, places, extra }
}

/// The name that an `nn.Sequential` of such layers gives it.
fn torch_name(parameter: &Parameter) -> String {
    let layer = parameter.layer;
    let reverse = if parameter.reverse { "_reverse" } else { "" };
    match &parameter.role {
        Role::WeightInput => format!("{layer}.weight_ih_l0{reverse}"),
        Role::WeightHidden(_) => format!("{layer}.weight_hh_l0{reverse}"),
        Role::BiasInput => format!("{layer}.bias_ih_l0{reverse}"),
        Role::BiasHidden => format!("{layer}.bias_hh_l0{reverse}"),
        Role::Weight | Role::Table => format!("{layer}.weight"),
        Role::Bias => format!("{layer}.bias"),
        Role::Vector(name) => format!("{layer}.{name}{reverse}"),
    }
}
