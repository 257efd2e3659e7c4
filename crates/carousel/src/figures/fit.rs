//! The series and what models say about it.

use carousel_data::{Dataset, Form, Part, Predictions};
use carousel_plot::{Figure, Panel, Predicted, Shape, compare_figure};

use super::series::points_unless_series;
use super::{markers, nearest, observed};
use crate::evaluate;
use crate::output::{figure as figure_text, median};
use crate::state::{Contender, Fit};

/// A model's fit: the whole series, and its predictions for each part at their rows.
///
/// `title` names the model, `data` its data.
pub(crate) fn fit_figure(
    title: &str,
    data: &str,
    dataset: &Dataset,
    fit: &Fit,
) -> Figure {
    let parts: Vec<(Part, Predictions)> =
        fit.parts.iter().map(|(part, p)| (*part, nearest(p))).collect();
    let predicted: Vec<Predicted<'_>> =
        parts.iter().map(|(part, p)| predicted(part.name(), p)).collect();
    let subtitle = subtitle(data, dataset, fit);
    let mut figure = carousel_plot::fit_figure(
        title,
        &subtitle,
        &observed(dataset),
        &predicted,
        &markers(dataset),
    );
    points_unless_series(&mut figure, dataset);
    figure
}

/// Data alone, with the places where its parts begin.
pub(crate) fn data_figure(title: &str, dataset: &Dataset) -> Figure {
    let observed = observed(dataset);
    let mut figure =
        carousel_plot::fit_figure(title, "", &observed, &[], &markers(dataset));
    points_unless_series(&mut figure, dataset);
    figure
}

/// Several models and baselines where they predict a part; of several seeds the first.
pub(crate) fn comparison_figure(
    title: &str,
    dataset: &Dataset,
    part: Part,
    contenders: &[Contender],
) -> Figure {
    let lines: Vec<(&Contender, Predictions)> = (contenders.iter())
        .filter_map(|one| Some((one, nearest(one.fits.first()?.part(part)?))))
        .collect();
    let predicted: Vec<Predicted<'_>> =
        lines.iter().map(|(one, p)| predicted(&one.name, p)).collect();
    let mut subtitle = format!("the {} part", part.name());
    if let Some(ahead) = ahead_text(dataset) {
        subtitle += &format!("; {ahead}");
    }
    let observed = observed(dataset);
    let mut figure =
        compare_figure(title, &subtitle, &observed, &predicted, &markers(dataset));
    dash_baselines(&mut figure, lines.iter().map(|(one, _)| one.baseline));
    points_unless_series(&mut figure, dataset);
    figure
}

/// Baselines are dashed, so that more lines than there are colours stay apart. The
/// observed series comes before all others.
fn dash_baselines(figure: &mut Figure, baselines: impl Iterator<Item = bool>) {
    let Some(Panel::Chart(chart)) = figure.panels.first_mut() else { return };
    let lines = chart.series.iter_mut().skip(1);
    for (series, _) in lines.zip(baselines).filter(|(_, baseline)| *baseline) {
        if let Shape::Line { dashed, .. } = &mut series.shape {
            *dashed = true;
        }
    }
}

fn predicted<'a>(name: &'a str, predictions: &'a Predictions) -> Predicted<'a> {
    Predicted { name, rows: &predictions.rows, values: &predictions.values }
}

/// `air; test RMSE 48.04 passengers`
fn subtitle(data: &str, dataset: &Dataset, fit: &Fit) -> String {
    let part = evaluate::deciding(dataset);
    let mut text = data.to_owned();
    let measures = fit.part(part).and_then(Predictions::measures);
    if let Some(measures) = measures {
        let unit = &dataset.preparation.target;
        text += &format!("; {} RMSE {} {unit}", part.name(), figure_text(measures.rmse));
    }
    if let Some(ahead) = ahead_text(dataset) {
        text += &format!("; {ahead}");
    }
    text
}

/// Of several predictions for one row the nearest is drawn, and it is said.
fn ahead_text(dataset: &Dataset) -> Option<String> {
    match dataset.preparation.form {
        Form::Window { ahead, .. } if ahead > 1 => {
            Some(format!("of {ahead} values ahead, the nearest is drawn"))
        }
        Form::Window { .. } | Form::Stream { .. } | Form::Task | Form::Rows => None,
    }
}

/// The median RMSE of some fits on a part, and its bounds where there are several.
pub(super) fn rmse(fits: &[Fit], part: Part) -> (f64, Option<(f64, f64)>) {
    let each: Vec<f64> =
        (fits.iter()).filter_map(|fit| Some(fit.part(part)?.measures()?.rmse)).collect();
    let least = each.iter().copied().fold(f64::INFINITY, f64::min);
    let most = each.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let spread = (each.len() > 1).then_some((least, most));
    (median(each), spread)
}
