//! Data as it was asked for: a source and its steps, nothing read or computed yet.

use std::path::{Path, PathBuf};

use carousel_lang::Span;

/// `airline | split 67% | scale 0..1 | window 3`
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// What begins the pipe.
    pub source: Source,
    /// Where the source stands.
    pub source_span: Span,
    /// The steps, from left to right.
    pub steps: Vec<Step>,
}

/// What begins a pipe.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// `csv "air.csv" column 2 skip last 3`
    Csv(Csv),
    /// `[112 118 132]`
    List(Vec<f64>),
    /// `airline`: 144 months, in thousands of passengers.
    Airline,
    /// `count 60`: 1, 2, ..., 60.
    Count(usize),
    /// `sine 200 period 25 noise 0.1`
    Sine {
        /// How many values.
        values: usize,
        /// Steps of one wave.
        period: f64,
        /// Standard deviation of what is added.
        noise: f64,
    },
    /// `echo 2000 lag 3`: random bits, to be repeated `lag` steps later.
    Echo {
        /// How many bits.
        values: usize,
        /// Steps between a bit and its echo.
        lag: usize,
    },
    /// `adding 100`: add the two marked numbers of a sequence
    /// (Hochreiter and Schmidhuber 1997, section 5.4).
    Adding {
        /// Steps of a sequence.
        steps: usize,
    },
    /// `parity 20`: sequences of up to so many bits; is the number of ones odd?
    Parity {
        /// Steps of the longest sequence.
        steps: usize,
    },
}

/// A file of separated values and what to take of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Csv {
    /// As typed; a relative path begins at `folder`.
    pub path: PathBuf,
    /// Where the script that names the file lies, from the folder of the session; empty
    /// for the same.
    pub folder: PathBuf,
    /// Where the path stands.
    pub path_span: Span,
    /// `column 2`, `columns "a" "b"`; empty: the first column of numbers.
    pub columns: Vec<Column>,
    /// `time "Month"`: what labels the rows; `None`: a column of dates, if there is one.
    pub time: Option<Column>,
    /// Lines of the file, as an editor shows them, left out at its start (after the
    /// header) and at its end.
    pub skip_first: usize,
    /// See `skip_first`.
    pub skip_last: usize,
}

impl Csv {
    /// Where the file lies, for a session in `folder`.
    pub fn file(&self, folder: &Path) -> PathBuf {
        folder.join(&self.folder).join(&self.path)
    }
}

/// A column as it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name or number.
    pub name: ColumnName,
    /// Where that stands.
    pub span: Span,
}

/// How a column is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnName {
    /// By the word in the header.
    Name(String),
    /// By its place, counted from 1.
    Number(usize),
}

/// One step and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// Where it stands.
    pub span: Span,
}

/// The steps.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// `split 67%`, `split 70% 15% 15% apart`
    Split {
        /// Percent of the rows: train and the rest, or train, validation, test.
        shares: Vec<f64>,
        /// Whether windows and memory stop at the borders.
        apart: bool,
    },
    /// `scale 0..1 over all`
    Scale {
        /// What the smallest value becomes.
        low: f64,
        /// What the largest value becomes.
        high: f64,
        /// Whether it learns from the test part too.
        over_all: bool,
    },
    /// `standardize`: mean 0, standard deviation 1 (n in the denominator).
    Standardize {
        /// Whether it learns from the test part too.
        over_all: bool,
    },
    /// `log`
    Log,
    /// `difference 12`
    Difference {
        /// How many rows back.
        lag: usize,
    },
    /// `window 3 as features ahead 2 stride 4`
    Window {
        /// Values of the input.
        steps: usize,
        /// Whether they are the features of one step.
        as_features: bool,
        /// Values of the target.
        ahead: usize,
        /// Rows between two windows.
        stride: usize,
    },
    /// `stream 12`: contiguous chunks, a target at every step.
    Stream {
        /// Steps of a chunk.
        steps: usize,
    },
    /// `target "temp"`
    Target(Column),
    /// `fill`: missing values take the last one before them.
    Fill,
    /// `take 100`: the first rows.
    Take(usize),
    /// `skip first 3`: rows before `window` or `stream`, windows of each part after it.
    SkipFirst(usize),
    /// `skip last 1`
    SkipLast(usize),
}

impl Recipe {
    /// The recipe with one more step: naming `split`, `window`, `stream`, `scale`,
    /// `standardize` or `target` again replaces the earlier one in its place (`window`
    /// and `stream` replace each other, and so do `scale` and `standardize`); other
    /// steps add up.
    #[must_use]
    pub fn then(mut self, step: Step) -> Recipe {
        let slot = slot(&step.kind);
        let earlier = self
            .steps
            .iter_mut()
            .find(|earlier| slot.is_some() && slot == self::slot(&earlier.kind));
        match earlier {
            Some(earlier) => *earlier = step,
            None => self.steps.push(step),
        }
        self
    }
}

/// Steps of one slot replace each other; `None` for those that add up.
fn slot(kind: &StepKind) -> Option<u8> {
    match kind {
        StepKind::Split { .. } => Some(0),
        StepKind::Scale { .. } | StepKind::Standardize { .. } => Some(1),
        StepKind::Window { .. } | StepKind::Stream { .. } => Some(2),
        StepKind::Target(_) => Some(3),
        StepKind::Log
        | StepKind::Difference { .. }
        | StepKind::Fill
        | StepKind::Take(_)
        | StepKind::SkipFirst(_)
        | StepKind::SkipLast(_) => None,
    }
}
