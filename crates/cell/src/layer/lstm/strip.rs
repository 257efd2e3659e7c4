//! One panel of one step: a tile of its gates after another, and what becomes of them.
#![allow(unsafe_code)]

use std::ops::Range;

use super::cell::{activate, step};
use super::{GATES, PANEL};
use crate::layer::forward::Pass;
use crate::layer::frame::Frame;
use crate::layer::pack::copy;
use crate::layer::tile::{Left, Right, add, each_tile, load, store, tile, tiles};
use crate::scan::live;
use crate::simd::{Sixteen, WideKernel};
use crate::symbol::{Features, named};

/// One panel of one step, for some rows.
///
/// # Safety
/// As [`crate::layer::Cell::panel`].
pub(super) unsafe fn panel(pass: &Pass<'_>, at: usize, p: usize, rows: &Range<usize>) {
    let frame = pass.frame;
    let (shape, width) = (frame.shape, frame.features().width());
    let (first, n) = (rows.start, rows.len());
    let time = shape.time(at) * shape.batch + first;
    let (before, after) = (pass.slot(at), pass.slot(at + 1));
    let hidden = |slot: usize| frame.state(0, slot, 0, first);
    let cell = |slot: usize| frame.state(1, slot, p, first);
    let kept = (at * frame.panels() + p) * shape.batch + first;
    let size = frame.weights();
    // SAFETY: weights were written before; all else is of these rows, and states before
    // and after a step lie in different slots.
    unsafe {
        pass.level.run(Strip {
            frame,
            p,
            mask: pass.given.mask.map(|mask| &mask[time..time + n]),
            x: &pass.given.x[time * width..][..n * width],
            h: pass.states[0].read(hidden(before), n * frame.row()),
            weights: pass.weights.read(p * size, size),
            next: pass.next(p),
            bias: pass.bias.read(p * GATES, GATES),
            before: pass.states[1].read(cell(before), n * PANEL),
            after: pass.states[1].write(cell(after), n * PANEL),
            h_next: pass.states[0].write(hidden(after), n * frame.row()),
            gates: pass.training.then(|| pass.kept.write(kept * GATES, n * GATES)),
            y: pass.y.map(|y| y.write(time * shape.units, n * shape.units)),
        });
    }
}

/// One panel of one step: x `[n, I]`, or `[n]` symbols, h and h_next `[n, row]`, cells
/// `[n, 16]`, gates `[n, 64]`, y `[n, H]`, mask `[n]`.
struct Strip<'a> {
    frame: &'a Frame,
    p: usize,
    mask: Option<&'a [f32]>,
    x: &'a [f32],
    h: &'a [f32],
    weights: &'a [f32],
    /// The weights that are read next, if they are to be fetched.
    next: Option<&'a [f32]>,
    bias: &'a [f32],
    before: &'a [f32],
    after: &'a mut [f32],
    h_next: &'a mut [f32],
    gates: Option<&'a mut [f32]>,
    y: Option<&'a mut [f32]>,
}

impl WideKernel for Strip<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(mut self) {
        let rows = self.before.len() / PANEL;
        let mut left = tiles(rows) + 1;
        each_tile!(rows, row => self.rows::<S>(row, {
            left -= 1;
            left
        }));
    }
}

impl Strip<'_> {
    /// R rows from `row` on, all that is left being `left` such tiles.
    #[inline(always)]
    fn rows<S: Sixteen, const R: usize>(&mut self, row: usize, left: usize) {
        let mut gates = [[0.0; GATES]; R];
        if const { S::ACROSS == 4 } {
            match self.next.filter(|_| left <= 4) {
                // The last four tiles fetch a quarter each.
                Some(next) => {
                    let quarter = next.len() / 4;
                    let next = &next[(4 - left) * quarter..];
                    self.product::<S, R, 4, true>(row, 0, &mut gates, next);
                }
                None => self.product::<S, R, 4, false>(row, 0, &mut gates, &[]),
            }
        } else {
            for gate in 0..4 {
                self.product::<S, R, 1, false>(row, gate, &mut gates, &[]);
            }
        }
        for (r, gates) in gates.iter_mut().enumerate() {
            activate(gates);
            self.step(row + r, gates);
        }
    }

    /// The gates of R rows before their activation, from gate number `gate` on.
    #[inline(always)]
    fn product<S: Sixteen, const R: usize, const ACROSS: usize, const AHEAD: bool>(
        &self,
        row: usize,
        gate: usize,
        gates: &mut [[f32; GATES]; R],
        next: &[f32],
    ) {
        let mut sums = [[S::splat(0.0); ACROSS]; R];
        for sum in &mut sums {
            load(sum, &self.bias[gate * PANEL..]);
        }
        let (features, units) = (self.frame.features(), self.frame.shape.units);
        let (w, u) = self.weights.split_at(features.rows() * GATES);
        let right = |weights| Right { data: weights, apart: ACROSS * 16 };
        let w = right(&w[gate * PANEL * features.rows()..]);
        let u = right(&u[gate * PANEL * units..]);
        let mut next = next.as_ptr();
        match features {
            Features::Numbers(inputs) => {
                let x = Left { data: &self.x[row * inputs..], row: inputs, step: 1 };
                tile::<S, R, ACROSS, AHEAD>(&mut sums, x, w, inputs, next);
                next = next.wrapping_add(inputs * 16);
            }
            Features::Symbol(kinds) => {
                for (sum, symbol) in sums.iter_mut().zip(&self.x[row..]) {
                    if let Some(kind) = named(*symbol, kinds) {
                        add(sum, &w.data[kind * w.apart..]);
                    }
                }
            }
        }
        let stride = self.frame.row();
        let h = Left { data: &self.h[row * stride..], row: stride, step: 1 };
        tile::<S, R, ACROSS, AHEAD>(&mut sums, h, u, units, next);
        for (sum, gates) in sums.iter().zip(gates) {
            store(sum, &mut gates[gate * PANEL..]);
        }
    }

    /// The states and the output of one row.
    #[inline(always)]
    fn step(&mut self, row: usize, gates: &[f32; GATES]) {
        let (p, units, stride) = (self.p, self.frame.shape.units, self.frame.row());
        let width = self.frame.width(p);
        let before = &self.before.as_chunks().0[row];
        let after = &mut self.after.as_chunks_mut().0[row];
        let h_next = &mut self.h_next[row * stride + p * PANEL..][..PANEL];
        let y = self.y.as_mut().map(|y| &mut y[row * units + p * PANEL..][..width]);
        if !live(self.mask, row) {
            *after = *before;
            h_next.copy_from_slice(&self.h[row * stride + p * PANEL..][..PANEL]);
            if let Some(y) = y {
                y.fill(0.0);
            }
            return;
        }
        let h = step(gates, before, after);
        copy(&h, h_next);
        if let Some(y) = y {
            copy(&h[..width], y);
        }
        if let Some(kept) = &mut self.gates {
            let kept = &mut kept.as_chunks_mut::<GATES>().0[row];
            // Whole, it would be copied by a call.
            for gate in 0..4 {
                copy(&gates[gate * PANEL..][..PANEL], &mut kept[gate * PANEL..][..PANEL]);
            }
        }
    }
}
