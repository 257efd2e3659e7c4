//! The gradients of the sums of one step: what came through the products of the step
//! after goes in.
#![allow(unsafe_code)]

use std::ops::Range;

use super::strip::{ROWS, fetch, put, tiles_after};
use crate::buffer::Parts;
use crate::code::{Gradient, Leaf, ProgramCell, Units, run};
use crate::layer::PANEL;
use crate::layer::backward::BackPass;
use crate::layer::columns::Columns;
use crate::layer::pack::copy;
use crate::layer::products::{Matrix, Product};
use crate::scan::live;
use crate::simd::{Sixteen, WideKernel};

/// The gradients of one step, for some rows.
///
/// # Safety
/// As [`crate::layer::cell::Cell::back`].
pub(super) unsafe fn back(
    cell: &ProgramCell,
    pass: &BackPass<'_>,
    step: usize,
    rows: &Range<usize>,
) {
    let frame = pass.frame;
    let (units, across) = (frame.shape.units, pass.level.across());
    let after = (step + 1 < frame.shape.steps).then_some(step + 1);
    let (start, len) = (rows.start * frame.room[1], rows.len() * frame.room[1]);
    let room = pass.room.part(start, len);
    let apart = rows.len().min(ROWS);
    let near = cell.back.places * apart * PANEL;
    let products = room.part(near, len - near);
    for group in 0..Columns::new(units, across).groups() {
        for first in rows.clone().step_by(ROWS) {
            let later = tiles_after(rows, first);
            let rows = first..(first + ROWS).min(rows.end);
            for of in 1..frame.sources.len() {
                let at = (of - 1) * across * apart * PANEL;
                let start = group * across * PANEL;
                // It stays near.
                let sink = Matrix {
                    to: products.part(at, across * apart * PANEL),
                    from_row: first,
                    to_row: 0,
                    columns: (start, start + across * PANEL),
                    apart: across * PANEL,
                };
                // SAFETY: the rows are this member's alone.
                let product =
                    unsafe { pass.product(of, after, rows.clone(), group, sink) };
                pass.level.run(Product { later, ..product });
            }
            for v in 0..across.min(frame.panels() - group * across) {
                let rows = rows.clone();
                let p = group * across + v;
                // SAFETY: as above.
                let values = unsafe { room.write(0, near) }.as_chunks_mut().0;
                pass.level.run(Panel {
                    cell,
                    pass,
                    step,
                    p,
                    v,
                    rows,
                    apart,
                    products,
                    values,
                });
            }
        }
    }
}

/// One panel of some rows.
struct Panel<'a> {
    cell: &'a ProgramCell,
    pass: &'a BackPass<'a>,
    step: usize,
    p: usize,
    /// Which panel of its group it is.
    v: usize,
    rows: Range<usize>,
    apart: usize,
    /// What came through the products, `[sources, apart, across * 16]`.
    products: Parts<'a>,
    values: &'a mut [Units],
}

impl WideKernel for Panel<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(mut self) {
        for (place, leaf) in self.cell.back.leaves.iter().enumerate() {
            self.leaf(place, *leaf);
        }
        run(&self.cell.back, self.values, self.apart, self.rows.len());
        self.gradients();
    }
}

impl Panel<'_> {
    /// Fetches a leaf.
    #[inline(always)]
    fn leaf(&mut self, place: usize, leaf: Leaf) {
        let (frame, pass, p) = (self.pass.frame, self.pass, self.p);
        let (first, batch) = (self.rows.start, frame.shape.batch);
        let values = &mut self.values[place * self.apart..][..self.rows.len()];
        let state = |state: usize, slot: usize| {
            (pass.states[state], frame.state(state, slot, p, first), frame.apart(state))
        };
        let (from, at, apart) = match leaf {
            Leaf::Before(s) => state(s, pass.steps.slot(self.step)),
            Leaf::After(s) => state(s, pass.steps.slot(self.step + 1)),
            Leaf::Bias(sum) => (pass.steps.bias, (p * frame.sums.len() + sum) * PANEL, 0),
            Leaf::Kept(k) => {
                let panel = self.step * frame.panels() + p;
                let at = (panel * self.cell.kept + k) * batch + first;
                (pass.steps.kept, at * PANEL, PANEL)
            }
            Leaf::Seed(s) => {
                self.seed(place, s);
                return;
            }
            Leaf::Given => {
                values.fill([0.0; PANEL]);
                self.add_given(place);
                return;
            }
            Leaf::Sum(_) => unreachable!("the way back reads what was kept"),
        };
        // SAFETY: all of it was written before, of these rows or for all of them.
        unsafe { fetch(from, at, apart, values) };
    }

    /// The gradient of a state after the step.
    #[inline(always)]
    fn seed(&mut self, place: usize, state: usize) {
        let (frame, pass) = (self.pass.frame, self.pass);
        let values = &mut self.values[place * self.apart..][..self.rows.len()];
        let passed = (self.p * frame.shape.batch + self.rows.start) * PANEL;
        // SAFETY: the rows are this member's alone.
        unsafe { fetch(pass.passed[state], passed, PANEL, values) };
        for of in 1..frame.sources.len() {
            if frame.sources[of].state != Some(state) {
                continue;
            }
            let across = pass.level.across();
            let at = ((of - 1) * self.apart * across + self.v) * PANEL;
            for (row, to) in values.iter_mut().enumerate() {
                let at = at + row * across * PANEL;
                // SAFETY: as above.
                add(to, unsafe { self.products.read(at, PANEL) });
            }
        }
        if state == 0 && self.cell.gives_first {
            self.add_given(place);
        }
    }

    /// Adds the gradient of what is given out, for rows that take part.
    #[inline(always)]
    fn add_given(&mut self, place: usize) {
        let (shape, pass) = (self.pass.frame.shape, self.pass);
        let Some(dy) = pass.seeds.dy else { return };
        let time = shape.time(self.step) * shape.batch;
        let width = pass.frame.width(self.p);
        for (row, to) in self.rows.clone().zip(&mut self.values[place * self.apart..]) {
            if live(pass.given.mask, time + row) {
                let at = (time + row) * shape.units + self.p * PANEL;
                add(to, &dy[at..][..width]);
            }
        }
    }

    /// Writes what the gradients have become.
    #[inline(always)]
    fn gradients(&self) {
        let (frame, pass, p) = (self.pass.frame, self.pass, self.p);
        let (n, width) = (self.rows.len(), frame.width(p));
        let to = pass.terms(self.step);
        let passed = (p * frame.shape.batch + self.rows.start) * PANEL;
        let results = self.cell.gradients.iter().zip(&self.cell.back.results);
        // SAFETY: all of it belongs to these rows.
        unsafe {
            for (gradient, place) in results {
                let from = &self.values[place * self.apart..][..n];
                match gradient {
                    Gradient::Sum(sum) => {
                        let at = frame.sum(p, *sum, to.first + self.rows.start, to.rows);
                        let apart = frame.group(*sum).1 * PANEL;
                        // What no unit has made may be no number, and stays away.
                        put(from, to.dz, at, apart, width);
                    }
                    Gradient::State(state) => {
                        put(from, pass.passed[*state], passed, PANEL, PANEL);
                    }
                }
            }
            for state in &self.cell.ending {
                pass.passed[*state].write(passed, n * PANEL).fill(0.0);
            }
            if pass.given.mask.is_some() {
                (0..n).for_each(|r| self.pass_by(r));
            }
        }
    }

    /// A row that takes no part hands the gradients of its states on.
    ///
    /// # Safety
    /// The row must be this member's alone.
    unsafe fn pass_by(&self, r: usize) {
        let (frame, pass, p) = (self.pass.frame, self.pass, self.p);
        let row = self.rows.start + r;
        let time = frame.shape.time(self.step) * frame.shape.batch;
        if live(pass.given.mask, time + row) {
            return;
        }
        let to = pass.terms(self.step);
        // SAFETY: all of it belongs to this row.
        unsafe {
            for sum in 0..frame.sums.len() {
                let at = frame.sum(p, sum, to.first + row, to.rows);
                to.dz.write(at, PANEL).fill(0.0);
            }
            for (state, to) in pass.passed.iter().enumerate() {
                let to = to.write((p * frame.shape.batch + row) * PANEL, PANEL);
                // The gradients that came in keep the first places.
                copy(&self.values[state * self.apart + r], to);
            }
        }
    }
}

#[inline(always)]
fn add(sum: &mut Units, terms: &[f32]) {
    match terms.first_chunk::<PANEL>() {
        Some(terms) => {
            for k in 0..PANEL {
                sum[k] += terms[k];
            }
        }
        None => sum.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term),
    }
}
