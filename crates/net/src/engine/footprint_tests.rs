//! `set memory low`: the same numbers in less memory.

use super::tests::{engine, is_shared};
use super::{BatchShape, Executor, Footprint, Settings};
use crate::testing::{PEEPHOLE, PLAN, model, waves};

/// Gradients of learned tensors are sums of up to 606 terms, each rounded to 6e-8, in
/// another order: of the largest number.
const SAME: f32 = 2e-6;

const LOW: Settings = Settings { footprint: Footprint::Low, ..PLAN };

const LINES: [&str; 6] = [
    "lstm 5 -> dense 1",
    "own 5 -> dense 1",
    "gru 4 -> dense 1",
    "lstm 17 stateful -> lstm 3 -> dense 1",
    "lstm 4 bidirectional -> dense 1",
    "own 3 bidirectional -> gru 4 stateful -> dense 1",
];

/// Reads symbols.
const EMBEDDED: &str = "embed 4 -> lstm 5 stateful -> dense 1";

fn check(line: &str, shape: BatchShape, executor: Executor) {
    let (_, want, _) = engine(line, PEEPHOLE, shape, false, PLAN);
    let low = Settings { executor, ..LOW };
    let (_, got, _) = engine(line, PEEPHOLE, shape, false, low);
    let (got, got_rest) = got.split_last().unwrap();
    let (want, want_rest) = want.split_last().unwrap();
    assert_eq!(got_rest, want_rest, "{line} {shape:?} {executor:?}");
    let largest = want.iter().fold(0.0, |a: f32, b| a.max(b.abs()));
    let close = |(a, b): (&f32, &f32)| (a - b).abs() <= SAME * largest;
    assert!(got.iter().zip(want).all(close), "{line} {shape:?} {executor:?}");
}

#[test]
fn computing_again_gives_what_remembering_gives() {
    for line in LINES.into_iter().chain([EMBEDDED]) {
        for masked in [false, true] {
            for (steps, size) in [(9, 4), (23, 3), (101, 6)] {
                check(line, BatchShape { steps, size, masked }, Executor::Plan);
            }
        }
        let shape = BatchShape { steps: 13, size: 5, masked: true };
        check(line, shape, Executor::Luminal);
    }
}

#[test]
fn predictions_are_the_same_bits() {
    for line in LINES {
        for lengths in [vec![30; 3], vec![9, 31, 14, 20, 30]] {
            let sequences = waves(&lengths, true);
            let model = model(line, PEEPHOLE, &sequences);
            let [high, low] = [PLAN, LOW].map(|settings| {
                let mut memory = model.memory();
                model.predict(&sequences, &mut memory, settings, None).unwrap()
            });
            assert_eq!(high, low, "{line} {lengths:?}");
        }
    }
}

#[test]
fn threads_do_not_change_a_bit_of_what_is_computed_again() {
    let shape = BatchShape { steps: 40, size: 48, masked: false };
    let line = "lstm 64 -> lstm 48 -> dense 1";
    let (_, want, _) = engine(line, "", shape, false, LOW);
    let threads = Settings { threads: 3, ..LOW };
    let (shared, got, _) = engine(line, "", shape, false, threads);
    assert!(is_shared(&shared));
    assert_eq!(got, want);
}

#[test]
fn low_takes_less_than_half_of_a_hundred_steps() {
    for line in ["lstm 64 -> dense 1", "lstm 64 -> lstm 64 -> dense 1"] {
        for size in [4, 32] {
            let shape = BatchShape { steps: 100, size, masked: false };
            let [high, low] = [PLAN, LOW]
                .map(|settings| engine(line, "", shape, false, settings).0.bytes());
            assert!(low < high / 2, "{line} {size}: {low} of {high}");
        }
    }
}
