//! The layer against the oracle of the loop, on every instruction set and any number of
//! threads.

use std::sync::atomic::AtomicBool;

use super::{LayerTape, LstmLayer};
use crate::operands::{LayerGradients, LayerInputs, LayerOutputs, LayerSeeds};
use crate::simd::Level;
use crate::team::Team;
use crate::{Lstm, ScanShape, lstm_backward_reference, lstm_forward_reference};

/// Outputs are below 1 and come of sums of at most 150 terms, each rounded to 6e-8.
const OUTPUT: f64 = 3e-6;

/// Gradients, of the largest one: sums over steps and rows of such outputs.
const GRADIENT: f64 = 2e-5;

/// Instruction sets with and without fused multiply-add, of the largest number.
const LEVELS: f64 = 1e-6;

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
    layer: LstmLayer,
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
        let mask = |at: usize| f64::from(u8::from(at / batch < 1 + (at % batch) * 2));
        // Sums stay of size 1, whatever the sizes.
        let scaled = |n, seed, terms: usize| -> Vec<f64> {
            let scale =
                1.0 / f64::from(u32::try_from(terms.next_power_of_two()).unwrap());
            numbers(n, seed).iter().map(|x| x * scale.max(1.0 / 32.0)).collect()
        };
        Case {
            layer: LstmLayer {
                shape: ScanShape { steps, batch, units, reverse },
                inputs,
                gates,
            },
            x: numbers(steps * batch * inputs, 1),
            mask: masked.then(|| (0..steps * batch).map(mask).collect()),
            h0: numbers(n, 2),
            c0: numbers(n, 3),
            w: scaled(inputs * 4 * units, 4, inputs),
            u: scaled(units * 4 * units, 5, units),
            bias: numbers(4 * units, 6),
            dy: numbers(steps * n, 7),
            dh: numbers(n, 8),
            dc: numbers(n, 9),
        }
    }

    fn all() -> Vec<Case> {
        let plain = [0, 1, 2, 3];
        let sizes = [
            [1, 1, 1, 1],
            [2, 3, 5, 16],
            [5, 7, 3, 17],
            [7, 4, 65, 33],
            [13, 5, 16, 64],
            [3, 9, 34, 100],
            [520, 2, 3, 4],
            [100, 11, 2, 20],
            // The second pass over these is shared by threads.
            [33, 20, 48, 80],
        ];
        let mut cases = Vec::new();
        for sizes in sizes {
            cases.push(Case::new(sizes, false, plain, false));
            cases.push(Case::new(sizes, true, [3, 0, 1, 2], true));
        }
        cases.push(Case::new([4, 6, 5, 9], true, [2, 1, 0, 3], false));
        cases.push(Case::new([4, 6, 5, 9], false, [1, 0, 3, 2], true));
        cases
    }

    fn lstm(&self) -> Lstm {
        Lstm { shape: self.layer.shape, inputs: 0, gates: self.layer.gates }
    }

    /// What the oracle gives: the projection and its gradients are plain loops here.
    fn oracle(&self) -> Results<f64> {
        let LstmLayer { shape, inputs, .. } = self.layer;
        let wide = 4 * shape.units;
        let rows = shape.steps * shape.batch;
        let mut xw = vec![0.0; rows * wide];
        for (row, xw) in xw.chunks_mut(wide).enumerate() {
            xw.copy_from_slice(&self.bias);
            for k in 0..inputs {
                for (j, xw) in xw.iter_mut().enumerate() {
                    *xw += self.x[row * inputs + k] * self.w[k * wide + j];
                }
            }
        }
        let (lstm, mask) = (self.lstm(), self.mask.as_deref());
        let out = lstm_forward_reference(&lstm, &xw, mask, &self.h0, &self.c0, &self.u);
        let back = lstm_backward_reference(
            &lstm, &out, mask, &self.u, &self.dy, &self.dh, &self.dc,
        );
        let mut dx = vec![0.0; rows * inputs];
        let mut dw = vec![0.0; inputs * wide];
        let mut dbias = vec![0.0; wide];
        for (row, dxw) in back.dxw.chunks(wide).enumerate() {
            for (j, dxw) in dxw.iter().enumerate() {
                dbias[j] += dxw;
                for k in 0..inputs {
                    dx[row * inputs + k] += dxw * self.w[k * wide + j];
                    dw[k * wide + j] += dxw * self.x[row * inputs + k];
                }
            }
        }
        [out.y, out.h_last, out.c_last, dx, back.dh0, back.dc0, dw, dbias, back.du]
    }

    fn run(&self, level: Level, team: Option<&Team>) -> Results<f32> {
        let mut tape = LayerTape::at(level, &self.layer, true);
        let mask = self.mask.as_deref().map(single);
        let [x, h0, c0] = [&self.x, &self.h0, &self.c0].map(|x| single(x));
        let [w, u, bias] = [&self.w, &self.u, &self.bias].map(|x| single(x));
        let [dy, dh, dc] = [&self.dy, &self.dh, &self.dc].map(|x| single(x));
        let inputs = LayerInputs {
            x: &x,
            mask: mask.as_deref(),
            h0: &h0,
            c0: &c0,
            w: &w,
            u: &u,
            bias: &bias,
        };
        let seeds = LayerSeeds { dy: Some(&dy), dh_last: Some(&dh), dc_last: Some(&dc) };
        // What lies in the places of results must not matter.
        let place = |like: &[f32]| vec![7.0; like.len()];
        let (mut y, mut h_last, mut c_last) = (place(&dy), place(&h0), place(&c0));
        let (mut dx, mut dh0, mut dc0) = (place(&x), place(&h0), place(&c0));
        let (mut dw, mut dbias, mut du) = (place(&w), place(&bias), place(&u));
        for _ in 0..2 {
            let outputs =
                LayerOutputs { y: &mut y, h_last: &mut h_last, c_last: &mut c_last };
            assert!(self.layer.forward(&inputs, &mut tape, outputs, team, None));
            let gradients = LayerGradients {
                dx: Some(&mut dx),
                dh0: &mut dh0,
                dc0: &mut dc0,
                dw: &mut dw,
                dbias: &mut dbias,
                du: &mut du,
            };
            let seeds = &seeds;
            assert!(
                self.layer.backward(&inputs, &mut tape, seeds, gradients, team, None)
            );
        }
        [y, h_last, c_last, dx, dh0, dc0, dw, dbias, du]
    }

    fn what(&self, result: usize) -> String {
        let masked = if self.mask.is_some() { " with a mask" } else { "" };
        format!("{} of {:?}{masked}", NAMES[result], self.layer)
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
    let teams = [2, 3].map(Team::new);
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
fn numbers_of_rows_that_do_not_take_part_have_no_effect() {
    let mut case = Case::new([3, 4, 5, 20], true, [0, 1, 2, 3], true);
    let before = case.run(Level::best(), None);
    let mask = case.mask.clone().unwrap();
    for (at, row) in case.x.chunks_mut(5).enumerate() {
        if mask[at] == 0.0 {
            row.fill(f64::NAN);
        }
    }
    assert_eq!(case.run(Level::best(), None), before);
}

#[test]
fn a_pass_that_keeps_nothing_gives_the_same_outputs() {
    for case in Case::all() {
        let mut tape = LayerTape::new(&case.layer, false);
        let mask = case.mask.as_deref().map(single);
        let [x, h0, c0] = [&case.x, &case.h0, &case.c0].map(|x| single(x));
        let [w, u, bias] = [&case.w, &case.u, &case.bias].map(|x| single(x));
        let inputs = LayerInputs {
            x: &x,
            mask: mask.as_deref(),
            h0: &h0,
            c0: &c0,
            w: &w,
            u: &u,
            bias: &bias,
        };
        let mut y = vec![7.0; case.dy.len()];
        let (mut h_last, mut c_last) = (h0.clone(), c0.clone());
        let outputs =
            LayerOutputs { y: &mut y, h_last: &mut h_last, c_last: &mut c_last };
        assert!(case.layer.forward(&inputs, &mut tape, outputs, None, None));
        let [want_y, want_h, want_c, ..] = case.run(Level::best(), None);
        assert_eq!([y, h_last, c_last], [want_y, want_h, want_c]);
    }
}

#[test]
fn gradients_that_are_not_given_are_zero_and_that_of_x_can_be_left_out() {
    let mut case = Case::new([3, 4, 5, 20], false, [0, 1, 2, 3], false);
    case.dy.fill(0.0);
    case.dc.fill(0.0);
    let [want_y, want_h, want_c, _, want_dh0, want_dc0, want_dw, want_db, want_du] =
        case.run(Level::best(), None);
    let [x, h0, c0] = [&case.x, &case.h0, &case.c0].map(|x| single(x));
    let [w, u, bias] = [&case.w, &case.u, &case.bias].map(|x| single(x));
    let (dh, mask) = (single(&case.dh), None);
    let inputs = LayerInputs { x: &x, mask, h0: &h0, c0: &c0, w: &w, u: &u, bias: &bias };
    let mut tape = LayerTape::new(&case.layer, true);
    let mut out = [want_y.clone(), want_h.clone(), want_c.clone()];
    let [y, h_last, c_last] = &mut out;
    let outputs = LayerOutputs { y, h_last, c_last };
    case.layer.forward(&inputs, &mut tape, outputs, None, None);
    let mut got = [&h0, &c0, &w, &bias, &u].map(|like| vec![7.0; like.len()]);
    let [dh0, dc0, dw, dbias, du] = &mut got;
    let gradients = LayerGradients { dx: None, dh0, dc0, dw, dbias, du };
    let seeds = LayerSeeds { dh_last: Some(&dh), ..LayerSeeds::default() };
    case.layer.backward(&inputs, &mut tape, &seeds, gradients, None, None);
    assert_eq!(got, [want_dh0, want_dc0, want_dw, want_db, want_du]);
}

#[test]
fn an_interrupt_stops_both_passes_on_any_number_of_threads() {
    let case = Case::new([64, 20, 16, 40], false, [0, 1, 2, 3], false);
    let [x, h0, c0] = [&case.x, &case.h0, &case.c0].map(|x| single(x));
    let [w, u, bias] = [&case.w, &case.u, &case.bias].map(|x| single(x));
    let inputs =
        LayerInputs { x: &x, mask: None, h0: &h0, c0: &c0, w: &w, u: &u, bias: &bias };
    let (flag, team) = (AtomicBool::new(true), Team::new(2));
    for team in [None, Some(&team)] {
        let mut tape = LayerTape::new(&case.layer, true);
        let mut out = [single(&case.dy), h0.clone(), c0.clone()];
        let [y, h_last, c_last] = &mut out;
        let outputs = LayerOutputs { y, h_last, c_last };
        let done = case.layer.forward(&inputs, &mut tape, outputs, team, Some(&flag));
        assert!(!done);
        let mut room = [&h0, &c0, &w, &bias, &u].map(|like| vec![0.0; like.len()]);
        let [dh0, dc0, dw, dbias, du] = &mut room;
        let gradients = LayerGradients { dx: None, dh0, dc0, dw, dbias, du };
        let seeds = LayerSeeds::default();
        let done =
            case.layer.backward(&inputs, &mut tape, &seeds, gradients, team, Some(&flag));
        assert!(!done);
    }
}

#[test]
fn a_gate_that_is_no_number_is_found() {
    let mut case = Case::new([2, 3, 4, 5], false, [0, 1, 2, 3], false);
    // A weight of gate g, the third block.
    case.w[2 * 5] = f64::NAN;
    let [x, h0, c0] = [&case.x, &case.h0, &case.c0].map(|x| single(x));
    let [w, u, bias] = [&case.w, &case.u, &case.bias].map(|x| single(x));
    let inputs =
        LayerInputs { x: &x, mask: None, h0: &h0, c0: &c0, w: &w, u: &u, bias: &bias };
    let mut tape = LayerTape::new(&case.layer, true);
    assert_eq!(tape.first_bad_gate(), None);
    let mut out = [single(&case.dy), h0.clone(), c0.clone()];
    let [y, h_last, c_last] = &mut out;
    let outputs = LayerOutputs { y, h_last, c_last };
    case.layer.forward(&inputs, &mut tape, outputs, None, None);
    assert_eq!(tape.first_bad_gate(), Some(2));
}
