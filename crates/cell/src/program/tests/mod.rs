//! Programs against a plain interpreter in double precision, its finite differences,
//! and the hand-written LSTM.

pub(crate) mod case;
pub(crate) mod programs;

use std::collections::BTreeSet;

use self::case::{Case, single};
use self::programs::{everything, lstm, reset_before};
use super::{Instruction as I, Program, ProgramTape};
use crate::operands::{LayerGradients, LayerInputs, LayerOutputs, LayerSeeds};
use crate::{Lstm, LstmTape};

/// Values are of order 1 and come of sums of at most 40 terms, each rounded to 6e-8.
const OUTPUT: f64 = 1e-5;

/// Gradients, of the largest one.
const GRADIENT: f64 = 5e-5;

/// The LSTM by hand and by program differ in where they round.
const SAME: f32 = 1e-6;

fn near(got: &[Vec<f32>], want: &[Vec<f64>], tolerance: f64, what: &str) {
    assert_eq!(got.len(), want.len());
    for (part, (got, want)) in got.iter().zip(want).enumerate() {
        let largest = want.iter().fold(1.0, |a: f64, b| a.max(b.abs()));
        assert_eq!(got.len(), want.len());
        for (k, (got, want)) in got.iter().zip(want).enumerate() {
            let error = (f64::from(*got) - want).abs();
            assert!(error <= tolerance * largest, "{what} {part}, {k}: {got} for {want}");
        }
    }
}

#[test]
fn programs_give_what_the_interpreter_gives() {
    for program in [lstm(), reset_before(), everything()] {
        for (reverse, masked) in
            [(false, false), (true, false), (false, true), (true, true)]
        {
            for sizes in [[1, 1, 1], [4, 3, 5], [3, 2, 17]] {
                let case = Case::new(program.clone(), sizes, reverse, masked);
                let (results, gradients) = case.run();
                near(&results, &case.interpret(), OUTPUT, "result");
                near(&gradients, &case.differences(), GRADIENT, "gradient");
            }
        }
    }
}

#[test]
fn rows_in_several_chunks_give_what_the_interpreter_gives() {
    // 29 registers of 150 units: chunks of 8 rows, the last one of 5.
    let case = Case::new(everything(), [2, 37, 150], true, true);
    let tape = ProgramTape::new(&case.program, case.shape);
    assert!(tape.chunk < 37 && !37_usize.is_multiple_of(tape.chunk));
    near(&case.run().0, &case.interpret(), OUTPUT, "result");
    // Rows do not depend on each other, so that a batch of one gives the same.
    let mut one = Case::new(everything(), [2, 1, 150], true, false);
    let row = |x: &[f64], width: usize, row: usize| -> Vec<f64> {
        x.chunks(37 * width).flat_map(|x| x[row * width..][..width].to_vec()).collect()
    };
    one.given = case.given.clone();
    for (k, width) in [(0, 300), (1, 150), (2, 150)] {
        one.given[k] = row(&case.given[k], width, 36);
    }
    one.dy = row(&case.dy, 150, 36);
    one.dlast = case.dlast.iter().map(|x| row(x, 150, 36)).collect();
    let (whole, alone) = (case.run().1, one.run().1);
    let whole: Vec<f64> = whole[0].iter().map(|x| f64::from(*x)).collect();
    near(&alone[..1], &[row(&whole, 300, 36)], GRADIENT, "gradient");
}

#[test]
fn numbers_of_rows_that_do_not_take_part_have_no_effect() {
    for program in [reset_before(), everything()] {
        let mut case = Case::new(program, [4, 3, 5], false, true);
        let before = case.run();
        let mask = case.mask.clone().unwrap();
        for (at, row) in case.given[0].chunks_mut(10).enumerate() {
            if mask[at] == 0.0 {
                row.fill(f64::NAN);
            }
        }
        assert_eq!(case.run(), before);
    }
}

#[test]
fn the_lstm_as_a_program_is_the_lstm() {
    for masked in [false, true] {
        let case = Case::new(lstm(), [6, 3, 20], masked, masked);
        let (results, gradients) = case.run();
        let fused = Lstm { shape: case.shape, inputs: 0, gates: [0, 1, 2, 3] };
        let given: Vec<Vec<f32>> = case.given.iter().map(|x| single(x)).collect();
        let [xw, h0, c0, u] = [0, 1, 2, 3].map(|k| &given[k]);
        let mask = case.mask.as_deref().map(single);
        let mut out = results.clone();
        let [y, h, c] = &mut out[..] else { panic!("three results") };
        let mut tape = LstmTape::new(&fused, true);
        let (w, bias, mask) = (&[][..], &[][..], mask.as_deref());
        let inputs = LayerInputs { x: xw, mask, h0, c0, w, u, bias };
        let outputs = LayerOutputs { y, h_last: h, c_last: c };
        fused.forward(&inputs, &mut tape, outputs, None, None);
        let mut back = gradients.clone();
        let [dxw, dh0, dc0, du] = &mut back[..] else { panic!("four gradients") };
        let [dy, dh, dc] = [&case.dy, &case.dlast[0], &case.dlast[1]].map(|x| single(x));
        let seeds = LayerSeeds { dy: Some(&dy), dh_last: Some(&dh), dc_last: Some(&dc) };
        let (dx, dw, dbias) = (Some(&mut dxw[..]), &mut [][..], &mut [][..]);
        let to = LayerGradients { dx, dh0, dc0, dw, dbias, du };
        fused.backward(&inputs, &mut tape, &seeds, to, None, None);
        for (program, fused) in
            results.iter().zip(&out).chain(gradients.iter().zip(&back))
        {
            let largest = fused.iter().fold(1.0, |a: f32, b| a.max(b.abs()));
            for (a, b) in program.iter().zip(fused) {
                assert!((a - b).abs() <= SAME * largest, "{a} and {b}");
            }
        }
    }
}

#[test]
fn a_program_that_looks_ahead_or_out_of_range_is_refused() {
    let refused = |change: fn(&mut Program)| {
        let mut program = everything();
        change(&mut program);
        program.check().unwrap_err()
    };
    assert_eq!(everything().check(), Ok(()));
    let messages = BTreeSet::from([
        refused(|program| program.instructions[3] = I::Add(0, 3)),
        refused(|program| program.instructions[1] = I::Input { block: 2 }),
        refused(|program| program.output = 29),
        refused(|program| program.next = vec![1]),
    ]);
    assert_eq!(messages.len(), 4, "{messages:?}");
}

#[test]
fn an_interrupt_stops_both_loops() {
    let case = Case::new(lstm(), [2, 1, 1], false, false);
    let flag = std::sync::atomic::AtomicBool::new(true);
    let mut tape = ProgramTape::new(&case.program, case.shape);
    let (mut y, mut last) = (vec![0.0; 2], vec![vec![0.0]; 2]);
    let (xw, u, zero) = (vec![0.0; 8], vec![0.0; 4], vec![0.0]);
    assert!(!case.program.forward(
        case.shape,
        &xw,
        None,
        &[&zero, &zero],
        &[],
        &[&u],
        &mut tape,
        &mut y,
        &mut last,
        Some(&flag),
    ));
    assert!(!case.program.backward(
        case.shape,
        &xw,
        None,
        &[],
        &[&u],
        &mut tape,
        None,
        &[None, None],
        &mut xw.clone(),
        &mut last,
        &mut [],
        &mut [u.clone()],
        Some(&flag),
    ));
}
