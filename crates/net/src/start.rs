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

/// The greatest start value of Keras' `Embedding`.
const TABLE_LIMIT: f64 = 0.05;

/// Uniform for a table of symbols, Glorot uniform for what stands before inputs (Glorot and Bengio 2010), orthogonal
/// for what stands before states (Saxe et al. 2013), both over all gates at once as
/// Keras does it, and start values for vectors.
fn keras(parameter: &Parameter, random: &mut Random) -> Vec<f32> {
    match (&parameter.role, &parameter.dims[..]) {
        (Role::WeightHidden(_), [rows, columns]) => orthogonal(*rows, *columns, random),
        (Role::Table, _) => {
            (0..parameter.len()).map(|_| random.within(TABLE_LIMIT)).collect()
        }
        (_, [inputs, outputs]) => {
            let limit = (6.0 / (inputs + outputs) as f64).sqrt();
            (0..parameter.len()).map(|_| random.within(limit)).collect()
        }
        _ => blocks(parameter, &parameter.starts),
    }
}

/// Normal for a table of symbols, else uniform within 1 / sqrt(H), or 1 / sqrt(I) for a
/// dense layer; what a user's cell
/// says about its vectors holds all the same.
fn pytorch(
    network: &Network,
    parameters: &[Parameter],
    parameter: &Parameter,
    random: &mut Random,
) -> Result<Vec<f32>, Diagnostic> {
    if parameter.role == Role::Table {
        return Ok((0..parameter.len()).map(|_| random.normal() as f32).collect());
    }
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
        LayerKind::Dense { .. }
        | LayerKind::Dropout { .. }
        | LayerKind::Flat
        | LayerKind::Embed { .. } => parameters
            .iter()
            .find(|p| p.layer == parameter.layer && p.role == Role::Weight)
            .map_or(1, |weight| weight.dims[0]),
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

#[cfg(test)]
mod tests {
    use crate::model::{Like, Model};
    use crate::parameters::{Parameter, Role};
    use crate::testing::{
        LSTM_BY_HAND, PEEPHOLE, network, shape, swing_shape, swings, waves,
    };

    fn fresh(line: &str, like: Like, seed: u64) -> Model {
        let cell = if line.starts_with("own") { PEEPHOLE } else { LSTM_BY_HAND };
        Model::new(&network(line, cell), shape(&waves(&[3; 4], false)), like, seed)
            .unwrap()
    }

    fn tensor(model: &Model, is: impl Fn(&Parameter) -> bool) -> &[f32] {
        let parameter = model.parameters.iter().find(|p| is(p)).unwrap();
        &model.weights[parameter.range()]
    }

    /// Uniform numbers reach nearly to the limit and have a third of its square for
    /// their variance.
    fn check_uniform(numbers: &[f32], limit: f64) {
        let largest = numbers.iter().fold(0.0, |a: f32, b| a.max(b.abs()));
        let squares: f64 = numbers.iter().map(|x| f64::from(x * x)).sum();
        let variance = squares / numbers.len() as f64;
        assert!(f64::from(largest) <= limit && f64::from(largest) > 0.95 * limit);
        // More than three deviations of the variance of 500 numbers.
        assert!((variance / (limit * limit / 3.0) - 1.0).abs() < 0.15, "{variance}");
    }

    #[test]
    fn keras_is_glorot_orthogonal_and_an_open_forget_gate() {
        for (line, blocks) in [("lstm 64 -> dense 1", 4), ("gru 64 -> dense 1", 3)] {
            let model = fresh(line, Like::Keras, 7);
            let input = tensor(&model, |p| p.role == Role::WeightInput);
            check_uniform(input, (6.0 / (2.0 + 64.0 * f64::from(blocks))).sqrt());
            let hidden = tensor(&model, |p| p.role == Role::WeightHidden(0));
            check_orthogonal(hidden, 64);
        }
        let model = fresh("lstm 3 -> dense 1", Like::Keras, 7);
        let bias = tensor(&model, |p| p.role == Role::BiasInput);
        assert_eq!(bias, [0., 0., 0., 1., 1., 1., 0., 0., 0., 0., 0., 0.]);
        assert_eq!(tensor(&model, |p| p.role == Role::Bias), [0.0]);
        let model = fresh("mine 2 -> dense 1", Like::Keras, 7);
        let bias = tensor(&model, |p| p.role == Role::BiasInput);
        assert_eq!(bias, [0., 0., 0., 0., 1., 1., 0., 0.]);
    }

    fn check_orthogonal(matrix: &[f32], rows: usize) {
        let columns = matrix.len() / rows;
        for a in 0..rows {
            for b in 0..rows {
                let (a_row, b_row) = (&matrix[a * columns..], &matrix[b * columns..]);
                let dot: f32 =
                    a_row.iter().take(columns).zip(b_row).map(|(a, b)| a * b).sum();
                let want = f32::from(u8::from(a == b));
                // The rounding of a few hundred products.
                assert!((dot - want).abs() < 1e-6, "rows {a} and {b}: {dot}");
            }
        }
        let mean: f64 = matrix.iter().map(|x| f64::from(*x)).sum();
        assert!((mean / matrix.len() as f64).abs() < 0.005, "{mean}");
    }

    #[test]
    fn pytorch_is_uniform_within_the_root_of_the_width() {
        let model = fresh("lstm 64 -> dense 512 -> dense 1", Like::PyTorch, 7);
        for parameter in &model.parameters[..4] {
            let numbers = &model.weights[parameter.range()];
            check_uniform(&numbers[..numbers.len().min(4096)], 0.125);
        }
        assert!(model.two_biases() && model.parameters[3].role == Role::BiasHidden);
        check_uniform(&model.weights[model.parameters[5].range()], 0.125);
        let model = fresh("own 2 -> dense 1", Like::PyTorch, 7);
        let starts = tensor(&model, |p| p.blocks.first().is_some_and(|b| b == "bf"));
        assert_eq!(starts[..2], [1.0, 1.0]);
        assert!(starts[2..].iter().all(|x| *x != 0.0 && x.abs() < 0.71));
    }

    #[test]
    fn tables_are_small_in_keras_and_normal_in_pytorch() {
        let network = network("embed 512 -> dense", "");
        let data = swing_shape(&swings(&[3; 4], true));
        let table = |like| {
            let model = Model::new(&network, data, like, 7).unwrap();
            tensor(&model, |p| p.role == Role::Table).to_vec()
        };
        check_uniform(&table(Like::Keras), 0.05);
        let normal = table(Like::PyTorch);
        let squares: f32 = normal.iter().map(|x| x * x).sum();
        // More than three deviations of the variance of 1536 numbers.
        assert!((squares / normal.len() as f32 - 1.0).abs() < 0.12, "{squares}");
        assert!(normal.iter().any(|x| *x > 2.0) && normal.iter().any(|x| *x < -2.0));
    }

    #[test]
    fn one_more_layer_does_not_change_the_others_and_another_seed_does() {
        let short = fresh("lstm 4 -> dense 1", Like::Keras, 7).weights;
        let long = fresh("lstm 4 -> dense 1 -> dense 1", Like::Keras, 7).weights;
        assert_eq!(short, long[..short.len()]);
        assert_ne!(short, fresh("lstm 4 -> dense 1", Like::Keras, 8).weights);
    }
}
