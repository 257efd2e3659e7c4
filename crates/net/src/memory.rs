//! What stateful layers remember between sequences, of one lane.

use std::collections::BTreeMap;

use crate::cells;
use crate::engine::{Engine, State};
use crate::model::Model;
use crate::network::LayerKind;

/// The states that stateful layers carry from one sequence to the next. A state that is
/// not in it is zero.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Memory {
    /// By layer and name (`h`, `c`), `[H]` each.
    states: BTreeMap<(usize, String), Vec<f32>>,
}

impl Memory {
    /// Whether nothing is remembered: all states are zero.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// A state of a layer (counted from 0), `[H]`; `None` is zeros.
    pub fn state(&self, layer: usize, name: &str) -> Option<&[f32]> {
        self.states.get(&(layer, name.to_owned())).map(Vec::as_slice)
    }

    /// All states that are not zero: layer, name and numbers `[H]`, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &str, &[f32])> {
        self.states
            .iter()
            .map(|((layer, name), numbers)| (*layer, name.as_str(), numbers.as_slice()))
    }

    pub(crate) fn set(&mut self, layer: usize, name: &str, numbers: &[f32]) {
        self.states.insert((layer, name.to_owned()), numbers.to_vec());
    }

    /// The first states of a batch of one sequence, in the engine's order. What another
    /// model has left here and does not fit is zero.
    pub(crate) fn first_states(&self, engine: &Engine) -> Vec<Vec<f32>> {
        let one = |state: &State| {
            let kept = state.stateful.then(|| self.state(state.layer, &state.name));
            kept.flatten()
                .filter(|numbers| numbers.len() == state.units)
                .map_or_else(|| vec![0.0; state.units], <[f32]>::to_vec)
        };
        engine.states.iter().map(one).collect()
    }

    /// What stateful layers are left with: row `row` of each state `[B, H]`.
    pub(crate) fn of_lane(states: &[State], numbers: &[Vec<f32>], row: usize) -> Memory {
        let mut memory = Memory::default();
        for (state, numbers) in states.iter().zip(numbers).filter(|(s, _)| s.stateful) {
            let lane = &numbers[row * state.units..][..state.units];
            memory.set(state.layer, &state.name, lane);
        }
        memory
    }
}

/// The states that a model's memory may hold: layer, name and units.
pub(crate) fn remembered(model: &Model) -> Vec<(usize, String, usize)> {
    let mut all = Vec::new();
    for (layer, described) in model.network.layers.iter().enumerate() {
        let LayerKind::Recurrent(recurrent) = &described.kind else { continue };
        if recurrent.stateful {
            let form = cells::form(&recurrent.cell, model.two_biases())
                .expect("the cell was read when the model was made");
            all.extend(form.states.into_iter().map(|s| (layer, s, recurrent.units)));
        }
    }
    all
}
