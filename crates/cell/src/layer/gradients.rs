//! The gradients of the weights: what a chunk of steps adds to them.
#![allow(unsafe_code)]

use std::ops::Range;

use super::PANEL;
use super::backward::BackPass;
use super::frame::{Frame, Run, Source};
use super::tile::{Left, Right, add, load, next_rows, store, tile};
use crate::buffer::Parts;
use crate::scan::live;
use crate::simd::{Sixteen, WideKernel};
use crate::symbol::named;

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
        self.step..(self.step + pass.chunk).min(pass.frame.shape.steps)
    }

    /// Copies this member's rows of x, if it is numbers, and of the states that are
    /// multiplied into the blocks that tiles read: source by source, and block by block
    /// of the rows of `[len, rows of the chunk]`, each `[rows, block]`.
    ///
    /// # Safety
    /// The rows must be this member's alone.
    pub(super) unsafe fn keep_rows(&self, left: Parts<'_>) {
        let pass = self.pass;
        let frame = pass.frame;
        let (batch, row) = (frame.shape.batch, self.rows.start);
        let n = self.rows.len();
        for step in self.steps() {
            let time = frame.shape.time(step) * batch + row;
            let mask = pass.given.mask.map(|mask| &mask[time..time + n]);
            let first = pass.slot(step) * batch + row;
            let mut done = 0;
            for source in frame.sources.iter().filter(|source| !source.looked_up) {
                let (from, apart) = match source.state {
                    None => (&pass.given.x[time * source.len..], source.len),
                    Some(state) => {
                        let at = frame.state(state, step, 0, row);
                        let len = n * frame.row();
                        // SAFETY: nobody writes states of these rows now.
                        (unsafe { pass.states[state].read(at, len) }, frame.row())
                    }
                };
                for (m, block) in blocks(source.len) {
                    let at = (done + m) * pass.chunk * batch + first * block;
                    // SAFETY: within a block, rows of members are disjoint.
                    let to = unsafe { left.write(at, n * block) };
                    cut(&from[m..], apart, block, mask, to);
                }
                done += source.len;
            }
        }
    }

    /// Adds what the chunk gives for the columns of panel p.
    ///
    /// # Safety
    /// The panel must be this member's alone, and the chunk complete.
    pub(super) unsafe fn panel(&self, p: usize, dz: Parts<'_>, left: Parts<'_>) {
        let pass = self.pass;
        let frame = pass.frame;
        let all = pass.chunk * frame.shape.batch;
        let (size, columns) = (frame.weights(), frame.sums.len() * PANEL);
        // SAFETY: chunks are not written before the members meet again, and the sums
        // of this panel are this member's.
        unsafe {
            pass.level.run(Sums {
                frame,
                dz: dz.read(p * columns * all, columns * all),
                left: left.read(0, all * frame.depth()),
                all,
                rows: self.steps().len() * frame.shape.batch,
                steps: self.steps(),
                x: pass.given.x,
                weights: pass.weights.write(p * size, size),
                bias: pass.bias.write(p * columns, columns),
                first: self.steps().end == frame.shape.steps,
            });
        }
    }

    /// Writes the gradients of the weights of panel p.
    ///
    /// # Safety
    /// The panel must be this member's alone.
    pub(super) unsafe fn finish(pass: &BackPass<'_>, p: usize) {
        let frame = pass.frame;
        let (size, sums) = (frame.weights(), frame.sums.len());
        // SAFETY: the panel's sums and columns are this member's.
        unsafe {
            let packed = pass.weights.read(p * size, size);
            for (source, matrix) in frame.sources.iter().zip(&pass.results.matrices) {
                frame.unpack_panel(packed, p, source, *matrix);
            }
            let bias = pass.bias.read(p * sums * PANEL, sums * PANEL);
            for (sum, from) in frame.sums.iter().zip(bias.chunks_exact(PANEL)) {
                for of in &sum.biases {
                    if let Some(to) = &pass.results.biases[of.of] {
                        let at = of.block * frame.shape.units + p * PANEL;
                        let to = to.write(at, frame.width(p));
                        to.copy_from_slice(&from[..to.len()]);
                    }
                }
            }
        }
    }
}

/// The blocks of `n` rows: where each begins, and how many rows it has.
fn blocks(n: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rows = next_rows(n - at);
        at += rows;
        (rows > 0).then_some((at - rows, rows))
    })
}

/// The first `block` numbers of each row of `from`, whose rows lie `stride` apart, one
/// after another; zeros for rows that take no part, whatever they hold.
fn cut(from: &[f32], stride: usize, block: usize, mask: Option<&[f32]>, to: &mut [f32]) {
    match block {
        6 => columns::<6>(from, stride, mask, to),
        5 => columns::<5>(from, stride, mask, to),
        4 => columns::<4>(from, stride, mask, to),
        3 => columns::<3>(from, stride, mask, to),
        2 => columns::<2>(from, stride, mask, to),
        _ => columns::<1>(from, stride, mask, to),
    }
}

/// The same for `N` numbers, which then move in registers.
fn columns<const N: usize>(
    from: &[f32],
    stride: usize,
    mask: Option<&[f32]>,
    to: &mut [f32],
) {
    let (to, _) = to.as_chunks_mut::<N>();
    for (row, (to, from)) in to.iter_mut().zip(from.chunks(stride)).enumerate() {
        if live(mask, row) {
            to.copy_from_slice(&from[..N]);
        } else {
            to.fill(0.0);
        }
    }
}

/// The sums over the rows of a chunk for one panel.
struct Sums<'a> {
    frame: &'a Frame,
    /// `[all, C * 16]`, packed; the chunk's rows are the last.
    dz: &'a [f32],
    /// As [`Gradients::keep_rows`] leaves it.
    left: &'a [f32],
    all: usize,
    rows: usize,
    /// The chunk's steps.
    steps: Range<usize>,
    /// As [`crate::LayerInputs::x`].
    x: &'a [f32],
    /// Packed as the weights of a panel.
    weights: &'a mut [f32],
    /// `[C * 16]`
    bias: &'a mut [f32],
    /// Whether nothing was added before.
    first: bool,
}

impl WideKernel for Sums<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(mut self) {
        for sum in 0..self.frame.sums.len() {
            self.bias::<S>(sum);
        }
        let mut done = 0;
        for source in &self.frame.sources {
            for run in &source.runs {
                if const { S::ACROSS == 4 } {
                    match run.width {
                        4 => self.group::<S, 4>(source, done, run),
                        3 => self.group::<S, 3>(source, done, run),
                        2 => self.group::<S, 2>(source, done, run),
                        _ => self.group::<S, 1>(source, done, run),
                    }
                } else {
                    self.group::<S, 1>(source, done, run);
                }
            }
            done += source.factors();
        }
    }
}

impl Sums<'_> {
    /// The weights of a run; before those of its source, `done` rows were on the left.
    #[inline(always)]
    fn group<S: Sixteen, const ACROSS: usize>(
        &mut self,
        source: &Source,
        done: usize,
        run: &Run,
    ) {
        if source.looked_up {
            return self.table::<S, ACROSS>(source.len, run);
        }
        for (m, block) in blocks(source.len) {
            match block {
                6 => self.block::<S, ACROSS, 6>(done + m, run, m),
                5 => self.block::<S, ACROSS, 5>(done + m, run, m),
                4 => self.block::<S, ACROSS, 4>(done + m, run, m),
                3 => self.block::<S, ACROSS, 3>(done + m, run, m),
                2 => self.block::<S, ACROSS, 2>(done + m, run, m),
                _ => self.block::<S, ACROSS, 1>(done + m, run, m),
            }
        }
    }

    /// R rows of the weights of a run from row `m` on, `left` on the left.
    #[inline(always)]
    fn block<S: Sixteen, const ACROSS: usize, const R: usize>(
        &mut self,
        left: usize,
        run: &Run,
        m: usize,
    ) {
        let at = run.at + m * ACROSS * 16;
        let to = &mut self.weights[at..at + R * ACROSS * 16];
        let mut sums = [[S::splat(0.0); ACROSS]; R];
        if !self.first {
            for (r, sum) in sums.iter_mut().enumerate() {
                load(sum, &to[r * ACROSS * 16..]);
            }
        }
        let skipped = self.all - self.rows;
        let data = &self.left[left * self.all + skipped * R..][..self.rows * R];
        let left = Left { data, row: 1, step: R };
        let dz = &self.dz[self.frame.run(0, run, skipped, self.all)..];
        let right = Right { data: dz, apart: run.group.1 * PANEL };
        tile::<S, R, ACROSS, false>(&mut sums, left, right, self.rows, std::ptr::null());
        for (r, sum) in sums.iter().enumerate() {
            store(sum, &mut to[r * ACROSS * 16..]);
        }
    }

    /// The rows of the weights of a run that symbols of `kinds` kinds name.
    #[inline(always)]
    fn table<S: Sixteen, const ACROSS: usize>(&mut self, kinds: usize, run: &Run) {
        let (frame, wide) = (self.frame, ACROSS * PANEL);
        let to = &mut self.weights[run.at..][..kinds * wide];
        if self.first {
            to.fill(0.0);
        }
        let mut row = self.all - self.rows;
        for step in self.steps.clone().rev() {
            let time = frame.shape.time(step) * frame.shape.batch;
            for symbol in &self.x[time..][..frame.shape.batch] {
                if let Some(kind) = named(*symbol, kinds) {
                    let to = &mut to[kind * wide..][..wide];
                    let mut sums = [S::splat(0.0); ACROSS];
                    load(&mut sums, to);
                    add(&mut sums, &self.dz[frame.run(0, run, row, self.all)..]);
                    store(&sums, to);
                }
                row += 1;
            }
        }
    }

    #[inline(always)]
    fn bias<S: Sixteen>(&mut self, sum: usize) {
        let to = &mut self.bias.as_chunks_mut::<PANEL>().0[sum];
        let mut total = if self.first { S::splat(0.0) } else { S::load(to) };
        let skipped = self.all - self.rows;
        let dz = &self.dz[self.frame.sum(0, sum, skipped, self.all)..];
        let (dz, _) = dz.as_chunks::<PANEL>();
        let (_, apart) = self.frame.group(sum);
        for row in 0..self.rows {
            total = total.plus(S::load(&dz[row * apart]));
        }
        total.store(to);
    }
}
