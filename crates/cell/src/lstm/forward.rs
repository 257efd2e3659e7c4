//! The LSTM's forward loop: projected inputs and first states in, outputs and last
//! states out.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{Lstm, LstmTape};
use crate::activation::{Function, apply};
use crate::product::{View, product};
use crate::scan::live;
use crate::simd::{Kernel, dispatch};

impl Lstm {
    /// Runs the loop; false if `interrupt` was set, and the results are then unfinished.
    ///
    /// xw: `[T, B, 4H]`, bias included; mask: `[T, B]` of 1 and 0; h0, c0: `[B, H]`;
    /// u: `[H, 4H]`; y: `[T, B, H]`; h_last, c_last: `[B, H]`.
    #[expect(clippy::too_many_arguments, reason = "one loop, plain slices")]
    pub fn forward(
        &self,
        xw: &[f32],
        mask: Option<&[f32]>,
        h0: &[f32],
        c0: &[f32],
        u: &[f32],
        tape: &mut LstmTape,
        y: &mut [f32],
        h_last: &mut [f32],
        c_last: &mut [f32],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let shape = self.shape;
        let (n, batch, units) = (shape.state_len(), shape.batch, shape.units);
        let first = shape.first() * n;
        tape.hidden[first..first + n].copy_from_slice(h0);
        tape.cell[first..first + n].copy_from_slice(c0);
        for step in 0..shape.steps {
            if interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                return false;
            }
            let time = shape.time(step);
            let gates = &mut tape.gates[time * 4 * n..(time + 1) * 4 * n];
            gates.copy_from_slice(&xw[time * 4 * n..(time + 1) * 4 * n]);
            let (h, h_next) = shape.step(&mut tape.hidden, time);
            let (c, c_next) = shape.step(&mut tape.cell, time);
            product(
                View::new(h, batch, units),
                View::new(u, units, 4 * units),
                gates,
                true,
            );
            dispatch(Step {
                lstm: self,
                mask: mask.map(|mask| &mask[time * batch..(time + 1) * batch]),
                h,
                c,
                gates,
                squashed: &mut tape.squashed[time * n..(time + 1) * n],
                h_next,
                c_next,
                y: &mut y[time * n..(time + 1) * n],
            });
        }
        let last = shape.last() * n;
        h_last.copy_from_slice(&tape.hidden[last..last + n]);
        c_last.copy_from_slice(&tape.cell[last..last + n]);
        true
    }
}

/// One time step after its product. All `[B, H]`, but mask: `[B]`, gates: `[B, 4H]`.
struct Step<'a> {
    lstm: &'a Lstm,
    mask: Option<&'a [f32]>,
    h: &'a [f32],
    c: &'a [f32],
    gates: &'a mut [f32],
    squashed: &'a mut [f32],
    h_next: &'a mut [f32],
    c_next: &'a mut [f32],
    y: &'a mut [f32],
}

impl Kernel for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let units = self.lstm.shape.units;
        let [i, f, g, o] = self.lstm.gates.map(|block| block * units);
        for row in 0..self.lstm.shape.batch {
            let at = row * units..(row + 1) * units;
            let (c_next, h_next) =
                (&mut self.c_next[at.clone()], &mut self.h_next[at.clone()]);
            let y = &mut self.y[at.clone()];
            if !live(self.mask, row) {
                c_next.copy_from_slice(&self.c[at.clone()]);
                h_next.copy_from_slice(&self.h[at]);
                y.fill(0.0);
                continue;
            }
            let gates = &mut self.gates[row * 4 * units..(row + 1) * 4 * units];
            activate(gates, units, g);
            let (c, squashed) = (&self.c[at.clone()], &mut self.squashed[at]);
            let (i, f) = (&gates[i..i + units], &gates[f..f + units]);
            let (g, o) = (&gates[g..g + units], &gates[o..o + units]);
            for k in 0..units {
                let next = f[k].mul_add(c[k], i[k] * g[k]);
                c_next[k] = next;
                squashed[k] = next;
            }
            apply(Function::Tanh, squashed);
            for k in 0..units {
                h_next[k] = o[k] * squashed[k];
                y[k] = h_next[k];
            }
        }
    }
}

/// Sigmoid of a row's gates, but tanh of the block that begins at `candidate`.
#[inline(always)]
fn activate(gates: &mut [f32], units: usize, candidate: usize) {
    apply(Function::Sigmoid, &mut gates[..candidate]);
    apply(Function::Tanh, &mut gates[candidate..candidate + units]);
    apply(Function::Sigmoid, &mut gates[candidate + units..]);
}
