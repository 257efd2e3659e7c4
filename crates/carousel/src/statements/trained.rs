//! What `train`, `continue` and `compare` share: the data after `on`, and what becomes
//! of a model that has learned.

use std::sync::Arc;

use carousel_lang::ast::{Clause, Command, Operand, Value};
use carousel_lang::{Diagnostic, print_command, print_value};
use carousel_net::train::Stopped;

use crate::learn::{Learned, Lesson, go_on, learn};
use crate::output::figure;
use crate::read::{self, TrainingWords};
use crate::state::{Data, Described, Named, Run, Trained};
use crate::work::{Halt, Outcome, Work};

/// The data after `on`.
pub(super) fn clause_data(work: &Work<'_>, clause: &Clause) -> Result<Data, Diagnostic> {
    match &clause.operand {
        Operand::Value(value) if read::is_data(value, &work.state) => {
            read::data(value, &work.state)
        }
        Operand::Value(value) => match super::lone_name(value) {
            Some(name) if !work.state.names.contains_key(name) => {
                // Says that there is no such data, or offers a near name.
                read::data(value, &work.state)
            }
            _ => Err(Diagnostic::error("`on` comes before data, and this is a model")
                .label(value.span, "is a model")
                .with_hint("train lstm 4 -> dense 1 on air")),
        },
        Operand::Number(_, span) | Operand::String(_, span) => {
            Err(Diagnostic::error("`on` comes before data")
                .label(*span, "is no data")
                .with_hint("on (csv \"air.csv\" | split 67% | window 12)"))
        }
    }
}

/// Names the model, logs the run and says what came of it.
pub(super) fn keep(
    work: &mut Work<'_>,
    command: &Command,
    name: Option<&str>,
    title: &str,
    learned: Learned,
) -> Outcome {
    let Learned { trained, diverged } = learned;
    let trained = Arc::new(trained);
    work.state.it_model = Some(Named::Trained(Arc::clone(&trained)));
    if let Some(name) = name {
        work.state.names.insert(name.to_owned(), Named::Trained(Arc::clone(&trained)));
    }
    log(work, command, name, &trained);
    match diverged {
        Some(error) => Err(Halt::Kept(vec![error])),
        None if work.dry => Ok(()),
        None => work.say(report(title, &trained)),
    }
}

/// Adds a training to what `runs` lists.
pub(super) fn log(
    work: &mut Work<'_>,
    command: &Command,
    name: Option<&str>,
    trained: &Arc<Trained>,
) {
    work.state.runs.push(Run {
        name: name.unwrap_or("it").to_owned(),
        line: line(command, trained),
        trained: Arc::clone(trained),
    });
}

/// The line as it was typed; of a sweep, with the model that was trained.
fn line(command: &Command, trained: &Trained) -> String {
    let line = print_command(command);
    match &command.subjects[..] {
        [swept] if line.contains('{') => {
            line.replacen(&print_value(swept), &trained.described.text, 1)
        }
        _ => line,
    }
}

/// What a training did, in a sentence or two.
pub(super) fn report(title: &str, trained: &Trained) -> String {
    let training = &trained.trainings[0];
    let losses = &training.history.train;
    let samples = trained.dataset.as_ref().map_or(0, |dataset| dataset.train.len());
    let mut text = format!(
        "{title}: {} of {}, batch {}",
        counted(losses.len(), "epoch"),
        counted(samples, "sample"),
        training.options.batch
    );
    if trained.trainings.len() > 1 {
        text += &format!(", {} seeds", trained.trainings.len());
    }
    match losses[..] {
        [] => {}
        [only] => text += &format!("; loss {}", figure(only)),
        [first, .., last] => {
            text += &format!("; loss {} -> {}", figure(first), figure(last));
        }
    }
    match trained.stopped {
        Stopped::Done => {}
        Stopped::Interrupted { epoch, of } => {
            // `continue` finishes the epoch that was begun before it counts.
            let left = of.saturating_sub(epoch);
            text = format!(
                "stopped in epoch {epoch} of {of}; weights kept; continue {title} epochs {left}"
            );
        }
        Stopped::Patience { best } => {
            text += &format!(
                "; stopped early: no better validation loss than in epoch {best}"
            );
        }
        Stopped::Until => text += "; stopped: the loss is good enough",
        Stopped::Time => text += "; stopped: the time is over",
    }
    text
}

/// `1 epoch`, `2 epochs`
pub(super) fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// Trains a model that a `compare` names, with the options given there.
pub(super) fn train_for(
    work: &mut Work<'_>,
    value: &Value,
    described: &Described,
    data: &Arc<Data>,
    words: &TrainingWords,
    command: &Command,
) -> Result<Arc<Trained>, Halt> {
    let name = super::lone_name(value).map_or(described.text.clone(), str::to_owned);
    let lesson =
        Lesson { name, described, data: Arc::clone(data), words, span: command.span };
    let Learned { trained, diverged } = learn(work, &lesson)?;
    match diverged {
        Some(error) => Err(error.into()),
        None => Ok(Arc::new(trained)),
    }
}

/// Goes on with a model; used by `continue`.
pub(super) fn train_on(
    work: &mut Work<'_>,
    trained: &Trained,
    title: &str,
    epochs: usize,
    command: &Command,
) -> Result<Learned, Halt> {
    go_on(work, trained.clone(), title, epochs, command.span)
}
