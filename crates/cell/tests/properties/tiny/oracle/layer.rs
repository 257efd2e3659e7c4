//! One layer of a network, of either kind.

use std::ops::Range;

use carousel_cell::TinyTensor;

use super::super::layer::Kind;
use super::super::network::Network;
use crate::lstm::oracle::{Given, lstm};
use crate::lstm::shape::LstmShape;
use crate::program::cell::Cell;
use crate::program::projection::Projection;
use crate::program::{self, ProgramShape, interpreter};

/// What a layer gives.
pub(super) struct LayerOutcome {
    /// `[T, B, H]`
    pub(super) y: Vec<f64>,
    /// The last states, `[B, H]` each.
    pub(super) last: Vec<Vec<f64>>,
    pub(super) dx: Vec<f64>,
    /// The gradients of the first states.
    pub(super) first: Vec<Vec<f64>>,
    /// Those of the weights, and where these lie.
    pub(super) gradients: Vec<(Range<usize>, Vec<f64>)>,
    /// How far apart the nearest of all numbers lie that were compared.
    pub(super) apart: f64,
}

/// A layer that reads x, `[T, B, I]`, where the gradient of its states is dy.
pub(super) fn layer(
    network: &Network,
    index: usize,
    x: &[f64],
    dy: Vec<f64>,
) -> LayerOutcome {
    match &network.shape.layers[index].kind {
        Kind::Lstm { gates, .. } => of_lstm(network, index, *gates, x, dy),
        Kind::Program { cell, .. } => of_program(network, index, cell, x, dy),
    }
}

fn of_lstm(
    network: &Network,
    layer: usize,
    gates: [usize; 4],
    x: &[f64],
    dy: Vec<f64>,
) -> LayerOutcome {
    let (shape, units) = (&network.shape, network.shape.layers[layer].units);
    let [w, u] = [TinyTensor::Input { layer }, TinyTensor::Hidden { layer, matrix: 0 }];
    let [w, u] = [w, u].map(|tensor| network.place(tensor));
    let zeros = vec![0.0; shape.batch * units];
    let given = Given {
        x: x.to_vec(),
        h0: network.states[layer][0].clone(),
        c0: network.states[layer][1].clone(),
        w: network.arena[w.clone()].to_vec(),
        u: network.arena[u.clone()].to_vec(),
        bias: bias(network, layer),
        dy,
        dh: zeros.clone(),
        dc: zeros,
    };
    let sizes = LstmShape {
        symbols: false,
        steps: shape.steps,
        batch: shape.batch,
        inputs: shape.below(layer),
        units,
        reverse: false,
        gates,
        lengths: None,
        seeds: [true; 3],
        dx: true,
        seed: 0,
    };
    let [y, h, c, dx, dh, dc, dw, dbias, du] = lstm(&sizes, &given);
    let mut gradients = vec![(w, dw), (u, du)];
    gradients.extend(biases(network, layer).map(|place| (place, dbias.clone())));
    LayerOutcome {
        y,
        last: vec![h, c],
        dx,
        first: vec![dh, dc],
        gradients,
        apart: f64::INFINITY,
    }
}

fn of_program(
    network: &Network,
    layer: usize,
    cell: &Cell,
    x: &[f64],
    dy: Vec<f64>,
) -> LayerOutcome {
    let (shape, units) = (&network.shape, network.shape.layers[layer].units);
    let (program, wide) = (&cell.program, cell.program.inputs * units);
    let w = network.place(TinyTensor::Input { layer });
    let vectors = (0..program.vectors).map(|vector| network.vector(layer, vector));
    let vectors: Vec<Range<usize>> = vectors.collect();
    let matrices = 0..program.matrices.len();
    let matrices: Vec<Range<usize>> = matrices
        .map(|matrix| network.place(TinyTensor::Hidden { layer, matrix }))
        .collect();
    let numbers = |places: &[Range<usize>]| {
        places.iter().map(|place| network.arena[place.clone()].to_vec()).collect()
    };
    let projection = Projection {
        inputs: shape.below(layer),
        symbols: false,
        x: x.to_vec(),
        w: network.arena[w.clone()].to_vec(),
        bias: bias(network, layer),
    };
    let given = program::Given {
        xw: projection.projected(wide),
        carries: network.states[layer].clone(),
        vectors: numbers(&vectors),
        matrices: numbers(&matrices),
        dy,
        dlast: vec![vec![0.0; shape.batch * units]; program.carries],
    };
    let outcome = interpreter::run(&sizes(network, layer, cell), &given);
    let mut results = outcome.results.into_iter();
    let mut rest = outcome.gradients.into_iter();
    let (y, dxw) = (results.next(), rest.next());
    let dxw = dxw.expect("the projection has a gradient");
    let [dx, dw, dbias] = projection.gradients(&dxw, wide);
    let first = rest.by_ref().take(program.carries).collect();
    let mut gradients = vec![(w, dw)];
    gradients.extend(biases(network, layer).map(|place| (place, dbias.clone())));
    gradients.extend(vectors.into_iter().chain(matrices).zip(rest));
    LayerOutcome {
        y: y.expect("a program gives something out"),
        last: results.collect(),
        dx,
        first,
        gradients,
        apart: outcome.apart,
    }
}

fn sizes(network: &Network, layer: usize, cell: &Cell) -> ProgramShape {
    ProgramShape {
        cell: cell.clone(),
        steps: network.shape.steps,
        batch: network.shape.batch,
        units: network.shape.layers[layer].units,
        reverse: false,
        lengths: None,
        dy: true,
        dlast: vec![true; cell.program.carries],
        seed: 0,
    }
}

/// Where the biases of a layer's projection lie.
fn biases(network: &Network, layer: usize) -> impl Iterator<Item = Range<usize>> {
    let [_, count] = network.shape.layers[layer].projection();
    let which = [false, true].into_iter().take(count);
    which.map(move |second| network.place(TinyTensor::Bias { layer, second }))
}

/// Their sum.
fn bias(network: &Network, layer: usize) -> Vec<f64> {
    let shape = &network.shape.layers[layer];
    let mut sum = vec![0.0; shape.projection()[0] * shape.units];
    for place in biases(network, layer) {
        let terms = &network.arena[place];
        sum.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
    }
    sum
}
