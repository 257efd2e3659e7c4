//! Where everything lies: a shape in, offsets into the arenas out.

use super::layer::{Body, Layer};
use super::lstm::LstmPlaces;
use super::output::Dense;
use super::program::ProgramPlaces;
use super::{TinyCell, TinyShape, TinyTensor};

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
        let zeros = work.take(64);
        let mut layers: Vec<Layer> = Vec::new();
        for index in 0..shape.layers.len() {
            let below = index.checked_sub(1).map(|below| &layers[below]);
            let layer = layer(shape, index, below, [&mut parameters, &mut work], zeros);
            layers.push(layer);
        }
        let top = layers.last().expect("a network has a layer");
        let inputs = top.padded;
        let dense = shape.outputs.map(|outputs| Dense {
            inputs,
            outputs,
            weights: parameters.take(outputs * (inputs + 1)),
            h: top.states[0],
            dh: top.dy,
            y: work.take(shape.batch * outputs),
        });
        let states = work.take(match dense {
            Some(_) => 0,
            None => shape.output_len(shape.batch),
        });
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
        let of = match tensor {
            TinyTensor::Input { layer }
            | TinyTensor::Hidden { layer, .. }
            | TinyTensor::Bias { layer, .. }
            | TinyTensor::Vectors { layer, .. } => layer,
            TinyTensor::Weight | TinyTensor::OutputBias => {
                return self.dense_rows(shape, tensor);
            }
        };
        let [inputs, _] = shape.inputs(of);
        let layer = &self.layers[of];
        match &layer.body {
            Body::Program(places) => places.rows(layer, inputs, tensor),
            Body::Lstm(places) => lstm_rows(layer, inputs, places.order, tensor),
        }
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

/// The layer above `below`, laid out behind what the two arenas, of parameters and of
/// work, hold so far.
fn layer(
    shape: &TinyShape,
    index: usize,
    below: Option<&Layer>,
    [parameters, work]: [&mut Take; 2],
    zeros: usize,
) -> Layer {
    let of = &shape.layers[index];
    let (pulled, last) = (shape.outputs.is_none(), index + 1 == shape.layers.len());
    let (hp, rows) = (of.padded(), shape.steps * shape.batch);
    let [_, inputs] = shape.inputs(index);
    let every = pulled || !last;
    // States lie one after another: a program's kernels see them as one part.
    let mut states =
        |len: usize| -> Vec<usize> { (0..of.states()).map(|_| work.take(len)).collect() };
    let kept = states((rows + shape.batch) * hp);
    let first = if pulled { states(shape.batch * hp) } else { Vec::new() };
    let sums = match &of.cell {
        TinyCell::Lstm { .. } => 4,
        TinyCell::Program(program) => program.sums(),
    };
    Layer {
        inputs,
        units: of.units,
        padded: hp,
        from: below.map(|below| below.states[0]),
        dx: match below {
            Some(below) => Some(below.dy),
            None => pulled.then(|| work.take(rows * inputs)),
        },
        states: kept,
        first,
        start: work.take(sums * hp),
        dz: work.take(rows * sums * hp),
        dy: work.take(if every { rows } else { shape.batch } * hp),
        dy_every: every,
        weights: parameters.next(),
        body: match &of.cell {
            TinyCell::Lstm { gates: order, two_biases } => {
                let biases = if *two_biases { 2 } else { 1 };
                parameters.take((inputs + hp + biases) * 4 * hp);
                let (gates, squashed) = (work.take(rows * 4 * hp), work.take(rows * hp));
                Body::Lstm(LstmPlaces { order: *order, biases, gates, squashed, zeros })
            }
            TinyCell::Program(program) => {
                let sizes = [shape.steps, shape.batch, inputs, of.units];
                Body::Program(ProgramPlaces::new(program, sizes, [parameters, work]))
            }
        },
    }
}

/// Where the numbers of a tensor of an LSTM lie; it reads so many numbers.
fn lstm_rows(
    layer: &Layer,
    inputs: usize,
    order: [usize; 4],
    tensor: TinyTensor,
) -> Vec<(usize, usize)> {
    let (units, hp) = (layer.units, layer.padded);
    let (first, rows) = match tensor {
        TinyTensor::Input { .. } => (0, inputs),
        TinyTensor::Hidden { .. } => (layer.inputs, units),
        TinyTensor::Bias { second, .. } => (layer.inputs + hp + usize::from(second), 1),
        TinyTensor::Vectors { .. } | TinyTensor::Weight | TinyTensor::OutputBias => {
            unreachable!("an LSTM has no such tensor")
        }
    };
    let start = layer.weights + first * 4 * hp;
    let place = |block: usize| order.iter().position(|gate| *gate == block);
    let blocks = (0..4).map(|block| place(block).expect("each block has a gate"));
    let blocks: Vec<usize> = blocks.collect();
    let row = |row| blocks.iter().map(move |gate| start + (row * 4 + gate) * hp);
    (0..rows).flat_map(row).map(|inside| (inside, units)).collect()
}

/// An arena that is being laid out, in pieces of whole cache lines.
pub(super) struct Take(usize);

impl Take {
    /// The start of the next piece, of so many numbers.
    pub(super) fn take(&mut self, len: usize) -> usize {
        let at = self.0;
        self.0 += len.next_multiple_of(16);
        at
    }

    /// Where the next piece will start.
    fn next(&self) -> usize {
        self.0
    }
}
