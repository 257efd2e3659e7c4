//! What training has to keep, so that it can go on or go back.

use carousel_data::Sequences;

use super::Options;
use crate::engine::State;
use crate::memory::Memory;
use crate::model::Model;

/// What the optimiser remembers of each weight.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moments {
    /// Changes of the weights so far.
    pub(super) step: u64,
    /// Means of the gradients, or the momentum.
    pub(super) first: Vec<f32>,
    /// Means of their squares.
    pub(super) second: Vec<f32>,
}

/// Where an unfinished epoch stands.
#[derive(Debug, Clone)]
pub(super) struct Position {
    /// Batches done.
    pub(super) batch: usize,
    /// Sum over the rows done of their losses.
    pub(super) loss: f64,
    /// Target rows done.
    pub(super) rows: usize,
    /// What `carried` holds; empty until the first batch, and without stateful layers.
    pub(super) states: Vec<State>,
    /// The first states of the next batch, `[B, H]` each.
    pub(super) carried: Vec<Vec<f32>>,
    /// The sequences and the batch that it was begun with: with others it begins anew.
    of: (usize, usize),
}

/// All that a batch changes, as it was at the end of an epoch.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pub(super) weights: Vec<f32>,
    pub(super) moments: Moments,
    pub(super) memory: Memory,
}

/// The epoch with the best validation loss.
#[derive(Debug, Clone)]
pub(super) struct Best {
    /// From 1.
    pub(super) epoch: usize,
    pub(super) loss: f64,
    /// Kept only if it may be put back.
    pub(super) snapshot: Option<Snapshot>,
}

impl Moments {
    pub(super) fn new(model: &Model) -> Moments {
        let zeros = vec![0.0; model.weights.len()];
        Moments { step: 0, first: zeros.clone(), second: zeros }
    }
}

impl Position {
    /// Before the first batch: memory is zero.
    pub(super) fn new(options: &Options, train: &Sequences) -> Position {
        Position {
            batch: 0,
            loss: 0.0,
            rows: 0,
            states: Vec::new(),
            carried: Vec::new(),
            of: (train.len(), options.batch),
        }
    }

    /// Whether it was begun with such sequences and options.
    pub(super) fn fits(&self, options: &Options, train: &Sequences) -> bool {
        self.of == (train.len(), options.batch)
    }

    /// What the last lane, which ends where the sequences end, remembers.
    pub(super) fn memory(&self) -> Memory {
        let lanes = |(state, numbers): (&State, &Vec<f32>)| numbers.len() / state.units;
        match self.states.iter().zip(&self.carried).map(lanes).next() {
            Some(lanes) => Memory::of_lane(&self.states, &self.carried, lanes - 1),
            None => Memory::default(),
        }
    }
}
