//! Start values: a network's parameters and a seed go in, its first weights come out.

use carousel_lang::Diagnostic;

use crate::cells;
use crate::model::Like;
use crate::network::{Cell, LayerKind, Network};
use crate::parameters::{Parameter, Role};
use crate::random::{Purpose, Random};

/// The arena of fresh weights. Each tensor has a stream of random numbers of its own,
/// so that one more layer does not change the others.
///
/// # Errors
/// What is wrong with a user's cell.
pub(crate) fn start(
    network: &Network,
    parameters: &[Parameter],
    like: Like,
    seed: u64,
) -> Result<Vec<f32>, Diagnostic> {
    let mut weights = Vec::new();
    for (index, parameter) in parameters.iter().enumerate() {
        let mut random = Random::new(seed, Purpose::Tensor(index));
        weights.extend(match like {
            Like::Keras => keras(parameter, &mut random),
            Like::PyTorch => pytorch(network, parameters, parameter, &mut random)?,
        });
    }
    Ok(weights)
}

/// Glorot uniform for what stands before inputs (Glorot and Bengio 2010), orthogonal
/// for what stands before states (Saxe et al. 2013), both over all gates at once as
/// Keras does it, and start values for vectors.
fn keras(parameter: &Parameter, random: &mut Random) -> Vec<f32> {
    match (&parameter.role, &parameter.dims[..]) {
        (Role::WeightHidden(_), [rows, columns]) => orthogonal(*rows, *columns, random),
        (_, [inputs, outputs]) => {
            let limit = (6.0 / (inputs + outputs) as f64).sqrt();
            (0..parameter.len()).map(|_| random.within(limit)).collect()
        }
        _ => blocks(parameter, &parameter.starts),
    }
}

/// Uniform within 1 / sqrt(H), or 1 / sqrt(I) for a dense layer; what a user's cell
/// says about its vectors holds all the same.
fn pytorch(
    network: &Network,
    parameters: &[Parameter],
    parameter: &Parameter,
    random: &mut Random,
) -> Result<Vec<f32>, Diagnostic> {
    let limit = 1.0 / (width(network, parameters, parameter) as f64).sqrt();
    let mut values: Vec<f32> =
        (0..parameter.len()).map(|_| random.within(limit)).collect();
    let LayerKind::Recurrent(recurrent) = &network.layers[parameter.layer].kind else {
        return Ok(values);
    };
    if let Cell::User(_) = &recurrent.cell {
        let form = cells::form(&recurrent.cell, true)?;
        for (block, name) in values.chunks_mut(recurrent.units).zip(&parameter.blocks) {
            match form.starts.get(name) {
                Some(value) if parameter.dims.len() == 1 => block.fill(*value),
                _ => {}
            }
        }
    }
    Ok(values)
}

/// `H` of a recurrent layer, `I` of a dense one.
fn width(network: &Network, parameters: &[Parameter], parameter: &Parameter) -> usize {
    match &network.layers[parameter.layer].kind {
        LayerKind::Recurrent(recurrent) => recurrent.units,
        LayerKind::Dense { .. } | LayerKind::Dropout { .. } | LayerKind::Flat => {
            parameters
                .iter()
                .find(|p| p.layer == parameter.layer && p.role == Role::Weight)
                .map_or(1, |weight| weight.dims[0])
        }
    }
}

/// One value for each column block.
fn blocks(parameter: &Parameter, starts: &[f32]) -> Vec<f32> {
    let block = parameter.len() / starts.len();
    starts.iter().flat_map(|start| vec![*start; block]).collect()
}

/// `[rows, columns]`, no more rows than columns: its rows have length 1 and stand at
/// right angles. Random directions, made orthogonal one after another (Gram and Schmidt,
/// twice because once leaves rounding errors), which is the Q of Householder's QR with
/// the signs that make R's diagonal positive.
fn orthogonal(rows: usize, columns: usize, random: &mut Random) -> Vec<f32> {
    let mut done: Vec<Vec<f64>> = Vec::new();
    for _ in 0..rows {
        let mut row: Vec<f64> = (0..columns).map(|_| random.normal()).collect();
        for other in done.iter().chain(&done) {
            let shared = dot(&row, other);
            row.iter_mut().zip(other).for_each(|(x, other)| *x -= shared * other);
        }
        let length = dot(&row, &row).sqrt();
        row.iter_mut().for_each(|x| *x /= length);
        done.push(row);
    }
    done.into_iter().flatten().map(|x| x as f32).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
