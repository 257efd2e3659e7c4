//! `train m on air epochs 100`: fresh weights learn from the train part.

use std::sync::Arc;

use carousel_lang::ast::{Command, Preposition, Verb, Word};
use carousel_lang::{Diagnostic, print_command, print_value};

use super::trained::{clause_data, keep};
use crate::learn::{Lesson, learn};
use crate::read::{self, Subject};
use crate::state::{Data, Described};
use crate::work::{Outcome, Work};

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

fn needs_data(work: &Work<'_>, command: &Command) -> Diagnostic {
    let model = command.subjects.first().map_or(String::new(), print_value);
    let data = work.state.it_data.as_ref().map_or("airline", |data| &data.text);
    let data = if data.contains('|') { format!("({data})") } else { data.to_owned() };
    Diagnostic::error("`train` needs data: say what the model learns from")
        .label(command.span, "no `on`")
        .with_hint(format!("train {model} on {data}"))
}
