//! Which rows go where: borders, windows, chunks.

use carousel_data::{Dataset, Form, Part, Source, StepKind};
use carousel_lang::Diagnostic;

use crate::common::{airline, prepare, scale, split, stationary, window};

fn counts(steps: &[StepKind]) -> Vec<usize> {
    airline(steps).parts().map(|(_, part)| part.len()).collect()
}

fn shares(shares: &[f64]) -> StepKind {
    StepKind::Split { shares: shares.to_vec(), apart: false }
}

fn windows(steps: usize, ahead: usize, stride: usize) -> StepKind {
    StepKind::Window { steps, as_features: false, ahead, stride }
}

/// The numbers 1 to `values`.
fn count(values: usize, steps: &[StepKind]) -> Dataset {
    prepare(Source::Count(values), steps).expect("the steps fit")
}

#[test]
fn counts_of_the_language_reference() {
    let skip = StepKind::SkipLast(1);
    assert_eq!(counts(&[split(false), window(3)]), [93, 48]);
    assert_eq!(counts(&[split(true), window(3)]), [93, 45]);
    assert_eq!(counts(&[split(true), window(3), skip.clone()]), [92, 44]);
    assert_eq!(counts(&[split(true), window(1), skip]), [94, 46]);
    let data = airline(&[shares(&[70.0, 15.0, 15.0]), window(3)]);
    assert_eq!(data.borders, [(Part::Validation, 100), (Part::Test, 122)]);
    let parts: Vec<&str> = data.parts().map(|(part, _)| part.name()).collect();
    assert_eq!(parts, ["train", "validation", "test"]);
}

#[test]
fn every_row_has_one_window_of_its_past() {
    for (steps, lag) in [(1, 0), (3, 0), (12, 1), (5, 13)] {
        let mut recipe = vec![shares(&[60.0, 20.0, 20.0]), window(steps)];
        if lag > 0 {
            recipe.push(StepKind::Difference { lag });
        }
        let data = airline(&recipe);
        let rows: Vec<usize> =
            data.parts().flat_map(|(_, part)| part.rows.clone()).collect();
        assert_eq!(rows, (steps + lag..144).collect::<Vec<_>>(), "{steps} {lag}");
        assert_eq!(data.preparation.values_needed(), steps + lag);
    }
}

#[test]
fn inputs_lie_right_before_their_targets() {
    // The value of a row is its number plus 1, so that values tell rows.
    for apart in [false, true] {
        let split = StepKind::Split { shares: vec![60.0], apart };
        let data = count(40, &[split, windows(4, 2, 3)]);
        for (part, sequences) in data.parts() {
            for n in 0..sequences.len() {
                let first = sequences.rows[2 * n];
                let expected: Vec<f32> =
                    (first - 4..first).map(|row| row as f32 + 1.0).collect();
                assert_eq!(sequences.inputs[4 * n..4 * n + 4], expected);
                let target = [first as f32 + 1.0, first as f32 + 2.0];
                assert_eq!(sequences.targets[2 * n..2 * n + 2], target);
                let begin = if part == Part::Test { 24 } else { 0 };
                assert!(first >= begin + if apart { 4 } else { 0 });
                assert!(part != Part::Train || first + 1 < 24);
            }
        }
        let first = data.test.as_ref().unwrap().rows[0];
        assert_eq!(first, if apart { 28 } else { 24 });
        assert!(data.overlaps());
    }
    assert!(!count(40, &[windows(3, 1, 3)]).overlaps());
}

#[test]
fn streams_are_contiguous_and_keep_the_short_chunk() {
    let stream = StepKind::Stream { steps: 4 };
    let data = count(20, &[shares(&[50.0]), stream.clone()]);
    let test = data.test.as_ref().unwrap();
    assert_eq!(data.train.lengths, [4, 4, 1]);
    assert_eq!(data.train.rows, (1..10).collect::<Vec<_>>());
    assert_eq!(test.lengths, [4, 4, 2]);
    assert_eq!(test.rows, (10..20).collect::<Vec<_>>());
    assert_eq!(test.inputs[0], 10.0, "the last train row is the first input");
    assert_eq!(test.targets[0], 11.0);
    assert!(data.every() && data.steps().is_none() && !data.overlaps());
    let apart = StepKind::Split { shares: vec![50.0], apart: true };
    let data = count(20, &[apart, stream]);
    assert_eq!(data.test.unwrap().rows, (11..20).collect::<Vec<_>>());
}

#[test]
fn windows_as_features_are_one_step() {
    let kind = StepKind::Window { steps: 3, as_features: true, ahead: 1, stride: 1 };
    let data = count(5, &[kind]);
    assert_eq!((data.steps(), data.features(), data.width()), (Some(1), 3, 1));
    assert_eq!(data.train.inputs, [1.0, 2.0, 3.0, 2.0, 3.0, 4.0]);
    assert_eq!(data.train.targets, [4.0, 5.0]);
}

#[test]
fn bare_rows_have_targets_and_no_steps() {
    let data = airline(&[split(false)]);
    assert_eq!(data.preparation.form, Form::Rows);
    assert_eq!(data.train.rows, (1..96).collect::<Vec<_>>());
    assert_eq!(data.test.as_ref().unwrap().rows, (96..144).collect::<Vec<_>>());
    assert_eq!(data.steps(), Some(0));
}

#[test]
fn take_and_skip_count_rows_first_and_windows_then() {
    let data = count(30, &[StepKind::SkipFirst(5), StepKind::Take(20), shares(&[50.0])]);
    assert_eq!(data.table.target().values[0], 6.0);
    assert_eq!(data.table.rows(), 20);
    assert_eq!(data.borders, [(Part::Test, 10)]);
    let data = count(30, &[shares(&[50.0]), window(2), StepKind::SkipFirst(2)]);
    assert_eq!(data.train.rows[0], 4);
    assert_eq!(data.test.unwrap().rows[0], 17);
    let data = count(30, &[shares(&[50.0]), window(2), StepKind::Take(3)]);
    assert_eq!(data.train.rows, [2, 3, 4]);
}

#[test]
fn rows_before_a_difference_are_its_past_only() {
    let difference = StepKind::Difference { lag: 2 };
    let data = count(20, &[difference, StepKind::SkipFirst(3), shares(&[60.0])]);
    assert_eq!(data.table.target().values[0], 4.0);
    assert_eq!(data.borders, [(Part::Test, 2 + 9)], "floor of 60% of 15");
    assert_eq!(data.train.targets, [2.0; 8]);
}

fn error(source: Source, steps: &[StepKind]) -> Diagnostic {
    prepare(source, steps).expect_err("the steps do not fit")
}

#[test]
fn windows_longer_than_a_part() {
    let e6 = error(Source::Airline, &[split(true), window(60)]);
    assert_eq!(e6.code, Some("E6"));
    assert_eq!(e6.title, "the test part has 48 months; a window of 60 leaves no sample");
    assert_eq!(e6.labels[0].text, "longest: 47");
    assert_eq!(e6.labels[0].span.start, 200);
    assert_eq!(e6.hint.as_deref(), Some("window 47"));
    assert_eq!(
        e6.notes,
        ["without `apart` its first windows reach back into the part before"]
    );
    assert_eq!(counts(&[split(true), window(47)]), [49, 1]);
    assert_eq!(counts(&[split(false), window(60)]), [36, 48]);
    let e6 = error(Source::Count(20), &[window(20)]);
    assert_eq!(e6.title, "the train part has 20 rows; a window of 20 leaves no sample");
    let e6 = error(Source::Airline, &[split(false), windows(3, 60, 1)]);
    assert_eq!(e6.hint.as_deref(), Some("window 3 ahead 48"));
}

#[test]
fn steps_that_leave_nothing() {
    let check = |steps: &[StepKind], title: &str, at: u32| {
        let error = error(Source::Airline, steps);
        assert_eq!(error.title, title);
        assert_eq!(error.labels[0].span.start, at, "{title}");
    };
    check(&[shares(&[100.0])], "the test part has none of the 144 rows", 100);
    check(&[shares(&[0.5])], "the train part has none of the 144 rows", 100);
    check(
        &[shares(&[60.0, 20.0, 30.0])],
        "the shares of `split` sum to 110%, not to 100%",
        100,
    );
    check(
        &[shares(&[167.0])],
        "a share of `split` is between 0% and 100%, found 167%",
        100,
    );
    check(
        &[shares(&[f64::NAN])],
        "a share of `split` is between 0% and 100%, found NaN%",
        100,
    );
    check(&[StepKind::SkipFirst(144)], "`skip first 144` leaves no row", 100);
    check(&[StepKind::Difference { lag: 144 }], "`difference 144` leaves no row", 100);
    check(
        &[split(false), StepKind::SkipLast(50)],
        "the test part has none of the 94 rows",
        100,
    );
    check(
        &[split(false), window(3), StepKind::SkipLast(50)],
        "`skip last 50` leaves no sample of the test part",
        300,
    );
    check(&[window(0)], "`window` needs a number of at least 1", 100);
    check(&[windows(1, 1, 0)], "`stride` needs a number of at least 1", 100);
    check(&[StepKind::Take(usize::MAX), window(usize::MAX)], E6_LONGEST, 200);
}

const E6_LONGEST: &str =
    "the train part has 144 months; a window of 18446744073709551615 leaves no sample";

#[test]
fn steps_after_the_window_count_as_before_it() {
    let [log, difference, standardize] = stationary();
    let before = airline(&[split(false), log.clone(), difference.clone(), window(3)]);
    let after = airline(&[split(false), window(3), log, difference]);
    assert_eq!(before.train, after.train);
    let early = airline(&[scale(false), split(false), window(3)]);
    let late = airline(&[split(false), window(3), scale(false)]);
    assert_eq!(early.test, late.test);
    assert_ne!(late.test, airline(&[split(false), window(3), standardize]).test);
}
