//! What statements give: plain data for every front end, with one rendering as text and
//! one as JSON.

mod bundle;
mod comparison;
mod figures;
pub(crate) mod html;
mod score;
mod style;
mod summary;
mod table;
mod values;
mod walk;

use std::path::PathBuf;

use carousel_lang::Diagnostic;
use carousel_plot::Figure;
use serde_json::{Value, json};

pub use bundle::Bundle;
pub use comparison::{Comparison, Line};
pub(crate) use figures::{figure, median};
pub use score::{Errors, PartErrors, Score, ScoreLine};
use style::Role;
pub use summary::{LayerSummary, Summary};
pub use table::{Column, Table};
pub use values::Values;
pub use walk::{Walk, WalkEnd, WalkInput, WalkLine, WalkStep, WalkUnit};

/// One result of a statement.
#[derive(Debug, Clone)]
pub enum Output {
    /// Something to read: help, what a training did, what was set.
    Text(String),
    /// What works but surprises; told once a session.
    Hint(Diagnostic),
    /// An epoch of a training that goes on.
    Epoch(Epoch),
    /// What goes on now and may take a while: `predicting m on air`.
    Busy(String),
    /// Layers, shapes and weights of a model.
    Summary(Summary),
    /// `score m`
    Score(Score),
    /// `compare naive, m on air`
    Comparison(Comparison),
    /// Rows and columns: `runs`, `show weights of m`.
    Table(Table),
    /// `predict m on [417 391 419]`, `forecast m 24`
    Values(Values),
    /// `step m on air at 99`
    Walk(Walk),
    /// `expect test rmse of m < 60`
    Expect {
        /// The expectation as it was written.
        text: String,
        /// Whether it holds.
        passed: bool,
        /// What was found, in words.
        found: String,
    },
    /// A figure to show.
    Plot {
        /// What it shows: `fit of m`.
        name: String,
        /// The picture.
        figure: Figure,
        /// Whether it is drawn on a dark ground.
        dark: bool,
        /// What `set plots` asks for.
        plots: Plots,
    },
    /// A file was written.
    Saved {
        /// Where.
        file: PathBuf,
        /// What: `m`, `the fit of m`.
        what: String,
    },
}

/// What becomes of plots: `set plots text`. What a front end shows nothing on, or has no
/// such way for, it leaves in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plots {
    /// Whatever looks best where the results are shown.
    #[default]
    Auto,
    /// They are not drawn at all.
    Off,
    /// Characters.
    Text,
    /// Pictures, even where nobody says that they can be shown.
    Graphics,
    /// A window of its own.
    Window,
}

/// An epoch of a training that goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Epoch {
    /// What is trained.
    pub model: String,
    /// Which of its seeds, from 1, and how many there are.
    pub seed: (usize, usize),
    /// From 1.
    pub number: usize,
    /// How many there will be.
    pub of: usize,
    /// The loss on the train part, in scaled units.
    pub loss: f64,
    /// The loss on the validation part, in scaled units.
    pub validation: Option<f64>,
    /// Changes of the weights in one epoch.
    pub steps: usize,
}

impl Output {
    /// The result as a person reads it, in lines of at most `width` columns where that
    /// can be; ends with a line break unless it is empty.
    pub fn to_text(&self, width: usize, colour: bool) -> String {
        if let Some(table) = self.table() {
            return table.to_text(width, colour);
        }
        match self {
            Output::Hint(hint) => hint.render(&Default::default(), colour),
            Output::Expect { text, passed, found } => {
                let (sign, role) =
                    if *passed { ("passed", Role::Good) } else { ("FAILED", Role::Bad) };
                format!("{}: {text} ({found})\n", role.paint(sign, colour))
            }
            _ => self.words(),
        }
    }

    /// The result as it is read aloud: no columns, no signs and no drawings, but what
    /// they say in words.
    pub fn to_plain(&self) -> String {
        match self {
            Output::Plot { name, figure, .. } => {
                format!("plot: {name}\n{}", figure.words())
            }
            _ => self
                .table()
                .map_or_else(|| self.to_text(usize::MAX, false), |t| t.to_plain()),
        }
    }

    /// Whether it only says that something goes on: nothing is left of it.
    pub fn is_progress(&self) -> bool {
        matches!(self, Output::Epoch(_) | Output::Busy(_))
    }

    /// The rows and columns of a result that has them.
    fn table(&self) -> Option<Table> {
        match self {
            Output::Summary(summary) => Some(summary.table()),
            Output::Score(score) => Some(score.table()),
            Output::Comparison(comparison) => Some(comparison.table()),
            Output::Table(table) => Some(table.clone()),
            Output::Values(values) if values.sentence().is_none() => Some(values.table()),
            _ => None,
        }
    }

    /// The text of a result that is words alone.
    fn words(&self) -> String {
        match self {
            Output::Text(text) => format!("{}\n", text.trim_end()),
            Output::Values(values) => values.sentence().unwrap_or_default(),
            Output::Walk(walk) => walk.to_text(),
            Output::Plot { name, .. } => format!("plot: {name}\n"),
            Output::Saved { file, what } => {
                format!("saved {what} to {}\n", file.display())
            }
            _ => String::new(),
        }
    }

    /// The result as one JSON object with its `kind`; the fields are documented in
    /// docs/json.md. None for what only says that something goes on.
    pub fn to_json(&self) -> Option<Value> {
        Some(match self {
            Output::Epoch(_) | Output::Busy(_) => return None,
            Output::Text(text) => json!({ "kind": "text", "text": text.trim_end() }),
            Output::Hint(hint) => json!({
                "kind": "hint", "code": hint.code, "title": hint.title, "hint": hint.hint,
            }),
            Output::Summary(summary) => summary.to_json(),
            Output::Score(score) => score.to_json(),
            Output::Comparison(comparison) => comparison.to_json(),
            Output::Table(table) => table.to_json(),
            Output::Values(values) => values.to_json(),
            Output::Walk(walk) => walk.to_json(),
            Output::Expect { text, passed, found } => json!({
                "kind": "expect", "text": text, "passed": passed, "found": found,
            }),
            Output::Plot { name, .. } => json!({ "kind": "plot", "name": name }),
            Output::Saved { file, what } => {
                json!({ "kind": "saved", "what": what, "file": file.to_string_lossy() })
            }
        })
    }
}
