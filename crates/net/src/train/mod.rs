//! Training: a model and its sequences go in, better weights and the losses come out.

mod batch;
mod epoch;
mod need;
mod order;
mod run;
mod state;
#[cfg(test)]
mod tests;
mod whole;

use std::time::Duration;

use carousel_cell::Optimiser;

use crate::engine::Loss;
pub use need::{Need, Prospect};
pub use run::Training;

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Samples for each change of the weights; lanes, for stateful networks.
    pub batch: usize,
    /// How a gradient changes a weight.
    pub optimiser: Optimiser,
    /// What is made small.
    pub loss: Loss,
    /// What start values, order and dropout are made from.
    pub seed: u64,
    /// Whether each epoch has its own order; never with stateful layers.
    pub shuffle: bool,
    /// The largest norm of a gradient.
    pub clip: Option<f32>,
    /// Epochs without a better validation loss after which training stops.
    pub patience: Option<usize>,
    /// Whether the weights of the epoch with the best validation loss are kept.
    pub keep_best: bool,
    /// A loss on the train part that is good enough.
    pub until: Option<f64>,
    /// How long training may take.
    pub time: Option<Duration>,
}

/// The losses of each epoch, in scaled units.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// Mean over the samples of the epoch, each taken before its change of the weights.
    pub train: Vec<f64>,
    /// After the epoch; empty without a validation part, and NaN for the epochs before
    /// there was one.
    pub validation: Vec<f64>,
}

impl History {
    fn push(&mut self, train: f64, validation: Option<f64>) {
        if let Some(loss) = validation {
            self.validation.resize(self.train.len(), f64::NAN);
            self.validation.push(loss);
        }
        self.train.push(train);
    }
}

/// What an epoch has to tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// From 1.
    pub number: usize,
    /// How many there will be.
    pub of: usize,
    /// On the train part.
    pub loss: f64,
    /// On the validation part.
    pub validation: Option<f64>,
    /// Changes of the weights in one epoch.
    pub steps: usize,
}

/// Why training ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stopped {
    /// All epochs are done.
    Done,
    /// It was interrupted in this epoch (from 1); the weights are those of the last
    /// finished batch.
    Interrupted {
        /// The epoch that was not finished.
        epoch: usize,
        /// How many there should have been.
        of: usize,
    },
    /// The validation loss did not get better for so long; the best epoch (from 1).
    Patience {
        /// The epoch with the best validation loss.
        best: usize,
    },
    /// The loss is good enough.
    Until,
    /// The time is over.
    Time,
}

/// The loss stopped being a number (E11). The weights are those of the last good epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct Diverged {
    /// From 1.
    pub epoch: usize,
    /// From 1.
    pub batch: usize,
    /// Batches of an epoch.
    pub batches: usize,
    /// The first tensor that was not finite: `lstm 1, gate g`.
    pub tensor: Option<String>,
    /// The norm of the gradient of the batch before.
    pub norm_before: Option<f64>,
}

/// How many sequences change the weights at once, if nothing else is said: 1 up to
/// 1,000 sequences, else 32.
pub fn default_batch(sequences: usize) -> usize {
    if sequences <= 1000 { 1 } else { 32 }
}
