//! What the words before `of` ask to be measured: `median test rmse`, `train loss`,
//! `weights`.

use carousel_data::{Dataset, Part};
use carousel_lang::ast::{Command, Relation, Test, Word};
use carousel_lang::{Diagnostic, vocabulary};

use crate::Errors;
use crate::evaluate::{self, deciding};
use crate::output::median;
use crate::state::{Fit, Trained};

/// What is measured, where, and what speaks for several seeds.
pub(super) struct Asked {
    /// The word of the measure.
    pub(super) word: &'static str,
    /// What is measured.
    pub(super) measure: Measure,
    /// On which part; `None` where a measure has none.
    pub(super) part: Option<Part>,
    summary: Summary,
}

/// A measure of a model.
#[derive(Clone, Copy)]
pub(super) enum Measure {
    /// An error of its predictions.
    Error(fn(&Errors) -> Option<f64>),
    /// The loss of its last epoch.
    Loss,
    /// How many weights it has.
    Weights,
}

/// What speaks for several seeds.
#[derive(Clone, Copy)]
enum Summary {
    Median,
    Best,
    Worst,
}

const RMSE: (&str, Measure) = ("rmse", Measure::Error(|errors| Some(errors.rmse)));

const MEASURES: &[(&str, Measure)] = &[
    RMSE,
    ("mae", Measure::Error(|errors| Some(errors.mae))),
    ("mape", Measure::Error(|errors| errors.mape)),
    ("mase", Measure::Error(|errors| errors.mase)),
    ("loss", Measure::Loss),
    ("weights", Measure::Weights),
];

const SUMMARIES: &[(&str, Summary)] =
    &[("median", Summary::Median), ("best", Summary::Best), ("worst", Summary::Worst)];

const PARTS: &[(&str, Part)] =
    &[("train", Part::Train), ("validation", Part::Validation), ("test", Part::Test)];

/// Reads the words before `of`.
///
/// # Errors
/// A word that is not known or says a second thing of its kind; a part that the data
/// does not have, or on which nothing is measured.
pub(super) fn asked(
    command: &Command,
    test: &Test,
    dataset: &Dataset,
) -> Result<Asked, Diagnostic> {
    check_words(&command.view)?;
    let measure = one(&command.view, MEASURES)?.map(|(_, word, measure)| (word, measure));
    let (word, measure) = match measure {
        Some(found) => found,
        None if test.relation == Relation::Beats => RMSE,
        None => {
            return Err(Diagnostic::error("`expect` needs a measure before `of`")
                .label(command.span, "rmse, mae, mape, mase, loss or weights?")
                .with_hint("expect test rmse of m < 60"));
        }
    };
    let summary = one(&command.view, SUMMARIES)?.map_or(Summary::Median, |(.., s)| s);
    let written = one(&command.view, PARTS)?.map(|(typed, _, part)| (typed, part));
    let part = match (measure, written) {
        (Measure::Weights, None) => None,
        (Measure::Loss, None) => Some(Part::Train),
        (Measure::Error(_), None) => Some(deciding(dataset)),
        (Measure::Loss, Some((typed, Part::Test))) => {
            return Err(Diagnostic::error("training computes no loss of the test part")
                .label(typed.span, "not computed")
                .with_hint("expect test rmse of m < 60"));
        }
        (Measure::Weights, Some((typed, _))) => {
            return Err(Diagnostic::error("weights belong to no part of the data")
                .label(typed.span, "not needed")
                .with_hint("expect weights of m < 200"));
        }
        (_, Some((typed, part))) if dataset.part(part).is_none() => {
            return Err(no_part(typed, part));
        }
        (_, Some((_, part))) => Some(part),
    };
    Ok(Asked { word, measure, part, summary })
}

impl Asked {
    /// The measure of a model, or of a baseline where `model` is `None`; NaN where there
    /// is nothing to measure.
    pub(super) fn value(
        &self,
        fits: &[Fit],
        model: Option<&Trained>,
        dataset: &Dataset,
    ) -> f64 {
        let trainings = || model.into_iter().flat_map(|model| &model.trainings);
        let values: Vec<f64> = match self.measure {
            Measure::Weights => {
                vec![model.map_or(0.0, |model| model.model().weights.len() as f64)]
            }
            Measure::Loss => trainings()
                .filter_map(|training| match self.part {
                    Some(Part::Validation) => training.history.validation.last().copied(),
                    Some(Part::Train | Part::Test) | None => {
                        training.history.train.last().copied()
                    }
                })
                .collect(),
            Measure::Error(of) => (fits.iter())
                .filter_map(|fit| evaluate::errors(fit.part(self.part?)?, dataset))
                .map(|errors| of(&errors).unwrap_or(f64::NAN))
                .collect(),
        };
        match self.summary {
            Summary::Median => median(values),
            Summary::Best => values.into_iter().reduce(f64::min).unwrap_or(f64::NAN),
            Summary::Worst => values.into_iter().reduce(f64::max).unwrap_or(f64::NAN),
        }
    }
}

/// E1, where a word is none of those that `expect` knows.
fn check_words(view: &[Word]) -> Result<(), Diagnostic> {
    let names: Vec<&str> = (MEASURES.iter().map(|(name, _)| *name))
        .chain(PARTS.iter().map(|(name, _)| *name))
        .chain(SUMMARIES.iter().map(|(name, _)| *name))
        .collect();
    let unknown = view.iter().find(|word| !names.contains(&word.text.as_str()));
    let Some(word) = unknown else { return Ok(()) };
    let error = Diagnostic::error(format!("`{}` is not measured", word.text)).code("E1");
    Err(match vocabulary::suggest(&word.text, names.iter().copied()) {
        Some(near) => error
            .label(word.span, format!("did you mean `{near}`?"))
            .with_hint(format!("expect {near} of m < 60")),
        None => error
            .label(word.span, "not known")
            .note(format!("what is measured: {}", names.join(", "))),
    })
}

/// The one word of a kind that is written, with its meaning.
fn one<'a, T: Copy>(
    view: &'a [Word],
    known: &[(&'static str, T)],
) -> Result<Option<(&'a Word, &'static str, T)>, Diagnostic> {
    let mut found = view.iter().filter_map(|word| {
        let (name, meaning) = known.iter().find(|(name, _)| *name == word.text)?;
        Some((word, *name, *meaning))
    });
    match (found.next(), found.next()) {
        (Some((first, ..)), Some((second, ..))) => {
            Err(Diagnostic::error("`expect` tests one thing at a time")
                .label(second.span, "a second one")
                .label(first.span, "the first"))
        }
        (first, _) => Ok(first),
    }
}

fn no_part(word: &Word, part: Part) -> Diagnostic {
    let split = if part == Part::Validation { "split 60% 20% 20%" } else { "split 67%" };
    Diagnostic::error(format!("the data has no {} part", part.name()))
        .label(word.span, "not there")
        .note(format!("{split} holds one back"))
        .with_hint(format!("air | {split}"))
}
