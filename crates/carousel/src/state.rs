//! What a session knows: names, settings, and what was trained.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use carousel_cell::cores;
use carousel_data::{Dataset, Part, Predictions, Preparation, Recipe};
use carousel_lang::ast::CellDefinition;
use carousel_net::engine::{Executor, Footprint, Settings as GraphSettings};
use carousel_net::model::Memory;
use carousel_net::network::Network;
use carousel_net::train::{Stopped, Training};

use crate::Plots;

/// Everything that `undo` takes back. A statement works on a copy of it, which is
/// cheap: what is heavy is shared.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// Models, data and cells by name.
    pub(crate) names: BTreeMap<String, Named>,
    /// The last model made: what `it` means where a model is expected.
    pub(crate) it_model: Option<Named>,
    /// The last data made or trained on: what `it` means in a pipe.
    pub(crate) it_data: Option<Arc<Data>>,
    /// What `seed` said.
    pub(crate) seed: Option<u64>,
    /// What `set` said.
    pub(crate) settings: Settings,
    /// Every training, in order.
    pub(crate) runs: Vec<Run>,
    /// The models and baselines of the last table, for `plot scores`.
    pub(crate) table: Vec<Contender>,
    /// What `carousel check` would have saved, so that a later line can load it.
    pub(crate) saved: BTreeMap<PathBuf, Arc<Trained>>,
    /// Where the script that is being used lies, from the folder of the session; empty
    /// outside of `use`.
    pub(crate) within: PathBuf,
}

/// What a name can mean.
#[derive(Debug, Clone)]
pub(crate) enum Named {
    /// `data air = airline | window 3`
    Data(Arc<Data>),
    /// `model m = lstm 4 -> dense 1`
    Described(Arc<Described>),
    /// `one = train m on air`
    Trained(Arc<Trained>),
    /// `cell mine ... end`
    Cell(Arc<CellDefinition>),
}

/// A recipe and how it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Data {
    /// Its name, or the pipe itself: what messages call it.
    pub(crate) text: String,
    /// The recipe.
    pub(crate) recipe: Recipe,
}

/// A model line that has not met its data.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    /// The chain as the formatter prints it: `lstm 4 -> dense 1`.
    pub(crate) text: String,
    /// Its layers.
    pub(crate) network: Network,
    /// Layers whose weights come from trained models (`enc frozen -> dense 1`).
    pub(crate) copies: Vec<Copied>,
}

/// Layers that take over the weights of another model's layers.
#[derive(Debug, Clone)]
pub(crate) struct Copied {
    /// The first of these layers in the new network, from 0.
    pub(crate) first: usize,
    /// How many of the other model's layers are taken.
    pub(crate) layers: usize,
    /// The other model.
    pub(crate) from: Arc<Trained>,
}

/// A model that has learned.
#[derive(Debug, Clone)]
pub(crate) struct Trained {
    /// Its layers as they were written.
    pub(crate) described: Described,
    /// What it learned from; `None` for a model loaded from a file.
    pub(crate) data: Option<Arc<Data>>,
    /// The same, made ready; `None` for a model loaded from a file.
    pub(crate) dataset: Option<Arc<Dataset>>,
    /// How values become inputs and outputs values.
    pub(crate) preparation: Preparation,
    /// One for each seed of `times`; the first is the model that `predict` and `save`
    /// use.
    pub(crate) trainings: Vec<Training>,
    /// What each of them says about the parts of `dataset`.
    pub(crate) fits: Vec<Fit>,
    /// Why the first of them ended.
    pub(crate) stopped: Stopped,
    /// Epochs that were asked for in all.
    pub(crate) epochs: usize,
}

/// What a trained model says about its data.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fit {
    /// In the order of the parts.
    pub(crate) parts: Vec<(Part, Predictions)>,
    /// What its stateful layers remember after the last part.
    pub(crate) memory: Memory,
}

impl Fit {
    /// The predictions for a part, if the data has it.
    pub(crate) fn part(&self, part: Part) -> Option<&Predictions> {
        self.parts.iter().find(|(known, _)| *known == part).map(|(_, p)| p)
    }
}

/// A training as `runs` lists it.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// The name of the model at that time, or `it`.
    pub(crate) name: String,
    /// The statement as the formatter prints it.
    pub(crate) line: String,
    /// What came out of it.
    pub(crate) trained: Arc<Trained>,
}

/// One line of a comparison.
#[derive(Debug, Clone)]
pub(crate) struct Contender {
    /// What the table calls it.
    pub(crate) name: String,
    /// Whether it is a baseline.
    pub(crate) baseline: bool,
    /// Its predictions by part; one entry for each seed, one for a baseline.
    pub(crate) fits: Vec<Fit>,
}

/// What `set` can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `set fusion off`
    pub(crate) fusion: bool,
    /// `set executor luminal`
    pub(crate) executor: Executor,
    /// `set threads 2`; none for as many as the machine runs at once.
    pub(crate) threads: Option<usize>,
    /// `set memory low`
    pub(crate) footprint: Footprint,
    /// `set hints off`
    pub(crate) hints: bool,
    /// `set theme dark`
    pub(crate) dark: bool,
    /// `set plots text`
    pub(crate) plots: Plots,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            fusion: true,
            executor: Executor::Plan,
            threads: None,
            footprint: Footprint::High,
            hints: true,
            dark: false,
            plots: Plots::Auto,
        }
    }
}

impl Settings {
    /// How graphs are made and run.
    pub(crate) fn graph(&self) -> GraphSettings {
        GraphSettings {
            fusion: self.fusion,
            executor: self.executor,
            threads: self.threads(),
            footprint: self.footprint,
        }
    }

    /// How many threads may share some work; results do not depend on it.
    pub(crate) fn threads(&self) -> usize {
        self.threads.unwrap_or_else(cores)
    }

    /// So many seeds, and how many of them are trained at once.
    pub(crate) fn seeds(&self, seeds: usize) -> (usize, usize) {
        (seeds, self.threads().min(seeds).max(1))
    }
}
