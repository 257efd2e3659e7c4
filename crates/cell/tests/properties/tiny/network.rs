//! A tiny network's numbers, and where its weights lie.

use std::ops::Range;

use carousel_cell::{Tiny, TinyTensor};

use super::layer::LayerShape;
use super::shape::NetworkShape;
use crate::close::single;
use crate::draw::Dice;

/// A tensor, and where the caller's arena has it.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) tensor: TinyTensor,
    pub(super) at: Range<usize>,
}

/// A network with all that it is fed.
#[derive(Debug, Clone)]
pub(super) struct Network {
    pub(super) shape: NetworkShape,
    pub(super) tensors: Vec<Placed>,
    /// The caller's arena of weights.
    pub(super) arena: Vec<f64>,
    /// `[T, B, I]`, `[B, O]` and `[B]`
    pub(super) inputs: Vec<f64>,
    pub(super) targets: Vec<f64>,
    pub(super) shares: Vec<f64>,
    /// The first states of each layer, `[B, H]`.
    pub(super) states: Vec<Vec<Vec<f64>>>,
}

impl Network {
    pub(super) fn new(shape: &NetworkShape) -> Network {
        let NetworkShape { steps, batch, features, outputs, .. } = *shape;
        let mut dice = Dice::new(shape.seed, 0);
        let (tensors, arena) = placed(shape, &mut dice);
        let mut states = |layer: &LayerShape| {
            let state = |_| dice.numbers(batch * layer.units);
            (0..layer.states()).map(state).collect()
        };
        Network {
            states: shape.layers.iter().map(&mut states).collect(),
            inputs: dice.numbers(steps * batch * features),
            targets: dice.numbers(batch * outputs),
            shares: dice.numbers(batch).iter().map(|share| share.abs()).collect(),
            shape: shape.clone(),
            tensors,
            arena,
        }
    }

    /// The network by the kernels, with its weights and first states.
    pub(super) fn tiny(&self) -> Tiny {
        let tensors: Vec<TinyTensor> =
            self.tensors.iter().map(|placed| placed.tensor).collect();
        let mut tiny = Tiny::new(self.shape.tiny(), &tensors);
        tiny.set_weights(&single(&self.arena));
        for (layer, states) in self.states.iter().enumerate() {
            for (state, numbers) in states.iter().enumerate() {
                tiny.set_state(layer, state, &single(numbers));
            }
        }
        tiny
    }

    /// Where a tensor lies.
    pub(super) fn place(&self, tensor: TinyTensor) -> Range<usize> {
        let placed = self.tensors.iter().find(|placed| placed.tensor == tensor);
        placed.expect("a network has each of its tensors").at.clone()
    }

    /// Where one of a program's own vectors lies.
    pub(super) fn vector(&self, index: usize, vector: usize) -> Range<usize> {
        let units = self.shape.layers[index].units;
        let found = self.tensors.iter().find_map(|placed| match placed.tensor {
            TinyTensor::Vectors { layer, first, count }
                if layer == index && (first..first + count).contains(&vector) =>
            {
                Some(placed.at.start + (vector - first) * units)
            }
            _ => None,
        });
        let start = found.expect("each vector is in a tensor");
        start..start + units
    }
}

/// The tensors in any order, and their numbers.
fn placed(shape: &NetworkShape, dice: &mut Dice) -> (Vec<Placed>, Vec<f64>) {
    let mut tensors = match shape.outputs {
        0 => Vec::new(),
        _ => vec![TinyTensor::Weight, TinyTensor::OutputBias],
    };
    for (index, layer) in shape.layers.iter().enumerate() {
        tensors.extend(of_layer(index, layer, dice));
    }
    dice.shuffle(&mut tensors);
    let mut arena = Vec::new();
    let place = |tensor: &TinyTensor| {
        let [terms, width] = sizes(shape, *tensor);
        let mut numbers = dice.weights(terms * width, terms);
        if matches!(tensor, TinyTensor::Vectors { .. }) {
            // What is divided by them stays of size 2.
            numbers.iter_mut().for_each(|x| *x = (0.5 + x.abs() / 2.0).copysign(*x));
        }
        let at = arena.len()..arena.len() + numbers.len();
        arena.extend(numbers);
        Placed { tensor: *tensor, at }
    };
    (tensors.iter().map(place).collect(), arena)
}

/// The tensors of a layer; its own vectors in runs of any length.
fn of_layer(layer: usize, shape: &LayerShape, dice: &mut Dice) -> Vec<TinyTensor> {
    let mut tensors = vec![TinyTensor::Input { layer }];
    let matrices = 0..shape.matrices().len();
    tensors.extend(matrices.map(|matrix| TinyTensor::Hidden { layer, matrix }));
    let [_, biases] = shape.projection();
    let which = [false, true].into_iter().take(biases);
    tensors.extend(which.map(|second| TinyTensor::Bias { layer, second }));
    let mut first = 0;
    while first < shape.vectors() {
        let count = dice.within(1..=shape.vectors() - first);
        tensors.push(TinyTensor::Vectors { layer, first, count });
        first += count;
    }
    tensors
}

/// The rows and columns of a tensor.
fn sizes(shape: &NetworkShape, tensor: TinyTensor) -> [usize; 2] {
    let units = |layer: usize| shape.layers[layer].units;
    let wide = |layer: usize| shape.layers[layer].projection()[0] * units(layer);
    match tensor {
        TinyTensor::Input { layer } => [shape.below(layer), wide(layer)],
        TinyTensor::Hidden { layer, matrix } => {
            [units(layer), shape.layers[layer].matrices()[matrix] * units(layer)]
        }
        TinyTensor::Bias { layer, .. } => [1, wide(layer)],
        TinyTensor::Vectors { layer, count, .. } => [1, count * units(layer)],
        TinyTensor::Weight => [shape.top().units, shape.outputs],
        TinyTensor::OutputBias => [1, shape.outputs],
    }
}
