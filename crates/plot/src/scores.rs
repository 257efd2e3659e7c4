//! Scores: models and baselines in one order, the best first.

use crate::{Bar, Bars, Figure, Ink, Panel};

/// The score of a model or a baseline.
#[derive(Debug, Clone, Copy)]
pub struct Score<'a> {
    /// Its name, such as `m` or `seasonal 12`.
    pub name: &'a str,
    /// The score, in the unit that the measure names.
    pub value: f64,
    /// The lowest and highest score over several seeds.
    pub spread: Option<(f64, f64)>,
    /// Baselines are grey.
    pub baseline: bool,
}

/// Which end of the scale is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Best {
    /// Errors: less is better.
    Lowest,
    /// Hits: more is better.
    Highest,
}

/// Horizontal bars, the best on top; equal scores keep the order given, and scores that
/// are not finite come last.
pub fn scores_figure(
    title: &str,
    subtitle: &str,
    measure: &str,
    scores: &[Score<'_>],
    best: Best,
) -> Figure {
    let mut sorted: Vec<&Score<'_>> = scores.iter().collect();
    sorted.sort_by(|a, b| {
        let order = match best {
            Best::Lowest => a.value.total_cmp(&b.value),
            Best::Highest => b.value.total_cmp(&a.value),
        };
        b.value.is_finite().cmp(&a.value.is_finite()).then(order)
    });
    let bars = sorted.into_iter().map(bar).collect();
    let kinds = [("model", Ink::Colour(0)), ("baseline", Ink::Quiet)];
    let both = scores.iter().any(|s| s.baseline) && scores.iter().any(|s| !s.baseline);
    let key = kinds.into_iter().filter(|_| both).map(|(k, ink)| (k.to_owned(), ink));
    let measure = measure.to_owned();
    let panel = Bars { title: String::new(), measure, key: key.collect(), bars };
    Figure {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        panels: vec![Panel::Bars(panel)],
    }
}

fn bar(score: &Score<'_>) -> Bar {
    Bar {
        name: score.name.to_owned(),
        value: score.value,
        spread: score.spread,
        ink: if score.baseline { Ink::Quiet } else { Ink::Colour(0) },
    }
}
