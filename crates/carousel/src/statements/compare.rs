//! `compare naive, ar 12, m on air`: models and baselines on the same points, in one
//! table and one plot.

mod close;
mod table;

use std::sync::Arc;

use carousel_data::Dataset;
use carousel_lang::ast::{Command, Preposition, Value};
use carousel_lang::{Diagnostic, print_value};

use super::trained::{clause_data, log, report, train_for};
use crate::contest::contender;
use crate::evaluate;
use crate::need;
use crate::read::{self, Subject, TrainingWords};
use crate::seen::{no_data, seen_on};
use crate::state::{Contender, Data, Described, Named, Trained};
use crate::work::{Halt, Outcome, Work};
use table::tell;

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    let words = read::training(command)?;
    let subjects = subjects(work, command)?;
    let data = match command.clause(Preposition::On) {
        Some(clause) => Some(Arc::new(clause_data(work, clause)?)),
        None => None,
    };
    let base = base(work, command, data.as_ref(), &subjects)?;
    let dataset = work.dataset(&base)?;
    let mut ready = Vec::new();
    for (value, subject) in subjects {
        ready.push((
            value,
            ready_one(work, command, value, subject, data.as_deref(), &dataset)?,
        ));
    }
    let mut entries = Vec::new();
    for (value, one) in ready {
        match one {
            Ready::Entry(entry) => entries.push(entry),
            Ready::ToTrain(networks) => {
                entries
                    .extend(train_all(work, command, value, &networks, &base, &words)?);
            }
        }
    }
    tell(work, &dataset, entries)
}

/// A subject before the first training, which may take long: what cannot be compared
/// has been said by then.
enum Ready {
    Entry(Entry),
    ToTrain(Vec<Described>),
}

fn ready_one(
    work: &mut Work<'_>,
    command: &Command,
    value: &Value,
    subject: Subject,
    data: Option<&Data>,
    dataset: &Dataset,
) -> Result<Ready, Halt> {
    Ok(match subject {
        Subject::Baseline(baseline) => {
            let fit = evaluate::baseline_fit(baseline, dataset)
                .map_err(|error| error.or_label(value.span, "cannot predict here"))?;
            Ready::Entry(Entry { contender: contender(baseline, fit), trained: None })
        }
        Subject::Trained { name, model } => {
            Ready::Entry(trained_entry(work, command, value, name, model, data, dataset)?)
        }
        Subject::Networks(networks) => Ready::ToTrain(networks),
        Subject::Data(data) => return Err(is_data(value, &data).into()),
    })
}

/// A line of the comparison to be, with its model where it has one.
struct Entry {
    contender: Contender,
    trained: Option<Arc<Trained>>,
}

fn subjects<'a>(
    work: &Work<'_>,
    command: &'a Command,
) -> Result<Vec<(&'a Value, Subject)>, Diagnostic> {
    if command.subjects.is_empty() {
        return Err(Diagnostic::error("`compare` needs models or baselines")
            .label(command.verb_span, "nothing to compare")
            .with_hint("compare naive, lstm 4 -> dense 1 on air"));
    }
    let read = |value| Ok((value, read::subject(value, &work.state)?));
    command.subjects.iter().map(read).collect()
}

/// The data that baselines are scored on and new models learn from.
fn base(
    work: &Work<'_>,
    command: &Command,
    data: Option<&Arc<Data>>,
    subjects: &[(&Value, Subject)],
) -> Result<Arc<Data>, Diagnostic> {
    let of_models = subjects.iter().find_map(|(_, subject)| match subject {
        Subject::Trained { model, .. } => model.data.as_ref(),
        Subject::Networks(_) | Subject::Baseline(_) | Subject::Data(_) => None,
    });
    data.or(of_models).or(work.state.it_data.as_ref()).cloned().ok_or_else(|| {
        Diagnostic::error("`compare` needs data")
            .label(command.span, "no `on`, and no model that has learned")
            .with_hint("compare naive, lstm 4 -> dense 1 on air")
    })
}

fn trained_entry(
    work: &mut Work<'_>,
    command: &Command,
    value: &Value,
    name: String,
    model: Arc<Trained>,
    data: Option<&Data>,
    dataset: &Dataset,
) -> Result<Entry, Halt> {
    let fits = match (data, &model.dataset) {
        // It may see the series through steps of its own, and is judged by the same rows.
        (_, Some(own)) if same_rows(own, dataset) && own.borders == dataset.borders => {
            model.fits.clone()
        }
        (Some(data), _) => seen_on(work, &model, data, value.span)?.fits,
        (None, Some(own)) => return Err(other_rows(work, value, own, dataset).into()),
        (None, None) => return Err(no_data(work, &name, command).into()),
    };
    let contender = Contender { name, baseline: false, fits };
    Ok(Entry { contender, trained: Some(model) })
}

/// Whether row k is the same value in both, as far as both reach: only then do errors
/// stand side by side.
pub(super) fn same_rows(a: &Dataset, b: &Dataset) -> bool {
    let (a, b) = (a.table.target(), b.table.target());
    let both = a.values.iter().zip(&b.values);
    a.name == b.name && both.into_iter().all(|(a, b)| a.total_cmp(b).is_eq())
}

/// Said where two models cannot be compared without `on`.
pub(super) fn other_rows(
    work: &Work<'_>,
    value: &Value,
    own: &Dataset,
    dataset: &Dataset,
) -> Diagnostic {
    let (own, other) = (&own.preparation.target, &dataset.preparation.target);
    let label = match own == other {
        true => format!("predicts other rows of {own}"),
        false => format!("predicts {own}, the others predict {other}"),
    };
    let text = print_value(value);
    Diagnostic::error(format!("`{text}` has learned from other rows than the rest"))
        .label(value.span, label)
        .with_hint(format!("compare naive, {text} on {}", need::some_data(&work.state)))
}

/// Trains chains that have not learned, and says so.
fn train_all(
    work: &mut Work<'_>,
    command: &Command,
    value: &Value,
    networks: &[Described],
    data: &Arc<Data>,
    words: &TrainingWords,
) -> Result<Vec<Entry>, Halt> {
    let mut entries = Vec::new();
    for described in networks {
        let trained = train_for(work, value, described, data, words, command)?;
        let lone = super::lone_name(value);
        let name = lone.map_or(described.text.clone(), str::to_owned);
        log(work, command, lone, &trained);
        if !work.dry {
            work.say(report(&name, &trained))?;
        }
        if let Some(lone) = lone.filter(|name| *name != "it") {
            let named = Named::Trained(Arc::clone(&trained));
            work.state.names.insert(lone.to_owned(), named);
        }
        work.state.it_model = Some(Named::Trained(Arc::clone(&trained)));
        let fits = trained.fits.clone();
        let contender = Contender { name, baseline: false, fits };
        entries.push(Entry { contender, trained: Some(trained) });
        if work.interrupted {
            break;
        }
    }
    Ok(entries)
}

fn is_data(value: &Value, data: &Data) -> Diagnostic {
    Diagnostic::error(format!("{} is data; `compare` takes models", data.text))
        .label(value.span, "is data")
        .with_hint(format!("compare naive, lstm 4 -> dense 1 on {}", data.text))
}

/// `train lstm {1 2 4} -> dense 1 on air`: all of them in one table; `it` is the one
/// that a validation part prefers, or else the one with the least loss.
pub(super) fn sweep(
    work: &mut Work<'_>,
    command: &Command,
    networks: &[Described],
    data: Arc<Data>,
    words: &TrainingWords,
    name: Option<&str>,
) -> Outcome {
    let dataset = work.dataset(&data)?;
    let value = &command.subjects[0];
    let entries = train_all(work, command, value, networks, &data, words)?;
    let last_loss = |trained: &Trained| {
        let history = &trained.trainings[0].history;
        let losses = if history.validation.is_empty() {
            &history.train
        } else {
            &history.validation
        };
        losses.last().copied().unwrap_or(f64::INFINITY)
    };
    let models = entries.iter().filter_map(|entry| entry.trained.clone());
    let best = models.min_by(|a, b| last_loss(a).total_cmp(&last_loss(b)));
    tell(work, &dataset, entries)?;
    let Some(best) = best else { return Ok(()) };
    let title = name.unwrap_or("it");
    let by = if dataset.validation.is_some() { "validation loss" } else { "train loss" };
    let text = format!("`{title}` is {}, which has the least {by}", best.described.text);
    if let Some(name) = name {
        let named = Named::Trained(Arc::clone(&best));
        work.state.names.insert(name.to_owned(), named);
    }
    work.state.it_model = Some(Named::Trained(best));
    if work.dry { Ok(()) } else { work.say(text) }
}
