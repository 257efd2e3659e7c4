//! The fused loop against its oracle, and the oracle against finite differences.

use super::{
    Lstm, LstmReference, LstmReferenceGradients, LstmTape, lstm_backward_reference,
    lstm_forward_reference,
};
use crate::ScanShape;

/// Outputs are below 1 and come of sums of at most 64 terms, each rounded to 6e-8.
const OUTPUT: f64 = 3e-6;

/// Gradients, of the largest one: sums over steps and rows of such outputs.
const GRADIENT: f64 = 2e-5;

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

struct Case {
    lstm: Lstm,
    xw: Vec<f64>,
    mask: Option<Vec<f64>>,
    h0: Vec<f64>,
    c0: Vec<f64>,
    u: Vec<f64>,
    dy: Vec<f64>,
    dh: Vec<f64>,
    dc: Vec<f64>,
}

impl Case {
    fn new(sizes: [usize; 3], reverse: bool, gates: [usize; 4], masked: bool) -> Case {
        let [steps, batch, units] = sizes;
        let n = batch * units;
        let mask = |at: usize| f64::from(u8::from(at / batch < 1 + (at % batch) * 2));
        Case {
            lstm: Lstm { shape: ScanShape { steps, batch, units, reverse }, gates },
            xw: numbers(steps * n * 4, 1),
            mask: masked.then(|| (0..steps * batch).map(mask).collect()),
            h0: numbers(n, 2),
            c0: numbers(n, 3),
            u: numbers(4 * units * units, 4).iter().map(|u| u / 4.0).collect(),
            dy: numbers(steps * n, 5),
            dh: numbers(n, 6),
            dc: numbers(n, 7),
        }
    }

    fn all() -> Vec<Case> {
        let plain = [0, 1, 2, 3];
        let mut cases = Vec::new();
        for sizes in
            [[1, 1, 1], [3, 1, 4], [5, 2, 17], [7, 3, 5], [4, 33, 16], [3, 5, 64]]
        {
            for (reverse, masked) in
                [(false, false), (true, false), (false, true), (true, true)]
            {
                cases.push(Case::new(sizes, reverse, plain, masked));
            }
        }
        cases.push(Case::new([4, 3, 6], false, [3, 0, 1, 2], false));
        cases.push(Case::new([4, 3, 6], true, [2, 3, 0, 1], true));
        cases
    }

    fn forward(&self) -> LstmReference {
        let mask = self.mask.as_deref();
        lstm_forward_reference(&self.lstm, &self.xw, mask, &self.h0, &self.c0, &self.u)
    }

    fn backward(&self) -> LstmReferenceGradients {
        lstm_backward_reference(
            &self.lstm,
            &self.forward(),
            self.mask.as_deref(),
            &self.u,
            &self.dy,
            &self.dh,
            &self.dc,
        )
    }

    /// What the gradients are gradients of.
    fn loss(&self) -> f64 {
        let out = self.forward();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        dot(&out.y, &self.dy) + dot(&out.h_last, &self.dh) + dot(&out.c_last, &self.dc)
    }

    /// y, h_last, c_last, dxw, dh0, dc0, du of the fused loops.
    fn fused(&self) -> [Vec<f32>; 7] {
        let mut tape = LstmTape::new(&self.lstm);
        let mask = self.mask.as_deref().map(single);
        let [xw, h0, c0, u] = [&self.xw, &self.h0, &self.c0, &self.u].map(|x| single(x));
        let [dy, dh, dc] = [&self.dy, &self.dh, &self.dc].map(|x| single(x));
        // What lies in the places of results must not matter.
        let place = |like: &[f32]| vec![7.0; like.len()];
        let (mut y, mut h, mut c) = (place(&dy), place(&h0), place(&c0));
        let (mut dxw, mut dh0) = (place(&xw), place(&h0));
        let (mut dc0, mut du) = (place(&c0), place(&u));
        let mask = mask.as_deref();
        for _ in 0..2 {
            assert!(self.lstm.forward(
                &xw, mask, &h0, &c0, &u, &mut tape, &mut y, &mut h, &mut c, None
            ));
            assert!(self.lstm.backward(
                mask,
                &u,
                &mut tape,
                Some(&dy),
                Some(&dh),
                Some(&dc),
                &mut dxw,
                &mut dh0,
                &mut dc0,
                &mut du,
                None
            ));
        }
        [y, h, c, dxw, dh0, dc0, du]
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
fn the_fused_loops_give_what_the_oracle_gives() {
    for case in Case::all() {
        let [y, h, c, dxw, dh0, dc0, du] = case.fused();
        let (out, gradients) = (case.forward(), case.backward());
        let what = |name: &str| format!("{name} of {:?}", case.lstm);
        near(&y, &out.y, OUTPUT, &what("y"));
        near(&h, &out.h_last, OUTPUT, &what("h"));
        near(&c, &out.c_last, OUTPUT, &what("c"));
        near(&dxw, &gradients.dxw, GRADIENT, &what("dxw"));
        near(&dh0, &gradients.dh0, GRADIENT, &what("dh0"));
        near(&dc0, &gradients.dc0, GRADIENT, &what("dc0"));
        near(&du, &gradients.du, GRADIENT, &what("du"));
    }
}

#[test]
fn the_oracles_gradients_are_finite_differences() {
    for masked in [false, true] {
        let case = || Case::new([4, 2, 3], masked, [1, 0, 3, 2], masked);
        let gradients = case().backward();
        type Part = fn(&mut Case) -> &mut Vec<f64>;
        let parts: [(Part, &[f64]); 4] = [
            (|case| &mut case.xw, &gradients.dxw),
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
    let mut case = Case::new([4, 3, 5], true, [0, 1, 2, 3], true);
    let before = case.fused();
    let mask = case.mask.clone().unwrap();
    for (at, row) in case.xw.chunks_mut(20).enumerate() {
        if mask[at] == 0.0 {
            row.fill(f64::NAN);
        }
    }
    assert_eq!(case.fused(), before);
}

#[test]
fn a_gradient_that_is_not_given_is_zero() {
    let mut case = Case::new([3, 2, 4], false, [0, 1, 2, 3], false);
    case.dy.fill(0.0);
    case.dc.fill(0.0);
    let mut tape = LstmTape::new(&case.lstm);
    let [xw, h0, c0, u] = [&case.xw, &case.h0, &case.c0, &case.u].map(|x| single(x));
    let (mut y, mut h, mut c) = (vec![0.0; 24], vec![0.0; 8], vec![0.0; 8]);
    case.lstm.forward(&xw, None, &h0, &c0, &u, &mut tape, &mut y, &mut h, &mut c, None);
    let (mut dxw, mut dh0) = (vec![0.0; 96], vec![0.0; 8]);
    let (mut dc0, mut du) = (vec![0.0; 8], vec![0.0; 64]);
    case.lstm.backward(
        None,
        &u,
        &mut tape,
        None,
        Some(&single(&case.dh)),
        None,
        &mut dxw,
        &mut dh0,
        &mut dc0,
        &mut du,
        None,
    );
    let [.., want_dxw, want_dh0, want_dc0, want_du] = case.fused();
    assert_eq!([dxw, dh0, dc0, du], [want_dxw, want_dh0, want_dc0, want_du]);
}

#[test]
fn an_interrupt_stops_both_loops() {
    let case = Case::new([3, 1, 2], false, [0, 1, 2, 3], false);
    let flag = std::sync::atomic::AtomicBool::new(true);
    let mut tape = LstmTape::new(&case.lstm);
    let [xw, h0, c0, u] = [&case.xw, &case.h0, &case.c0, &case.u].map(|x| single(x));
    let (mut y, mut h, mut c) = (vec![0.0; 6], vec![0.0; 2], vec![0.0; 2]);
    let flag = Some(&flag);
    assert!(
        !case
            .lstm
            .forward(&xw, None, &h0, &c0, &u, &mut tape, &mut y, &mut h, &mut c, flag)
    );
    let (mut dxw, mut du) = (vec![0.0; 24], vec![0.0; 16]);
    assert!(!case.lstm.backward(
        None, &u, &mut tape, None, None, None, &mut dxw, &mut h, &mut c, &mut du, flag
    ));
}
