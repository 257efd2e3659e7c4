//! Errors of models and baselines as bars.

use carousel_data::Part;
use carousel_plot::{Best, Figure, Score};

use super::fit::rmse;
use crate::state::{Contender, Fit};

/// The RMSE of each contender on the test part (or the part that decides where there is
/// none), the best on top; whiskers span the seeds.
pub(crate) fn scores_figure(title: &str, unit: &str, contenders: &[Contender]) -> Figure {
    let part = deciding(contenders);
    let score = |contender: &'_ Contender| {
        let (value, spread) = rmse(&contender.fits, part);
        (value, spread, contender.baseline)
    };
    let scores: Vec<Score<'_>> = contenders
        .iter()
        .map(|contender| {
            let (value, spread, baseline) = score(contender);
            Score { name: &contender.name, value, spread, baseline }
        })
        .collect();
    let measure = match unit {
        "" => format!("{} RMSE", part.name()),
        unit => format!("{} RMSE, {unit}", part.name()),
    };
    let subtitle = match contenders.iter().map(|c| c.fits.len()).max() {
        Some(seeds) if seeds > 1 => "medians over the seeds, from the best to the worst",
        _ => "",
    };
    carousel_plot::scores_figure(title, subtitle, &measure, &scores, Best::Lowest)
}

/// The first of test, validation and train that any of them predicts.
fn deciding(contenders: &[Contender]) -> Part {
    let predicts = |fit: &Fit, part| fit.part(part).is_some_and(|p| !p.rows.is_empty());
    [Part::Test, Part::Validation]
        .into_iter()
        .find(|part| contenders.iter().flat_map(|c| &c.fits).any(|f| predicts(f, *part)))
        .unwrap_or(Part::Train)
}
