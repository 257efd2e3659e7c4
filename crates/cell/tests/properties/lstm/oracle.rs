//! The LSTM and its gradients in plain loops and double precision: Hochreiter and
//! Schmidhuber (1997) with the forget gate of Gers, Schmidhuber and Cummins (2000).

use super::shape::LstmShape;
use crate::draw::Dice;

/// y, h_last, c_last, dx, dh0, dc0, dw, dbias, du.
pub(crate) type Results<T> = [Vec<T>; 9];

/// What an LSTM reads, and the gradients that come in.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// `[T, B, I]`
    pub(crate) x: Vec<f64>,
    /// `[B, H]`
    pub(crate) h0: Vec<f64>,
    pub(crate) c0: Vec<f64>,
    /// `[I, 4H]`, `[H, 4H]` and `[4H]`, in the shape's order of gates.
    pub(crate) w: Vec<f64>,
    pub(crate) u: Vec<f64>,
    pub(crate) bias: Vec<f64>,
    /// `[T, B, H]`, `[B, H]` and `[B, H]`; zeros if they are not given.
    pub(crate) dy: Vec<f64>,
    pub(crate) dh: Vec<f64>,
    pub(crate) dc: Vec<f64>,
}

impl Given {
    pub(crate) fn new(shape: &LstmShape) -> Given {
        let LstmShape { steps, batch, inputs, symbols, units, seeds, .. } = *shape;
        let (mut dice, n) = (Dice::new(shape.seed, 0), batch * units);
        let seed = |dice: &mut Dice, given: bool, n: usize| {
            if given { dice.numbers(n) } else { vec![0.0; n] }
        };
        Given {
            x: if symbols {
                dice.single_ones(steps * batch, inputs)
            } else {
                dice.numbers(steps * batch * inputs)
            },
            h0: dice.numbers(n),
            c0: dice.numbers(n),
            w: dice.weights(inputs * 4 * units, inputs),
            u: dice.weights(units * 4 * units, units),
            bias: dice.numbers(4 * units),
            dy: seed(&mut dice, seeds[0], steps * n),
            dh: seed(&mut dice, seeds[1], n),
            dc: seed(&mut dice, seeds[2], n),
        }
    }
}

impl LstmShape {
    /// Whether a row takes part in a step.
    pub(crate) fn live(&self, time: usize, row: usize) -> bool {
        self.lengths.as_ref().is_none_or(|lengths| time < lengths[row])
    }

    fn times(&self) -> Vec<usize> {
        if self.reverse {
            (0..self.steps).rev().collect()
        } else {
            (0..self.steps).collect()
        }
    }
}

/// What a row of a step has seen: its states before, its gates i, f, g and o, and its
/// cell state after.
#[derive(Debug, Clone, Default)]
struct Seen {
    h: Vec<f64>,
    c: Vec<f64>,
    gates: Vec<[f64; 4]>,
    after: Vec<f64>,
}

/// All results.
pub(crate) fn lstm(shape: &LstmShape, given: &Given) -> Results<f64> {
    let (y, h, c, seen) = forward(shape, given);
    let [dx, dh0, dc0, dw, dbias, du] = backward(shape, given, &seen);
    [y, h, c, dx, dh0, dc0, dw, dbias, du]
}

/// y, the last states, and what was seen at `t B + b`.
fn forward(
    shape: &LstmShape,
    given: &Given,
) -> (Vec<f64>, Vec<f64>, Vec<f64>, Vec<Seen>) {
    let (n, rows) = (shape.units, shape.steps * shape.batch);
    let (mut h, mut c) = (given.h0.clone(), given.c0.clone());
    let (mut y, mut seen) = (vec![0.0; rows * n], vec![Seen::default(); rows]);
    for time in shape.times() {
        for row in (0..shape.batch).filter(|row| shape.live(time, *row)) {
            let (at, state) = (time * shape.batch + row, row * n..(row + 1) * n);
            let (h, c) = (&mut h[state.clone()], &mut c[state]);
            let (h_before, c_before) = (h.to_vec(), c.to_vec());
            let x = &given.x[at * shape.inputs..][..shape.inputs];
            let gates: Vec<[f64; 4]> =
                (0..n).map(|unit| gates(shape, given, x, &h_before, unit)).collect();
            for (unit, [i, f, g, o]) in gates.iter().enumerate() {
                c[unit] = f * c_before[unit] + i * g;
                h[unit] = o * c[unit].tanh();
            }
            y[at * n..][..n].copy_from_slice(h);
            seen[at] = Seen { h: h_before, c: c_before, gates, after: c.to_vec() };
        }
    }
    (y, h, c, seen)
}

fn gates(
    shape: &LstmShape,
    given: &Given,
    x: &[f64],
    h: &[f64],
    unit: usize,
) -> [f64; 4] {
    let wide = 4 * shape.units;
    let [i, f, g, o] = shape.gates.map(|block| {
        let column = block * shape.units + unit;
        let dot = |numbers: &[f64], matrix: &[f64]| -> f64 {
            numbers.iter().enumerate().map(|(k, x)| x * matrix[k * wide + column]).sum()
        };
        given.bias[column] + dot(x, &given.w) + dot(h, &given.u)
    });
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    [sigmoid(i), sigmoid(f), g.tanh(), sigmoid(o)]
}

/// dx, dh0, dc0, dw, dbias, du.
fn backward(shape: &LstmShape, given: &Given, seen: &[Seen]) -> [Vec<f64>; 6] {
    let (n, wide) = (shape.units, 4 * shape.units);
    let (mut dh, mut dc) = (given.dh.clone(), given.dc.clone());
    let zeros = |like: &Vec<f64>| vec![0.0; like.len()];
    let (mut dx, mut dw) = (zeros(&given.x), zeros(&given.w));
    let (mut dbias, mut du) = (zeros(&given.bias), zeros(&given.u));
    for time in shape.times().into_iter().rev() {
        for row in (0..shape.batch).filter(|row| shape.live(time, *row)) {
            let (at, state) = (time * shape.batch + row, row * n..(row + 1) * n);
            let (dh, dc) = (&mut dh[state.clone()], &mut dc[state]);
            let mut dz = vec![0.0; wide];
            for unit in 0..n {
                let dh = dh[unit] + given.dy[at * n + unit];
                let of_gates = unit_backward(&seen[at], unit, dh, &mut dc[unit]);
                for (block, gradient) in shape.gates.into_iter().zip(of_gates) {
                    dz[block * n + unit] = gradient;
                }
            }
            let x = &given.x[at * shape.inputs..][..shape.inputs];
            through(x, &given.w, &dz, &mut dx[at * shape.inputs..], &mut dw);
            through(&seen[at].h, &given.u, &dz, dh, &mut du);
            dbias.iter_mut().zip(&dz).for_each(|(sum, dz)| *sum += dz);
        }
    }
    [dx, dh, dc, dw, dbias, du]
}

/// The gradients of a unit's gates before their activation; takes dc one step back.
fn unit_backward(seen: &Seen, unit: usize, dh: f64, dc: &mut f64) -> [f64; 4] {
    let [i, f, g, o] = seen.gates[unit];
    let squashed = seen.after[unit].tanh();
    let d = *dc + dh * o * (1.0 - squashed * squashed);
    *dc = d * f;
    let (di, df) = (d * g * i * (1.0 - i), d * seen.c[unit] * f * (1.0 - f));
    [di, df, d * i * (1.0 - g * g), dh * squashed * o * (1.0 - o)]
}

/// The gradients of `x m`: that of x is written, that of m added to.
fn through(x: &[f64], m: &[f64], dz: &[f64], dx: &mut [f64], dm: &mut [f64]) {
    for (k, x) in x.iter().enumerate() {
        let row = k * dz.len()..(k + 1) * dz.len();
        dx[k] = dz.iter().zip(&m[row.clone()]).map(|(dz, m)| dz * m).sum();
        dm[row].iter_mut().zip(dz).for_each(|(dm, dz)| *dm += x * dz);
    }
}
