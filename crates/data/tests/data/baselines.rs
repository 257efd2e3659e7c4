//! Baselines on the airline data, against numbers computed elsewhere.

use crate::common::{airline, prepare, scale, split, stationary, window};
use carousel_data::{Baseline, Dataset, Part, Source, StepKind, mase};

/// Reference numbers are known to two decimals.
const TWO_DECIMALS: f64 = 0.005;
/// Reference numbers are known to one decimal.
const ONE_DECIMAL: f64 = 0.05;

fn check(data: &Dataset, baseline: Baseline, count: usize, rmse: f64, tolerance: f64) {
    let measures = baseline.predict(data, Part::Test).unwrap().measures().unwrap();
    assert_eq!(measures.count, count, "{}", baseline.name());
    assert!(
        (measures.rmse - rmse).abs() <= tolerance,
        "{}: {} instead of {rmse}",
        baseline.name(),
        measures.rmse
    );
}

#[test]
fn naive_on_the_rows_of_each_program() {
    let skip = StepKind::SkipLast(1);
    check(&airline(&[split(false)]), Baseline::Naive, 48, 48.04, TWO_DECIMALS);
    let program = airline(&[scale(true), split(true), window(3), skip.clone()]);
    check(&program, Baseline::Naive, 44, 49.02, TWO_DECIMALS);
    let program = airline(&[scale(true), split(true), window(1), skip]);
    check(&program, Baseline::Naive, 46, 48.66, TWO_DECIMALS);
}

#[test]
fn growth_and_ar_on_the_stationary_series() {
    let [log, difference, standardize] = stationary();
    let data = airline(&[split(false), log, difference, standardize, window(12)]);
    check(&data, Baseline::Growth(12), 48, 15.6, ONE_DECIMAL);
    check(&data, Baseline::Ar(12), 48, 15.1, ONE_DECIMAL);
}

#[test]
fn the_others_by_hand() {
    let list = |values: &[f64], steps: &[StepKind]| {
        prepare(Source::List(values.to_vec()), steps).unwrap()
    };
    let share = |share| StepKind::Split { shares: vec![share], apart: false };
    let values = [3.0, 1.0, 2.0, 4.0, 7.0, 3.0, 6.0, 8.0, 9.0];
    let ahead = StepKind::Window { steps: 1, as_features: false, ahead: 4, stride: 1 };
    let one = list(&values, &[share(56.0)]);
    let four = list(&values, &[share(56.0), ahead]);
    let check = |data: &Dataset, baseline: Baseline, expected: &[f64]| {
        let predictions = baseline.predict(data, Part::Test).unwrap();
        assert_eq!(predictions.rows, [5, 6, 7, 8], "{}", baseline.name());
        assert_eq!(predictions.truth, values[5..], "{}", baseline.name());
        assert_eq!(predictions.values, expected, "{}", baseline.name());
    };
    check(&one, Baseline::Naive, &[7.0, 3.0, 6.0, 8.0]);
    check(&four, Baseline::Naive, &[7.0; 4]);
    check(&one, Baseline::Mean, &[3.4; 4]);
    check(&one, Baseline::Drift, &[8.0, 4.0, 7.0, 9.0]);
    check(&four, Baseline::Drift, &[8.0, 9.0, 10.0, 11.0]);
    check(&one, Baseline::Seasonal(2), &[4.0, 7.0, 3.0, 6.0]);
    check(&four, Baseline::Seasonal(3), &[2.0, 4.0, 7.0, 2.0]);
    check(&one, Baseline::Growth(2), &[14.0, 5.25, 18.0 / 7.0, 16.0]);
    check(&four, Baseline::Growth(2), &[14.0, 24.5, 49.0, 85.75]);
}

#[test]
fn rows_without_a_past_are_left_out() {
    let data = airline(&[split(false)]);
    let count = |baseline: Baseline| {
        baseline.predict(&data, Part::Train).unwrap().measures().unwrap().count
    };
    assert_eq!(count(Baseline::Naive), 95);
    assert_eq!(count(Baseline::Seasonal(12)), 84);
    assert_eq!(count(Baseline::Growth(12)), 83);
    assert_eq!(count(Baseline::Ar(12)), 84);
}

#[test]
fn mase_of_naive_on_the_train_part_is_one() {
    let data = airline(&[split(false), window(3)]);
    let naive = Baseline::Naive.predict(&data, Part::Train).unwrap();
    assert_eq!(mase(&data, &naive.measures().unwrap()), Some(1.0));
}

#[test]
fn says_what_is_missing() {
    let title = |data: &Dataset, baseline: Baseline, part: Part| {
        baseline.predict(data, part).unwrap_err().title
    };
    let task = prepare(Source::Adding { steps: 5 }, &[]).unwrap();
    assert_eq!(
        title(&task, Baseline::Naive, Part::Test),
        "`naive` needs a past; a task has none"
    );
    assert!(Baseline::Mean.predict(&task, Part::Test).is_ok());
    let air = airline(&[split(false)]);
    assert_eq!(
        title(&air, Baseline::Mean, Part::Validation),
        "the data has no validation part"
    );
    assert_eq!(
        title(&air, Baseline::Ar(48), Part::Test),
        "the train part has 96 rows, too few to fit `ar 48`"
    );
    assert_eq!(
        title(&air, Baseline::Seasonal(0), Part::Test),
        "`seasonal` needs a number of at least 1"
    );
}
