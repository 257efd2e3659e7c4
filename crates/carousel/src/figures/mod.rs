//! Figures of models and data: what was learned goes in, figures come out, for
//! `plot`, `save` and `compare`.

mod fit;
mod inside;
mod loss;
mod scores;
mod series;
mod weights;

pub(crate) use fit::{comparison_figure, data_figure, fit_figure};
pub(crate) use inside::{gradients_figure, steps_figure};
pub(crate) use loss::loss_figure;
pub(crate) use scores::scores_figure;
pub(crate) use series::{nearest, observed};
pub(crate) use weights::weights_figure;

use carousel_data::{Dataset, Part};
use carousel_plot::Marker;

/// Where the parts of a split begin.
pub(crate) fn markers(dataset: &Dataset) -> Vec<Marker> {
    let marker = |(part, row): &(Part, usize)| Marker {
        x: *row as f64,
        label: format!("{} part begins", part.name()),
    };
    dataset.borders.iter().map(marker).collect()
}
