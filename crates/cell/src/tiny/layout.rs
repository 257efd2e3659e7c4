//! Where everything lies: a shape in, offsets into the arenas out.

use super::layer::Layer;
use super::output::Dense;
use super::table::padded;
use super::{TinyShape, TinyTensor};

/// The offsets of a network.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) layers: Vec<Layer>,
    pub(super) dense: Dense,
    /// Lengths of the arenas, multiples of 16.
    pub(super) parameters: usize,
    pub(super) work: usize,
}

/// Numbers that lie side by side in the caller's arena of weights and in ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) outside: usize,
    pub(super) inside: usize,
    pub(super) len: usize,
}

impl Layout {
    pub(super) fn new(shape: &TinyShape) -> Layout {
        let mut work = Take(0);
        let mut parameters = Take(0);
        let rows = shape.steps * shape.batch;
        let zeros = work.take(64);
        let mut layers: Vec<Layer> = Vec::new();
        for (index, units) in shape.units.iter().enumerate() {
            let (hp, last) = (padded(*units), index + 1 == shape.units.len());
            let below = index.checked_sub(1).map(|below| &layers[below]);
            let inputs = match below {
                Some(_) => padded(shape.units[index - 1]),
                None => shape.features,
            };
            let biases = if shape.two_biases { 2 } else { 1 };
            let states = (rows + shape.batch) * hp;
            layers.push(Layer {
                inputs,
                biases,
                weights: parameters.take((inputs + hp + biases) * 4 * hp),
                from: below.map(|below| below.h),
                dx: below.map(|below| below.dy),
                start: work.take(4 * hp),
                h: work.take(states),
                c: work.take(states),
                gates: work.take(rows * 4 * hp),
                squashed: work.take(rows * hp),
                dz: work.take(rows * 4 * hp),
                dy: work.take(if last { shape.batch } else { rows } * hp),
                dy_every: !last,
                zeros,
            });
        }
        let top = layers.last().expect("a network has a layer");
        let inputs = padded(*shape.units.last().expect("a network has a layer"));
        let dense = Dense {
            inputs,
            outputs: shape.outputs,
            weights: parameters.take(shape.outputs * (inputs + 1)),
            h: top.h,
            dh: top.dy,
            y: work.take(shape.batch * shape.outputs),
        };
        Layout { layers, dense, parameters: parameters.0, work: work.0 }
    }

    /// The pieces of the caller's arena, which holds these tensors one after another.
    pub(super) fn pieces(
        &self,
        shape: &TinyShape,
        tensors: &[TinyTensor],
    ) -> (Vec<Piece>, usize) {
        let (mut pieces, mut outside) = (Vec::<Piece>::new(), 0);
        for tensor in tensors {
            for (inside, len) in self.rows(shape, *tensor) {
                match pieces.last_mut() {
                    Some(last) if last.inside + last.len == inside => last.len += len,
                    _ => pieces.push(Piece { outside, inside, len }),
                }
                outside += len;
            }
        }
        (pieces, outside)
    }

    /// Where the numbers of a tensor lie, in its order: starts and lengths.
    fn rows(&self, shape: &TinyShape, tensor: TinyTensor) -> Vec<(usize, usize)> {
        let (layer, first, rows, gates) = match tensor {
            TinyTensor::Input { layer, gates } => {
                let rows = match layer.checked_sub(1) {
                    Some(below) => shape.units[below],
                    None => shape.features,
                };
                (layer, 0, rows, gates)
            }
            TinyTensor::Hidden { layer, gates } => {
                (layer, self.layers[layer].inputs, shape.units[layer], gates)
            }
            TinyTensor::Bias { layer, gates, second } => {
                let first = self.layers[layer].inputs + padded(shape.units[layer]);
                (layer, first + usize::from(second), 1, gates)
            }
            TinyTensor::Weight | TinyTensor::OutputBias => {
                return self.dense_rows(shape, tensor);
            }
        };
        let (units, hp) = (shape.units[layer], padded(shape.units[layer]));
        let start = self.layers[layer].weights + first * 4 * hp;
        let place = |block: usize| gates.iter().position(|gate| *gate == block);
        let blocks = (0..4).map(|block| place(block).expect("each block has a gate"));
        let blocks: Vec<usize> = blocks.collect();
        let row = |row| blocks.iter().map(move |gate| start + (row * 4 + gate) * hp);
        (0..rows).flat_map(row).map(|inside| (inside, units)).collect()
    }

    fn dense_rows(&self, shape: &TinyShape, tensor: TinyTensor) -> Vec<(usize, usize)> {
        let Dense { inputs, outputs, weights, .. } = self.dense;
        if tensor == TinyTensor::OutputBias {
            return vec![(weights + outputs * inputs, outputs)];
        }
        let units = *shape.units.last().expect("a network has a layer");
        let row = |unit| (0..outputs).map(move |o| (weights + o * inputs + unit, 1));
        (0..units).flat_map(row).collect()
    }
}

/// An arena that is being laid out, in pieces of whole cache lines.
struct Take(usize);

impl Take {
    fn take(&mut self, len: usize) -> usize {
        let at = self.0;
        self.0 += len.next_multiple_of(16);
        at
    }
}
