//! `train m on air epochs 100`: fresh weights learn from the train part.

use std::sync::Arc;

use carousel_lang::ast::{Clause, Command, Operand, Preposition, Value, Verb, Word};
use carousel_lang::{Diagnostic, print_command, print_value};
use carousel_net::train::Stopped;

use crate::learn::{Learned, Lesson, go_on, learn};
use crate::output::figure;
use crate::read::{self, Subject, TrainingWords};
use crate::state::{Data, Described, Named, Run, Trained};
use crate::work::{Halt, Outcome, Work};

pub(super) fn run(
    work: &mut Work<'_>,
    command: &Command,
    name: Option<&Word>,
) -> Outcome {
    let words = read::training(command)?;
    let Student { networks, known_as, learned_from } = student(work, command)?;
    let data = match command.clause(Preposition::On) {
        Some(clause) => Arc::new(clause_data(work, clause)?),
        None => learned_from.ok_or_else(|| needs_data(work, command))?,
    };
    work.state.it_data = Some(Arc::clone(&data));
    let name = name.map(|word| word.text.clone()).or(known_as);
    match &networks[..] {
        [described] => {
            let title = name.clone().unwrap_or_else(|| "it".to_owned());
            let lesson = Lesson {
                name: title.clone(),
                described,
                data,
                words: &words,
                span: command.span,
            };
            let learned = learn(work, &lesson)?;
            keep(work, command, name.as_deref(), &title, learned)
        }
        _ => {
            super::compare::sweep(work, command, &networks, data, &words, name.as_deref())
        }
    }
}

/// What is to be trained.
struct Student {
    networks: Vec<Described>,
    /// Its name, where it was called by one.
    known_as: Option<String>,
    /// What it learned from before.
    learned_from: Option<Arc<Data>>,
}

fn student(work: &Work<'_>, command: &Command) -> Result<Student, Diagnostic> {
    let value = match &command.subjects[..] {
        [value] => value,
        [] => {
            return Err(Diagnostic::error("`train` needs a model and data")
                .label(command.verb_span, "no model")
                .with_hint("train lstm 4 -> dense 1 on air"));
        }
        [_, second, ..] => {
            return Err(Diagnostic::error(
                "`train` takes one model; `compare` takes several",
            )
            .label(second.span, "a second model")
            .with_hint(print_command(&Command {
                verb: Verb::Compare,
                ..command.clone()
            })));
        }
    };
    let known_as = super::lone_name(value).filter(|name| *name != "it");
    match read::subject(value, &work.state)? {
        Subject::Networks(networks) => Ok(Student {
            networks,
            known_as: known_as.map(str::to_owned),
            learned_from: None,
        }),
        Subject::Trained { model, .. } => Ok(Student {
            networks: vec![model.described.clone()],
            known_as: known_as.map(str::to_owned),
            learned_from: model.data.clone(),
        }),
        Subject::Baseline(baseline) => {
            let name = baseline.name();
            Err(Diagnostic::error(format!(
                "`{name}` is a baseline; there is nothing to train"
            ))
            .label(value.span, "predicts by a rule")
            .with_hint(format!("compare {name}, lstm 4 -> dense 1 on air")))
        }
        Subject::Data(data) => Err(Diagnostic::error(format!(
            "{} is data; `train` needs a model first",
            data.text
        ))
        .label(value.span, "is data")
        .with_hint(format!("train lstm 4 -> dense 1 on {}", data.text))),
    }
}

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

fn needs_data(work: &Work<'_>, command: &Command) -> Diagnostic {
    let model = command.subjects.first().map_or(String::new(), print_value);
    let data = work.state.it_data.as_ref().map_or("airline", |data| &data.text);
    let data = if data.contains('|') { format!("({data})") } else { data.to_owned() };
    Diagnostic::error("`train` needs data: say what the model learns from")
        .label(command.span, "no `on`")
        .with_hint(format!("train {model} on {data}"))
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
