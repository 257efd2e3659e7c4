//! A network in plain loops and double precision.

use carousel_cell::TinyTensor;

use super::network::Network;
use crate::lstm::oracle::{Given, lstm};
use crate::lstm::shape::LstmShape;

/// What a network gives; the gradients lie as its arena does.
pub(super) struct Outcome {
    pub(super) y: Vec<f64>,
    pub(super) loss: f64,
    pub(super) gradients: Vec<f64>,
    /// h and c of each layer, `[B, H]`.
    pub(super) states: Vec<[Vec<f64>; 2]>,
}

/// The network's outputs, its loss and the gradients of all weights.
pub(super) fn network(network: &Network) -> Outcome {
    let shape = &network.shape;
    let (layers, batch, outputs) = (shape.units.len(), shape.batch, shape.outputs);
    let (mut given, states, _) = forward(network);
    let h = &states[layers - 1][0];
    let w = tensor(network, |tensor| *tensor == TinyTensor::Weight);
    let bias = tensor(network, |tensor| *tensor == TinyTensor::OutputBias);
    let units = shape.units[layers - 1];
    let mut outcome = Outcome {
        y: Vec::new(),
        loss: 0.0,
        gradients: vec![0.0; network.arena.len()],
        states: Vec::new(),
    };
    let (mut dh, mut dw) = (vec![0.0; h.len()], vec![0.0; w.len()]);
    let mut dbias = vec![0.0; outputs];
    for at in 0..batch * outputs {
        let (row, o) = (at / outputs, at % outputs);
        let (h, dh) = (&h[row * units..][..units], &mut dh[row * units..][..units]);
        let term = |k: usize| h[k] * w[k * outputs + o];
        let y = bias[o] + (0..units).map(term).sum::<f64>();
        let error = y - network.targets[at];
        outcome.y.push(y);
        outcome.loss += error * error * network.shares[row];
        let slope = 2.0 * error * network.shares[row];
        dbias[o] += slope;
        for k in 0..units {
            dh[k] += slope * w[k * outputs + o];
            dw[k * outputs + o] += slope * h[k];
        }
    }
    put(network, &mut outcome.gradients, &dw, |tensor| *tensor == TinyTensor::Weight);
    let is_bias = |tensor: &TinyTensor| *tensor == TinyTensor::OutputBias;
    put(network, &mut outcome.gradients, &dbias, is_bias);
    outcome.states = states;
    given[layers - 1].dh = dh;
    backward(network, given, &mut outcome.gradients);
    outcome
}

/// What a stack of layers without a dense one gives.
pub(super) struct StackOutcome {
    /// The states of the last layer, `[T, B, H]`.
    pub(super) y: Vec<f64>,
    /// For gradients of these states, as the arena lies.
    pub(super) gradients: Vec<f64>,
    pub(super) dx: Vec<f64>,
    /// Gradients of the first h and c of each layer.
    pub(super) first: Vec<[Vec<f64>; 2]>,
}

/// A stack, and gradients for those of its states, `[T, B, H]`.
pub(super) fn stack(network: &Network, slopes: &[f64]) -> StackOutcome {
    let (mut given, _, y) = forward(network);
    given.last_mut().expect("a stack has a layer").dy = slopes.to_vec();
    let mut gradients = vec![0.0; network.arena.len()];
    let (dx, first) = backward(network, given, &mut gradients);
    StackOutcome { y, gradients, dx, first }
}

/// What each layer reads, its last states, and the states of the last one.
fn forward(network: &Network) -> (Vec<Given>, Vec<[Vec<f64>; 2]>, Vec<f64>) {
    let (mut given, mut states) = (Vec::new(), Vec::new());
    let mut x = network.inputs.clone();
    for layer in 0..network.shape.units.len() {
        let of_layer = layer_given(network, layer, x);
        let [y, h, c, ..] = lstm(&layer_shape(network, layer), &of_layer);
        given.push(of_layer);
        states.push([h, c]);
        x = y;
    }
    (given, states, x)
}

/// The gradients of all layers, the last one being given those of its states: of the
/// weights into their places, and those of the inputs and of the first states.
fn backward(
    network: &Network,
    given: Vec<Given>,
    gradients: &mut [f64],
) -> (Vec<f64>, Vec<[Vec<f64>; 2]>) {
    let top = given.len() - 1;
    let (mut dy, mut first) = (Vec::new(), Vec::new());
    for (index, mut given) in given.into_iter().enumerate().rev() {
        if index < top {
            given.dy = dy;
        }
        let [_, _, _, dx, dh, dc, dw, dbias, du] =
            lstm(&layer_shape(network, index), &given);
        first.insert(0, [dh, dc]);
        put(
            network,
            gradients,
            &dw,
            |tensor| matches!(tensor, TinyTensor::Input { layer, .. } if *layer == index),
        );
        put(
            network,
            gradients,
            &du,
            |tensor| matches!(tensor, TinyTensor::Hidden { layer, .. } if *layer == index),
        );
        put(
            network,
            gradients,
            &dbias,
            |tensor| matches!(tensor, TinyTensor::Bias { layer, .. } if *layer == index),
        );
        dy = dx;
    }
    (dy, first)
}

fn layer_shape(network: &Network, layer: usize) -> LstmShape {
    let shape = &network.shape;
    LstmShape {
        symbols: false,
        steps: shape.steps,
        batch: shape.batch,
        inputs: shape.below(layer),
        units: shape.units[layer],
        reverse: false,
        gates: [0, 1, 2, 3],
        lengths: None,
        seeds: [true; 3],
        dx: true,
        seed: 0,
    }
}

/// What a layer reads, no gradients coming in.
fn layer_given(network: &Network, index: usize, x: Vec<f64>) -> Given {
    let (shape, units) = (&network.shape, network.shape.units[index]);
    let n = shape.batch * units;
    let bias = |is_second: bool| {
        tensor(network, |tensor| {
            matches!(tensor, TinyTensor::Bias { layer, second, .. }
                if *layer == index && *second == is_second)
        })
    };
    let mut biases = bias(false);
    if shape.two_biases {
        biases.iter_mut().zip(bias(true)).for_each(|(sum, bias)| *sum += bias);
    }
    let [h0, c0] = network.states[index].clone();
    Given {
        x,
        h0,
        c0,
        w: tensor(
            network,
            |tensor| matches!(tensor, TinyTensor::Input { layer, .. } if *layer == index),
        ),
        u: tensor(
            network,
            |tensor| matches!(tensor, TinyTensor::Hidden { layer, .. } if *layer == index),
        ),
        bias: biases,
        dy: vec![0.0; shape.steps * n],
        dh: vec![0.0; n],
        dc: vec![0.0; n],
    }
}

/// A tensor in the order i, f, g, o.
fn tensor(network: &Network, is: impl Fn(&TinyTensor) -> bool) -> Vec<f64> {
    let placed = network.tensors.iter().find(|placed| is(&placed.tensor));
    let placed = placed.expect("a network has each of its tensors");
    placed.at.iter().map(|at| network.arena[*at]).collect()
}

/// Puts a gradient into the places of the tensors that it is of.
fn put(
    network: &Network,
    gradients: &mut [f64],
    gradient: &[f64],
    is: impl Fn(&TinyTensor) -> bool,
) {
    for placed in network.tensors.iter().filter(|placed| is(&placed.tensor)) {
        for (at, gradient) in placed.at.iter().zip(gradient) {
            gradients[*at] = *gradient;
        }
    }
}
