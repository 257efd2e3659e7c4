//! One batch: its loss, its gradients, and one change of the weights.

use std::ops::Range;

use carousel_cell::{clip, norm};

use super::Training;
use super::epoch::Bench;
use super::run::Task;
use super::state::Position;
use crate::batches::Loaded;
use crate::engine::{Feed, Interrupted};
use crate::engines::Slot;
use crate::predict::carry;
use crate::random::{Purpose, Random};

/// Where a batch stands, both from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) epoch: usize,
    pub(super) batch: usize,
}

impl Training {
    /// One batch: its loss and gradients, and one change of the weights.
    pub(super) fn step(
        &mut self,
        bench: &mut Bench<'_>,
        task: &Task<'_>,
        at: At,
        position: &mut Position,
    ) -> Result<(), Bad> {
        let loaded = bench.loader.load(&bench.members);
        let slot = bench.engines.slot(loaded.shape);
        draw_dropout(slot, self.options.seed, at);
        if position.states.is_empty() && self.model.network.is_stateful() {
            position.states.clone_from(&slot.engine.states);
            position.carried.clone_from(&slot.zeros);
        }
        let carried = &mut position.carried;
        let states = if carried.is_empty() { &slot.zeros } else { &*carried };
        let feed = feed(&loaded, states, &slot.dropouts, task);
        slot.engine.run(&self.model.weights, &mut bench.gradients, &feed)?;
        let loss = f64::from(slot.engine.loss());
        let norm = match self.options.clip {
            Some(limit) => clip(&mut bench.gradients, limit),
            None => norm(&bench.gradients),
        };
        if !loss.is_finite() || !norm.is_finite() {
            let tensor = slot.engine.first_bad_tensor(&self.model.weights, &feed);
            return Err(Bad::NotFinite { tensor });
        }
        carry(&slot.engine, carried);
        self.norm = Some(f64::from(norm));
        self.change_weights(&bench.learned, &bench.gradients);
        position.loss += loss * loaded.real as f64;
        position.rows += loaded.real;
        position.batch += 1;
        Ok(())
    }

    fn change_weights(&mut self, learned: &[Range<usize>], gradients: &[f32]) {
        self.moments.step += 1;
        for range in learned {
            self.options.optimiser.update(
                self.moments.step,
                &mut self.model.weights[range.clone()],
                &gradients[range.clone()],
                &mut self.moments.first[range.clone()],
                &mut self.moments.second[range.clone()],
            );
        }
    }
}

/// Why a batch did not change the weights.
#[derive(Debug)]
pub(super) enum Bad {
    Interrupted,
    NotFinite { tensor: Option<String> },
}

impl From<Interrupted> for Bad {
    fn from(_: Interrupted) -> Bad {
        Bad::Interrupted
    }
}

fn feed<'a>(
    loaded: &Loaded<'a>,
    states: &'a [Vec<f32>],
    dropouts: &'a [Vec<f32>],
    task: &Task<'a>,
) -> Feed<'a> {
    Feed {
        inputs: loaded.inputs,
        mask: loaded.mask,
        states,
        targets: loaded.targets,
        weights: loaded.shares,
        dropouts,
        interrupt: Some(task.interrupt),
    }
}

/// Fresh masks: zeros at the rate of each, and what makes up for them elsewhere.
fn draw_dropout(slot: &mut Slot, seed: u64, At { epoch, batch }: At) {
    let masks = slot.engine.dropouts.iter().zip(&mut slot.dropouts);
    for (mask, (dropout, numbers)) in masks.enumerate() {
        let mut random = Random::new(seed, Purpose::Dropout { epoch, batch, mask });
        let (rate, kept) = (f64::from(dropout.rate), 1.0 / (1.0 - dropout.rate));
        numbers.fill_with(|| if random.unit() < rate { 0.0 } else { kept });
    }
}
