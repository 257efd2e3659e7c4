//! The gradients of the weights: what a chunk of steps adds to them.
#![allow(unsafe_code)]

use std::ops::Range;

use super::backward::BackPass;
use super::columns::Columns;
use super::tile::{Left, ROWS, load, next_rows, store, tile};
use super::{GATES, PANEL};
use crate::buffer::Parts;
use crate::scan::live;
use crate::simd::{Sixteen, WideKernel};

/// A chunk of steps, complete, that begins with `step`.
pub(super) struct Gradients<'a> {
    pub(super) pass: &'a BackPass<'a>,
    pub(super) step: usize,
    /// The member's rows of the batch.
    pub(super) rows: &'a Range<usize>,
}

impl Gradients<'_> {
    fn steps(&self) -> Range<usize> {
        let pass = self.pass;
        self.step..(self.step + pass.chunk).min(pass.layer.shape.steps)
    }

    /// Copies this member's rows of x and h into the blocks that tiles read: block by
    /// block of the rows of `[I + H, rows of the chunk]`, each `[rows, block]`.
    ///
    /// # Safety
    /// The rows must be this member's alone.
    pub(super) unsafe fn keep_rows(&self, left: Parts<'_>) {
        let pass = self.pass;
        let layer = pass.layer;
        let batch = layer.shape.batch;
        let n = self.rows.len();
        for step in self.steps() {
            let time = layer.shape.time(step) * batch + self.rows.start;
            let x = &pass.inputs.x[time * layer.inputs..][..n * layer.inputs];
            let at = (step * batch + self.rows.start) * layer.row();
            // SAFETY: nobody writes hidden states on the way back.
            let h = unsafe { pass.hidden.read(at, n * layer.row()) };
            let mask = pass.inputs.mask.map(|mask| &mask[time..time + n]);
            let first = pass.slot(step) * batch + self.rows.start;
            for (m, block) in blocks(layer.inputs, layer.shape.units) {
                let at = m * pass.chunk * batch + first * block;
                // SAFETY: within a block, rows of members are disjoint.
                let to = unsafe { left.write(at, n * block) };
                match m.checked_sub(layer.inputs) {
                    None => cut(&x[m..], layer.inputs, block, mask, to),
                    Some(m) => cut(&h[m..], layer.row(), block, mask, to),
                }
            }
        }
    }

    /// Adds what the chunk gives for the columns of panel p.
    ///
    /// # Safety
    /// The panel must be this member's alone, and the chunk complete.
    pub(super) unsafe fn panel(&self, p: usize, dz: Parts<'_>, left: Parts<'_>) {
        let pass = self.pass;
        let layer = pass.layer;
        let all = pass.chunk * layer.shape.batch;
        let rows = self.steps().len() * layer.shape.batch;
        // SAFETY: chunks are not written before the members meet again, and the sums
        // of this panel are this member's.
        unsafe {
            pass.level.run(Sums {
                dz: dz.read(p * GATES * all, GATES * all),
                left: left.read(0, all * layer.depth()),
                all,
                rows,
                sizes: [layer.inputs, layer.shape.units],
                weights: pass
                    .weights
                    .write(p * GATES * layer.depth(), GATES * layer.depth()),
                bias: pass.bias.write(p * GATES, GATES),
                first: self.steps().end == layer.shape.steps,
            });
        }
    }

    /// Writes the gradients of the weights of panel p.
    ///
    /// # Safety
    /// The panel must be this member's alone.
    pub(super) unsafe fn finish(pass: &BackPass<'_>, p: usize) {
        let layer = pass.layer;
        let (inputs, units, depth) = (layer.inputs, layer.shape.units, layer.depth());
        let columns = Columns::new(layer.panels() * GATES, pass.level.across());
        let [dw, du, dbias] = pass.results;
        // SAFETY: the panel's sums and columns are this member's.
        unsafe {
            let sums = pass.weights.read(p * GATES * depth, GATES * depth);
            layer.unpack_panel(sums, p, dw, columns, (0, inputs, depth));
            layer.unpack_panel(sums, p, du, columns, (inputs, units, depth));
            let bias = pass.bias.read(p * GATES, GATES);
            for gate in 0..4 {
                let to = dbias.write(layer.column(p, gate), layer.width(p));
                to.copy_from_slice(&bias[gate * PANEL..][..to.len()]);
            }
        }
    }
}

/// The blocks of rows of `[I + H, ..]`, those of x and of h apart: where each begins,
/// and how many rows it has.
fn blocks(inputs: usize, units: usize) -> impl Iterator<Item = (usize, usize)> {
    [(0, inputs), (inputs, inputs + units)].into_iter().flat_map(|(mut at, end)| {
        std::iter::from_fn(move || {
            let rows = next_rows(end - at);
            at += rows;
            (rows > 0).then_some((at - rows, rows))
        })
    })
}

/// The first `block` numbers of each row of `from`, whose rows lie `stride` apart, one
/// after another; zeros for rows that take no part, whatever they hold.
fn cut(from: &[f32], stride: usize, block: usize, mask: Option<&[f32]>, to: &mut [f32]) {
    for (row, (to, from)) in
        to.chunks_exact_mut(block).zip(from.chunks(stride)).enumerate()
    {
        if !live(mask, row) {
            to.fill(0.0);
        } else if let (Some(to), Some(from)) =
            (to.first_chunk_mut::<ROWS>(), from.first_chunk::<ROWS>())
        {
            *to = *from;
        } else {
            to.copy_from_slice(&from[..block]);
        }
    }
}

/// The sums over the rows of a chunk for one panel.
struct Sums<'a> {
    /// `[all, 64]`, packed; the chunk's rows are the last.
    dz: &'a [f32],
    /// As [`Gradients::keep_rows`] leaves it.
    left: &'a [f32],
    all: usize,
    rows: usize,
    /// I and H.
    sizes: [usize; 2],
    /// `[I + H, 64]`, packed.
    weights: &'a mut [f32],
    /// `[64]`
    bias: &'a mut [f32],
    /// Whether nothing was added before.
    first: bool,
}

impl WideKernel for Sums<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(mut self) {
        if const { S::ACROSS == 4 } {
            self.group::<S, 4>(0);
        } else {
            for gate in 0..4 {
                self.group::<S, 1>(gate);
            }
        }
    }
}

impl Sums<'_> {
    /// The columns of the gates from number `gate` on.
    #[inline(always)]
    fn group<S: Sixteen, const ACROSS: usize>(&mut self, gate: usize) {
        let wide = ACROSS * 16;
        let skipped = self.all - self.rows;
        let dz = &self.dz[gate * PANEL * self.all + skipped * wide..];
        let dz = &dz[..self.rows * wide];
        self.bias::<S, ACROSS>(gate, dz);
        let [inputs, units] = self.sizes;
        for (m, block) in blocks(inputs, units) {
            match block {
                6 => self.block::<S, ACROSS, 6>(gate, m, dz),
                5 => self.block::<S, ACROSS, 5>(gate, m, dz),
                4 => self.block::<S, ACROSS, 4>(gate, m, dz),
                3 => self.block::<S, ACROSS, 3>(gate, m, dz),
                2 => self.block::<S, ACROSS, 2>(gate, m, dz),
                _ => self.block::<S, ACROSS, 1>(gate, m, dz),
            }
        }
    }

    #[inline(always)]
    fn block<S: Sixteen, const ACROSS: usize, const R: usize>(
        &mut self,
        gate: usize,
        m: usize,
        dz: &[f32],
    ) {
        let depth = self.sizes[0] + self.sizes[1];
        let at = gate * PANEL * depth + m * ACROSS * 16;
        let to = &mut self.weights[at..at + R * ACROSS * 16];
        let mut sums = [[S::splat(0.0); ACROSS]; R];
        if !self.first {
            for (r, sum) in sums.iter_mut().enumerate() {
                load(sum, &to[r * ACROSS * 16..]);
            }
        }
        let skipped = (self.all - self.rows) * R;
        let data = &self.left[m * self.all + skipped..][..self.rows * R];
        let left = Left { data, row: 1, step: R };
        tile::<S, R, ACROSS, false>(&mut sums, left, dz, self.rows, std::ptr::null());
        for (r, sum) in sums.iter().enumerate() {
            store(sum, &mut to[r * ACROSS * 16..]);
        }
    }

    #[inline(always)]
    fn bias<S: Sixteen, const ACROSS: usize>(&mut self, gate: usize, dz: &[f32]) {
        let to = &mut self.bias[gate * PANEL..][..ACROSS * 16];
        let mut sums = [S::splat(0.0); ACROSS];
        if !self.first {
            load(&mut sums, to);
        }
        for row in dz.chunks_exact(ACROSS * 16) {
            let (row, _) = row.as_chunks::<16>();
            for v in 0..ACROSS {
                sums[v] = sums[v].plus(S::load(&row[v]));
            }
        }
        store(&sums, to);
    }
}
