//! A lesson: windows in an order, an optimiser, and what it changes.

use std::ops::Range;

use carousel_cell::{Learned, Optimiser, Tiny, TinyLesson};

use super::layer::{Kind, LayerShape};
use super::network::Network;
use super::shape::NetworkShape;
use crate::close::single;
use crate::draw::{Dice, Shape, less};
use crate::optimisers::optimiser;

/// A network of batches of one, and how it learns.
#[derive(Debug, Clone)]
pub(super) struct LessonShape {
    pub(super) network: NetworkShape,
    /// How many windows there are, how many are learned from, and after how many the
    /// lesson is cut.
    pub(super) windows: usize,
    pub(super) changes: usize,
    pub(super) cut: usize,
    /// For each layer.
    pub(super) stateful: Vec<bool>,
    pub(super) optimiser: Optimiser,
    pub(super) clip: Option<f32>,
    /// Changes of the weights before the lesson.
    pub(super) step: u64,
}

impl Shape for LessonShape {
    fn draw(dice: &mut Dice) -> LessonShape {
        let network = NetworkShape::draw_for(dice, 1);
        let changes = dice.within(0..=if cfg!(miri) { 3 } else { 90 });
        // A norm is summed in two orders, and not all cells make little of it.
        let smooth = network.layers.iter().all(LayerShape::is_smooth);
        let clip = dice.pick(&[None, None, Some(0.5), Some(100.0)]);
        LessonShape {
            windows: dice.size(30),
            cut: dice.within(0..=changes),
            stateful: network.layers.iter().map(|_| dice.coin()).collect(),
            optimiser: steady(dice, &network),
            clip: clip.filter(|_| smooth),
            step: dice.pick(&[0, 60, 100_000]),
            changes,
            network,
        }
    }

    fn smaller(&self) -> Vec<LessonShape> {
        let networks = self.network.smaller().into_iter();
        let mut all: Vec<LessonShape> = networks
            .map(|network| {
                let stateful = self.stateful[..network.layers.len()].to_vec();
                LessonShape { network, stateful, ..self.clone() }
            })
            .collect();
        all.extend(less(self.changes, 0).map(|changes| {
            let cut = self.cut.min(changes);
            LessonShape { changes, cut, ..self.clone() }
        }));
        all.extend(less(self.cut, 0).map(|cut| LessonShape { cut, ..self.clone() }));
        if self.stateful.contains(&true) {
            let stateful = vec![false; self.stateful.len()];
            all.push(LessonShape { stateful, ..self.clone() });
        }
        all
    }
}

/// One that descends with any cells: where all states are of size 1, as those of cells at
/// random are, the loss is steep, and plain descent takes small steps.
fn steady(dice: &mut Dice, network: &NetworkShape) -> Optimiser {
    let is_lstm = |layer: &LayerShape| matches!(layer.kind, Kind::Lstm { .. });
    match optimiser(dice) {
        Optimiser::Sgd { momentum, nesterov, .. }
            if !network.layers.iter().all(is_lstm) =>
        {
            Optimiser::Sgd { rate: 0.001, momentum, nesterov }
        }
        any => any,
    }
}

/// A lesson with its numbers. The first states of layers that are not stateful are 0.
pub(super) struct Lesson {
    pub(super) shape: LessonShape,
    pub(super) network: Network,
    /// `[n, T, I]` and `[n, O]`
    pub(super) inputs: Vec<f32>,
    pub(super) targets: Vec<f32>,
    pub(super) order: Vec<usize>,
}

/// What a lesson changes.
pub(super) struct Memory {
    pub(super) weights: Vec<f32>,
    pub(super) first: Vec<f32>,
    pub(super) second: Vec<f32>,
    pub(super) step: u64,
}

impl Lesson {
    pub(super) fn new(shape: &LessonShape) -> Lesson {
        let mut network = Network::new(&shape.network);
        for (states, stateful) in network.states.iter_mut().zip(&shape.stateful) {
            if !stateful {
                states.iter_mut().for_each(|state| state.fill(0.0));
            }
        }
        let mut dice = Dice::new(shape.network.seed, 1);
        let NetworkShape { steps, features, outputs, .. } = shape.network;
        Lesson {
            inputs: single(&dice.numbers(shape.windows * steps * features)),
            targets: single(&dice.numbers(shape.windows * outputs)),
            order: (0..shape.changes).map(|_| dice.below(shape.windows)).collect(),
            shape: shape.clone(),
            network,
        }
    }

    pub(super) fn fresh(&self) -> Memory {
        let weights = single(&self.network.arena);
        let zeros = vec![0.0; weights.len()];
        Memory { weights, first: zeros.clone(), second: zeros, step: self.shape.step }
    }

    /// Learns from a part of the order.
    pub(super) fn learn(
        &self,
        tiny: &mut Tiny,
        part: Range<usize>,
        to: &mut Memory,
    ) -> Result<(), String> {
        let lesson = TinyLesson {
            inputs: &self.inputs,
            targets: &self.targets,
            order: &self.order[part.start..],
            stateful: &self.shape.stateful,
            optimiser: self.shape.optimiser,
            clip: self.shape.clip,
        };
        let Memory { weights, first, second, step } = to;
        let mut learned = Learned { weights, first, second, step };
        let count = part.len();
        let progress = tiny.train(&lesson, &mut learned, &mut |done| done < count);
        if progress.done == count && progress.finite {
            Ok(())
        } else {
            Err(format!("a lesson of {count} windows came to {progress:?}"))
        }
    }
}
