//! Sources that are made up, and tasks.

use carousel_data::{Column, ColumnName, Dataset, Form, Part, Source, StepKind};
use carousel_lang::Span;

use crate::common::{prepare, recipe, scale, window};

fn make(source: Source) -> Dataset {
    prepare(source, &[]).expect("it can be made")
}

#[test]
fn airline_has_twelve_years() {
    let data = make(Source::Airline);
    assert_eq!(data.table.rows(), 144);
    assert_eq!(data.table.target().name, "Passengers");
    assert_eq!(data.table.target().values.iter().sum::<f64>(), 40_363.0);
    assert_eq!(data.table.labels[0], "1949-01");
    assert_eq!(data.table.labels[143], "1960-12");
}

#[test]
fn sine_goes_round_in_its_period() {
    let values = |noise| {
        let data = make(Source::Sine { values: 2000, period: 20.0, noise });
        data.table.target().values.clone()
    };
    let clean = values(0.0);
    assert_eq!(clean[0], 0.0);
    assert_eq!(clean[5], 1.0);
    let noise: Vec<f64> = values(0.5).iter().zip(&clean).map(|(a, b)| a - b).collect();
    let deviation = (noise.iter().map(|n| n * n).sum::<f64>() / 2000.0).sqrt();
    // Four standard errors of a deviation of 0.5 over 2,000 values.
    assert!((deviation - 0.5).abs() < 0.032, "{deviation}");
}

#[test]
fn echo_repeats_its_bits() {
    let data = make(Source::Echo { values: 500, lag: 3 });
    let [bit, echo] = &data.table.columns[..] else { panic!("two columns") };
    assert_eq!(echo.values[..3], [0.0; 3]);
    assert_eq!(echo.values[3..], bit.values[..497]);
    assert_eq!((data.table.inputs.as_slice(), data.table.target), (&[0][..], 1));
    let stream = StepKind::Stream { steps: 20 };
    let data = prepare(Source::Echo { values: 500, lag: 3 }, &[stream]).unwrap();
    assert_eq!(data.train.inputs[..97], data.train.targets[2..99]);
}

#[test]
fn adding_marks_two_numbers() {
    let data = make(Source::Adding { steps: 10 });
    assert_eq!((data.train.len(), data.test.as_ref().unwrap().len()), (960, 240));
    assert_eq!((data.steps(), data.features()), (Some(10), 2));
    assert_eq!(data.preparation.form, Form::Task);
    for (sequence, target) in data.train.inputs.chunks(20).zip(&data.train.targets) {
        let marked: Vec<f32> = sequence
            .chunks(2)
            .filter(|step| step[1] == 1.0)
            .map(|step| step[0])
            .collect();
        assert_eq!(marked.len(), 2);
        assert_eq!(marked[0] + marked[1], *target);
    }
    let outputs = data.test.as_ref().unwrap().targets.clone();
    let measures = data.predictions(Part::Test, &outputs).measures().unwrap();
    assert_eq!((measures.rmse, measures.count), (0.0, 240));
}

#[test]
fn parity_has_sequences_of_all_lengths() {
    let steps = [StepKind::Split { shares: vec![50.0], apart: false }];
    let data = prepare(Source::Parity { steps: 6 }, &steps).unwrap();
    assert!(data.train.is_ragged());
    let mut begin = 0;
    for (&length, &target) in data.train.lengths.iter().zip(&data.train.targets) {
        let ones: f32 = data.train.inputs[begin..begin + length].iter().sum();
        assert_eq!(ones % 2.0, target);
        begin += length;
    }
    assert_eq!(begin, data.train.inputs.len());
    assert_eq!(data.train.len(), 600);
    assert!((1..=6).all(|length| data.train.lengths.contains(&length)));
}

#[test]
fn tasks_can_be_cut() {
    let data = prepare(
        Source::Parity { steps: 6 },
        &[StepKind::SkipFirst(200), StepKind::Take(100)],
    )
    .unwrap();
    assert_eq!((data.train.len(), data.test.as_ref().unwrap().len()), (80, 20));
    assert_eq!(data.test.unwrap().rows[0], 80);
    assert_eq!(data.table.rows(), 100);
}

#[test]
fn the_seed_decides() {
    let with = |seed| {
        let recipe = recipe(Source::Adding { steps: 4 }, &[]);
        Dataset::prepare(&recipe, std::path::Path::new("."), seed).unwrap().train
    };
    assert_eq!(with(7), with(7));
    assert_ne!(with(7), with(8));
}

#[test]
fn sources_that_cannot_be_made() {
    let check = |source: Source, steps: &[StepKind], title: &str| {
        assert_eq!(prepare(source, steps).unwrap_err().title, title);
    };
    let target =
        Column { name: ColumnName::Name("bits".to_owned()), span: Span::default() };
    let sine = |values, period, noise| Source::Sine { values, period, noise };
    check(Source::Count(0), &[], "`count` takes a number from 1 to 10000000");
    check(sine(usize::MAX, 1.0, 0.0), &[], "`sine` takes a number from 1 to 10000000");
    check(sine(10, 0.0, 0.0), &[], "the period of `sine` is a number above 0");
    check(sine(10, 1.0, -1.0), &[], "the noise of `sine` is a number of at least 0");
    check(
        Source::Adding { steps: 1 },
        &[],
        "`adding` marks two numbers of each sequence",
    );
    check(
        Source::Adding { steps: 9 },
        &[window(3)],
        "`window` needs a series, not a task",
    );
    check(
        Source::Parity { steps: 9 },
        &[scale(false)],
        "`scale` needs a series, not a task",
    );
    check(
        Source::Echo { values: 9, lag: 1 },
        &[StepKind::Target(target)],
        "the data has no column `bits`",
    );
}
