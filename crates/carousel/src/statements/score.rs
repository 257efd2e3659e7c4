//! `score m`: train and test errors in original units, beside the baselines.

use std::sync::Arc;

use carousel_data::{Dataset, Part};
use carousel_lang::Diagnostic;
use carousel_lang::ast::{Command, Preposition};
use carousel_net::shape::flows;

use super::train::clause_data;
use crate::contest::{self, usual_baselines};
use crate::evaluate::{self, deciding};
use crate::learn::{can_be_read, data_shape};
use crate::state::{Contender, Data, Fit, Trained};
use crate::work::{Halt, Outcome, Work};
use crate::{Output, Score, ScoreLine, hints, need};

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    let (name, model) = need::trained(need::only(command)?, command, work)?;
    let scored = scored(work, command, &name, &model)?;
    if work.dry {
        return Ok(());
    }
    let dataset = &scored.dataset;
    let baselines = usual_baselines(dataset);
    let line = evaluate::line(&name, &scored.fits, dataset);
    let lines: Vec<ScoreLine> =
        baselines.iter().map(|b| evaluate::line(&b.name, &b.fits, dataset)).collect();
    let verdict = contest::verdict(&line, &lines, deciding(dataset));
    let score = Score {
        model: name.clone(),
        text: model.described.text.clone(),
        data: scored.text.clone(),
        unit: model.unit().to_owned(),
        seeds: scored.fits.len(),
        line,
        baselines: lines,
        verdict,
    };
    tell(work, &score, &scored)?;
    work.state.table = vec![Contender { name, baseline: false, fits: scored.fits }];
    work.state.table.extend(baselines);
    Ok(())
}

/// A model on some data.
pub(super) struct Scored {
    pub(super) dataset: Arc<Dataset>,
    pub(super) fits: Vec<Fit>,
    /// What messages call the data.
    pub(super) text: String,
}

/// The model on its own data, or on that after `on`.
fn scored(
    work: &mut Work<'_>,
    command: &Command,
    name: &str,
    model: &Trained,
) -> Result<Scored, Halt> {
    match (command.clause(Preposition::On), &model.dataset) {
        (Some(clause), _) => {
            let data = clause_data(work, clause)?;
            on_data(work, command, model, &data)
        }
        (None, Some(dataset)) => Ok(Scored {
            dataset: Arc::clone(dataset),
            fits: model.fits.clone(),
            text: model.data_text().to_owned(),
        }),
        (None, None) => Err(Diagnostic::error(format!(
            "`{name}` came from a file, and its data did not"
        ))
        .label(command.span, "nothing to score it on")
        .with_hint(format!("score {name} on air"))
        .into()),
    }
}

/// The model on other data, which is prepared with what the model has learned from its
/// own train part.
pub(super) fn on_data(
    work: &mut Work<'_>,
    command: &Command,
    model: &Trained,
    data: &Data,
) -> Result<Scored, Halt> {
    let own = work.dataset(data)?;
    can_be_read(&own, data, command.span)?;
    let dataset = own;
    let shape = data_shape(&dataset);
    flows(&model.described.network, shape)?;
    if shape.features != model.model().data.features {
        return Err(Diagnostic::error(format!(
            "{} has {} values a step, and the model has learned from {}",
            data.text,
            shape.features,
            model.model().data.features
        ))
        .label(command.span, "does not fit")
        .into());
    }
    let settings = work.state.settings.graph();
    let fit = |training: &carousel_net::train::Training| {
        evaluate::fit(&training.model, &dataset, settings, None).map_err(|_| Halt::Quit)
    };
    let fits = match work.dry {
        true => Vec::new(),
        false => model.trainings.iter().map(fit).collect::<Result<_, _>>()?,
    };
    Ok(Scored { fits, text: data.text.clone(), dataset })
}

/// The score, and the hints that it gives rise to.
fn tell(work: &mut Work<'_>, score: &Score, scored: &Scored) -> Outcome {
    work.show(Output::Score(score.clone()))?;
    let dataset = &scored.dataset;
    let rmse = |line: &ScoreLine| contest::rmse(&line.parts, Part::Test);
    let naive = score.baselines.iter().find(|line| line.name == "naive").and_then(rmse);
    if let (Some(own), Some(naive), Some(test)) =
        (rmse(&score.line), naive, scored.fits[0].part(Part::Test))
        && let Some(hint) =
            hints::parrot(test, &dataset.table.target().values, own, naive)
    {
        work.hint(hint)?;
    }
    hints::extrapolation(dataset).map_or(Ok(()), |hint| work.hint(hint))
}
