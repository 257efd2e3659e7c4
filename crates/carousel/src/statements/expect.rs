//! `expect test rmse of m < 60`, `expect m beats naive`: a test that a script can fail.

mod measured;

use std::sync::Arc;

use carousel_data::{Dataset, Part};
use carousel_lang::ast::{
    ArgKind, Command, Preposition, Relation, Test, TestRight, Value,
};
use carousel_lang::{Diagnostic, print_command};

use self::measured::{Asked, Measure, asked};
use super::compare::{other_rows, same_rows};
use crate::contest::{contender, meet};
use crate::evaluate;
use crate::output::figure;
use crate::read::{self, Subject};
use crate::seen::{Seen, seen, seen_on};
use crate::state::{Contender, Trained};
use crate::work::{Halt, Outcome, Work};
use crate::{Output, need};

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    let Some(test) = &command.test else {
        return Err(Diagnostic::error("`expect` needs a test: `< 60`, or `beats naive`")
            .label(command.span, "no test")
            .with_hint("expect test rmse of m < 60")
            .into());
    };
    need::clauses(command, &[Preposition::On])?;
    let (name, model) = need::trained(need::only(command)?, command, work)?;
    let Seen { dataset, fits, .. } = seen(work, &name, &model, command)?;
    let asked = asked(command, test, &dataset)?;
    let own = Contender { name, baseline: false, fits };
    let mut sides = vec![Side { contender: own, model: Some(model) }];
    match &test.right {
        TestRight::Value(value) => sides.push(other(work, command, value, &dataset)?),
        TestRight::Arg(arg) if test.relation == Relation::Beats => {
            return Err(Diagnostic::error("`beats` comes before a model or a baseline")
                .label(arg.span, "no model")
                .with_hint(format!("expect {} beats naive", sides[0].contender.name))
                .into());
        }
        TestRight::Arg(_) => {}
    }
    if work.dry {
        return Ok(());
    }
    let (passed, found) = carry_out(&asked, test, sides, &dataset);
    let text = print_command(command);
    let text = text.strip_prefix("expect ").unwrap_or(&text).to_owned();
    work.show(Output::Expect { text, passed, found })
}

/// A model or baseline that is tested.
struct Side {
    contender: Contender,
    /// The model, unless it is a baseline.
    model: Option<Arc<Trained>>,
}

/// What stands on the right, on the same data.
fn other(
    work: &mut Work<'_>,
    command: &Command,
    value: &Value,
    dataset: &Dataset,
) -> Result<Side, Halt> {
    match read::subject(value, &work.state)? {
        Subject::Baseline(baseline) => {
            let fit = evaluate::baseline_fit(baseline, dataset)
                .map_err(|error| error.or_label(value.span, "cannot predict here"))?;
            Ok(Side { contender: contender(baseline, fit), model: None })
        }
        Subject::Trained { name, model } => {
            let fits = match (need::on_data(command, &work.state)?, &model.dataset) {
                (Some((data, _)), _) => seen_on(work, &model, &data, value.span)?.fits,
                (None, Some(own)) if !same_rows(own, dataset) => {
                    return Err(other_rows(work, value, own, dataset).into());
                }
                (None, _) => model.fits.clone(),
            };
            let contender = Contender { name, baseline: false, fits };
            Ok(Side { contender, model: Some(model) })
        }
        Subject::Networks(_) | Subject::Data(_) => Err(Diagnostic::error(
            "a model is tested against a number, a baseline or a model that has learned",
        )
        .label(value.span, "has not learned")
        .with_hint(print_command(&against_naive(command)))
        .into()),
    }
}

fn against_naive(command: &Command) -> Command {
    let mut other = command.clone();
    if let Some(Test { right: TestRight::Value(value), .. }) = &mut other.test {
        let word =
            carousel_lang::ast::Word { text: "naive".to_owned(), span: value.span };
        let kind = carousel_lang::ast::PartKind::Word { word, args: Vec::new() };
        value.first.kind = kind;
        value.first.repeat = None;
        value.rest.clear();
    }
    other
}

/// Whether the test holds, and what was found; two models meet on the points that both
/// predict.
fn carry_out(
    asked: &Asked,
    test: &Test,
    sides: Vec<Side>,
    dataset: &Dataset,
) -> (bool, String) {
    let (mut contenders, models): (Vec<_>, Vec<_>) =
        sides.into_iter().map(|side| (side.contender, side.model)).unzip();
    if contenders.len() > 1 && matches!(asked.measure, Measure::Error(_)) {
        meet(&mut contenders, dataset);
    }
    let mut values = contenders
        .iter()
        .zip(&models)
        .map(|(side, model)| asked.value(&side.fits, model.as_deref(), dataset));
    let own = values.next().unwrap_or(f64::NAN);
    let right = match &test.right {
        TestRight::Value(_) => values.next().unwrap_or(f64::NAN),
        TestRight::Arg(arg) => match arg.kind {
            ArgKind::Number(value) | ArgKind::Percent(value) => value,
            _ => f64::NAN,
        },
    };
    let passed = match test.relation {
        Relation::Less | Relation::Beats => own < right,
        Relation::Greater => own > right,
        Relation::AtMost => own <= right,
        Relation::AtLeast => own >= right,
    };
    let found = match (test.relation, contenders.get(1)) {
        (Relation::Beats, Some(other)) => format!(
            "{} {} {} against {} for {}",
            asked.part.map_or("", Part::name),
            asked.word,
            figure(own),
            figure(right),
            other.name
        ),
        (_, Some(_)) => format!("found {} against {}", figure(own), figure(right)),
        (_, None) => format!("found {}", figure(own)),
    };
    (passed, found.trim_start().to_owned())
}
