//! Sizes of a tiny network, its numbers, and where its weights lie.

use carousel_cell::{Tiny, TinyShape, TinyTensor};

use crate::close::single;
use crate::draw::{Dice, Shape, less};

/// A network: its sizes, and the seed of all else.
#[derive(Debug, Clone)]
pub(super) struct NetworkShape {
    pub(super) steps: usize,
    pub(super) batch: usize,
    pub(super) features: usize,
    pub(super) units: Vec<usize>,
    /// 0 where there is no dense layer.
    pub(super) outputs: usize,
    pub(super) two_biases: bool,
    pub(super) seed: u64,
}

impl NetworkShape {
    /// One for batches of at most so many samples.
    pub(super) fn draw_for(dice: &mut Dice, most: usize) -> NetworkShape {
        let shape = NetworkShape {
            steps: dice.size(9),
            batch: dice.size(most),
            features: dice.size(18),
            units: (0..dice.within(1..=3)).map(|_| dice.size(64)).collect(),
            outputs: dice.size(5),
            two_biases: dice.coin(),
            seed: dice.bits(),
        };
        // Wide ones are tiny in small batches only.
        let batch = if shape.tiny().fits() { shape.batch } else { shape.batch.min(4) };
        NetworkShape { batch, ..shape }
    }

    pub(super) fn tiny(&self) -> TinyShape {
        let NetworkShape { steps, batch, features, outputs, two_biases, .. } = *self;
        TinyShape {
            steps,
            batch,
            features,
            units: self.units.clone(),
            outputs: (outputs > 0).then_some(outputs),
            two_biases,
        }
    }

    /// The inputs of a layer.
    pub(super) fn below(&self, layer: usize) -> usize {
        layer.checked_sub(1).map_or(self.features, |below| self.units[below])
    }
}

impl Shape for NetworkShape {
    fn draw(dice: &mut Dice) -> NetworkShape {
        NetworkShape::draw_for(dice, 20)
    }

    fn smaller(&self) -> Vec<NetworkShape> {
        let mut all = Vec::new();
        all.extend(less(self.steps, 1).map(|steps| Self { steps, ..self.clone() }));
        all.extend(less(self.batch, 1).map(|batch| Self { batch, ..self.clone() }));
        let features = less(self.features, 1);
        all.extend(features.map(|features| Self { features, ..self.clone() }));
        all.extend(less(self.outputs, 1).map(|outputs| Self { outputs, ..self.clone() }));
        if self.units.len() > 1 {
            all.push(Self { units: self.units[1..].to_vec(), ..self.clone() });
        }
        for layer in 0..self.units.len() {
            all.extend(less(self.units[layer], 1).map(|units| {
                let mut smaller = self.clone();
                smaller.units[layer] = units;
                smaller
            }));
        }
        if self.two_biases {
            all.push(Self { two_biases: false, ..self.clone() });
        }
        all
    }
}

/// A network without a dense layer.
#[derive(Debug, Clone)]
pub(super) struct StackShape(pub(super) NetworkShape);

impl Shape for StackShape {
    fn draw(dice: &mut Dice) -> StackShape {
        StackShape(NetworkShape { outputs: 0, ..NetworkShape::draw_for(dice, 3) })
    }

    fn smaller(&self) -> Vec<StackShape> {
        let all = self.0.smaller().into_iter().filter(|shape| shape.outputs == 0);
        all.map(StackShape).collect()
    }
}

/// A tensor in the order i, f, g, o, and where the arena has it.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) tensor: TinyTensor,
    /// The place in the arena of each number of the canonical tensor.
    pub(super) at: Vec<usize>,
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
    /// h and c of each layer, `[B, H]`.
    pub(super) states: Vec<[Vec<f64>; 2]>,
}

impl Network {
    pub(super) fn new(shape: &NetworkShape) -> Network {
        let NetworkShape { steps, batch, features, outputs, .. } = *shape;
        let mut dice = Dice::new(shape.seed, 0);
        let (tensors, arena) = placed(shape, &mut dice);
        let state = |dice: &mut Dice, n: usize| [dice.numbers(n), dice.numbers(n)];
        Network {
            inputs: dice.numbers(steps * batch * features),
            targets: dice.numbers(batch * outputs),
            shares: dice.numbers(batch).iter().map(|share| share.abs()).collect(),
            states: shape.units.iter().map(|n| state(&mut dice, batch * n)).collect(),
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
        for (layer, [h, c]) in self.states.iter().enumerate() {
            tiny.set_state(layer, false, &single(h));
            tiny.set_state(layer, true, &single(c));
        }
        tiny
    }
}

/// The tensors in any order, each with any order of gates, and their numbers.
fn placed(shape: &NetworkShape, dice: &mut Dice) -> (Vec<Placed>, Vec<f64>) {
    let mut tensors = match shape.outputs {
        0 => Vec::new(),
        _ => vec![TinyTensor::Weight, TinyTensor::OutputBias],
    };
    for layer in 0..shape.units.len() {
        tensors.push(TinyTensor::Input { layer, gates: dice.gates() });
        tensors.push(TinyTensor::Hidden { layer, gates: dice.gates() });
        for second in [false, true].into_iter().take(1 + usize::from(shape.two_biases)) {
            tensors.push(TinyTensor::Bias { layer, gates: dice.gates(), second });
        }
    }
    dice.shuffle(&mut tensors);
    let mut arena = Vec::new();
    let top = *shape.units.last().expect("a network has a layer");
    let place = |tensor: &TinyTensor| {
        let gated = |rows: usize, layer: usize, gates: [usize; 4]| {
            blocks(arena.len(), rows, shape.units[layer], gates)
        };
        let (at, terms) = match *tensor {
            TinyTensor::Input { layer, gates } => {
                (gated(shape.below(layer), layer, gates), shape.below(layer))
            }
            TinyTensor::Hidden { layer, gates } => {
                (gated(shape.units[layer], layer, gates), shape.units[layer])
            }
            TinyTensor::Bias { layer, gates, .. } => (gated(1, layer, gates), 1),
            TinyTensor::Weight => (in_order(arena.len(), top * shape.outputs), top),
            TinyTensor::OutputBias => (in_order(arena.len(), shape.outputs), 1),
        };
        arena.extend(dice.weights(at.len(), terms));
        Placed { tensor: *tensor, at }
    };
    (tensors.iter().map(place).collect(), arena)
}

fn in_order(start: usize, n: usize) -> Vec<usize> {
    (start..start + n).collect()
}

/// Where a matrix `[rows, 4H]` whose column block `gates[k]` is gate k has the numbers
/// of the one in the order of gates.
fn blocks(start: usize, rows: usize, units: usize, gates: [usize; 4]) -> Vec<usize> {
    let row = |row: usize| {
        gates.into_iter().flat_map(move |block| {
            (0..units).map(move |unit| start + (row * 4 + block) * units + unit)
        })
    };
    (0..rows).flat_map(row).collect()
}
