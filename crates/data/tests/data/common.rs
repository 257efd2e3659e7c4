//! Recipes in a few words, for tests.

use std::path::Path;

use carousel_data::{Dataset, Recipe, Source, Step, StepKind};
use carousel_lang::{Diagnostic, SourceId, Span};

/// A recipe whose step `k` stands at bytes `100 k + 100 ..`.
pub(crate) fn recipe(source: Source, steps: &[StepKind]) -> Recipe {
    let span = |at: usize| Span::new(SourceId(0), at..at + 1);
    let steps = steps.iter().enumerate();
    let step = |(k, kind): (usize, &StepKind)| Step {
        kind: kind.clone(),
        span: span(100 * k + 100),
    };
    Recipe { source, source_span: span(0), steps: steps.map(step).collect() }
}

/// The recipe carried out with seed 7.
pub(crate) fn prepare(source: Source, steps: &[StepKind]) -> Result<Dataset, Diagnostic> {
    Dataset::prepare(&recipe(source, steps), Path::new("."), 7)
}

/// `airline` with steps that work.
pub(crate) fn airline(steps: &[StepKind]) -> Dataset {
    prepare(Source::Airline, steps).expect("the steps fit the airline data")
}

/// `split 67%`
pub(crate) fn split(apart: bool) -> StepKind {
    StepKind::Split { shares: vec![67.0], apart }
}

/// `window 3`
pub(crate) fn window(steps: usize) -> StepKind {
    StepKind::Window { steps, as_features: false, ahead: 1, stride: 1 }
}

/// `scale 0..1`
pub(crate) fn scale(over_all: bool) -> StepKind {
    StepKind::Scale { low: 0.0, high: 1.0, over_all }
}

/// `log | difference | standardize`
pub(crate) fn stationary() -> [StepKind; 3] {
    [
        StepKind::Log,
        StepKind::Difference { lag: 1 },
        StepKind::Standardize { over_all: false },
    ]
}
