//! Data made ready: a recipe goes in, sequences for each part come out, and the way
//! back to original units.

use std::ops::Range;
use std::path::Path;

use carousel_lang::Diagnostic;
use serde::{Deserialize, Serialize};

use crate::prepare::prepare;
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
    /// `(x - offset) * factor`, for each input column and last for the target. A column
    /// that is constant in the train part has the factor 1: it becomes `low` by `scale`,
    /// 0 by `standardize`.
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
        /// Whether they are the features of one step: those of the oldest row first.
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
    /// Neither `window` nor `stream`: sequences without steps, one target for each row
    /// that a part predicts. Baselines can be scored on them; networks cannot read them.
    Rows,
}

impl Part {
    /// `train`, `validation`, `test`
    pub fn name(self) -> &'static str {
        match self {
            Part::Train => "train",
            Part::Validation => "validation",
            Part::Test => "test",
        }
    }
}

impl Dataset {
    /// Carries a recipe out. Relative paths begin at `folder`; `seed` makes noise and
    /// tasks.
    ///
    /// Steps run from left to right, with these exceptions: what learns, learns from the
    /// rows before the first border wherever `split` stands; `fill` and `target` are
    /// carried out first; `take` and `skip` after `window` or `stream` count the windows
    /// of each part.
    ///
    /// # Errors
    /// When a file cannot be read as numbers (E8, E9), a step does not fit the values, a
    /// part of `split` is empty, or a window is longer than its part (E6).
    pub fn prepare(
        recipe: &Recipe,
        folder: &Path,
        seed: u64,
    ) -> Result<Dataset, Diagnostic> {
        prepare(recipe, folder, seed, None)
    }

    /// Carries a recipe out as other data was made ready: `scale` and `standardize` take
    /// what they learned there and learn nothing here, so that a model reads these
    /// values as it has learned to. There are no leaks then.
    ///
    /// # Errors
    /// As [`Dataset::prepare`], and where the recipe does not have the steps of `like`,
    /// or not as many input columns.
    pub fn prepare_as(
        recipe: &Recipe,
        folder: &Path,
        seed: u64,
        like: &Preparation,
    ) -> Result<Dataset, Diagnostic> {
        prepare(recipe, folder, seed, Some(like))
    }

    /// The rows of each part, those that only stand before its windows too.
    pub fn rows_of_parts(&self) -> Vec<(Part, Range<usize>)> {
        let starts =
            std::iter::once((Part::Train, 0)).chain(self.borders.iter().copied());
        let ends = self.borders.iter().map(|(_, row)| *row).chain([self.table.rows()]);
        starts.zip(ends).map(|((part, start), end)| (part, start..end)).collect()
    }

    /// The sequences of a part, where it is there.
    pub fn part(&self, part: Part) -> Option<&Sequences> {
        match part {
            Part::Train => Some(&self.train),
            Part::Validation => self.validation.as_ref(),
            Part::Test => self.test.as_ref(),
        }
    }

    /// In order: train, validation, test, as far as they are there.
    pub fn parts(&self) -> impl Iterator<Item = (Part, &Sequences)> {
        let parts = [Part::Train, Part::Validation, Part::Test];
        parts.into_iter().filter_map(|part| Some((part, self.part(part)?)))
    }

    /// What a network said about a part, in original units and at the right rows.
    ///
    /// `outputs` is laid out as [`Sequences::targets`], in scaled units. After
    /// `difference`, the first row of each target is built on the true past, the rows
    /// after it on the predictions before them. Empty for a part that is not there.
    pub fn predictions(&self, part: Part, outputs: &[f32]) -> Predictions {
        let Some(sequences) = self.part(part) else { return Predictions::default() };
        let mut predictions = Predictions::default();
        let truth = &self.table.target().values;
        let width = sequences.width.max(1);
        for (rows, outputs) in sequences.rows.chunks(width).zip(outputs.chunks(width)) {
            let values = self.preparation.restore(&truth[..rows[0]], outputs);
            predictions.rows.extend(&rows[..values.len()]);
            predictions.truth.extend(rows.iter().take(values.len()).map(|&r| truth[r]));
            predictions.values.extend(values);
        }
        predictions
    }

    /// Steps of a sequence, if all of all parts have the same number.
    pub fn steps(&self) -> Option<usize> {
        let first = *self.train.lengths.first()?;
        let same = self.parts().all(|(_, part)| part.lengths.iter().all(|&n| n == first));
        same.then_some(first)
    }

    /// Values a step: `I`.
    pub fn features(&self) -> usize {
        self.train.features
    }

    /// Values a target: `O`.
    pub fn width(&self) -> usize {
        self.train.width
    }

    /// Whether each step has a target.
    pub fn every(&self) -> bool {
        self.train.every
    }

    /// Whether a value is read by several windows: they are longer than the stride.
    pub fn overlaps(&self) -> bool {
        let Form::Window { steps, ahead, .. } = self.preparation.form else {
            return false;
        };
        self.parts().any(|(_, part)| {
            let second = part.rows.get(ahead);
            second.is_some_and(|&second| steps > second - part.rows[0])
        })
    }

    /// The first row after the train part.
    pub(crate) fn train_end(&self) -> usize {
        self.borders.first().map_or(self.table.rows(), |&(_, row)| row)
    }
}
