//! Training options: what `train`, `compare` and `continue` were told.

use std::time::Duration;

use carousel_lang::ast::{Command, Opt, Preposition, Verb, Word};
use carousel_lang::vocabulary::verb_word;
use carousel_lang::{Diagnostic, Span, print_command};
use carousel_net::engine::Loss;
use carousel_net::model::Like;
use carousel_net::train::{Options, default_batch};

use super::args::{missing, once};
use super::line::Line;
use super::number::{Real, Whole, real, whole};
use super::optimiser::{OptimiserWords, optimiser};
use super::option::{choice, time, without_until};

/// How often all of the train part is seen where nothing is said.
pub(crate) const DEFAULT_EPOCHS: usize = 100;

const EPOCHS: Whole = Whole { noun: "number", low: 1, high: 10_000_000, usual: 100 };
const BATCH: Whole = Whole { noun: "size", low: 1, high: 1_000_000, usual: 32 };
const PATIENCE: Whole = Whole { noun: "number of epochs", usual: 10, ..EPOCHS };
const TIMES: Whole = Whole { noun: "number of seeds", low: 1, high: 1_000, usual: 10 };
/// Whole numbers up to 2^53 are exact in double precision.
const SEED: Whole = Whole { noun: "value", low: 0, high: 1 << 53, usual: 7 };
const CLIP: Real =
    Real { noun: "norm", allowed: "above 0", holds: |norm| norm > 0.0, usual: "1" };

/// What a command says about training; `None` and defaults where it says nothing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrainingWords {
    /// How often all of the train part is seen.
    pub(crate) epochs: Option<usize>,
    /// Samples for each change of the weights.
    pub(crate) batch: Option<usize>,
    /// How a gradient changes a weight.
    pub(crate) optimiser: OptimiserWords,
    /// What start values and order are made from.
    pub(crate) seed: Option<u64>,
    /// How many seeds.
    pub(crate) times: usize,
    /// Whose start values, epsilon and biases.
    pub(crate) like: Like,
    /// The largest norm of a gradient.
    pub(crate) clip: Option<f32>,
    /// Epochs without a better validation loss after which training stops.
    pub(crate) patience: Option<usize>,
    /// Whether the weights of the best epoch are kept.
    pub(crate) keep_best: bool,
    /// A loss that is good enough.
    pub(crate) until: Option<f64>,
    /// How long training may take.
    pub(crate) time: Option<Duration>,
    /// What is made small.
    pub(crate) loss: Loss,
    /// Whether each epoch has its own order.
    pub(crate) shuffle: Option<bool>,
    /// Whether any option was written.
    pub(crate) any: bool,
}

impl Default for TrainingWords {
    fn default() -> Self {
        TrainingWords {
            epochs: None,
            batch: None,
            optimiser: OptimiserWords::default(),
            seed: None,
            times: 1,
            like: Like::Keras,
            clip: None,
            patience: None,
            keep_best: false,
            until: None,
            time: None,
            loss: Loss::Mse,
            shuffle: None,
            any: false,
        }
    }
}

impl TrainingWords {
    /// Fills in what was not said, for a train part of so many samples. `seed` is used
    /// as it is: `self.seed` and `times` are what the caller counts it from.
    pub(crate) fn options(&self, samples: usize, stateful: bool, seed: u64) -> Options {
        Options {
            batch: self.batch.unwrap_or_else(|| default_batch(samples)),
            optimiser: self.optimiser.optimiser(self.like),
            loss: self.loss,
            seed,
            shuffle: !stateful && self.shuffle.unwrap_or(true),
            clip: self.clip,
            patience: self.patience,
            keep_best: self.keep_best,
            until: self.until,
            time: self.time,
        }
    }
}

/// The training options of a command.
///
/// # Errors
/// Where an option stands twice, its value is not allowed, or it means nothing to the
/// optimiser; where a clause has no use.
pub(crate) fn training(command: &Command) -> Result<TrainingWords, Diagnostic> {
    check_clauses(command)?;
    let line = Line::Command(command);
    let (options, until) = without_until(command)?;
    let mut words = TrainingWords { until, ..TrainingWords::default() };
    let mut before = Vec::new();
    for option in &options {
        once(&before, &option.word)?;
        before.push(option.word.clone());
        read(&mut words, option, line)?;
    }
    let with = command.clause(Preposition::With);
    words.optimiser = optimiser(with, &options, line)?;
    words.any = with.is_some() || !command.options.is_empty();
    Ok(words)
}

/// `on` and `with` say something about training, each once.
fn check_clauses(command: &Command) -> Result<(), Diagnostic> {
    let mut before: Vec<Word> = Vec::new();
    for clause in &command.clauses {
        let preposition = match clause.preposition {
            Preposition::On => "on",
            Preposition::With => "with",
            Preposition::From => "from",
            Preposition::To => "to",
            Preposition::At => "at",
            Preposition::As => "as",
        };
        let fits =
            command.verb != Verb::Continue && ["on", "with"].contains(&preposition);
        if !fits {
            return Err(useless_clause(command, preposition, clause.preposition_span));
        }
        let word = Word { text: preposition.to_owned(), span: clause.preposition_span };
        once(&before, &word)?;
        before.push(word);
    }
    Ok(())
}

fn useless_clause(command: &Command, preposition: &str, span: Span) -> Diagnostic {
    let verb = verb_word(command.verb);
    let mut without = command.clone();
    without.clauses.retain(|clause| clause.preposition_span != span);
    let error = Diagnostic::error(format!("`{verb}` has no use for `{preposition}`"))
        .label(span, "not needed")
        .with_hint(print_command(&without));
    match command.verb {
        Verb::Continue => {
            error.note("it goes on with the data and optimiser it began with")
        }
        _ => error,
    }
}

/// An epoch that was interrupted may be the last one: `continue m epochs 0` finishes it.
fn epochs(line: Line<'_>) -> Whole {
    match line {
        Line::Command(command) if command.verb == Verb::Continue => {
            Whole { low: 0, ..EPOCHS }
        }
        _ => EPOCHS,
    }
}

fn read(
    words: &mut TrainingWords,
    option: &Opt,
    line: Line<'_>,
) -> Result<(), Diagnostic> {
    let word = &option.word;
    let count = |rule: Whole| {
        let arg = option.arg.as_ref();
        let arg =
            arg.ok_or_else(|| missing(word, rule.noun, &rule.usual.to_string(), line));
        arg.and_then(|arg| whole(word, arg, rule, line))
    };
    match word.text.as_str() {
        "epochs" => words.epochs = Some(count(epochs(line))?),
        "batch" => words.batch = Some(count(BATCH)?),
        "seed" => words.seed = Some(count(SEED)? as u64),
        "times" => words.times = count(TIMES)?,
        "patience" => words.patience = Some(count(PATIENCE)?),
        "clip" => {
            let arg = option.arg.as_ref();
            let arg = arg.ok_or_else(|| missing(word, CLIP.noun, CLIP.usual, line));
            words.clip = Some(real(word, arg?, CLIP, line)? as f32);
        }
        "keep" => words.keep_best = choice(option, &[("best", true)], line)?,
        "like" => {
            let known = [("pytorch", Like::PyTorch), ("keras", Like::Keras)];
            words.like = choice(option, &known, line)?;
        }
        "loss" => {
            words.loss = choice(option, &[("mse", Loss::Mse), ("mae", Loss::Mae)], line)?;
        }
        "shuffle" => {
            words.shuffle = Some(choice(option, &[("off", false), ("on", true)], line)?);
        }
        "for" => words.time = Some(time(option, line)?),
        // Those of the optimiser; others are not read as options.
        _ => {}
    }
    Ok(())
}
