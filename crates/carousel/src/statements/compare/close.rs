//! Whether two models are closer than two seeds of one model.

use std::collections::BTreeMap;

use carousel_data::{Part, Predictions};
use carousel_lang::Diagnostic;

use crate::work::Work;
use crate::{Comparison, Line, contest, hints};

/// H6, where the two best models are closer than seeds of one model were.
pub(super) fn close_runs(
    comparison: &Comparison,
    work: &Work<'_>,
    part: Part,
) -> Option<Diagnostic> {
    let mut models: Vec<(f64, &Line)> = (comparison.lines.iter())
        .filter(|line| !line.baseline)
        .filter_map(|line| Some((contest::rmse(&line.parts, part)?, line)))
        .collect();
    models.sort_by(|a, b| a.0.total_cmp(&b.0));
    let [(best, a), (second, b), ..] = models[..] else { return None };
    let spread = spread_over_seeds(work, part)?;
    let single = a.seeds == 1 || b.seeds == 1;
    (single && second - best < spread).then(|| hints::single_run(second - best, spread))
}

/// How far apart the errors of one model lie that learned the same data from several
/// seeds: the most of all such models of this session.
fn spread_over_seeds(work: &Work<'_>, part: Part) -> Option<f64> {
    let mut models: BTreeMap<(&str, &str), BTreeMap<u64, f64>> = BTreeMap::new();
    for run in &work.state.runs {
        let trained = &run.trained;
        let model = (trained.described.text.as_str(), trained.data_text());
        for (training, fit) in trained.trainings.iter().zip(&trained.fits) {
            if let Some(measures) = fit.part(part).and_then(Predictions::measures) {
                let seeds = models.entry(model).or_default();
                seeds.insert(training.options.seed, measures.rmse);
            }
        }
    }
    let spread = |seeds: BTreeMap<u64, f64>| {
        let bounds = seeds
            .values()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |b, e| (b.0.min(*e), b.1.max(*e)));
        (seeds.len() > 1).then_some(bounds.1 - bounds.0)
    };
    models.into_values().filter_map(spread).reduce(f64::max)
}
