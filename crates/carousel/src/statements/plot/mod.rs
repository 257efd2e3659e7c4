//! `plot m`, `plot loss of m, n`, `plot gates of m at 99`: figures of models and data.

mod gradients;
mod inside;
mod scores;

use std::sync::Arc;

use carousel_lang::ast::{Command, Preposition, Value};
use carousel_lang::{Diagnostic, Span};
use carousel_plot::Figure;

use crate::asked::{Asked, asked};
use crate::read::{self, Subject};
use crate::seen::seen;
use crate::state::Trained;
use crate::work::{Halt, Outcome, Work};
use crate::{figures, need};

use super::forecast;

/// What `plot` and `save` can draw.
pub(super) const VIEWS: [&str; 8] =
    ["fit", "loss", "scores", "forecast", "gates", "state", "weights", "gradients"];

/// The views that look into a model, with the options that they take.
const INSIDE: [(&str, &[&str]); 4] = [
    ("gates", &["layer", "unit"]),
    ("state", &["layer", "unit"]),
    ("weights", &["layer"]),
    ("gradients", &["layer"]),
];

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    need::clauses(command, &[Preposition::On, Preposition::As, Preposition::At])?;
    let asked = asked(command, &VIEWS, &work.state)?;
    takes(view(&asked), command)?;
    if view(&asked) != "fit" {
        let (name, figure) = drawn(work, &asked, command)?;
        return work.plot(name, figure);
    }
    for subject in &or_it(&asked, command.verb_span) {
        let (name, figure) = fit(work, subject, command)?;
        work.plot(name, figure)?;
    }
    Ok(())
}

/// The one figure that is asked for, and what it shows.
///
/// # Errors
/// Where a subject has no such view, or several would need several figures.
pub(super) fn drawn(
    work: &mut Work<'_>,
    asked: &Asked,
    command: &Command,
) -> Result<(String, Figure), Halt> {
    let subjects = or_it(asked, command.verb_span);
    match view(asked) {
        "scores" => scores::drawn(work, &asked.subjects, command.span),
        "loss" => Ok(loss(&trained(&subjects, work)?)),
        "forecast" => forecast::drawn(work, &subjects, command),
        view @ ("gates" | "state") => inside::steps(work, &subjects, command, view),
        "weights" => inside::weights(work, &subjects, command),
        "gradients" => gradients::drawn(work, &subjects, command),
        _ => match &subjects[..] {
            [subject] => fit(work, subject, command),
            [_, second, ..] => Err(Diagnostic::error("one picture shows one fit")
                .label(second.span, "a second model")
                .into()),
            [] => Err(Diagnostic::error("there is nothing to draw").into()),
        },
    }
}

/// A row, a layer and a unit are written only where the view has them.
///
/// # Errors
/// The first that would go unread.
pub(super) fn takes(view: &str, command: &Command) -> Result<(), Diagnostic> {
    let options = INSIDE.iter().find(|(known, _)| *known == view);
    let options: &[&str] = options.map_or(&[], |(_, options)| options);
    let unread =
        |word: &str| ["layer", "unit"].contains(&word) && !options.contains(&word);
    if let Some(option) = command.options.iter().find(|o| unread(&o.word.text)) {
        let word = &option.word.text;
        return Err(Diagnostic::error(format!("the view `{view}` has no `{word}`"))
            .code("E7")
            .label(option.word.span, "not known here")
            .note("`plot gates` and `plot state` have `layer` and `unit`"));
    }
    let has_rows = ["gates", "state", "gradients"].contains(&view);
    match command.clause(Preposition::At) {
        Some(clause) if !has_rows => {
            Err(Diagnostic::error(format!("the view `{view}` shows no single row"))
                .label(clause.preposition_span, "not known here")
                .note("`plot gates`, `plot state` and `plot gradients` look at one"))
        }
        Some(_) | None => Ok(()),
    }
}

/// The fit of a model, or data alone.
fn fit(
    work: &mut Work<'_>,
    subject: &Value,
    command: &Command,
) -> Result<(String, Figure), Halt> {
    if let Subject::Data(data) = read::subject(subject, &work.state)? {
        let dataset = work.dataset(&data)?;
        let figure = figures::data_figure(&data.text, &dataset);
        return Ok((format!("series of {}", data.text), figure));
    }
    let (name, model) = need::trained_value(subject, &work.state)?;
    let seen = seen(work, &name, &model, command)?;
    let title = format!("{name}: {}", model.described.text);
    let figure = figures::fit_figure(&title, &seen.data, &seen.dataset, &seen.fit());
    Ok((format!("fit of {name}"), figure))
}

/// The subjects, or `it` where none is written.
pub(super) fn or_it(asked: &Asked, span: Span) -> Vec<Value> {
    if asked.subjects.is_empty() { vec![need::it(span)] } else { asked.subjects.clone() }
}

/// The view that is asked for, or the fit.
pub(super) fn view(asked: &Asked) -> &str {
    asked.view.as_ref().map_or("fit", |view| &view.text)
}

fn loss(models: &[(String, Arc<Trained>)]) -> (String, Figure) {
    let names: Vec<&str> = models.iter().map(|(name, _)| name.as_str()).collect();
    let each: Vec<(String, &Trained)> =
        models.iter().map(|(name, model)| (name.clone(), &**model)).collect();
    (format!("loss of {}", names.join(", ")), figures::loss_figure(&each))
}

fn trained(
    subjects: &[Value],
    work: &Work<'_>,
) -> Result<Vec<(String, Arc<Trained>)>, Diagnostic> {
    let with_history = |value: &Value| {
        let (name, model) = need::trained_value(value, &work.state)?;
        if model.trainings[0].history.train.is_empty() && !work.dry {
            return Err(Diagnostic::error(format!("`{name}` has no losses to draw"))
                .label(value.span, "not trained in this session"));
        }
        Ok((name, model))
    };
    subjects.iter().map(with_history).collect()
}
