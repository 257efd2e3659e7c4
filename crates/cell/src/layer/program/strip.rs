//! One panel of one step: the sums of a few rows by tiles, and the program on them while
//! they are near.
#![allow(unsafe_code)]

use std::ops::Range;

use crate::buffer::Parts;
use crate::code::{Leaf, ProgramCell, Units, run};
use crate::layer::PANEL;
use crate::layer::forward::Pass;
use crate::layer::frame::{Run, Source};
use crate::layer::pack::copy;
use crate::layer::tile::{Left, Right, add, each_tile, tile, tiles};
use crate::scan::live;
use crate::simd::{Sixteen, WideKernel};
use crate::symbol::named;

/// The most rows on which the program is run at once: two tiles. Their values stay in
/// the first cache, and reading an operation costs little beside doing it.
pub(super) const ROWS: usize = 12;

/// One panel of one step, for some rows. Who makes one promises what
/// [`crate::layer::cell::Cell::panel`] asks for.
pub(super) struct Strip<'a> {
    pub(super) pass: &'a Pass<'a>,
    pub(super) cell: &'a ProgramCell,
    pub(super) step: usize,
    pub(super) p: usize,
    pub(super) rows: Range<usize>,
}

impl WideKernel for Strip<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        let (frame, n) = (self.pass.frame, self.rows.len());
        let (start, len) = (self.rows.start * frame.room[0], n * frame.room[0]);
        // SAFETY: the room of these rows is their member's alone.
        let room = unsafe { self.pass.room.write(start, len) };
        let values = room.as_chunks_mut().0;
        let apart = n.min(ROWS);
        for block in self.rows.clone().step_by(ROWS) {
            let rows = block..(block + ROWS).min(self.rows.end);
            self.sums::<S>(values, apart, &rows);
            self.before(values, apart, &rows);
            run(&self.cell.forward, values, apart, rows.len());
            self.after(values, apart, &rows);
        }
    }
}

impl Strip<'_> {
    /// The sums of some rows.
    #[inline(always)]
    fn sums<S: Sixteen>(&self, values: &mut [Units], apart: usize, rows: &Range<usize>) {
        let (frame, pass) = (self.pass.frame, self.pass);
        let (size, sums) = (frame.weights(), frame.sums.len());
        // SAFETY: weights were written before the members met.
        let (bias, weights, next) = unsafe {
            let bias = pass.bias.read(self.p * sums * PANEL, sums * PANEL);
            let weights = pass.weights.read(self.p * size, size);
            (bias.as_chunks().0, weights, pass.next(self.p))
        };
        let table = frame.table();
        for (sum, terms) in frame.sums.iter().enumerate() {
            if terms.products.is_empty() {
                values[sum * apart..][..rows.len()].fill(bias[sum]);
            }
        }
        let later = tiles_after(&self.rows, rows.start);
        for source in &frame.sources {
            let left = self.left(source, rows);
            let mut products = Products {
                source,
                left,
                bias,
                weights,
                next: next.map(|next| (next, table)),
                values: &mut *values,
                apart,
                n: rows.len(),
                later,
            };
            products.run::<S>();
        }
    }

    /// What a source multiplies.
    #[inline(always)]
    fn left(&self, source: &Source, rows: &Range<usize>) -> Left<'_> {
        let (frame, pass) = (self.pass.frame, self.pass);
        let (len, n) = (source.len, rows.len());
        let (data, row) = match source.state {
            None => {
                let at = frame.shape.time(self.step) * frame.shape.batch + rows.start;
                let len = if source.looked_up { 1 } else { len };
                (&pass.given.x[at * len..][..n * len], len)
            }
            Some(state) => {
                let at = frame.state(state, pass.slot(self.step), 0, rows.start);
                // SAFETY: states before a step are not written while it is run.
                let rows = unsafe { pass.states[state].read(at, n * frame.row()) };
                (rows, frame.row())
            }
        };
        Left { data, row, step: 1 }
    }

    /// The states before the step.
    #[inline(always)]
    fn before(&self, values: &mut [Units], apart: usize, rows: &Range<usize>) {
        let (frame, pass) = (self.pass.frame, self.pass);
        let code = &self.cell.forward;
        for (place, leaf) in code.leaves.iter().enumerate() {
            let Leaf::Before(state) = *leaf else { continue };
            let at = frame.state(state, pass.slot(self.step), self.p, rows.start);
            let to = &mut values[place * apart..][..rows.len()];
            // SAFETY: as in `left`.
            unsafe { fetch(pass.states[state], at, frame.apart(state), to) };
        }
    }

    /// Writes the states after the step, what is given out, and what is kept.
    #[inline(always)]
    fn after(&self, values: &[Units], apart: usize, rows: &Range<usize>) {
        let (frame, pass, p) = (self.pass.frame, self.pass, self.p);
        let shape = frame.shape;
        let mut results = self.cell.forward.results.iter();
        let mut result = || {
            let place = results.next().expect("all of them are results");
            &values[place * apart..][..rows.len()]
        };
        // SAFETY: all of it belongs to these rows, and states before and after a step
        // lie in different slots.
        unsafe {
            for (s, state) in pass.states.iter().enumerate() {
                let at = frame.state(s, pass.slot(self.step + 1), p, rows.start);
                put(result(), *state, at, frame.apart(s), PANEL);
            }
            let given = result();
            if let Some(y) = pass.y {
                let row = shape.time(self.step) * shape.batch + rows.start;
                let at = row * shape.units + p * PANEL;
                put(given, y, at, shape.units, frame.width(p));
            }
            if pass.training {
                for k in 0..self.cell.kept {
                    put(result(), pass.kept, self.kept(k, rows.start), PANEL, PANEL);
                }
            }
            if pass.given.mask.is_some() {
                rows.clone().for_each(|row| self.undo(row));
            }
        }
    }

    /// Where a value that is kept lies.
    #[inline(always)]
    fn kept(&self, k: usize, row: usize) -> usize {
        let frame = self.pass.frame;
        let panel = self.step * frame.panels() + self.p;
        ((panel * self.cell.kept + k) * frame.shape.batch + row) * PANEL
    }

    /// Leaves the states of a row that takes no part as they were.
    ///
    /// # Safety
    /// The row must be this member's alone.
    unsafe fn undo(&self, row: usize) {
        let (frame, pass, p) = (self.pass.frame, self.pass, self.p);
        let shape = frame.shape;
        let at = shape.time(self.step) * shape.batch + row;
        if live(pass.given.mask, at) {
            return;
        }
        // SAFETY: all of it belongs to this row.
        unsafe {
            for (s, state) in pass.states.iter().enumerate() {
                let before = frame.state(s, pass.slot(self.step), p, row);
                let after = frame.state(s, pass.slot(self.step + 1), p, row);
                copy(state.read(before, PANEL), state.write(after, PANEL));
            }
            if let Some(y) = pass.y {
                y.write(at * shape.units + p * PANEL, frame.width(p)).fill(0.0);
            }
            if pass.training {
                for k in 0..self.cell.kept {
                    pass.kept.write(self.kept(k, row), PANEL).fill(0.0);
                }
            }
        }
    }
}

/// How many tiles come after those of the rows that are run at once from `first` on.
pub(super) fn tiles_after(rows: &Range<usize>, first: usize) -> usize {
    let left = rows.end.saturating_sub(first + ROWS);
    left / ROWS * tiles(ROWS) + tiles(left % ROWS)
}

/// Reads sixteen units of some rows, which lie `apart` from `at` on.
///
/// # Safety
/// Nobody may write them now.
#[inline(always)]
pub(super) unsafe fn fetch(from: Parts<'_>, at: usize, apart: usize, to: &mut [Units]) {
    // SAFETY: as the caller promises.
    let from = unsafe { from.read(at, (to.len() - 1) * apart + PANEL) };
    for (row, to) in to.iter_mut().enumerate() {
        copy(&from[row * apart..row * apart + PANEL], to);
    }
}

/// Writes the first `width` of sixteen units of some rows, which lie `apart` from `at`
/// on.
///
/// # Safety
/// Nobody else may use them now.
#[inline(always)]
pub(super) unsafe fn put(
    from: &[Units],
    to: Parts<'_>,
    at: usize,
    apart: usize,
    width: usize,
) {
    for (row, from) in from.iter().enumerate() {
        // SAFETY: as the caller promises.
        copy(&from[..width], unsafe { to.write(at + row * apart, width) });
    }
}

/// The products of one source for a few rows, added to their sums.
struct Products<'a, 'b> {
    source: &'a Source,
    left: Left<'a>,
    /// `[C, 16]`
    bias: &'a [Units],
    weights: &'a [f32],
    /// The weights that are read next, if they are to be fetched, and at which of a
    /// panel's they begin.
    next: Option<(&'a [f32], usize)>,
    values: &'b mut [Units],
    apart: usize,
    /// How many rows.
    n: usize,
    /// How many tiles come after these rows.
    later: usize,
}

impl Products<'_, '_> {
    #[inline(always)]
    fn run<S: Sixteen>(&mut self) {
        let source = self.source;
        for run in &source.runs {
            if const { S::ACROSS == 4 } {
                match run.width {
                    4 => self.group::<S, 4>(run),
                    3 => self.group::<S, 3>(run),
                    2 => self.group::<S, 2>(run),
                    _ => self.group::<S, 1>(run),
                }
            } else {
                self.group::<S, 1>(run);
            }
        }
    }

    #[inline(always)]
    fn group<S: Sixteen, const ACROSS: usize>(&mut self, run: &Run) {
        if self.source.looked_up {
            return self.look_up::<S, ACROSS>(run);
        }
        let mut left = self.later + tiles(self.n) + 1;
        each_tile!(self.n, row => self.tile::<S, ACROSS>(row, run, {
            left -= 1;
            left
        }));
    }

    /// Adds the rows of weights that the symbols name.
    #[inline(always)]
    fn look_up<S: Sixteen, const ACROSS: usize>(&mut self, run: &Run) {
        let table = &self.weights[run.at..][..self.source.len * ACROSS * PANEL];
        for (row, symbol) in self.left.data.iter().enumerate() {
            let kind = named(*symbol, self.source.len);
            let terms = kind.map(|kind| &table[kind * ACROSS * PANEL..]);
            for v in 0..ACROSS {
                let value = &mut self.values[(run.sum + v) * self.apart + row];
                let from = if run.fresh[v] { &self.bias[run.sum + v] } else { &*value };
                let mut sum = [S::load(from)];
                if let Some(terms) = terms {
                    add(&mut sum, &terms[v * PANEL..]);
                }
                sum[0].store(value);
            }
        }
    }

    /// R rows from `row` on, all that is left being `left` such tiles.
    #[inline(always)]
    fn tile<S: Sixteen, const ACROSS: usize, const R: usize>(
        &mut self,
        row: usize,
        run: &Run,
        left: usize,
    ) {
        match self.next.filter(|_| ACROSS == 4 && left <= ACROSS) {
            // The last tiles fetch a part each.
            Some((next, start)) => {
                let part = (ACROSS - left) * self.source.len * PANEL;
                let next = &next[run.at - start + part..];
                self.product::<S, ACROSS, R, true>(row, run, next);
            }
            None => self.product::<S, ACROSS, R, false>(row, run, &[]),
        }
    }

    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "iterators keep tiles off registers")]
    fn product<S: Sixteen, const ACROSS: usize, const R: usize, const AHEAD: bool>(
        &mut self,
        row: usize,
        run: &Run,
        next: &[f32],
    ) {
        let mut sums = [[S::splat(0.0); ACROSS]; R];
        let values: &mut [Units] = &mut *self.values;
        for v in 0..ACROSS {
            let at = (run.sum + v) * self.apart + row;
            let rows = &values[at..at + R];
            for r in 0..R {
                let from = if run.fresh[v] { &self.bias[run.sum + v] } else { &rows[r] };
                sums[r][v] = S::load(from);
            }
        }
        let data = &self.left.data[row * self.left.row..];
        let left = Left { data, ..self.left };
        let right = Right { data: &self.weights[run.at..], apart: ACROSS * PANEL };
        let len = self.source.len;
        tile::<S, R, ACROSS, AHEAD>(&mut sums, left, right, len, next.as_ptr());
        for v in 0..ACROSS {
            let at = (run.sum + v) * self.apart + row;
            let rows = &mut values[at..at + R];
            for r in 0..R {
                sums[r][v].store(&mut rows[r]);
            }
        }
    }
}
