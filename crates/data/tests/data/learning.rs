//! What steps learn, what leaks, and the way back to original units.

use carousel_data::{Dataset, Fitted, Part, Source, StepKind};

use crate::common::{airline, prepare, scale, split, stationary, window};

/// Scaled values are kept in 32 bits, which is a few millionths of a passenger.
const SINGLE: f64 = 1e-4;

fn series() -> Vec<f64> {
    airline(&[]).table.target().values.clone()
}

#[test]
fn learns_from_the_train_part_wherever_split_stands() {
    for steps in [[scale(false), split(false)], [split(false), scale(false)]] {
        let data = airline(&steps);
        let Fitted::Affine { offsets, factors, .. } = &data.preparation.steps[0] else {
            panic!("scale is affine");
        };
        assert_eq!(offsets, &[104.0, 104.0]);
        assert_eq!(factors, &[1.0 / 309.0, 1.0 / 309.0]);
        assert!(data.leaks.is_empty());
    }
}

#[test]
fn test_rows_change_nothing_of_the_train_part() {
    let [log, difference, standardize] = stationary();
    let chains = [
        vec![scale(false), split(false), window(3)],
        vec![log.clone(), difference.clone(), split(false), standardize, window(12)],
        vec![
            split(true),
            window(4),
            StepKind::Fill,
            scale(false),
            difference,
            scale(false),
        ],
        vec![split(false), StepKind::Stream { steps: 7 }, log, scale(false)],
    ];
    for chain in chains {
        let before = prepare(Source::List(series()), &chain).unwrap();
        let mut values = series();
        let border = before.borders[0].1;
        for (k, value) in values[border..].iter_mut().enumerate() {
            *value = 1.0 + 1000.0 * (k % 5) as f64;
        }
        let after = prepare(Source::List(values), &chain).unwrap();
        assert_eq!(before.train, after.train, "{chain:?}");
        assert_eq!(before.preparation, after.preparation, "{chain:?}");
        assert_ne!(before.test, after.test, "{chain:?}");
    }
}

#[test]
fn over_all_says_what_it_gives_away() {
    let leaks = |steps: &[StepKind]| {
        let leaks = airline(steps).leaks;
        leaks
            .iter()
            .map(|l| (l.step, l.what, l.over_all, l.over_train))
            .collect::<Vec<_>>()
    };
    let leak = ("scale", "maximum", 622.0, 413.0);
    assert_eq!(leaks(&[scale(true), split(false)]), [leak]);
    assert_eq!(leaks(&[split(false), scale(true), window(3)]), [leak]);
    assert_eq!(leaks(&[scale(true)]), []);
    let standardize = StepKind::Standardize { over_all: true };
    let mean = leaks(&[split(false), standardize])[0];
    assert_eq!((mean.0, mean.1), ("standardize", "mean"));
    assert!(mean.2 > 280.0 && mean.3 < 214.0, "{mean:?}");
}

#[test]
fn standardized_train_rows_have_mean_0_and_deviation_1() {
    let data = airline(&[split(false), StepKind::Standardize { over_all: false }]);
    let Fitted::Affine { offsets, factors, .. } = &data.preparation.steps[0] else {
        panic!("standardize is affine");
    };
    let train = &series()[..96];
    let scaled = || train.iter().map(|value| (value - offsets[1]) * factors[1]);
    let mean: f64 = scaled().sum::<f64>() / 96.0;
    let square: f64 = scaled().map(|value| value * value).sum::<f64>() / 96.0;
    assert!(mean.abs() < 1e-12 && (square - 1.0).abs() < 1e-12, "{mean} {square}");
}

#[test]
fn constant_columns_do_not_divide_by_zero() {
    let low = StepKind::Scale { low: -1.0, high: 1.0, over_all: false };
    for (step, expected) in
        [(low, -1.0), (StepKind::Standardize { over_all: false }, 0.0)]
    {
        let values = vec![0.1, 0.1, 0.1, 0.1, 2.1];
        let split = StepKind::Split { shares: vec![80.0], apart: false };
        let data = prepare(Source::List(values), &[split, step, window(1)]).unwrap();
        assert_eq!(data.train.targets, [expected; 3]);
        let test = data.test.as_ref().unwrap();
        assert_eq!(test.targets, [expected + 2.0]);
        let back = data.predictions(Part::Test, &test.targets).values[0];
        assert!((back - 2.1).abs() < 1e-6, "{back}");
    }
}

/// A network that is always right is right in original units.
fn check_exact(data: &Dataset) {
    for (part, sequences) in data.parts() {
        let predictions = data.predictions(part, &sequences.targets);
        assert_eq!(predictions.rows, sequences.rows);
        for (value, truth) in predictions.values.iter().zip(&predictions.truth) {
            assert!((value - truth).abs() < SINGLE, "{value} instead of {truth}");
        }
    }
}

#[test]
fn right_outputs_are_the_truth() {
    let [log, difference, standardize] = stationary();
    let seasonal = StepKind::Difference { lag: 12 };
    let ahead = StepKind::Window { steps: 5, as_features: true, ahead: 14, stride: 3 };
    let stream = StepKind::Stream { steps: 12 };
    check_exact(&airline(&[split(false)]));
    check_exact(&airline(&[scale(true), split(true), window(3)]));
    let all = [split(false), log, difference, standardize, seasonal];
    for form in [window(12), ahead, stream] {
        check_exact(&airline(&[&all[..], &[form]].concat()));
    }
}

#[test]
fn predictions_one_step_ahead_are_built_on_the_true_past() {
    let steps = |ahead| {
        let window =
            StepKind::Window { steps: 1, as_features: false, ahead, stride: ahead };
        [StepKind::Difference { lag: 1 }, window]
    };
    let values = vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
    let data = prepare(Source::List(values.clone()), &steps(1)).unwrap();
    let one = data.predictions(Part::Train, &[10.0; 4]);
    assert_eq!(one.values, [12.0, 14.0, 18.0, 26.0]);
    assert_eq!(one.truth, [4.0, 8.0, 16.0, 32.0]);
    let data = prepare(Source::List(values), &steps(2)).unwrap();
    let two = data.predictions(Part::Train, &[10.0; 4]);
    assert_eq!(two.values, [12.0, 22.0, 18.0, 28.0]);
}

#[test]
fn new_values_become_the_inputs_of_the_same_rows() {
    let [log, difference, standardize] = stationary();
    let data = airline(&[split(false), log, difference, standardize, window(12)]);
    let preparation = &data.preparation;
    assert_eq!(preparation.values_needed(), 13);
    let values = series();
    let test = data.test.as_ref().unwrap();
    let made = preparation.inputs(&[values[..100].to_vec()], Some(12)).unwrap();
    assert_eq!(made.lengths, [12]);
    assert_eq!(made.inputs, test.inputs[4 * 12..5 * 12], "the window before row 100");
    let all = preparation.inputs(&[values[..100].to_vec()], None).unwrap();
    assert_eq!(all.lengths, [99]);
    let next = preparation.restore(&values[..100], &test.targets[4..7]);
    for (value, truth) in next.iter().zip(&values[100..103]) {
        assert!((value - truth).abs() < SINGLE, "{value} instead of {truth}");
    }
    assert!(preparation.restore(&[], &[0.0])[0].is_nan());
}

#[test]
fn new_values_that_do_not_fit() {
    let [log, difference, _] = stationary();
    let data = airline(&[log, difference, window(3)]);
    let check = |columns: &[Vec<f64>], last, title: &str| {
        assert_eq!(data.preparation.inputs(columns, last).unwrap_err().title, title);
    };
    check(
        &[vec![1.0, 2.0, 3.0]],
        Some(3),
        "the model needs 4 values to predict the next one, found 3",
    );
    check(&[vec![]], None, "the model needs 2 values to predict the next one, found 0");
    check(
        &[vec![1.0, 0.0, 3.0, 4.0]],
        Some(3),
        "`log` needs values above 0; `Passengers` is 0",
    );
    check(&[vec![1.0, f64::NAN]], None, "value 2 of `Passengers` is not a finite number");
    check(&[], None, "the model reads 1 column, found 0");
    let window = StepKind::Window { steps: 3, as_features: true, ahead: 1, stride: 1 };
    let data = airline(&[window]);
    let four = data.preparation.inputs(&[vec![1.0; 4]], None).unwrap_err();
    assert_eq!(four.title, "a window as features needs exactly 3 values, found 4");
    let last = data.preparation.inputs(&[vec![1.0; 4]], Some(3)).unwrap();
    assert_eq!((last.features, last.lengths), (3, vec![1]));
}

#[test]
fn values_that_steps_cannot_take() {
    let check = |values: &[f64], step: StepKind, title: &str| {
        let error = prepare(Source::List(values.to_vec()), &[step]).unwrap_err();
        assert_eq!(error.title, title);
    };
    check(
        &[1.0, 0.0],
        StepKind::Log,
        "`log` needs values above 0; `value` is 0 at row 2",
    );
    check(&[1.0, 1e39], window(1), "`value` is too large for a network at row 2: 1e39");
    let same = StepKind::Scale { low: 1.0, high: 1.0, over_all: false };
    check(&[1.0, 2.0], same, "`scale 1..1` has no room for values");
    let standardize = StepKind::Standardize { over_all: false };
    check(
        &[-1e300, 1e300],
        standardize,
        "the values are too far apart for `standardize`",
    );
    check(&[], StepKind::Log, "the list has no values");
}
