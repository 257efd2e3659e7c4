//! Sizes of a tiny network, and its layers.

use carousel_cell::TinyShape;

use super::layer::LayerShape;
use crate::close::{GRADIENT, OUTPUT};
use crate::draw::{Dice, Shape, less};

/// Where a cell is one at random: some of these make much of a rounding, and a stack of
/// them does so from layer to layer. The worst of ten thousand draws was a third of this.
const RANDOM: f64 = 5e-5;

/// A network: its sizes, and the seed of all else.
#[derive(Debug, Clone)]
pub(super) struct NetworkShape {
    pub(super) steps: usize,
    pub(super) batch: usize,
    pub(super) features: usize,
    pub(super) layers: Vec<LayerShape>,
    /// 0 where there is no dense layer.
    pub(super) outputs: usize,
    pub(super) seed: u64,
}

impl NetworkShape {
    /// One for batches of at most so many samples.
    pub(super) fn draw_for(dice: &mut Dice, most: usize) -> NetworkShape {
        NetworkShape {
            steps: dice.size(9),
            batch: dice.size(most),
            features: dice.size(18),
            layers: (0..dice.within(1..=3)).map(|_| LayerShape::draw(dice)).collect(),
            outputs: dice.size(5),
            seed: dice.bits(),
        }
        .made_tiny()
    }

    /// The same with units and a batch that a tiny network of its layers may have.
    fn made_tiny(mut self) -> NetworkShape {
        for above in 1..self.layers.len() {
            if self.layers[above].is_lstm() && !self.layers[above - 1].is_lstm() {
                // An LSTM with padding reads no program's states.
                let units = &mut self.layers[above].units;
                *units = match *units {
                    1..=4 => 4,
                    5..=8 => 8,
                    units => units.next_multiple_of(16),
                };
            }
        }
        let of = |batch| NetworkShape { batch, ..self.clone() };
        let mut smaller = (1..=self.batch).rev().map(of);
        smaller.find(|shape| shape.tiny().fits()).expect("a batch of one is tiny")
    }

    pub(super) fn tiny(&self) -> TinyShape {
        let NetworkShape { steps, batch, features, outputs, .. } = *self;
        TinyShape {
            steps,
            batch,
            features,
            layers: self.layers.iter().map(LayerShape::tiny).collect(),
            outputs: (outputs > 0).then_some(outputs),
        }
    }

    /// The inputs of a layer.
    pub(super) fn below(&self, layer: usize) -> usize {
        layer.checked_sub(1).map_or(self.features, |below| self.layers[below].units)
    }

    /// How near outputs, and how near gradients must be.
    pub(super) fn tolerances(&self) -> [f64; 2] {
        let random = self.layers.iter().any(LayerShape::is_random);
        if random { [RANDOM; 2] } else { [OUTPUT, GRADIENT] }
    }

    /// The last layer.
    pub(super) fn top(&self) -> &LayerShape {
        self.layers.last().expect("a network has a layer")
    }
}

impl Shape for NetworkShape {
    fn draw(dice: &mut Dice) -> NetworkShape {
        NetworkShape::draw_for(dice, 64)
    }

    fn smaller(&self) -> Vec<NetworkShape> {
        let mut all = Vec::new();
        all.extend(less(self.steps, 1).map(|steps| Self { steps, ..self.clone() }));
        all.extend(less(self.batch, 1).map(|batch| Self { batch, ..self.clone() }));
        let features = less(self.features, 1);
        all.extend(features.map(|features| Self { features, ..self.clone() }));
        all.extend(less(self.outputs, 1).map(|outputs| Self { outputs, ..self.clone() }));
        if self.layers.len() > 1 {
            all.push(Self { layers: self.layers[1..].to_vec(), ..self.clone() });
        }
        for (layer, shape) in self.layers.iter().enumerate() {
            all.extend(shape.smaller().into_iter().map(|shape| {
                let mut smaller = self.clone();
                smaller.layers[layer] = shape;
                smaller
            }));
        }
        all.retain(|shape| shape.tiny().fits());
        all
    }
}

/// A network without a dense layer.
#[derive(Debug, Clone)]
pub(super) struct StackShape(pub(super) NetworkShape);

impl Shape for StackShape {
    fn draw(dice: &mut Dice) -> StackShape {
        let shape = NetworkShape::draw_for(dice, 3);
        StackShape(NetworkShape { outputs: 0, ..shape }.made_tiny())
    }

    fn smaller(&self) -> Vec<StackShape> {
        let all = self.0.smaller().into_iter().filter(|shape| shape.outputs == 0);
        all.map(StackShape).collect()
    }
}
