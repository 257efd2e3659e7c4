//! Predictions depend on the sequence, the weights and the memory, and nothing else.

use carousel_data::Sequences;

use crate::engine::{Executor, Loss, Settings};
use crate::model::Memory;
use crate::testing::{PLAN, model, waves};

/// Products of other sizes are summed in other orders.
const SAME: f32 = 1e-6;

/// One sequence of several.
fn alone(all: &Sequences, member: usize) -> Sequences {
    let start: usize = all.lengths[..member].iter().sum();
    let length = all.lengths[member];
    let rows = if all.every { start..start + length } else { member..member + 1 };
    Sequences {
        lengths: vec![length],
        inputs: all.inputs[start * 2..(start + length) * 2].to_vec(),
        targets: all.targets[rows.clone()].to_vec(),
        rows: all.rows[rows].to_vec(),
        ..*all
    }
}

#[test]
fn what_stands_beside_a_sequence_does_not_change_what_is_said_of_it() {
    let few: Vec<usize> = (0..150).map(|i| 1 + i * 7 % 11).collect();
    let many: Vec<usize> = (0..150).map(|i| 1 + i * 7 % 41).collect();
    for lengths in [few, many] {
        check_each_alone(&lengths);
    }
}

fn check_each_alone(lengths: &[usize]) {
    for line in ["lstm 4 -> dense 1", "gru 40 bidirectional -> dense 1"] {
        for every in [false, true] {
            let all = waves(lengths, every);
            let model = model(line, "", &all);
            let predict = |part: &Sequences| {
                model.predict(part, &mut Memory::default(), PLAN, None).unwrap()
            };
            let together = predict(&all);
            assert_eq!(together.len(), all.targets.len());
            let each = (0..150).flat_map(|member| predict(&alone(&all, member)));
            for (i, (a, b)) in together.iter().zip(each).enumerate() {
                assert!((a - b).abs() <= SAME, "{line}, value {i}: {a} {b}");
            }
        }
    }
}

#[test]
fn every_way_to_run_a_graph_predicts_the_same() {
    let all = waves(&[5, 3, 4], true);
    for line in ["lstm 4 -> dense 1", "lstm 4 stateful -> dense 1"] {
        let model = model(line, "", &all);
        let mut memory = Memory::default();
        let want = model.predict(&all, &mut memory, PLAN, None).unwrap();
        for executor in [Executor::Plan, Executor::Luminal] {
            let way = Settings { fusion: false, executor, ..PLAN };
            let mut other = Memory::default();
            let got = model.predict(&all, &mut other, way, None).unwrap();
            assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() <= SAME));
        }
    }
}

#[test]
fn a_lane_of_many_lengths_is_that_of_each_of_its_sequences() {
    let lengths: Vec<usize> = (1..=40).collect();
    for (line, every) in [
        ("gru 4 stateful -> dense 1 relu", false),
        ("gru 4 stateful -> dense 1", false),
        ("lstm 4 stateful -> dense 1", true),
        ("lstm 4 stateful -> dense 1", false),
    ] {
        let all = waves(&lengths, every);
        let model = model(line, "", &all);
        let (mut memory, mut apart) = (Memory::default(), Memory::default());
        let got = model.predict(&all, &mut memory, PLAN, None).unwrap();
        let mut want = Vec::new();
        for member in 0..40 {
            let part = alone(&all, member);
            want.extend(model.predict(&part, &mut apart, PLAN, None).unwrap());
        }
        if line.ends_with("dense 1") && !every {
            // What is not padded is run whole, by a kernel of its own.
            assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() <= SAME));
            assert!(memory.iter().zip(apart.iter()).all(|((.., a), (.., b))| {
                a.iter().zip(b).all(|(a, b)| (a - b).abs() <= SAME)
            }));
        } else {
            assert_eq!((got, memory), (want, apart));
        }
    }
}

#[test]
fn nothing_gives_nothing_and_a_foreign_memory_is_zero() {
    let all = waves(&[3; 4], false);
    let four = model("lstm 4 stateful -> dense 1", "", &all);
    let five = model("lstm 5 stateful -> dense 1", "", &all);
    let none = Sequences::default();
    assert_eq!(four.predict(&none, &mut Memory::default(), PLAN, None), Ok(Vec::new()));
    let mut memory = Memory::default();
    four.predict(&all, &mut memory, PLAN, None).unwrap();
    let foreign = five.predict(&all, &mut memory, PLAN, None);
    assert_eq!(foreign, five.predict(&all, &mut Memory::default(), PLAN, None));
}

#[test]
fn a_report_names_what_was_fused_and_times_it() {
    let all = waves(&[3; 4], false);
    let model = model("lstm 4 -> dense 1", "", &all);
    let report = model.report(&all, 2, Loss::Mse, PLAN).unwrap();
    assert!(report.fusions[0].contains("hand-written gate loop"), "{report:?}");
    assert!(report.kernels.iter().all(|kernel| kernel.microseconds < 1e6));
    let empty = model.report(&Sequences::default(), 1, Loss::Mse, PLAN).unwrap_err();
    assert_eq!(empty.title, "the train part has no sequence to time on");
}

#[test]
fn targets_are_not_needed() {
    for every in [false, true] {
        let all = waves(&[3, 4, 2], every);
        let bare = Sequences { targets: Vec::new(), width: 0, ..all.clone() };
        for line in ["lstm 4 -> dense 1", "lstm 4 stateful -> dense 1"] {
            let model = model(line, "", &all);
            let predict = |part| model.predict(part, &mut Memory::default(), PLAN, None);
            assert_eq!(predict(&bare), predict(&all));
            assert_eq!(model.check(&bare), Ok(()));
        }
    }
}

#[test]
fn other_data_is_refused() {
    let all = waves(&[3; 4], false);
    let one = Sequences { features: 1, ..all.clone() };
    let wide = Sequences { width: 2, ..all.clone() };
    let every = waves(&[3; 4], true);
    let long = waves(&[3, 4], false);
    for (line, data, why) in [
        ("lstm 4 -> dense 1", &one, "values a step are 2 there and 1 here"),
        ("lstm 4 -> dense 1", &wide, "values a target are 1 there and 2 here"),
        ("lstm 4 -> dense 1", &every, "targets at each step are 0 there and 1 here"),
        ("flat -> dense 1", &long, "steps are 3 there and 4 here"),
    ] {
        let error = model(line, "", &all).check(data).unwrap_err();
        assert!(error.title.ends_with(why), "{}", error.title);
    }
    assert_eq!(model("lstm 4 -> dense 1", "", &all).check(&long), Ok(()));
}
