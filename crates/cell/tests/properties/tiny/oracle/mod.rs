//! A network in plain loops and double precision.

mod layer;

use carousel_cell::TinyTensor;

use super::network::Network;
use layer::layer;

/// What a network gives; the gradients lie as its arena does.
pub(super) struct Outcome {
    pub(super) y: Vec<f64>,
    pub(super) loss: f64,
    pub(super) gradients: Vec<f64>,
    /// The last states of each layer, `[B, H]`.
    pub(super) states: Vec<Vec<Vec<f64>>>,
    /// How far apart the nearest of all numbers lie that were compared.
    pub(super) apart: f64,
}

/// The network's outputs, its loss and the gradients of all weights.
pub(super) fn network(network: &Network) -> Outcome {
    let shape = &network.shape;
    let (batch, outputs, units) = (shape.batch, shape.outputs, shape.top().units);
    let Forward { read, states, y: h, apart } = forward(network);
    let (weight, bias) =
        (network.place(TinyTensor::Weight), network.place(TinyTensor::OutputBias));
    let (w, b) = (&network.arena[weight.clone()], &network.arena[bias.clone()]);
    let mut gradients = vec![0.0; network.arena.len()];
    let (mut y, mut loss, mut dh) = (Vec::new(), 0.0, vec![0.0; h.len()]);
    // The states after the last step.
    let last = h.len() - batch * units;
    for at in 0..batch * outputs {
        let (row, o) = (last + at / outputs * units, at % outputs);
        let h = &h[row..][..units];
        let output = b[o] + (0..units).map(|k| h[k] * w[k * outputs + o]).sum::<f64>();
        let (error, share) = (output - network.targets[at], network.shares[at / outputs]);
        y.push(output);
        loss += error * error * share;
        let slope = 2.0 * error * share;
        gradients[bias.start + o] += slope;
        for k in 0..units {
            dh[row + k] += slope * w[k * outputs + o];
            gradients[weight.start + k * outputs + o] += slope * h[k];
        }
    }
    backward(network, read, dh, &mut gradients);
    Outcome { y, loss, gradients, states, apart }
}

/// What a stack of layers without a dense one gives.
pub(super) struct StackOutcome {
    /// The states of the last layer, `[T, B, H]`.
    pub(super) y: Vec<f64>,
    /// For gradients of these states, as the arena lies.
    pub(super) gradients: Vec<f64>,
    pub(super) dx: Vec<f64>,
    /// Gradients of the first states of each layer.
    pub(super) first: Vec<Vec<Vec<f64>>>,
    /// The last states of each layer, `[B, H]`.
    pub(super) states: Vec<Vec<Vec<f64>>>,
    pub(super) apart: f64,
}

/// A stack, and gradients for those of its states, `[T, B, H]`.
pub(super) fn stack(network: &Network, slopes: &[f64]) -> StackOutcome {
    let Forward { read, y, states, apart } = forward(network);
    let mut gradients = vec![0.0; network.arena.len()];
    let (dx, first) = backward(network, read, slopes.to_vec(), &mut gradients);
    StackOutcome { y, gradients, dx, first, states, apart }
}

/// What each layer reads, its last states, and the states of the last one.
struct Forward {
    read: Vec<Vec<f64>>,
    states: Vec<Vec<Vec<f64>>>,
    y: Vec<f64>,
    apart: f64,
}

fn forward(network: &Network) -> Forward {
    let (y, apart) = (network.inputs.clone(), f64::INFINITY);
    let mut all = Forward { read: Vec::new(), states: Vec::new(), y, apart };
    for (index, shape) in network.shape.layers.iter().enumerate() {
        let rows = network.shape.steps * network.shape.batch;
        let outcome = layer(network, index, &all.y, vec![0.0; rows * shape.units]);
        all.read.push(std::mem::replace(&mut all.y, outcome.y));
        all.states.push(outcome.last);
        all.apart = all.apart.min(outcome.apart);
    }
    all
}

/// The gradients of all layers, the last one being given those of its states: of the
/// weights into their places, and those of the inputs and of the first states.
fn backward(
    network: &Network,
    read: Vec<Vec<f64>>,
    mut dy: Vec<f64>,
    gradients: &mut [f64],
) -> (Vec<f64>, Vec<Vec<Vec<f64>>>) {
    let mut first = Vec::new();
    for (index, x) in read.iter().enumerate().rev() {
        let outcome = layer(network, index, x, dy);
        for (place, gradient) in outcome.gradients {
            gradients[place].copy_from_slice(&gradient);
        }
        first.insert(0, outcome.first);
        dy = outcome.dx;
    }
    (dy, first)
}
