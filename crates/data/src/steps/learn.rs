//! What `scale` and `standardize` learn.

use std::ops::Range;

use carousel_lang::{Diagnostic, Span};

use crate::{Fitted, Leak, Step, StepKind};

/// A fitted step and what it saw that it should not have seen.
pub(crate) struct Learned {
    pub(crate) step: Fitted,
    pub(crate) leaks: Vec<Leak>,
}

/// Smallest, largest value, mean and standard deviation (n in the denominator).
#[derive(Debug, Clone, Copy)]
struct Summary {
    minimum: f64,
    maximum: f64,
    mean: f64,
    deviation: f64,
}

/// Learns a step from rows of the columns (the inputs, last the target): `train`, or
/// `all` where it is `over all`. Values that are missing are left out. `None` for steps
/// that learn nothing.
///
/// # Errors
/// When the range to scale to is empty, or the values are too large to compute with.
pub(crate) fn learn(
    step: &Step,
    columns: &[Vec<f64>],
    train: Range<usize>,
    all: Range<usize>,
) -> Result<Option<Learned>, Diagnostic> {
    let (name, over_all) = match step.kind {
        StepKind::Scale { low, high, over_all } => {
            check_range(low, high, step.span)?;
            ("scale", over_all)
        }
        StepKind::Standardize { over_all } => ("standardize", over_all),
        _ => return Ok(None),
    };
    let seen = if over_all { all.clone() } else { train.clone() };
    let (mut offsets, mut factors) = (Vec::new(), Vec::new());
    for column in columns {
        let summary = summary(&column[seen.clone()]);
        let (offset, factor) = affine(&step.kind, summary);
        if !offset.is_finite() || !factor.is_finite() || factor == 0.0 {
            return Err(Diagnostic::error(format!(
                "the values are too far apart for `{name}`"
            ))
            .label(
                step.span,
                format!("they reach from {} to {}", summary.minimum, summary.maximum),
            ));
        }
        offsets.push(offset);
        factors.push(factor);
    }
    let leaks = match columns.last() {
        Some(target) if over_all => {
            leaks(name, summary(&target[all]), summary(&target[train]))
        }
        _ => Vec::new(),
    };
    let step = Fitted::Affine { step: name.to_owned(), offsets, factors };
    Ok(Some(Learned { step, leaks }))
}

fn check_range(low: f64, high: f64, span: Span) -> Result<(), Diagnostic> {
    if low != high && (high - low).is_finite() {
        return Ok(());
    }
    Err(Diagnostic::error(format!("`scale {low}..{high}` has no room for values"))
        .label(span, "the two ends have to differ")
        .with_hint("scale 0..1"))
}

/// Offset and factor; a constant column has the factor 1.
fn affine(kind: &StepKind, summary: Summary) -> (f64, f64) {
    let constant = summary.maximum == summary.minimum;
    match kind {
        StepKind::Scale { low, .. } if constant => (summary.minimum - low, 1.0),
        StepKind::Scale { low, high, .. } => {
            let factor = (high - low) / (summary.maximum - summary.minimum);
            (summary.minimum - low / factor, factor)
        }
        _ if constant => (summary.minimum, 1.0),
        _ => (summary.mean, 1.0 / summary.deviation),
    }
}

fn summary(values: &[f64]) -> Summary {
    let known = || values.iter().copied().filter(|value| !value.is_nan());
    let count = known().count().max(1) as f64;
    let mean = known().sum::<f64>() / count;
    let variance = known().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    Summary {
        minimum: known().fold(f64::INFINITY, f64::min),
        maximum: known().fold(f64::NEG_INFINITY, f64::max),
        mean,
        deviation: variance.sqrt(),
    }
}

/// Where knowing all rows says something else of the target than knowing the train part.
fn leaks(step: &'static str, all: Summary, train: Summary) -> Vec<Leak> {
    let facts = if step == "scale" {
        vec![
            ("maximum", all.maximum, train.maximum),
            ("minimum", all.minimum, train.minimum),
        ]
    } else {
        vec![("mean", all.mean, train.mean)]
    };
    let differing =
        facts.into_iter().filter(|(_, over_all, over_train)| over_all != over_train);
    differing
        .map(|(what, over_all, over_train)| Leak { step, what, over_all, over_train })
        .collect()
}
