//! Layers of programs against a plain interpreter in double precision, its finite
//! differences, and the loop that the same program is without its projection, on every
//! instruction set and any number of threads.

mod case;

use std::sync::atomic::AtomicBool;

use self::case::{LayerCase, Results};
use super::ProgramLayer;
use crate::code::tests::programs::{dropped, gru, motley, peephole, rnn};
use crate::program::Program;
use crate::program::tests::programs::{everything, lstm, reset_before};
use crate::simd::Level;
use crate::symbol::Features;
use crate::team::Team;

/// Outputs are of order 1 and come of sums of at most 160 terms, each rounded to 6e-8.
const OUTPUT: f64 = 1e-5;

/// Gradients, of the largest one: sums over steps and rows of such outputs.
const GRADIENT: f64 = 5e-5;

/// Instruction sets with and without fused multiply-add, of the largest number.
const LEVELS: f64 = 1e-6;

fn programs() -> Vec<Program> {
    vec![lstm(), gru(), peephole(), rnn(), motley(), dropped()]
}

/// Sizes are `[T, B, I, H]`: odd ones, several panels, and several groups of rows.
fn cases() -> Vec<LayerCase> {
    let mut cases = Vec::new();
    for program in programs() {
        let case = |sizes, reverse, masked| {
            LayerCase::new(program.clone(), sizes, reverse, masked)
        };
        cases.push(case([1, 1, 1, 1], false, false));
        cases.push(case([3, 5, 3, 17], true, true));
        cases.push(case([3, 15, 7, 70], false, true));
        cases.push(case([2, 29, 18, 33], true, false));
    }
    cases
}

fn near(got: &Results<f32>, want: &Results<f64>, tolerance: f64, case: &LayerCase) {
    assert_eq!(got.len(), want.len());
    for ((name, got), (other, want)) in got.iter().zip(want) {
        assert_eq!((name, got.len()), (other, want.len()));
        let largest = want.iter().fold(1.0, |a: f64, b| a.max(b.abs()));
        for (k, (got, want)) in got.iter().zip(want).enumerate() {
            let error = (f64::from(*got) - want).abs();
            let what = case.what();
            assert!(error <= tolerance * largest, "{name} {k}: {got} for {want}, {what}");
        }
    }
}

#[test]
fn layers_give_what_the_interpreter_and_finite_differences_give() {
    for program in programs() {
        for (sizes, reverse, masked) in [
            ([1, 1, 1, 1], false, false),
            ([4, 3, 2, 5], true, true),
            ([3, 7, 3, 17], false, true),
        ] {
            let case = LayerCase::new(program.clone(), sizes, reverse, masked);
            let (results, gradients) = case.oracle();
            for level in Level::all() {
                let (got, back) = case.run(level, None);
                near(&got, &results, OUTPUT, &case);
                near(&back, &gradients, GRADIENT, &case);
            }
        }
    }
}

#[test]
fn layers_give_what_the_loop_after_a_projection_gives() {
    let mut cases = cases();
    // Chunks of 3 steps and of one.
    cases.push(LayerCase::new(gru(), [5, 150, 4, 9], false, true));
    cases.push(LayerCase::new(peephole(), [3, 300, 2, 6], true, true));
    for case in cases {
        let (results, gradients) = case.unfused();
        let (got, back) = case.run(Level::best(), None);
        near(&got, &results, OUTPUT, &case);
        near(&back, &gradients, GRADIENT, &case);
    }
}

#[test]
fn instruction_sets_differ_by_the_last_bits_only() {
    let wide = |results: &Results<f32>| -> Results<f64> {
        let single = results.iter();
        let wide = |x: &[f32]| x.iter().map(|x| f64::from(*x)).collect();
        single.map(|(name, x)| (*name, wide(x))).collect()
    };
    for case in cases() {
        let (results, gradients) = case.run(Level::best(), None);
        for level in Level::all() {
            let (got, back) = case.run(level, None);
            near(&got, &wide(&results), LEVELS, &case);
            near(&back, &wide(&gradients), LEVELS, &case);
        }
    }
}

#[test]
fn bits_do_not_depend_on_threads_or_on_what_is_kept() {
    let teams = [2, 3].map(Team::new);
    for case in cases() {
        for level in Level::all() {
            let alone = case.run(level, None);
            for team in &teams {
                let together = case.run(level, Some(team));
                assert!(together == alone, "{}", case.what());
            }
            let nothing = case.forward_only(level);
            assert!(nothing == alone.0, "{}", case.what());
        }
    }
}

#[test]
fn numbers_of_rows_that_do_not_take_part_have_no_effect() {
    for program in programs() {
        let mut case = LayerCase::new(program, [4, 7, 5, 20], false, true);
        let before = case.run(Level::best(), None);
        case.spoil_padding();
        assert!(case.run(Level::best(), None) == before, "{}", case.what());
    }
}

#[test]
fn gradients_that_are_not_given_are_zero_and_that_of_x_can_be_left_out() {
    for program in programs() {
        let mut case = LayerCase::new(program, [3, 4, 5, 20], false, false);
        case.without_seeds();
        let zero = case.run(Level::best(), None).1;
        let none = case.run_without_seeds();
        assert!(zero[1..] == none[..], "{}", case.what());
        assert!(none.iter().all(|(_, x)| x.iter().all(|x| *x == 0.0)));
    }
}

#[test]
fn an_interrupt_stops_both_passes_on_any_number_of_threads() {
    let case = LayerCase::new(gru(), [64, 20, 16, 40], false, false);
    let (flag, team) = (AtomicBool::new(true), Team::new(2));
    for team in [None, Some(&team)] {
        assert_eq!(case.interrupted(team, &flag), [false, false]);
    }
}

#[test]
fn programs_that_need_whole_rows_have_no_layer() {
    let shape = crate::ScanShape { steps: 1, batch: 4, units: 3, reverse: false };
    for program in [reset_before(), everything()] {
        assert_eq!(ProgramLayer::new(&program, shape, Features::Numbers(2)), None);
    }
    for program in programs() {
        assert!(ProgramLayer::new(&program, shape, Features::Numbers(2)).is_some());
    }
}

#[test]
fn a_block_that_two_instructions_read_has_no_layer() {
    let shape = crate::ScanShape { steps: 1, batch: 4, units: 3, reverse: false };
    let mut twice = gru();
    // The product of n is that of z once more.
    twice.instructions[11] = twice.instructions[8];
    assert_eq!(ProgramLayer::new(&twice, shape, Features::Numbers(2)), None);
}

#[test]
fn a_sum_that_is_no_number_is_found() {
    let mut case = LayerCase::new(gru(), [2, 3, 4, 5], false, false);
    case.spoil_block(1);
    assert_eq!(case.first_bad_block(), Some(1));
}
