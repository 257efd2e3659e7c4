//! Both kernels of LSTM layers against the oracle, on every instruction set and any number
//! of threads, and the oracle against finite differences.

mod case;
mod kernel;

use std::sync::atomic::AtomicBool;

use case::{Case, Read, single};
use kernel::Kernel;

use super::Lstm;
use crate::LstmLayer;
use crate::operands::{LayerGradients, LayerOutputs, LayerSeeds};
use crate::simd::Level;
use crate::team::Team;

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

/// Makes a test of each of these for each kernel.
macro_rules! on_both {
    ($($check:ident)*) => {
        mod few_rows {
            $(#[test] fn $check() { super::$check::<super::Lstm>(); })*
        }
        mod many_rows {
            $(#[test] fn $check() { super::$check::<super::LstmLayer>(); })*
        }
    };
}

on_both! {
    the_kernel_gives_what_the_oracle_gives
    instruction_sets_differ_by_the_last_bits_only
    bits_do_not_depend_on_the_number_of_threads
    numbers_of_rows_that_do_not_take_part_have_no_effect
    a_pass_that_keeps_nothing_gives_the_same_outputs
    gradients_that_are_not_given_are_zero_and_that_of_x_can_be_left_out
    an_interrupt_stops_both_passes_on_any_number_of_threads
    a_gate_that_is_no_number_is_found_in_both_directions
}

fn the_kernel_gives_what_the_oracle_gives<K: Kernel>() {
    for case in Case::all::<K>() {
        let want = case.oracle();
        for level in Level::all() {
            for (k, got) in case.run::<K>(level, None).iter().enumerate() {
                let tolerance = if k < 3 { OUTPUT } else { GRADIENT };
                near(got, &want[k], tolerance, &case.what(k));
            }
        }
    }
}

fn instruction_sets_differ_by_the_last_bits_only<K: Kernel>() {
    for case in Case::all::<K>() {
        let wide = |x: &Vec<f32>| x.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
        let best = case.run::<K>(Level::best(), None);
        for level in Level::all() {
            for (k, got) in case.run::<K>(level, None).iter().enumerate() {
                near(got, &wide(&best[k]), LEVELS, &case.what(k));
            }
        }
    }
}

fn bits_do_not_depend_on_the_number_of_threads<K: Kernel>() {
    let teams = [1, 2, 3].map(Team::new);
    for case in Case::all::<K>() {
        for level in Level::all() {
            let alone = case.run::<K>(level, None);
            for team in &teams {
                let together = case.run::<K>(level, Some(team));
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

fn numbers_of_rows_that_do_not_take_part_have_no_effect<K: Kernel>() {
    // Only the kernel for few rows takes inputs that are projected already.
    let projected = K::SIZES.iter().any(|sizes| sizes[2] == 0);
    for inputs in if projected { &[5, 0][..] } else { &[5] } {
        let mut case = Case::new([3, 4, *inputs, 20], true, [0, 1, 2, 3], true);
        let before = case.run::<K>(Level::best(), None);
        let mask = case.mask.clone().unwrap();
        for (at, row) in case.x.chunks_mut(case.lstm.width()).enumerate() {
            if mask[at] == 0.0 {
                row.fill(f64::NAN);
            }
        }
        assert_eq!(case.run::<K>(Level::best(), None), before);
    }
}

fn a_pass_that_keeps_nothing_gives_the_same_outputs<K: Kernel>() {
    for case in Case::all::<K>() {
        let (kernel, read) = (case.kernel::<K>(), Read::new(&case));
        let mut tape = kernel.tape(Level::best(), false);
        let [want_y, want_h, want_c, ..] = case.run::<K>(Level::best(), None);
        let mut out = [&want_y, &want_h, &want_c].map(|like| vec![7.0; like.len()]);
        let [y, h_last, c_last] = &mut out;
        let outputs = LayerOutputs { y, h_last, c_last };
        assert!(kernel.forward(&read.inputs(), &mut tape, outputs, None, None));
        assert_eq!(out, [want_y, want_h, want_c]);
        assert_eq!(K::first_bad_gate(&tape), None);
    }
}

/// Batches of 3 rows and of 4 are run by different kernels, and a row must not feel it.
#[test]
fn both_kernels_give_the_same_outputs_to_the_bit() {
    for case in Case::all::<Lstm>().iter().filter(|case| case.lstm.inputs > 0) {
        let few = case.run::<Lstm>(Level::best(), None);
        let many = case.run::<LstmLayer>(Level::best(), None);
        assert_eq!(few[..3], many[..3], "{:?}", case.lstm);
    }
}

fn gradients_that_are_not_given_are_zero_and_that_of_x_can_be_left_out<K: Kernel>() {
    let mut case = Case::new([3, 4, 5, 20], false, [0, 1, 2, 3], false);
    case.dy.fill(0.0);
    case.dc.fill(0.0);
    let [want_y, want_h, want_c, _, want_dh0, want_dc0, want_dw, want_db, want_du] =
        case.run::<K>(Level::best(), None);
    let (kernel, read) = (case.kernel::<K>(), Read::new(&case));
    let dh = single(&case.dh);
    let mut tape = kernel.tape(Level::best(), true);
    let mut out = [want_y, want_h, want_c];
    let [y, h_last, c_last] = &mut out;
    let outputs = LayerOutputs { y, h_last, c_last };
    kernel.forward(&read.inputs(), &mut tape, outputs, None, None);
    let Read { h0, c0, w, u, bias, .. } = &read;
    let mut got = [h0, c0, w, bias, u].map(|like| vec![7.0; like.len()]);
    let [dh0, dc0, dw, dbias, du] = &mut got;
    let gradients = LayerGradients { dx: None, dh0, dc0, dw, dbias, du };
    let seeds = LayerSeeds { dh_last: Some(&dh), ..LayerSeeds::default() };
    kernel.backward(&read.inputs(), &mut tape, &seeds, gradients, None, None);
    assert_eq!(got, [want_dh0, want_dc0, want_dw, want_db, want_du]);
}

fn an_interrupt_stops_both_passes_on_any_number_of_threads<K: Kernel>() {
    let case = Case::new([3, 20, 16, 40], false, [0, 1, 2, 3], false);
    let (kernel, read) = (case.kernel::<K>(), Read::new(&case));
    let (flag, team) = (AtomicBool::new(true), Team::new(2));
    let flag = Some(&flag);
    for team in [None, Some(&team)] {
        let mut tape = kernel.tape(Level::best(), true);
        let Read { h0, c0, w, u, bias, .. } = &read;
        let mut out = [single(&case.dy), h0.clone(), c0.clone()];
        let [y, h_last, c_last] = &mut out;
        let outputs = LayerOutputs { y, h_last, c_last };
        let inputs = &read.inputs();
        assert!(!kernel.forward(inputs, &mut tape, outputs, team, flag));
        let mut room = [h0, c0, w, bias, u].map(|like| vec![0.0; like.len()]);
        let [dh0, dc0, dw, dbias, du] = &mut room;
        let gradients = LayerGradients { dx: None, dh0, dc0, dw, dbias, du };
        let seeds = LayerSeeds::default();
        assert!(!kernel.backward(inputs, &mut tape, &seeds, gradients, team, flag));
    }
}

fn a_gate_that_is_no_number_is_found_in_both_directions<K: Kernel>() {
    for reverse in [false, true] {
        let mut case = Case::new([2, 3, 4, 5], reverse, [3, 1, 2, 0], false);
        // A weight of the third block, which is gate g.
        case.w[2 * 5] = f64::NAN;
        let (kernel, read) = (case.kernel::<K>(), Read::new(&case));
        let mut tape = kernel.tape(Level::best(), true);
        assert_eq!(K::first_bad_gate(&tape), None);
        let mut out = [single(&case.dy), read.h0.clone(), read.c0.clone()];
        let [y, h_last, c_last] = &mut out;
        let outputs = LayerOutputs { y, h_last, c_last };
        kernel.forward(&read.inputs(), &mut tape, outputs, None, None);
        assert_eq!(K::first_bad_gate(&tape), Some(2));
    }
}
