//! `expect test rmse of m < 60`, `expect m beats naive`: a test that a script can fail.

use std::sync::Arc;

use carousel_data::{Dataset, Part};
use carousel_lang::ast::{ArgKind, Command, Relation, Test, TestRight, Value, Word};
use carousel_lang::{Diagnostic, print_command, vocabulary};

use crate::contest::{contender, meet, rmse};
use crate::evaluate::{self, deciding};
use crate::output::{figure, median};
use crate::read::{self, Subject};
use crate::state::{Contender, Fit, Trained};
use crate::work::{Outcome, Work};
use crate::{Errors, Output, need};

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    let Some(test) = &command.test else {
        return Err(Diagnostic::error("`expect` needs a test: `< 60`, or `beats naive`")
            .label(command.span, "no test")
            .with_hint("expect test rmse of m < 60")
            .into());
    };
    let (name, model) = need::trained(need::only(command)?, command, work)?;
    let Some(dataset) = model.dataset.clone() else {
        return Err(Diagnostic::error(format!(
            "`{name}` came from a file, and its data did not"
        ))
        .label(command.span, "nothing to test it on")
        .into());
    };
    let case = Case { work, name: &name, model: &model, dataset: &dataset };
    let (passed, found) = match test.relation {
        Relation::Beats => case.beats(command, test)?,
        Relation::Less | Relation::Greater | Relation::AtMost | Relation::AtLeast => {
            case.compared(command, test)?
        }
    };
    if work.dry {
        return Ok(());
    }
    let text = print_command(command);
    let text = text.strip_prefix("expect ").unwrap_or(&text).to_owned();
    work.show(Output::Expect { text, passed, found })
}

/// The model that is tested.
struct Case<'a, 'w> {
    work: &'a Work<'w>,
    name: &'a str,
    model: &'a Trained,
    dataset: &'a Arc<Dataset>,
}

impl Case<'_, '_> {
    /// Whose RMSE is less on the points that both predict.
    fn beats(
        &self,
        command: &Command,
        test: &Test,
    ) -> Result<(bool, String), Diagnostic> {
        let TestRight::Value(value) = &test.right else {
            return Err(Diagnostic::error("`beats` comes before a model or a baseline")
                .label(test.relation_span, "no model follows")
                .with_hint(format!("expect {} beats naive", self.name)));
        };
        let part = part(&command.view)?.unwrap_or(deciding(self.dataset));
        let fits = self.model.fits.clone();
        let own = Contender { name: self.name.to_owned(), baseline: false, fits };
        let mut both = [own, self.other(value)?];
        meet(&mut both, self.dataset);
        let of = |contender: &Contender| {
            let errors = evaluate::part_errors(part, &contender.fits, self.dataset);
            rmse(&[errors], part).unwrap_or(f64::NAN)
        };
        let (a, b) = (of(&both[0]), of(&both[1]));
        let found = format!(
            "{} rmse {} against {} for {}",
            part.name(),
            figure(a),
            figure(b),
            both[1].name
        );
        Ok((a < b, found))
    }

    /// A measure against a number, or against the same measure of another model.
    fn compared(
        &self,
        command: &Command,
        test: &Test,
    ) -> Result<(bool, String), Diagnostic> {
        let measure = measure(command)?;
        let part = part(&command.view)?.unwrap_or(deciding(self.dataset));
        let summary = summary_of(&command.view);
        let own = self.measured(measure, part, summary, &self.model.fits);
        let right = match &test.right {
            TestRight::Arg(arg) => match arg.kind {
                ArgKind::Number(value) | ArgKind::Percent(value) => value,
                _ => f64::NAN,
            },
            TestRight::Value(value) => {
                self.measured(measure, part, summary, &self.other(value)?.fits)
            }
        };
        let passed = match test.relation {
            Relation::Less | Relation::Beats => own < right,
            Relation::Greater => own > right,
            Relation::AtMost => own <= right,
            Relation::AtLeast => own >= right,
        };
        let found = match &test.right {
            TestRight::Arg(_) => format!("found {}", figure(own)),
            TestRight::Value(_) => {
                format!("found {} against {}", figure(own), figure(right))
            }
        };
        Ok((passed, found))
    }

    fn measured(
        &self,
        measure: Measure,
        part: Part,
        summary: Summary,
        fits: &[Fit],
    ) -> f64 {
        let values: Vec<f64> = match measure {
            Measure::Weights => vec![self.model.model().weights.len() as f64],
            Measure::Loss => (self.model.trainings.iter())
                .filter_map(|training| match part {
                    Part::Validation => training.history.validation.last().copied(),
                    Part::Train | Part::Test => training.history.train.last().copied(),
                })
                .collect(),
            Measure::Error(of) => (fits.iter())
                .filter_map(|fit| evaluate::errors(fit.part(part)?, self.dataset))
                .map(|errors| of(&errors).unwrap_or(f64::NAN))
                .collect(),
        };
        match summary {
            Summary::Median => median(values),
            Summary::Best => values.into_iter().reduce(f64::min).unwrap_or(f64::NAN),
            Summary::Worst => values.into_iter().reduce(f64::max).unwrap_or(f64::NAN),
        }
    }

    fn other(&self, value: &Value) -> Result<Contender, Diagnostic> {
        match read::subject(value, &self.work.state)? {
            Subject::Baseline(baseline) => {
                let fit = evaluate::baseline_fit(baseline, self.dataset)
                    .map_err(|error| error.or_label(value.span, "cannot predict here"))?;
                Ok(contender(baseline, fit))
            }
            Subject::Trained { name, model } => {
                Ok(Contender { name, baseline: false, fits: model.fits.clone() })
            }
            Subject::Networks(_) | Subject::Data(_) => Err(Diagnostic::error(
                "a model is tested against a number, a baseline or a model that has learned",
            )
            .label(value.span, "has not learned")
            .with_hint(format!("expect {} beats naive", self.name))),
        }
    }
}

/// What is measured.
#[derive(Clone, Copy)]
enum Measure {
    Error(fn(&Errors) -> Option<f64>),
    Loss,
    Weights,
}

/// What speaks for several seeds.
#[derive(Clone, Copy)]
enum Summary {
    Median,
    Best,
    Worst,
}

const MEASURES: &[(&str, Measure)] = &[
    ("rmse", Measure::Error(|errors| Some(errors.rmse))),
    ("mae", Measure::Error(|errors| Some(errors.mae))),
    ("mape", Measure::Error(|errors| errors.mape)),
    ("mase", Measure::Error(|errors| errors.mase)),
    ("loss", Measure::Loss),
    ("weights", Measure::Weights),
];

/// The words before `of` that are no measure.
const QUALIFIERS: [&str; 6] = ["train", "validation", "test", "median", "best", "worst"];

/// The measure among the words before `of`.
fn measure(command: &Command) -> Result<Measure, Diagnostic> {
    let known = |word: &Word| MEASURES.iter().find(|(name, _)| *name == word.text);
    let names = || MEASURES.iter().map(|(name, _)| *name).chain(QUALIFIERS);
    if let Some(word) = command
        .view
        .iter()
        .find(|word| known(word).is_none() && !QUALIFIERS.contains(&word.text.as_str()))
    {
        let error = Diagnostic::error(format!("`{}` is not measured", word.text))
            .code("E1")
            .label(word.span, "not known");
        return Err(match vocabulary::suggest(&word.text, names()) {
            Some(near) => error.with_hint(format!("did you mean `{near}`?")),
            None => error.note(format!(
                "what is measured: {}",
                names().collect::<Vec<_>>().join(", ")
            )),
        });
    }
    command.view.iter().find_map(known).map(|(_, measure)| *measure).ok_or_else(|| {
        Diagnostic::error("`expect` needs a measure before `of`")
            .label(command.span, "rmse, mae, mape, mase, loss or weights?")
            .with_hint("expect test rmse of m < 60")
    })
}

fn part(view: &[Word]) -> Result<Option<Part>, Diagnostic> {
    let parts = [Part::Train, Part::Validation, Part::Test];
    let found: Vec<(&Word, Part)> = (view.iter())
        .filter_map(|word| {
            parts.into_iter().find(|p| p.name() == word.text).map(|p| (word, p))
        })
        .collect();
    match found[..] {
        [] => Ok(None),
        [(_, part)] => Ok(Some(part)),
        [_, (word, _), ..] => Err(Diagnostic::error("`expect` tests one part at a time")
            .label(word.span, "a second part")),
    }
}

fn summary_of(view: &[Word]) -> Summary {
    let says = |text: &str| view.iter().any(|word| word.text == text);
    match () {
        () if says("best") => Summary::Best,
        () if says("worst") => Summary::Worst,
        () => Summary::Median,
    }
}
