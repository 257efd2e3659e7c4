//! `plot scores`: the last table, or named models beside their baselines.

use carousel_lang::ast::Value;
use carousel_lang::{Diagnostic, Span};
use carousel_plot::Figure;

use crate::contest::usual_baselines;
use crate::state::Contender;
use crate::work::{Halt, Work};
use crate::{figures, need};

/// The figure, and what it shows.
///
/// # Errors
/// Where there is nothing to score.
pub(super) fn drawn(
    work: &mut Work<'_>,
    subjects: &[Value],
    span: Span,
) -> Result<(String, Figure), Halt> {
    if subjects.is_empty() { last_table(work, span) } else { of_models(work, subjects) }
}

/// The models and baselines of the last comparison; `it` where there was none.
fn last_table(work: &mut Work<'_>, span: Span) -> Result<(String, Figure), Halt> {
    if work.state.table.is_empty() {
        if work.state.it_model.is_none() {
            return Err(Diagnostic::error("there are no scores yet")
                .label(span, "nothing was compared or trained")
                .with_hint(format!(
                    "compare naive, lstm 4 -> dense 1 on {}",
                    need::some_data(&work.state)
                ))
                .into());
        }
        return of_models(work, &[need::it(span)]);
    }
    let table = work.state.table.clone();
    Ok(("scores".to_owned(), figures::scores_figure("scores", "", &table)))
}

/// The errors of models and of the baselines on the data of each.
///
/// # Errors
/// Where one has not learned, or has no data.
fn of_models(work: &mut Work<'_>, subjects: &[Value]) -> Result<(String, Figure), Halt> {
    let (mut contenders, mut names): (Vec<Contender>, Vec<String>) = Default::default();
    let mut baselines: Vec<Contender> = Vec::new();
    let mut unit = String::new();
    for subject in subjects {
        let (name, model) = need::trained_value(subject, &work.state)?;
        let Some(dataset) = &model.dataset else {
            return Err(Diagnostic::error(format!("`{name}` has no scores yet"))
                .label(subject.span, "it came from a file, without its data")
                .with_hint(format!("score {name} on {}", need::some_data(&work.state)))
                .into());
        };
        unit = model.unit().to_owned();
        for baseline in usual_baselines(dataset) {
            if !baselines.iter().any(|known| known.name == baseline.name) {
                baselines.push(baseline);
            }
        }
        let fits = model.fits.clone();
        contenders.push(Contender { name: name.clone(), baseline: false, fits });
        names.push(name);
    }
    contenders.append(&mut baselines);
    let name = format!("scores of {}", names.join(", "));
    let figure = figures::scores_figure(&name, &unit, &contenders);
    Ok((name, figure))
}
