//! `forecast m 24 band 90%`: beyond the end of the data, feeding predictions back.

mod band;
mod roll;

use std::sync::Arc;

use carousel_data::Dataset;
use carousel_lang::ast::{Arg, ArgKind, Command, PartKind, Preposition, Value};
use carousel_lang::{Diagnostic, Span};
use carousel_net::predict::Predictor;
use carousel_plot::{Figure, Forecast, Observed, Predicted, forecast_figure};

use super::predict::next_labels;
use crate::seen::{Seen, seen};
use crate::state::Trained;
use crate::work::{Halt, Outcome, Work};
use crate::{Output, Values, figures, need};
use band::Band;
use roll::{Origin, Roll};

/// How far a forecast reaches where `plot` does not say.
const USUAL: usize = 12;

/// Farther than this nobody looks.
const FARTHEST: u64 = 10_000;

/// A forecast of one model.
struct Made {
    name: String,
    text: String,
    dataset: Arc<Dataset>,
    values: Vec<f64>,
    labels: Vec<String>,
    band: Option<Band>,
}

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    need::clauses(command, &[Preposition::On])?;
    let (subject, count) = subject_and_count(need::only(command)?, command.verb_span);
    let Some(count) = count else {
        let name = need::name_of(&subject);
        return Err(Diagnostic::error("`forecast` needs how many rows to go on")
            .code("E2")
            .label(command.span, "no number")
            .with_hint(format!("forecast {name} {USUAL}"))
            .into());
    };
    let Some(made) = make(work, &subject, Some(&count), command)? else { return Ok(()) };
    let (name, figure) = (format!("forecast of {}", made.name), draw(&[&made]));
    let unit = made.dataset.preparation.target.clone();
    let band = made.band.map(|band| (band.edges, band.share, band.notes));
    let (band, notes) = match band {
        Some((edges, share, notes)) => (Some((edges, share)), notes),
        None => (None, Vec::new()),
    };
    work.show(Output::Values(Values {
        model: made.name,
        kind: "forecast",
        unit,
        labels: made.labels,
        values: made.values,
        band,
    }))?;
    if !notes.is_empty() {
        work.say(notes.join("\n"))?;
    }
    work.plot(name, figure)
}

/// The figure of `plot forecast of m`, and what it shows.
///
/// # Errors
/// As [`run`].
pub(super) fn drawn(
    work: &mut Work<'_>,
    subjects: &[Value],
    command: &Command,
) -> Result<(String, Figure), Halt> {
    let mut all: Vec<Made> = Vec::new();
    for value in subjects {
        let (subject, count) = subject_and_count(Some(value), command.verb_span);
        let Some(made) = make(work, &subject, count.as_ref(), command)? else { continue };
        let same =
            |other: &Made| other.dataset.table.target() == made.dataset.table.target();
        if !all.first().is_none_or(same) {
            return Err(Diagnostic::error(
                "forecasts of one plot go on from the same rows",
            )
            .label(value.span, format!("`{}` learned from other rows", made.name))
            .into());
        }
        all.push(made);
    }
    let names: Vec<&str> = all.iter().map(|made| made.name.as_str()).collect();
    let name = format!("forecast of {}", names.join(", "));
    let figure = draw(&all.iter().collect::<Vec<_>>());
    Ok((name, figure))
}

/// `m 24` as `m` and 24.
fn subject_and_count(value: Option<&Value>, verb: Span) -> (Value, Option<Arg>) {
    let Some(value) = value else { return (need::it(verb), None) };
    let mut subject = value.clone();
    match &mut subject.first.kind {
        PartKind::Literal(arg) if matches!(arg.kind, ArgKind::Number(_)) => {
            (need::it(verb), Some(arg.clone()))
        }
        PartKind::Word { args, .. }
            if args.last().is_some_and(|arg| matches!(arg.kind, ArgKind::Number(_))) =>
        {
            let count = args.pop();
            (subject, count)
        }
        PartKind::Literal(_)
        | PartKind::Word { .. }
        | PartKind::Group(_)
        | PartKind::List(_) => (subject, None),
    }
}

/// Computes a forecast; `None` where nothing is to be computed.
fn make(
    work: &mut Work<'_>,
    subject: &Value,
    count: Option<&Arg>,
    command: &Command,
) -> Result<Option<Made>, Halt> {
    let count = match count {
        Some(arg) => need::whole(arg, "how many rows a forecast goes on", 1, FARTHEST)?,
        None => USUAL as u64,
    };
    let count = usize::try_from(count).expect("it is at most ten thousand");
    let (name, trained) = need::trained_value(subject, &work.state)?;
    let share = band::share(command)?;
    can_go_on(&name, &trained, subject.span)?;
    let seen = seen(work, &name, &trained, command)?;
    if work.dry {
        return Ok(None);
    }
    work.busy(format!("forecasting {name}"))?;
    let mut roll = Roll {
        predictor: Predictor::new(trained.model(), work.state.settings.graph()),
        preparation: &trained.preparation,
        interrupt: work.interrupt,
    };
    let origin = Origin::at_end(&seen.dataset, seen.fit().memory);
    let error = |stop: roll::Stop| stop.halt(command, work.interrupt);
    let values = roll.ahead(vec![origin], count).map_err(error)?.remove(0);
    let band = match share {
        Some(share) => {
            Some(band::band(&mut roll, &seen.dataset, &values, share, command)?)
        }
        None => None,
    };
    let Seen { dataset, .. } = seen;
    let labels = next_labels(&dataset.table.labels, count);
    let text = trained.described.text.clone();
    Ok(Some(Made { name, text, dataset, values, labels, band }))
}

/// Only a model whose one input is its target can read what it has predicted.
fn can_go_on(name: &str, trained: &Trained, span: Span) -> Result<(), Diagnostic> {
    let preparation = &trained.preparation;
    if !need::is_series(&preparation.form) {
        return Err(Diagnostic::error(format!("`{name}` has no series to go on with"))
            .label(span, "its sequences come with their targets"));
    }
    let target = &preparation.target;
    let others: Vec<&str> = (preparation.inputs.iter())
        .filter(|input| *input != target)
        .map(String::as_str)
        .collect();
    if others.is_empty() && preparation.inputs.len() == 1 {
        return Ok(());
    }
    Err(Diagnostic::error(format!(
        "`{name}` also reads {}, and nobody knows the values to come",
        others.join(", ")
    ))
    .label(span, format!("predicts {target} alone"))
    .note(format!("a forecast needs a model that reads nothing but {target}")))
}

fn draw(all: &[&Made]) -> Figure {
    let Some(first) = all.first() else { return Figure::default() };
    let mut labels = first.dataset.table.labels.clone();
    let longest = all.iter().max_by_key(|made| made.values.len()).unwrap_or(first);
    if !labels.is_empty() {
        labels.extend(longest.labels.iter().cloned());
    }
    let observed = Observed { labels: &labels, ..figures::observed(&first.dataset) };
    let start = first.dataset.table.rows();
    let rows: Vec<usize> = (start..start + longest.values.len()).collect();
    let edges: Vec<Option<(Vec<f64>, Vec<f64>)>> = all
        .iter()
        .map(|made| Some(made.band.as_ref()?.edges.iter().copied().unzip()))
        .collect();
    let forecasts: Vec<Forecast<'_>> = all
        .iter()
        .zip(&edges)
        .map(|(made, edges)| Forecast {
            line: Predicted {
                name: &made.name,
                rows: &rows[..made.values.len()],
                values: &made.values,
            },
            band: edges.as_ref().map(|(lower, upper)| (&lower[..], &upper[..])),
        })
        .collect();
    let names: Vec<&str> = all.iter().map(|made| made.name.as_str()).collect();
    let title = match all {
        [one] => format!("forecast of {}: {}", one.name, one.text),
        _ => format!("forecast of {}", names.join(", ")),
    };
    let subtitle = first.band.as_ref().map_or(String::new(), Band::subtitle);
    forecast_figure(&title, &subtitle, &observed, &forecasts)
}
