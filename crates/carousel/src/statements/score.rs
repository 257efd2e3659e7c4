//! `score m`: train and test errors in original units, beside the baselines.

use carousel_data::Part;
use carousel_lang::ast::{Command, Preposition};

use crate::contest::{self, usual_baselines};
use crate::evaluate::{self, deciding};
use crate::seen::{Seen, seen};
use crate::state::Contender;
use crate::work::{Outcome, Work};
use crate::{Output, Score, ScoreLine, hints, need};

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    need::clauses(command, &[Preposition::On])?;
    let (name, model) = need::trained(need::only(command)?, command, work)?;
    let scored = seen(work, &name, &model, command)?;
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
        data: scored.data.clone(),
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

/// The score, and the hints that it gives rise to.
fn tell(work: &mut Work<'_>, score: &Score, scored: &Seen) -> Outcome {
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
