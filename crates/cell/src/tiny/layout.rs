//! Where everything lies: a shape in, offsets into the arenas out.

use super::layer::Layer;
use super::output::Dense;
use super::table::padded;
use super::{TinyShape, TinyTensor};

/// The offsets of a network.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) layers: Vec<Layer>,
    /// Nothing where the states of the last layer are the output.
    pub(super) dense: Option<Dense>,
    /// Those states without padding, `[T, B, H]`.
    pub(super) states: usize,
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
        let pulled = shape.outputs.is_none();
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
            let every = pulled || !last;
            layers.push(Layer {
                inputs,
                biases,
                weights: parameters.take((inputs + hp + biases) * 4 * hp),
                from: below.map(|below| below.h),
                dx: match below {
                    Some(below) => Some(below.dy),
                    None => pulled.then(|| work.take(rows * inputs)),
                },
                first: pulled.then(|| [(); 2].map(|()| work.take(shape.batch * hp))),
                start: work.take(4 * hp),
                h: work.take(states),
                c: work.take(states),
                gates: work.take(rows * 4 * hp),
                squashed: work.take(rows * hp),
                dz: work.take(rows * 4 * hp),
                dy: work.take(if every { rows } else { shape.batch } * hp),
                dy_every: every,
                zeros,
            });
        }
        let top = layers.last().expect("a network has a layer");
        let inputs = padded(shape.width());
        let dense = shape.outputs.map(|outputs| Dense {
            inputs,
            outputs,
            weights: parameters.take(outputs * (inputs + 1)),
            h: top.h,
            dh: top.dy,
            y: work.take(shape.batch * outputs),
        });
        let states = work.take(if pulled { rows * shape.width() } else { 0 });
        Layout { layers, dense, states, parameters: parameters.0, work: work.0 }
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
        let dense = self.dense.as_ref().expect("a dense tensor is of a dense layer");
        let Dense { inputs, outputs, weights, .. } = *dense;
        if tensor == TinyTensor::OutputBias {
            return vec![(weights + outputs * inputs, outputs)];
        }
        let units = shape.width();
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
