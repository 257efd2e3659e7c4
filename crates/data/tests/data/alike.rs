//! Data made ready as other data was.

use std::path::Path;

use carousel_data::{Dataset, Source, StepKind};
use carousel_lang::Diagnostic;

use crate::common::{airline, recipe, scale, split, stationary, window};

fn as_airline(steps: &[StepKind], like: &[StepKind]) -> Result<Dataset, Diagnostic> {
    let like = airline(like).preparation;
    Dataset::prepare_as(&recipe(Source::Airline, steps), Path::new("."), 7, &like)
}

#[test]
fn takes_over_what_was_learned() {
    let like = [split(false), scale(false), window(3)];
    let learned = airline(&like);
    let steps = [StepKind::Take(24), scale(true), window(5)];
    let data = as_airline(&steps, &like).expect("the same steps");
    assert_eq!(data.preparation.steps, learned.preparation.steps);
    assert_eq!(data.train.inputs[..3], learned.train.inputs[..3]);
    assert!(data.leaks.is_empty());
}

#[test]
fn other_steps_are_refused() {
    let [log, difference, standardize] = stationary();
    let check = |steps: &[StepKind], like: &[StepKind], hint: Option<&str>| {
        let error = as_airline(steps, like).expect_err("other steps");
        assert_eq!(error.title, "the data is not prepared as the model has learned it");
        assert_eq!(error.hint.as_deref(), hint);
    };
    let like = [log.clone(), difference.clone(), standardize.clone()];
    check(std::slice::from_ref(&log), &like, Some("| difference | standardize"));
    check(&[], &[scale(false)], Some("| scale 0..1"));
    check(&[standardize], &[scale(false)], None);
    check(&[log, StepKind::Difference { lag: 12 }], &[difference], None);
}
