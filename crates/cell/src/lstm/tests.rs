//! The layer against the oracle of its loop, on every instruction set and any number of
//! threads, and the oracle against finite differences.

use std::sync::atomic::AtomicBool;

use super::{
    Lstm, LstmReference, LstmReferenceGradients, LstmTape, lstm_backward_reference,
    lstm_forward_reference,
};
use crate::operands::{LayerGradients, LayerInputs, LayerOutputs, LayerSeeds};
use crate::simd::Level;
use crate::team::Team;
use crate::{LayerTape, LstmLayer, ScanShape};

/// Outputs are below 1 and come of sums of at most 300 terms, each rounded to 6e-8.
const OUTPUT: f64 = 3e-6;

/// Gradients, of the largest one: sums over steps and rows of such outputs.
const GRADIENT: f64 = 2e-5;

/// Instruction sets with and without fused multiply-add, of the largest number.
const LEVELS: f64 = 1e-6;

/// A central difference with steps of 1e-5 in double precision is good to 1e-9.
const DIFFERENCE: f64 = 1e-7;

/// Numbers in [-1, 1), all multiples of 2^-10: the same in both precisions.
fn numbers(n: usize, seed: u32) -> Vec<f64> {
    let mut x = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        f64::from(x >> 21) / 1024.0 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

fn single(x: &[f64]) -> Vec<f32> {
    x.iter().map(|x| *x as f32).collect()
}

/// A layer with all that it reads, in both precisions where the oracle needs it.
struct Case {
    lstm: Lstm,
    x: Vec<f64>,
    mask: Option<Vec<f64>>,
    h0: Vec<f64>,
    c0: Vec<f64>,
    w: Vec<f64>,
    u: Vec<f64>,
    bias: Vec<f64>,
    dy: Vec<f64>,
    dh: Vec<f64>,
    dc: Vec<f64>,
}

/// y, h_last, c_last, dx, dh0, dc0, dw, dbias, du.
type Results<T> = [Vec<T>; 9];

const NAMES: [&str; 9] =
    ["y", "h_last", "c_last", "dx", "dh0", "dc0", "dw", "dbias", "du"];

impl Case {
    fn new(sizes: [usize; 4], reverse: bool, gates: [usize; 4], masked: bool) -> Case {
        let [batch, steps, inputs, units] = sizes;
        let n = batch * units;
        // The second row has no step, the others have some more from row to row.
        let mask = |at: usize| {
            let (time, row) = (at / batch, at % batch);
            f64::from(u8::from(row != 1 && time < 2 + row))
        };
        // Sums stay of size 1, whatever the sizes.
        let scaled = |n, seed, terms: usize| -> Vec<f64> {
            let terms = u32::try_from(terms.next_power_of_two()).unwrap();
            let scale = (1.0 / f64::from(terms)).max(1.0 / 32.0);
            numbers(n, seed).iter().map(|x| x * scale).collect()
        };
        let width = if inputs == 0 { 4 * units } else { inputs };
        Case {
            lstm: Lstm {
                shape: ScanShape { steps, batch, units, reverse },
                inputs,
                gates,
            },
            x: numbers(steps * batch * width, 1),
            mask: masked.then(|| (0..steps * batch).map(mask).collect()),
            h0: numbers(n, 2),
            c0: numbers(n, 3),
            w: scaled(inputs * 4 * units, 4, inputs),
            u: scaled(units * 4 * units, 5, units),
            bias: numbers(if inputs == 0 { 0 } else { 4 * units }, 6),
            dy: numbers(steps * n, 7),
            dh: numbers(n, 8),
            dc: numbers(n, 9),
        }
    }

    fn all() -> Vec<Case> {
        let plain = [0, 1, 2, 3];
        let sizes = [
            [1, 1, 1, 1],
            [1, 3, 1, 4],
            [2, 3, 5, 16],
            [3, 7, 3, 17],
            [3, 4, 65, 33],
            [1, 5, 16, 64],
            [2, 9, 34, 100],
            [1, 40, 2, 21],
            // Rows of many tiles, as an input that is projected already may have them.
            [5, 3, 2, 18],
            [13, 3, 9, 35],
            [2, 4, 0, 23],
            [9, 4, 0, 48],
            // Shared by threads.
            [1, 3, 9, 259],
            [3, 2, 7, 151],
        ];
        let mut cases = Vec::new();
        for sizes in sizes {
            cases.push(Case::new(sizes, false, plain, false));
            cases.push(Case::new(sizes, true, [3, 0, 1, 2], true));
        }
        cases.push(Case::new([2, 6, 5, 9], true, [2, 1, 0, 3], false));
        cases.push(Case::new([3, 6, 5, 9], false, [1, 0, 3, 2], true));
        cases
    }

    /// The oracle's input: the projection is plain loops here.
    fn projected(&self) -> Vec<f64> {
        let Lstm { shape, inputs, .. } = self.lstm;
        if inputs == 0 {
            return self.x.clone();
        }
        let wide = 4 * shape.units;
        let mut xw = vec![0.0; shape.steps * shape.batch * wide];
        for (row, xw) in xw.chunks_mut(wide).enumerate() {
            xw.copy_from_slice(&self.bias);
            for k in 0..inputs {
                for (j, xw) in xw.iter_mut().enumerate() {
                    *xw += self.x[row * inputs + k] * self.w[k * wide + j];
                }
            }
        }
        xw
    }

    fn forward(&self) -> LstmReference {
        let (xw, mask) = (self.projected(), self.mask.as_deref());
        lstm_forward_reference(&self.lstm, &xw, mask, &self.h0, &self.c0, &self.u)
    }

    fn backward(&self, forward: &LstmReference) -> LstmReferenceGradients {
        let (u, mask) = (&self.u, self.mask.as_deref());
        let (dy, dh, dc) = (&self.dy, &self.dh, &self.dc);
        lstm_backward_reference(&self.lstm, forward, mask, u, dy, dh, dc)
    }

    /// What the gradients are gradients of.
    fn loss(&self) -> f64 {
        let out = self.forward();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        dot(&out.y, &self.dy) + dot(&out.h_last, &self.dh) + dot(&out.c_last, &self.dc)
    }

    /// What the oracle gives: the gradients of the projection are plain loops here.
    fn oracle(&self) -> Results<f64> {
        let Lstm { shape, inputs, .. } = self.lstm;
        let wide = 4 * shape.units;
        let out = self.forward();
        let back = self.backward(&out);
        let mut dx = vec![0.0; shape.steps * shape.batch * inputs];
        let mut dw = vec![0.0; inputs * wide];
        let mut dbias = vec![0.0; self.bias.len()];
        for (row, dxw) in back.dxw.chunks(wide).enumerate() {
            dbias.iter_mut().zip(dxw).for_each(|(dbias, dxw)| *dbias += dxw);
            for (j, dxw) in dxw.iter().enumerate() {
                for k in 0..inputs {
                    dx[row * inputs + k] += dxw * self.w[k * wide + j];
                    dw[k * wide + j] += dxw * self.x[row * inputs + k];
                }
            }
        }
        let dx = if inputs == 0 { back.dxw } else { dx };
        [out.y, out.h_last, out.c_last, dx, back.dh0, back.dc0, dw, dbias, back.du]
    }

    fn run(&self, level: Level, team: Option<&Team>) -> Results<f32> {
        let read = Read::new(self);
        let mut tape = LstmTape::at(level, &self.lstm, true);
        let [dy, dh, dc] = [&self.dy, &self.dh, &self.dc].map(|x| single(x));
        let seeds = LayerSeeds { dy: Some(&dy), dh_last: Some(&dh), dc_last: Some(&dc) };
        let Read { x, h0, c0, w, u, bias, .. } = &read;
        // What lies in the places of results must not matter.
        let mut results =
            [&dy, h0, c0, x, h0, c0, w, bias, u].map(|like| vec![7.0; like.len()]);
        for _ in 0..2 {
            let [y, h_last, c_last, dx, dh0, dc0, dw, dbias, du] = &mut results;
            let outputs = LayerOutputs { y, h_last, c_last };
            assert!(self.lstm.forward(&read.inputs(), &mut tape, outputs, team, None));
            let gradients = LayerGradients { dx: Some(dx), dh0, dc0, dw, dbias, du };
            let inputs = &read.inputs();
            assert!(self.lstm.backward(inputs, &mut tape, &seeds, gradients, team, None));
        }
        results
    }

    fn what(&self, result: usize) -> String {
        let masked = if self.mask.is_some() { " with a mask" } else { "" };
        format!("{} of {:?}{masked}", NAMES[result], self.lstm)
    }
}

/// What a case reads, in single precision.
struct Read {
    x: Vec<f32>,
    mask: Option<Vec<f32>>,
    h0: Vec<f32>,
    c0: Vec<f32>,
    w: Vec<f32>,
    u: Vec<f32>,
    bias: Vec<f32>,
}

impl Read {
    fn new(case: &Case) -> Read {
        let [x, h0, c0] = [&case.x, &case.h0, &case.c0].map(|x| single(x));
        let [w, u, bias] = [&case.w, &case.u, &case.bias].map(|x| single(x));
        Read { x, mask: case.mask.as_deref().map(single), h0, c0, w, u, bias }
    }

    fn inputs(&self) -> LayerInputs<'_> {
        let Read { x, h0, c0, w, u, bias, .. } = self;
        LayerInputs { x, mask: self.mask.as_deref(), h0, c0, w, u, bias }
    }
}

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
    assert!(Case::all().iter().any(|case| case.lstm.members() > 2));
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
