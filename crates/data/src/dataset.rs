//! Data made ready: a recipe goes in, sequences for each part come out, and the way
//! back to original units.

use std::path::Path;

use carousel_lang::Diagnostic;
use serde::{Deserialize, Serialize};

use crate::{Predictions, Recipe, Sequences, Table};

/// The parts of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What models and steps learn from.
    Train,
    /// What early stopping watches.
    Validation,
    /// What nothing learns from.
    Test,
}

/// A recipe carried out.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The rows in original units, before `log` and other steps that change values.
    /// Tasks without a series (`adding`, `parity`) have one row for each sequence: its
    /// target.
    pub table: Table,
    /// Sequences of each part, in scaled units; all of it is `train` without `split`.
    pub train: Sequences,
    /// The validation part, where there is one.
    pub validation: Option<Sequences>,
    /// The test part, where there is one.
    pub test: Option<Sequences>,
    /// The first rows of the validation and of the test part.
    pub borders: Vec<(Part, usize)>,
    /// Whether memory and windows stop at the borders.
    pub apart: bool,
    /// How values become inputs, and outputs values.
    pub preparation: Preparation,
    /// What `over all` gave away, one for each step that has it.
    pub leaks: Vec<Leak>,
}

/// What `over all` gave away, in original units or those before the step.
#[derive(Debug, Clone, PartialEq)]
pub struct Leak {
    /// `scale` or `standardize`.
    pub step: &'static str,
    /// What was learned: `maximum`, `minimum`, `mean`.
    pub what: &'static str,
    /// Its value over all rows.
    pub over_all: f64,
    /// Its value over the train part.
    pub over_train: f64,
}

/// What was learned from the train part: enough to turn new values into inputs and
/// outputs into values. Travels in weights files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preparation {
    /// Names of the input columns.
    pub inputs: Vec<String>,
    /// Name of the target column: also the unit of errors.
    pub target: String,
    /// The steps that change values, in order.
    pub steps: Vec<Fitted>,
    /// How rows become sequences.
    pub form: Form,
}

/// A step that changes values, with what it has learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Fitted {
    /// Natural logarithm.
    Log,
    /// Each value minus the one `lag` rows before.
    Difference {
        /// How many rows back.
        lag: usize,
    },
    /// `(x - offset) * factor`, for each input column and last for the target.
    Affine {
        /// `scale` or `standardize`.
        step: String,
        /// What is taken away.
        offsets: Vec<f64>,
        /// What it is multiplied with then.
        factors: Vec<f64>,
    },
}

/// How rows become sequences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Form {
    /// `window`
    Window {
        /// Values of the input.
        steps: usize,
        /// Whether they are the features of one step.
        as_features: bool,
        /// Values of the target.
        ahead: usize,
    },
    /// `stream`
    Stream {
        /// Steps of a chunk.
        steps: usize,
    },
    /// Sequences that come with their targets.
    Task,
}
