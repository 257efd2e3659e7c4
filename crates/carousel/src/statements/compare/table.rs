//! The table and the plot of a comparison, and its verdict.

use carousel_data::{Dataset, Part};

use super::Entry;
use super::close::close_runs;
use crate::contest::{self, meet};
use crate::evaluate::{self, deciding};
use crate::output::figure;
use crate::state::{Contender, Trained};
use crate::work::{Outcome, Work};
use crate::{Comparison, Line, Output};

/// The table and the plot.
pub(super) fn tell(
    work: &mut Work<'_>,
    dataset: &Dataset,
    entries: Vec<Entry>,
) -> Outcome {
    if work.dry {
        return Ok(());
    }
    let (mut contenders, trained): (Vec<_>, Vec<_>) =
        entries.into_iter().map(|entry| (entry.contender, entry.trained)).unzip();
    let (points, all) = meet(&mut contenders, dataset);
    let part = deciding(dataset);
    let lines: Vec<Line> = contenders
        .iter()
        .zip(&trained)
        .map(|(contender, trained)| line(contender, trained.as_deref(), dataset))
        .collect();
    let comparison = Comparison {
        unit: dataset.preparation.target.clone(),
        part: part.name(),
        points: format!(
            "on {} {points} rows of the {} part that all predict",
            if all { "all" } else { "the" },
            part.name()
        ),
        verdict: verdict(&lines, part),
        lines,
    };
    let hint = close_runs(&comparison, work, part);
    work.show(Output::Comparison(comparison))?;
    hint.map_or(Ok(()), |hint| work.hint(hint))?;
    let title = format!("{} compared", dataset.preparation.target);
    let figure = crate::figures::comparison_figure(&title, dataset, part, &contenders);
    work.state.table = contenders;
    work.plot("comparison".to_owned(), figure)
}

fn line(contender: &Contender, trained: Option<&Trained>, dataset: &Dataset) -> Line {
    let parts = evaluate::line(&contender.name, &contender.fits, dataset).parts;
    Line {
        name: contender.name.clone(),
        text: trained.map_or(String::new(), |t| t.described.text.clone()),
        data: trained.map_or(String::new(), |t| t.data_text().to_owned()),
        baseline: contender.baseline,
        weights: trained.map_or(0, |t| t.model().weights.len()),
        seeds: contender.fits.len(),
        parts,
    }
}

fn verdict(lines: &[Line], part: Part) -> String {
    let mut scored: Vec<(&Line, f64)> = (lines.iter())
        .filter_map(|line| Some((line, contest::rmse(&line.parts, part)?)))
        .collect();
    scored.sort_by(|a, b| a.1.total_cmp(&b.1));
    let Some((best, least)) = scored.first() else {
        return "there is no point that all predict".to_owned();
    };
    let mut text = format!(
        "best on the {} part: {} with {}",
        part.name(),
        best.name,
        figure(*least)
    );
    let first =
        |baseline: bool| scored.iter().find(|(line, _)| line.baseline == baseline);
    if let (Some((model, own)), Some((baseline, its))) = (first(false), first(true)) {
        let (best, other) = match best.baseline {
            true => (format!("best model {}", model.name), figure(*own)),
            false => (format!("best baseline {}", baseline.name), figure(*its)),
        };
        text += &format!("; {best} with {other}");
    }
    text
}
