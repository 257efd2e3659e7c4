//! Recipes grow: naming a step again replaces the earlier one.

use carousel_data::{Source, Step, StepKind};
use carousel_lang::Span;

use crate::common::{recipe, scale, split, window};

fn check(before: &[StepKind], step: StepKind, after: &[StepKind]) {
    let grown = recipe(Source::Airline, before)
        .then(Step { kind: step.clone(), span: Span::default() });
    let kinds: Vec<StepKind> = grown.steps.into_iter().map(|step| step.kind).collect();
    assert_eq!(kinds, after, "{step:?}");
}

#[test]
fn steps_replace_their_like_and_others_add_up() {
    let standardize = StepKind::Standardize { over_all: false };
    let stream = StepKind::Stream { steps: 12 };
    let skip = StepKind::SkipLast(1);
    check(
        &[split(false), scale(false), window(3)],
        window(24),
        &[split(false), scale(false), window(24)],
    );
    check(&[window(3), skip.clone()], stream.clone(), &[stream, skip.clone()]);
    check(&[scale(true), split(true)], standardize.clone(), &[standardize, split(true)]);
    check(&[split(true), window(1)], split(false), &[split(false), window(1)]);
    check(std::slice::from_ref(&skip), skip.clone(), &[skip.clone(), skip.clone()]);
    check(&[StepKind::Log], StepKind::Log, &[StepKind::Log, StepKind::Log]);
}
