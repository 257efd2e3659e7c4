//! Loss curves: how the error fell while the model learned.

use crate::{Chart, Figure, Ink, Panel, Series, Shape, XAxis, YAxis};

/// The curves of one training run.
#[derive(Debug, Clone, Copy)]
pub struct LossRun<'a> {
    /// The loss on the train part at the end of each epoch.
    pub train: &'a [f64],
    /// The loss on the validation part; empty without one.
    pub validation: &'a [f64],
}

/// From this ratio of the largest to the smallest loss on, the axis is logarithmic.
const RATIO_FOR_LOG: f64 = 30.0;

/// The train and validation loss over the epochs: one run as two lines; several runs
/// (seeds) as thin lines with their median on top.
pub fn loss_figure(
    title: &str,
    subtitle: &str,
    measure: &str,
    runs: &[LossRun<'_>],
) -> Figure {
    let mut series = curves("train", runs.iter().map(|run| run.train).collect(), 0);
    let validation = runs.iter().map(|run| run.validation).collect();
    series.extend(curves("validation", validation, 1));
    // A stable sort: the thin lines go behind, and the medians keep their order.
    series.sort_by_key(|line| matches!(line.ink, Ink::Colour(_)));
    let chart = Chart {
        title: String::new(),
        x: XAxis { title: "epoch".to_owned(), labels: Vec::new() },
        y: loss_axis(
            measure,
            runs.iter().flat_map(|run| run.train.iter().chain(run.validation)).copied(),
        ),
        series,
        markers: Vec::new(),
    };
    Figure {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        panels: vec![Panel::Chart(chart)],
    }
}

/// One line for one run; thin lines and their median for several.
fn curves(part: &str, mut runs: Vec<&[f64]>, colour: usize) -> Vec<Series> {
    runs.retain(|run| !run.is_empty());
    let thin = |run: &&[f64]| curve("", run.to_vec(), Ink::Faint(colour), 0.8);
    let ink = Ink::Colour(colour);
    match runs.len() {
        0 => Vec::new(),
        1 => vec![curve(part, runs[0].to_vec(), ink, 2.0)],
        count => {
            let mut series: Vec<Series> = runs.iter().map(thin).collect();
            let name = format!("{part}, median of {count}");
            series.push(curve(&name, median(&runs), ink, 2.5));
            series
        }
    }
}

/// A line over the epochs, which are counted from 1.
fn curve(name: &str, y: Vec<f64>, ink: Ink, width: f64) -> Series {
    Series {
        name: name.to_owned(),
        x: (1..=y.len()).map(|epoch| epoch as f64).collect(),
        shape: Shape::Line { y, dashed: false },
        ink,
        width,
    }
}

/// The median over the runs that reached each epoch.
fn median(runs: &[&[f64]]) -> Vec<f64> {
    let epochs = runs.iter().map(|run| run.len()).max().unwrap_or(0);
    (0..epochs)
        .map(|epoch| {
            let mut losses: Vec<f64> =
                runs.iter().filter_map(|run| run.get(epoch)).copied().collect();
            losses.retain(|loss| loss.is_finite());
            losses.sort_by(f64::total_cmp);
            match losses.len() {
                0 => f64::NAN,
                n if n % 2 == 1 => losses[n / 2],
                n => f64::midpoint(losses[n / 2 - 1], losses[n / 2]),
            }
        })
        .collect()
}

/// The axis of some losses: logarithmic where they are all above 0 and far apart.
pub fn loss_axis(measure: &str, losses: impl Iterator<Item = f64>) -> YAxis {
    let finite = losses.filter(|loss| loss.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, 0.0_f64), |(low, high), loss| {
        (low.min(loss), high.max(loss))
    });
    let log = low > 0.0 && high / low >= RATIO_FOR_LOG;
    YAxis { title: measure.to_owned(), log, range: None }
}
