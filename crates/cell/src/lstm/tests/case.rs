//! A layer with all that it reads, in single precision and in double, and what the oracle
//! and a kernel make of it.

use super::kernel::Kernel;
use crate::ScanShape;
use crate::lstm::{
    Lstm, LstmReference, LstmReferenceGradients, lstm_backward_reference,
    lstm_forward_reference,
};
use crate::operands::{LayerGradients, LayerInputs, LayerOutputs, LayerSeeds};
use crate::simd::Level;
use crate::team::Team;

/// Numbers in [-1, 1), all multiples of 2^-10: the same in both precisions.
pub(super) fn numbers(n: usize, seed: u32) -> Vec<f64> {
    let mut x = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        f64::from(x >> 21) / 1024.0 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

pub(super) fn single(x: &[f64]) -> Vec<f32> {
    x.iter().map(|x| *x as f32).collect()
}

/// A layer with all that it reads, in both precisions where the oracle needs it.
pub(super) struct Case {
    pub(super) lstm: Lstm,
    pub(super) x: Vec<f64>,
    pub(super) mask: Option<Vec<f64>>,
    pub(super) h0: Vec<f64>,
    pub(super) c0: Vec<f64>,
    pub(super) w: Vec<f64>,
    pub(super) u: Vec<f64>,
    pub(super) bias: Vec<f64>,
    pub(super) dy: Vec<f64>,
    pub(super) dh: Vec<f64>,
    pub(super) dc: Vec<f64>,
}

/// y, h_last, c_last, dx, dh0, dc0, dw, dbias, du.
type Results<T> = [Vec<T>; 9];

pub(super) const NAMES: [&str; 9] =
    ["y", "h_last", "c_last", "dx", "dh0", "dc0", "dw", "dbias", "du"];

impl Case {
    pub(super) fn new(
        sizes: [usize; 4],
        reverse: bool,
        gates: [usize; 4],
        masked: bool,
    ) -> Case {
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

    /// Those of a kernel, in both directions, with masks and without, and with gates in
    /// any order.
    pub(super) fn all<K: Kernel>() -> Vec<Case> {
        let mut cases = Vec::new();
        for sizes in K::SIZES {
            cases.push(Case::new(*sizes, false, [0, 1, 2, 3], false));
            cases.push(Case::new(*sizes, true, [3, 0, 1, 2], true));
        }
        cases.push(Case::new([2, 6, 5, 9], true, [2, 1, 0, 3], false));
        cases.push(Case::new([3, 6, 5, 9], false, [1, 0, 3, 2], true));
        cases
    }

    /// The kernel that runs it.
    pub(super) fn kernel<K: Kernel>(&self) -> K {
        K::of(self.lstm)
    }

    /// The oracle's input: the projection is plain loops here.
    pub(super) fn projected(&self) -> Vec<f64> {
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

    pub(super) fn forward(&self) -> LstmReference {
        let (xw, mask) = (self.projected(), self.mask.as_deref());
        lstm_forward_reference(&self.lstm, &xw, mask, &self.h0, &self.c0, &self.u)
    }

    pub(super) fn backward(&self, forward: &LstmReference) -> LstmReferenceGradients {
        let (u, mask) = (&self.u, self.mask.as_deref());
        let (dy, dh, dc) = (&self.dy, &self.dh, &self.dc);
        lstm_backward_reference(&self.lstm, forward, mask, u, dy, dh, dc)
    }

    /// What the gradients are gradients of.
    pub(super) fn loss(&self) -> f64 {
        let out = self.forward();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        dot(&out.y, &self.dy) + dot(&out.h_last, &self.dh) + dot(&out.c_last, &self.dc)
    }

    /// What the oracle gives: the gradients of the projection are plain loops here.
    pub(super) fn oracle(&self) -> Results<f64> {
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

    /// What a kernel gives, the second time.
    pub(super) fn run<K: Kernel>(
        &self,
        level: Level,
        team: Option<&Team>,
    ) -> Results<f32> {
        let (read, kernel) = (Read::new(self), self.kernel::<K>());
        let mut tape = kernel.tape(level, true);
        let [dy, dh, dc] = [&self.dy, &self.dh, &self.dc].map(|x| single(x));
        let seeds = LayerSeeds { dy: Some(&dy), dh_last: Some(&dh), dc_last: Some(&dc) };
        let Read { x, h0, c0, w, u, bias, .. } = &read;
        // What lies in the places of results must not matter.
        let mut results =
            [&dy, h0, c0, x, h0, c0, w, bias, u].map(|like| vec![7.0; like.len()]);
        for _ in 0..2 {
            let [y, h_last, c_last, dx, dh0, dc0, dw, dbias, du] = &mut results;
            let outputs = LayerOutputs { y, h_last, c_last };
            assert!(kernel.forward(&read.inputs(), &mut tape, outputs, team, None));
            let gradients = LayerGradients { dx: Some(dx), dh0, dc0, dw, dbias, du };
            let inputs = &read.inputs();
            assert!(kernel.backward(inputs, &mut tape, &seeds, gradients, team, None));
        }
        results
    }

    pub(super) fn what(&self, result: usize) -> String {
        let masked = if self.mask.is_some() { " with a mask" } else { "" };
        format!("{} of {:?}{masked}", NAMES[result], self.lstm)
    }
}

/// What a case reads, in single precision.
pub(super) struct Read {
    pub(super) x: Vec<f32>,
    pub(super) mask: Option<Vec<f32>>,
    pub(super) h0: Vec<f32>,
    pub(super) c0: Vec<f32>,
    pub(super) w: Vec<f32>,
    pub(super) u: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Read {
    pub(super) fn new(case: &Case) -> Read {
        let [x, h0, c0] = [&case.x, &case.h0, &case.c0].map(|x| single(x));
        let [w, u, bias] = [&case.w, &case.u, &case.bias].map(|x| single(x));
        Read { x, mask: case.mask.as_deref().map(single), h0, c0, w, u, bias }
    }

    pub(super) fn inputs(&self) -> LayerInputs<'_> {
        let Read { x, h0, c0, w, u, bias, .. } = self;
        LayerInputs { x, mask: self.mask.as_deref(), h0, c0, w, u, bias }
    }
}
