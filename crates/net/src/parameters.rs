//! All learned numbers of a network in one arena, and where each tensor lies in it.

use carousel_lang::Diagnostic;

use crate::cells::{self, CellForm};
use crate::network::{LayerKind, Network, Recurrent};
use crate::shape::Flow;

/// One learned tensor: a place in the arena.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Which layer it belongs to, counted from 0.
    pub layer: usize,
    /// Whether it belongs to the direction that reads backwards.
    pub reverse: bool,
    /// What it is for.
    pub role: Role,
    /// Its shape, row-major: `[inputs, outputs]` for matrices, `[outputs]` for vectors.
    pub dims: Vec<usize>,
    /// Its first number in the arena.
    pub offset: usize,
    /// Whether training leaves it alone.
    pub frozen: bool,
    /// The start value of each column block, for vectors (`bf starts 1`).
    pub starts: Vec<f32>,
    /// The names that a cell's equations give to the column blocks: `Wi`, `Wf`, ...
    pub blocks: Vec<String>,
}

/// What a learned tensor is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// `[I, blocks * H]`: all matrices that stand before `x`.
    WeightInput,
    /// `[H, blocks * H]`: the `n`th group of matrices that share what they multiply;
    /// group 0 stands before the state that the layer gives, if any does.
    WeightHidden(usize),
    /// `[blocks * H]`: the vectors added to products with `x`.
    BiasInput,
    /// `[blocks * H]`: the vectors added to products with the state.
    BiasHidden,
    /// `[H]`: any other learned vector of a cell, by its name.
    Vector(String),
    /// `[I, O]` of a dense layer.
    Weight,
    /// `[O]` of a dense layer.
    Bias,
    /// `[V, N]` of `embed`: a row for each symbol.
    Table,
}

impl Parameter {
    /// How many numbers it holds.
    pub fn len(&self) -> usize {
        self.dims.iter().product()
    }

    /// Whether it holds none; it never does.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its numbers in the arena.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }
}

/// The parameters of a network, in arena order, with their offsets.
///
/// `two_biases` gives LSTM and RNN layers PyTorch's second bias vector.
///
/// # Errors
/// What is wrong with a user's cell: a matrix without a size, a vector used as a matrix.
pub fn parameters(
    network: &Network,
    flows: &[Flow],
    two_biases: bool,
) -> Result<Vec<Parameter>, Diagnostic> {
    let mut all = Vec::new();
    for (layer, (described, flow)) in
        network.layers.iter().zip(flows.windows(2)).enumerate()
    {
        match &described.kind {
            LayerKind::Recurrent(recurrent) => {
                let form = cells::form(&recurrent.cell, two_biases)
                    .map_err(|error| error.or_label(described.span, ""))?;
                for reverse in directions(recurrent) {
                    all.extend(recurrent_parameters(
                        layer,
                        *reverse,
                        recurrent,
                        &form,
                        flow[0].width,
                    ));
                }
            }
            LayerKind::Dense { frozen, .. } => {
                let (inputs, outputs) = (flow[0].width, flow[1].width);
                all.push(plain(layer, Role::Weight, &[inputs, outputs], *frozen));
                all.push(plain(layer, Role::Bias, &[outputs], *frozen));
            }
            LayerKind::Embed { units, frozen } => {
                let kinds = flow[0].symbols.unwrap_or(0);
                all.push(plain(layer, Role::Table, &[kinds, *units], *frozen));
            }
            LayerKind::Dropout { .. } | LayerKind::Flat => {}
        }
    }
    let mut offset = 0;
    for parameter in &mut all {
        parameter.offset = offset;
        offset += parameter.len();
    }
    Ok(all)
}

/// A tensor of a layer without gates.
fn plain(layer: usize, role: Role, dims: &[usize], frozen: bool) -> Parameter {
    Parameter {
        layer,
        reverse: false,
        role,
        dims: dims.to_vec(),
        offset: 0,
        frozen,
        starts: vec![0.0],
        blocks: Vec::new(),
    }
}

/// Which directions a layer has: `false` forward, `true` backward.
pub(crate) fn directions(recurrent: &Recurrent) -> &'static [bool] {
    if recurrent.bidirectional { &[false, true] } else { &[false] }
}

fn recurrent_parameters(
    layer: usize,
    reverse: bool,
    recurrent: &Recurrent,
    form: &CellForm,
    inputs: usize,
) -> Vec<Parameter> {
    let units = recurrent.units;
    let one = |role, rows: Option<usize>, blocks: Vec<String>| Parameter {
        layer,
        reverse,
        role,
        dims: rows.into_iter().chain([blocks.len() * units]).collect(),
        offset: 0,
        frozen: recurrent.frozen,
        starts: blocks
            .iter()
            .map(|b| form.starts.get(b).copied().unwrap_or(0.0))
            .collect(),
        blocks,
    };
    let names = form.inputs.iter().map(|block| block.matrix.clone()).collect();
    let mut all = vec![one(Role::WeightInput, Some(inputs), names)];
    for (group, matrices) in form.groups.iter().enumerate() {
        all.push(one(Role::WeightHidden(group), Some(units), matrices.matrices.clone()));
    }
    if !form.bias_input.is_empty() {
        all.push(one(Role::BiasInput, None, form.bias_input.clone()));
    }
    if !form.bias_hidden.is_empty() {
        all.push(one(Role::BiasHidden, None, form.bias_hidden.clone()));
    }
    for vector in &form.vectors {
        all.push(one(Role::Vector(vector.clone()), None, vec![vector.clone()]));
    }
    all
}
