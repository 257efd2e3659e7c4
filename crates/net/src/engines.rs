//! Engines by batch shape, so that nothing is compiled twice.

use std::collections::BTreeMap;

use crate::engine::{BatchShape, Engine, Goal, Settings};
use crate::model::Model;
use crate::network::Network;
use crate::shape::Flow;

/// How many engines are kept: sequences of many lengths would fill the memory with
/// their buffers.
pub(crate) const KEPT: usize = 128;

/// The engines of one model and one goal.
#[derive(Debug)]
pub(crate) struct Engines {
    network: Network,
    flows: Vec<Flow>,
    goal: Goal,
    two_biases: bool,
    settings: Settings,
    slots: BTreeMap<(usize, usize, bool), Slot>,
}

/// An engine and the buffers that it is fed from.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) engine: Engine,
    /// First states of a batch that continues nothing, `[B, H]` each.
    pub(crate) zeros: Vec<Vec<f32>>,
    /// The masks of dropout.
    pub(crate) dropouts: Vec<Vec<f32>>,
}

impl Engines {
    pub(crate) fn new(model: &Model, goal: Goal, settings: Settings) -> Engines {
        Engines {
            network: model.network.clone(),
            flows: model.flows.clone(),
            goal,
            two_biases: model.two_biases(),
            settings,
            slots: BTreeMap::new(),
        }
    }

    /// How many bytes all of them take.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        let slot = |(key, slot): (&(usize, usize, bool), &Slot)| {
            slot.engine.bytes() + slot_bytes(&slot.engine, key.1)
        };
        self.slots.iter().map(slot).sum()
    }

    /// The engine for this shape.
    pub(crate) fn slot(&mut self, shape: BatchShape) -> &mut Slot {
        let key = (shape.steps, shape.size, shape.masked);
        if self.slots.len() >= KEPT && !self.slots.contains_key(&key) {
            self.slots.clear();
        }
        let (network, flows) = (&self.network, &self.flows);
        self.slots.entry(key).or_insert_with(|| {
            let (goal, two, settings) = (self.goal, self.two_biases, self.settings);
            let engine = Engine::new(network, flows, shape, goal, two, settings)
                .expect("the cells were read when the model was made");
            Slot::new(engine, shape.size)
        })
    }
}

/// How many bytes a [`Slot`] takes beside its engine, which has batches of `size`.
pub(crate) fn slot_bytes(engine: &Engine, size: usize) -> usize {
    let states: usize = engine.states.iter().map(|state| size * state.units).sum();
    let dropouts: usize = engine.dropouts.iter().map(|mask| mask.len).sum();
    (states + dropouts) * size_of::<f32>()
}

impl Slot {
    /// With zero states, and masks that drop nothing.
    pub(crate) fn new(engine: Engine, size: usize) -> Slot {
        let zeros = engine.states.iter().map(|s| vec![0.0; size * s.units]).collect();
        let dropouts = engine.dropouts.iter().map(|mask| vec![1.0; mask.len]).collect();
        Slot { engine, zeros, dropouts }
    }
}
