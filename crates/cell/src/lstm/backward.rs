//! The LSTM's backward loop: gradients of outputs and last states in, gradients of
//! projected inputs, first states and the recurrent matrix out.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{Lstm, LstmTape};
use crate::product::{View, product, transpose};
use crate::scan::live;
use crate::simd::{Kernel, dispatch};

impl Lstm {
    /// Runs the loop backwards, after `forward` with the same tape, mask and matrix;
    /// false if `interrupt` was set, and the results are then unfinished.
    ///
    /// dy: `[T, B, H]`; dh_last, dc_last, dh0, dc0: `[B, H]`; dxw: `[T, B, 4H]`;
    /// u, du: `[H, 4H]`. A gradient that is not given is zero; those asked for are
    /// written, not added to.
    #[expect(clippy::too_many_arguments, reason = "one loop, plain slices")]
    pub fn backward(
        &self,
        mask: Option<&[f32]>,
        u: &[f32],
        tape: &mut LstmTape,
        dy: Option<&[f32]>,
        dh_last: Option<&[f32]>,
        dc_last: Option<&[f32]>,
        dxw: &mut [f32],
        dh0: &mut [f32],
        dc0: &mut [f32],
        du: &mut [f32],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let shape = self.shape;
        let (n, batch, units) = (shape.state_len(), shape.batch, shape.units);
        // The gradients of the first states are where those of all states pass through.
        start(dh0, dh_last);
        start(dc0, dc_last);
        // The library's products with a transposed matrix of few rows are slow.
        transpose(u, units, 4 * units, &mut tape.transposed);
        for step in (0..shape.steps).rev() {
            if interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                return false;
            }
            let time = shape.time(step);
            let before = shape.before(time) * n;
            let dz = &mut dxw[time * 4 * n..(time + 1) * 4 * n];
            dispatch(Step {
                lstm: self,
                mask: mask.map(|mask| &mask[time * batch..(time + 1) * batch]),
                gates: &tape.gates[time * 4 * n..(time + 1) * 4 * n],
                squashed: &tape.squashed[time * n..(time + 1) * n],
                c: &tape.cell[before..before + n],
                dy: dy.map(|dy| &dy[time * n..(time + 1) * n]),
                dh: dh0,
                dc: dc0,
                dz,
            });
            let dz = View::new(dz, batch, 4 * units);
            product(dz, View::new(&tape.transposed, 4 * units, units), dh0, true);
        }
        let rows = shape.steps * batch;
        let hidden = View::new(shape.befores(&tape.hidden), rows, units);
        product(hidden.transposed(), View::new(dxw, rows, 4 * units), du, false);
        true
    }
}

fn start(gradient: &mut [f32], last: Option<&[f32]>) {
    match last {
        Some(last) => gradient.copy_from_slice(last),
        None => gradient.fill(0.0),
    }
}

/// One time step before its product. All `[B, H]`, but mask: `[B]`; gates, dz:
/// `[B, 4H]`. dh and dc come in as the gradients of the states after the step; dc
/// leaves as that of the state before, dh as the part of it that passes by the gates.
struct Step<'a> {
    lstm: &'a Lstm,
    mask: Option<&'a [f32]>,
    gates: &'a [f32],
    squashed: &'a [f32],
    c: &'a [f32],
    dy: Option<&'a [f32]>,
    dh: &'a mut [f32],
    dc: &'a mut [f32],
    dz: &'a mut [f32],
}

impl Kernel for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let units = self.lstm.shape.units;
        for row in 0..self.lstm.shape.batch {
            let at = row * units..(row + 1) * units;
            let wide = row * 4 * units..(row + 1) * 4 * units;
            let dz = &mut self.dz[wide.clone()];
            if !live(self.mask, row) {
                dz.fill(0.0);
                continue;
            }
            let dh = &mut self.dh[at.clone()];
            if let Some(dy) = self.dy {
                add(dh, &dy[at.clone()]);
            }
            Row {
                gates: &self.gates[wide],
                squashed: &self.squashed[at.clone()],
                c: &self.c[at.clone()],
                dh,
                dc: &mut self.dc[at],
            }
            .run(self.lstm.gates, dz);
            dh.fill(0.0);
        }
    }
}

#[inline(always)]
fn add(sum: &mut [f32], terms: &[f32]) {
    for (sum, term) in sum.iter_mut().zip(terms) {
        *sum += term;
    }
}

/// One row of a step: gates `[4H]`, the others `[H]`.
struct Row<'a> {
    gates: &'a [f32],
    squashed: &'a [f32],
    c: &'a [f32],
    dh: &'a [f32],
    dc: &'a mut [f32],
}

impl Row<'_> {
    /// Writes dz: `[4H]`, and takes dc one step back.
    #[inline(always)]
    fn run(self, blocks: [usize; 4], dz: &mut [f32]) {
        let n = self.dc.len();
        let [i, f, g, o] = blocks.map(|block| &self.gates[block * n..(block + 1) * n]);
        let (squashed, c, dh) = (&self.squashed[..n], &self.c[..n], &self.dh[..n]);
        let dc = &mut self.dc[..n];
        for k in 0..n {
            let slope = 1.0 - squashed[k] * squashed[k];
            dc[k] = (dh[k] * o[k]).mul_add(slope, dc[k]);
        }
        let [di, df, dg, d_o] = blocks.map(|block| block * n);
        for k in 0..n {
            dz[di..di + n][k] = dc[k] * g[k] * (i[k] * (1.0 - i[k]));
        }
        for k in 0..n {
            dz[df..df + n][k] = dc[k] * c[k] * (f[k] * (1.0 - f[k]));
        }
        for k in 0..n {
            dz[dg..dg + n][k] = dc[k] * i[k] * (1.0 - g[k] * g[k]);
        }
        for k in 0..n {
            dz[d_o..d_o + n][k] = dh[k] * squashed[k] * (o[k] * (1.0 - o[k]));
        }
        for k in 0..n {
            dc[k] *= f[k];
        }
    }
}
