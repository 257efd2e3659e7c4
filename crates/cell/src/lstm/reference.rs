//! The LSTM in plain loops, double precision and libm: the oracle of the fused loop.

use super::Lstm;

/// What the forward oracle gives.
#[derive(Debug, Clone)]
pub struct LstmReference {
    /// The outputs `[T, B, H]`, in time order.
    pub y: Vec<f64>,
    /// The last hidden state `[B, H]`.
    pub h_last: Vec<f64>,
    /// The last cell state `[B, H]`.
    pub c_last: Vec<f64>,
    /// What each step of each unit saw, `[T, B, H]`.
    seen: Vec<Seen>,
}

/// What the backward oracle gives.
#[derive(Debug, Clone)]
pub struct LstmReferenceGradients {
    /// Of the projected inputs `[T, B, 4H]`.
    pub dxw: Vec<f64>,
    /// Of the first hidden state `[B, H]`.
    pub dh0: Vec<f64>,
    /// Of the first cell state `[B, H]`.
    pub dc0: Vec<f64>,
    /// Of the recurrent matrix `[H, 4H]`.
    pub du: Vec<f64>,
}

/// One unit at one step: its states before, its gates i, f, g and o, and its cell
/// state after.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    h: f64,
    c: f64,
    gates: [f64; 4],
    next: f64,
}

/// [`Lstm::forward`] in plain loops; the same shapes.
pub fn lstm_forward_reference(
    lstm: &Lstm,
    xw: &[f64],
    mask: Option<&[f64]>,
    h0: &[f64],
    c0: &[f64],
    u: &[f64],
) -> LstmReference {
    let shape = lstm.shape;
    let (n, units) = (shape.state_len(), shape.units);
    let (mut h, mut c) = (h0.to_vec(), c0.to_vec());
    let mut y = vec![0.0; shape.steps * n];
    let mut seen = vec![Seen::default(); shape.steps * n];
    for step in 0..shape.steps {
        let time = shape.time(step);
        let before = (h.clone(), c.clone());
        for row in 0..shape.batch {
            let at = time * shape.batch + row;
            if mask.is_some_and(|mask| mask[at] == 0.0) {
                continue;
            }
            for unit in 0..units {
                let k = row * units + unit;
                let (h_row, x_row) = (&before.0[row * units..], &xw[at * 4 * units..]);
                let gates = gates(lstm, unit, x_row, h_row, u);
                let [i, f, g, o] = gates;
                c[k] = f * before.1[k] + i * g;
                h[k] = o * c[k].tanh();
                y[at * units + unit] = h[k];
                seen[at * units + unit] =
                    Seen { h: before.0[k], c: before.1[k], gates, next: c[k] };
            }
        }
    }
    LstmReference { y, h_last: h, c_last: c, seen }
}

/// A unit's four gates after their activation. x: `[4H]`, h: `[H]`.
fn gates(lstm: &Lstm, unit: usize, x: &[f64], h: &[f64], u: &[f64]) -> [f64; 4] {
    let units = lstm.shape.units;
    let [i, f, g, o] = lstm.gates.map(|block| {
        let column = block * units + unit;
        let recurrent: f64 = (0..units).map(|k| h[k] * u[k * 4 * units + column]).sum();
        x[column] + recurrent
    });
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    [sigmoid(i), sigmoid(f), g.tanh(), sigmoid(o)]
}

/// [`Lstm::backward`] in plain loops, after `forward`; the same shapes.
pub fn lstm_backward_reference(
    lstm: &Lstm,
    forward: &LstmReference,
    mask: Option<&[f64]>,
    u: &[f64],
    dy: &[f64],
    dh_last: &[f64],
    dc_last: &[f64],
) -> LstmReferenceGradients {
    let shape = lstm.shape;
    let (n, units) = (shape.state_len(), shape.units);
    let (mut dh, mut dc) = (dh_last.to_vec(), dc_last.to_vec());
    let mut dxw = vec![0.0; shape.steps * 4 * n];
    let mut du = vec![0.0; 4 * units * units];
    for step in (0..shape.steps).rev() {
        for row in 0..shape.batch {
            let at = shape.time(step) * shape.batch + row;
            if mask.is_some_and(|mask| mask[at] == 0.0) {
                continue;
            }
            let seen = &forward.seen[at * units..(at + 1) * units];
            let dz = &mut dxw[at * 4 * units..(at + 1) * 4 * units];
            for unit in 0..units {
                let k = row * units + unit;
                let gradients =
                    unit_backward(seen[unit], dh[k] + dy[at * units + unit], &mut dc[k]);
                for (block, gradient) in lstm.gates.into_iter().zip(gradients) {
                    dz[block * units + unit] = gradient;
                }
            }
            let dh = &mut dh[row * units..(row + 1) * units];
            through_product(seen, dz, u, dh, &mut du);
        }
    }
    LstmReferenceGradients { dxw, dh0: dh, dc0: dc, du }
}

/// The gradients of a unit's gates before their activation; takes dc one step back.
fn unit_backward(seen: Seen, dh: f64, dc: &mut f64) -> [f64; 4] {
    let [i, f, g, o] = seen.gates;
    let squashed = seen.next.tanh();
    let d = *dc + dh * o * (1.0 - squashed * squashed);
    *dc = d * f;
    let (di, df) = (d * g * i * (1.0 - i), d * seen.c * f * (1.0 - f));
    [di, df, d * i * (1.0 - g * g), dh * squashed * o * (1.0 - o)]
}

/// The product's gradients: dh = dz Uᵀ is written, dU += hᵀ dz. For one row.
fn through_product(seen: &[Seen], dz: &[f64], u: &[f64], dh: &mut [f64], du: &mut [f64]) {
    for (k, (seen, dh)) in seen.iter().zip(dh).enumerate() {
        let row = k * dz.len()..(k + 1) * dz.len();
        *dh = dz.iter().zip(&u[row.clone()]).map(|(dz, u)| dz * u).sum();
        for (du, dz) in du[row].iter_mut().zip(dz) {
            *du += seen.h * dz;
        }
    }
}
