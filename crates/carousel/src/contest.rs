//! Models and baselines side by side: the baselines that fit some data, the points that
//! all predict, and who is best.

use std::collections::BTreeSet;

use carousel_data::{Baseline, Dataset, Form, Part, Predictions};

use crate::evaluate::{self, deciding};
use crate::output::figure;
use crate::state::{Contender, Fit};
use crate::{PartErrors, ScoreLine};

/// What a model is shown beside where nothing else is asked for, as far as the data
/// allows it.
pub(crate) fn usual_baselines(dataset: &Dataset) -> Vec<Contender> {
    let mut baselines = vec![Baseline::Naive, Baseline::Mean, Baseline::Drift];
    if let Some(season) = season(&dataset.table.labels) {
        baselines.extend([Baseline::Seasonal(season), Baseline::Growth(season)]);
        baselines.push(Baseline::Ar(season));
    } else if let Form::Window { steps, .. } | Form::Stream { steps } =
        dataset.preparation.form
    {
        baselines.push(Baseline::Ar(steps));
    }
    let fits = |baseline: Baseline| {
        let fit = evaluate::baseline_fit(baseline, dataset).ok()?;
        Some(contender(baseline, fit))
    };
    baselines.into_iter().filter_map(fits).collect()
}

/// A baseline in a comparison.
pub(crate) fn contender(baseline: Baseline, fit: Fit) -> Contender {
    Contender { name: baseline.name(), baseline: true, fits: vec![fit] }
}

/// Rows of a year, where the labels are months or quarters; of a week, for days.
fn season(labels: &[String]) -> Option<usize> {
    let parts = |label: &String| -> Option<Vec<u32>> {
        label.split('-').map(|part| part.parse().ok()).collect()
    };
    let (first, second) = (parts(labels.first()?)?, parts(labels.get(1)?)?);
    match (&first[..], &second[..]) {
        ([year, month], [next_year, next]) => {
            match (next_year * 12 + next).checked_sub(year * 12 + month)? {
                1 => Some(12),
                3 => Some(4),
                _ => None,
            }
        }
        ([.., day], [.., next]) if first.len() == 3 && *next == day + 1 => Some(7),
        _ => None,
    }
}

/// Leaves the points that all contenders predict, part by part; the number of them on
/// the part that decides, and whether that is all of it.
pub(crate) fn meet(contenders: &mut [Contender], dataset: &Dataset) -> (usize, bool) {
    let parts: Vec<Part> = dataset.parts().map(|(part, _)| part).collect();
    for part in parts {
        let rows = |contender: &Contender| -> Option<BTreeSet<usize>> {
            let fit = contender.fits.first()?;
            Some(fit.part(part)?.rows.iter().copied().collect())
        };
        let mut common: Option<BTreeSet<usize>> = None;
        for own in contenders.iter().filter_map(rows) {
            common = Some(match common {
                Some(common) => common.intersection(&own).copied().collect(),
                None => own,
            });
        }
        let Some(common) = common else { continue };
        let fits = contenders.iter_mut().flat_map(|contender| &mut contender.fits);
        for (_, predictions) in
            fits.flat_map(|fit| &mut fit.parts).filter(|(own, _)| *own == part)
        {
            *predictions = at(predictions, &common);
        }
    }
    let part = deciding(dataset);
    let left = contenders
        .first()
        .and_then(|contender| contender.fits.first()?.part(part))
        .map_or(0, |predictions| predictions.rows.len());
    let all = dataset.part(part).map_or(0, |sequences| sequences.rows.len());
    (left, left == all)
}

/// The predictions for some rows only.
fn at(predictions: &Predictions, rows: &BTreeSet<usize>) -> Predictions {
    let mut kept = Predictions::default();
    for (k, row) in predictions.rows.iter().enumerate() {
        if rows.contains(row) {
            kept.rows.push(*row);
            kept.values.push(predictions.values[k]);
            kept.truth.push(predictions.truth[k]);
        }
    }
    kept
}

/// The median RMSE on a part, if there is any.
pub(crate) fn rmse(parts: &[PartErrors], part: Part) -> Option<f64> {
    let errors = parts.iter().find(|errors| errors.part == part.name())?;
    errors.errors.map(|errors| errors.rmse)
}

/// Whether a model is worth more than the baselines beside it, in a sentence.
pub(crate) fn verdict(model: &ScoreLine, baselines: &[ScoreLine], part: Part) -> String {
    let name = &model.name;
    let on = match part {
        Part::Test => "on the test part",
        Part::Validation => "on the validation part",
        Part::Train => "on what it has seen (no test part: split 67% holds one back)",
    };
    let Some(own) = rmse(&model.parts, part) else {
        return format!("{name} predicts nothing {on}");
    };
    let scored: Vec<(&str, f64)> = baselines
        .iter()
        .filter_map(|line| Some((line.name.as_str(), rmse(&line.parts, part)?)))
        .collect();
    let Some((best, least)) = scored.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1))
    else {
        return format!("{name}: rmse {} {on}", figure(own));
    };
    let naive = scored.iter().find(|(known, _)| *known == "naive").map(|(_, rmse)| *rmse);
    let (own_text, least_text) = (figure(own), figure(least));
    match naive {
        _ if own < least => format!(
            "{name} beats every baseline {on}: {own_text} against {least_text} for {best}"
        ),
        Some(naive) if own < naive => format!(
            "{name} beats naive {on} ({own_text} against {}), but not {best}: {least_text}",
            figure(naive)
        ),
        Some(naive) => format!(
            "{name} does not beat naive {on}: {own_text} against {}; best is {best} with {least_text}",
            figure(naive)
        ),
        None => {
            format!("{name} does not beat {best} {on}: {own_text} against {least_text}")
        }
    }
}
