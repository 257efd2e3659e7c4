//! The layer against the oracle of its loop, on every instruction set and any number of
//! threads, and the oracle against finite differences.

mod case;

use std::sync::atomic::AtomicBool;

use case::{Case, Read, single};

use super::{Lstm, LstmTape};
use crate::operands::{LayerGradients, LayerOutputs, LayerSeeds};
use crate::simd::Level;
use crate::team::Team;
use crate::{LayerTape, LstmLayer};

/// Outputs are below 1 and come of sums of at most 300 terms, each rounded to 6e-8.
const OUTPUT: f64 = 3e-6;

/// Gradients, of the largest one: sums over steps and rows of such outputs.
const GRADIENT: f64 = 2e-5;

/// Instruction sets with and without fused multiply-add, of the largest number.
const LEVELS: f64 = 1e-6;

/// A central difference with steps of 1e-5 in double precision is good to 1e-9.
const DIFFERENCE: f64 = 1e-7;

fn near(got: &[f32], want: &[f64], tolerance: f64, what: &str) {
    let largest = want.iter().fold(1.0, |a: f64, b| a.max(b.abs()));
    assert_eq!(got.len(), want.len());
    for (k, (got, want)) in got.iter().zip(want).enumerate() {
        let error = (f64::from(*got) - want).abs();
        assert!(error <= tolerance * largest, "{what} {k}: {got} for {want}");
    }
}

#[test]
fn the_layer_gives_what_the_oracle_gives() {
    for case in Case::all() {
        let want = case.oracle();
        for level in Level::all() {
            for (k, got) in case.run(level, None).iter().enumerate() {
                let tolerance = if k < 3 { OUTPUT } else { GRADIENT };
                near(got, &want[k], tolerance, &case.what(k));
            }
        }
    }
}

#[test]
fn instruction_sets_differ_by_the_last_bits_only() {
    for case in Case::all() {
        let wide = |x: &Vec<f32>| x.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
        let best = case.run(Level::best(), None);
        for level in Level::all() {
            for (k, got) in case.run(level, None).iter().enumerate() {
                near(got, &wide(&best[k]), LEVELS, &case.what(k));
            }
        }
    }
}

#[test]
fn bits_do_not_depend_on_the_number_of_threads() {
    let teams = [1, 2, 3].map(Team::new);
    assert!(Case::all().iter().any(|case| case.lstm.panels() > 2));
    for case in Case::all() {
        for level in Level::all() {
            let alone = case.run(level, None);
            for team in &teams {
                let together = case.run(level, Some(team));
                for (k, (got, want)) in together.iter().zip(&alone).enumerate() {
                    assert!(got == want, "{}", case.what(k));
                }
            }
        }
    }
}

#[test]
fn the_oracles_gradients_are_finite_differences() {
    for masked in [false, true] {
        let case = || Case::new([2, 4, 0, 3], masked, [1, 0, 3, 2], masked);
        let gradients = case().backward(&case().forward());
        type Part = fn(&mut Case) -> &mut Vec<f64>;
        let parts: [(Part, &[f64]); 4] = [
            (|case| &mut case.x, &gradients.dxw),
            (|case| &mut case.h0, &gradients.dh0),
            (|case| &mut case.c0, &gradients.dc0),
            (|case| &mut case.u, &gradients.du),
        ];
        for (part, gradient) in parts {
            for (k, gradient) in gradient.iter().enumerate() {
                let moved = |by: f64| {
                    let mut case = case();
                    part(&mut case)[k] += by;
                    case.loss()
                };
                let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((difference - gradient).abs() < DIFFERENCE, "{k}");
            }
        }
    }
}

#[test]
fn numbers_of_rows_that_do_not_take_part_have_no_effect() {
    for inputs in [5, 0] {
        let mut case = Case::new([3, 4, inputs, 20], true, [0, 1, 2, 3], true);
        let before = case.run(Level::best(), None);
        let mask = case.mask.clone().unwrap();
        for (at, row) in case.x.chunks_mut(case.lstm.width()).enumerate() {
            if mask[at] == 0.0 {
                row.fill(f64::NAN);
            }
        }
        assert_eq!(case.run(Level::best(), None), before);
    }
}

#[test]
fn a_pass_that_keeps_nothing_gives_the_same_outputs() {
    for case in Case::all() {
        let read = Read::new(&case);
        let mut tape = LstmTape::new(&case.lstm, false);
        let [want_y, want_h, want_c, ..] = case.run(Level::best(), None);
        let mut out = [&want_y, &want_h, &want_c].map(|like| vec![7.0; like.len()]);
        let [y, h_last, c_last] = &mut out;
        let outputs = LayerOutputs { y, h_last, c_last };
        assert!(case.lstm.forward(&read.inputs(), &mut tape, outputs, None, None));
        assert_eq!(out, [want_y, want_h, want_c]);
        assert_eq!(tape.first_bad_gate(), None);
    }
}

#[test]
fn the_kernel_for_many_rows_gives_the_same_outputs_to_the_bit() {
    for case in Case::all().iter().filter(|case| case.lstm.inputs > 0) {
        let Lstm { shape, inputs, gates } = case.lstm;
        let many = LstmLayer { shape, inputs, gates };
        let read = Read::new(case);
        let mut tape = LayerTape::new(&many, false);
        let [want_y, want_h, want_c, ..] = case.run(Level::best(), None);
        let mut out = [&want_y, &want_h, &want_c].map(|like| vec![7.0; like.len()]);
        let [y, h_last, c_last] = &mut out;
        let outputs = LayerOutputs { y, h_last, c_last };
        many.forward(&read.inputs(), &mut tape, outputs, None, None);
        assert_eq!(out, [want_y, want_h, want_c], "{:?}", case.lstm);
    }
}

#[test]
fn gradients_that_are_not_given_are_zero_and_that_of_x_can_be_left_out() {
    let mut case = Case::new([3, 4, 5, 20], false, [0, 1, 2, 3], false);
    case.dy.fill(0.0);
    case.dc.fill(0.0);
    let [want_y, want_h, want_c, _, want_dh0, want_dc0, want_dw, want_db, want_du] =
        case.run(Level::best(), None);
    let (read, dh) = (Read::new(&case), single(&case.dh));
    let mut tape = LstmTape::new(&case.lstm, true);
    let mut out = [want_y, want_h, want_c];
    let [y, h_last, c_last] = &mut out;
    let outputs = LayerOutputs { y, h_last, c_last };
    case.lstm.forward(&read.inputs(), &mut tape, outputs, None, None);
    let Read { h0, c0, w, u, bias, .. } = &read;
    let mut got = [h0, c0, w, bias, u].map(|like| vec![7.0; like.len()]);
    let [dh0, dc0, dw, dbias, du] = &mut got;
    let gradients = LayerGradients { dx: None, dh0, dc0, dw, dbias, du };
    let seeds = LayerSeeds { dh_last: Some(&dh), ..LayerSeeds::default() };
    case.lstm.backward(&read.inputs(), &mut tape, &seeds, gradients, None, None);
    assert_eq!(got, [want_dh0, want_dc0, want_dw, want_db, want_du]);
}

#[test]
fn an_interrupt_stops_both_passes_on_any_number_of_threads() {
    let case = Case::new([1, 4, 16, 260], false, [0, 1, 2, 3], false);
    let read = Read::new(&case);
    let (flag, team) = (AtomicBool::new(true), Team::new(2));
    for team in [None, Some(&team)] {
        let mut tape = LstmTape::new(&case.lstm, true);
        let Read { h0, c0, w, u, bias, .. } = &read;
        let mut out = [single(&case.dy), h0.clone(), c0.clone()];
        let [y, h_last, c_last] = &mut out;
        let outputs = LayerOutputs { y, h_last, c_last };
        let (lstm, inputs) = (&case.lstm, &read.inputs());
        assert!(!lstm.forward(inputs, &mut tape, outputs, team, Some(&flag)));
        let mut room = [h0, c0, w, bias, u].map(|like| vec![0.0; like.len()]);
        let [dh0, dc0, dw, dbias, du] = &mut room;
        let gradients = LayerGradients { dx: None, dh0, dc0, dw, dbias, du };
        let seeds = LayerSeeds::default();
        let flag = Some(&flag);
        assert!(!lstm.backward(inputs, &mut tape, &seeds, gradients, team, flag));
    }
}

#[test]
fn the_first_gate_that_is_no_number_is_found_in_both_directions() {
    for reverse in [false, true] {
        let mut case = Case::new([2, 3, 4, 5], reverse, [3, 1, 2, 0], false);
        // A weight of the third block, which is gate g.
        case.w[2 * 5] = f64::NAN;
        let read = Read::new(&case);
        let mut tape = LstmTape::new(&case.lstm, true);
        assert_eq!(tape.first_bad_gate(), None);
        let mut out = [single(&case.dy), read.h0.clone(), read.c0.clone()];
        let [y, h_last, c_last] = &mut out;
        let outputs = LayerOutputs { y, h_last, c_last };
        case.lstm.forward(&read.inputs(), &mut tape, outputs, None, None);
        assert_eq!(tape.first_bad_gate(), Some(2));
    }
}
