//! One panel of one step: a tile of its gates after another, and what becomes of them.

use super::cell::{activate, step};
use super::pack::copy;
use super::tile::{Left, each_tile, load, store, tile, tiles};
use super::{GATES, LstmLayer, PANEL};
use crate::scan::live;
use crate::simd::{Sixteen, WideKernel};

/// One panel of one step: x `[n, I]`, h and h_next `[n, row]`, cells `[n, 16]`, gates
/// `[n, 64]`, y `[n, H]`, mask `[n]`.
pub(super) struct Strip<'a> {
    pub(super) layer: &'a LstmLayer,
    pub(super) p: usize,
    pub(super) mask: Option<&'a [f32]>,
    pub(super) x: &'a [f32],
    pub(super) h: &'a [f32],
    pub(super) weights: &'a [f32],
    /// The weights that are read next, if they are to be fetched.
    pub(super) next: Option<&'a [f32]>,
    pub(super) bias: &'a [f32],
    pub(super) before: &'a [f32],
    pub(super) after: &'a mut [f32],
    pub(super) h_next: &'a mut [f32],
    pub(super) gates: Option<&'a mut [f32]>,
    pub(super) y: &'a mut [f32],
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
        let (inputs, units) = (self.layer.inputs, self.layer.shape.units);
        let weights = &self.weights[gate * PANEL * self.layer.depth()..];
        let (w, u) = weights.split_at(inputs * ACROSS * 16);
        let x = Left { data: &self.x[row * inputs..], row: inputs, step: 1 };
        tile::<S, R, ACROSS, AHEAD>(&mut sums, x, w, inputs, next.as_ptr());
        let stride = self.layer.row();
        let h = Left { data: &self.h[row * stride..], row: stride, step: 1 };
        let next = next.as_ptr().wrapping_add(inputs * 16);
        tile::<S, R, ACROSS, AHEAD>(&mut sums, h, u, units, next);
        for (sum, gates) in sums.iter().zip(gates) {
            store(sum, &mut gates[gate * PANEL..]);
        }
    }

    /// The states and the output of one row.
    #[inline(always)]
    fn step(&mut self, row: usize, gates: &[f32; GATES]) {
        let (p, units, stride) = (self.p, self.layer.shape.units, self.layer.row());
        let width = self.layer.width(p);
        let before = &self.before.as_chunks().0[row];
        let after = &mut self.after.as_chunks_mut().0[row];
        let h_next = &mut self.h_next[row * stride + p * PANEL..][..PANEL];
        let y = &mut self.y[row * units + p * PANEL..][..width];
        if !live(self.mask, row) {
            *after = *before;
            h_next.copy_from_slice(&self.h[row * stride + p * PANEL..][..PANEL]);
            y.fill(0.0);
            return;
        }
        let h = step(gates, before, after);
        h_next.copy_from_slice(&h);
        copy(&h[..width], y);
        if let Some(kept) = &mut self.gates {
            let kept = &mut kept.as_chunks_mut::<GATES>().0[row];
            // Whole, it would be copied by a call.
            for gate in 0..4 {
                copy(&gates[gate * PANEL..][..PANEL], &mut kept[gate * PANEL..][..PANEL]);
            }
        }
    }
}
