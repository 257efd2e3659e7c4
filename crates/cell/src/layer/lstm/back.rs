//! The gradients of the gates of one step: what came through the product of the step
//! after goes in.
#![allow(unsafe_code)]

use std::ops::Range;

use super::cell::{Units, step_back};
use super::{GATES, PANEL};
use crate::buffer::Parts;
use crate::layer::backward::BackPass;
use crate::layer::columns::Columns;
use crate::layer::frame::Frame;
use crate::layer::products::{Sink, Terms};
use crate::scan::live;

/// Which source h is.
const HIDDEN: usize = 1;

/// The gradients of the gates of one step, for some rows.
///
/// # Safety
/// As [`crate::layer::Cell::back`].
pub(super) unsafe fn gates(pass: &BackPass<'_>, step: usize, rows: &Range<usize>) {
    let frame = pass.frame;
    let first = step + 1 == frame.shape.steps;
    let columns = Columns::new(frame.shape.units, pass.level.across());
    for group in 0..columns.groups() {
        let cells = Cells {
            frame,
            step,
            cell: pass.states[1],
            gates: pass.steps.kept,
            dc: pass.passed[1],
            pass: pass.passed[0],
            mask: pass.given.mask,
            dy: pass.seeds.dy,
            to: pass.terms(step),
            carried: first || pass.given.mask.is_some(),
        };
        let after = (!first).then_some(step + 1);
        // SAFETY: the rows are this member's alone.
        unsafe {
            pass.level.run(pass.product(HIDDEN, after, rows.clone(), group, cells));
        }
    }
}

/// What the cells kept, and the gradients of their states.
struct Cells<'a> {
    frame: &'a Frame,
    step: usize,
    /// `[T + 1, P, B, 16]`
    cell: Parts<'a>,
    /// `[T, P, B, 64]`
    gates: Parts<'a>,
    /// `[P, B, 16]`
    dc: Parts<'a>,
    /// `[P, B, 16]`
    pass: Parts<'a>,
    /// `[T, B]`
    mask: Option<&'a [f32]>,
    /// `[T, B, H]`
    dy: Option<&'a [f32]>,
    to: Terms<'a>,
    /// Whether some of dh did not come through the product.
    carried: bool,
}

impl Sink for Cells<'_> {
    #[inline(always)]
    unsafe fn take(&self, row: usize, unit: usize, part: &Units) {
        if unit < self.frame.panels() {
            // SAFETY: as the caller promises.
            unsafe { self.back(unit, row, part) }
        }
    }
}

impl Cells<'_> {
    /// The gradients of the gates of panel p of one row, `product` being the part of dh
    /// that came through the step after.
    ///
    /// # Safety
    /// Nobody else may use this row.
    #[inline(always)]
    unsafe fn back(&self, p: usize, row: usize, product: &Units) {
        let (frame, shape) = (self.frame, &self.frame.shape);
        let state = p * shape.batch + row;
        let kept = self.step * frame.panels() * shape.batch + state;
        let cell = |slot: usize| frame.state(1, slot, p, row);
        let at = shape.time(self.step) * shape.batch + row;
        let mut dh = *product;
        let mut dz = [0.0; GATES];
        // SAFETY: all of it belongs to this row.
        unsafe {
            let pass = self.pass.write(state * PANEL, PANEL);
            if self.carried {
                add(&mut dh, pass);
            }
            if live(self.mask, at) {
                if let Some(dy) = self.dy {
                    let width = frame.width(p);
                    add(&mut dh, &dy[at * shape.units + p * PANEL..][..width]);
                }
                let gates = self.gates.read(kept * GATES, GATES);
                let before = self.cell.read(cell(self.step), PANEL);
                let after = self.cell.read(cell(self.step + 1), PANEL);
                let dc = self.dc.write(state * PANEL, PANEL);
                dz = step_back(one(gates), one(before), one(after), &dh, one_mut(dc));
                if self.carried {
                    pass.fill(0.0);
                }
            } else {
                pass.copy_from_slice(&dh);
            }
            let to = &self.to;
            for gate in 0..4 {
                let at = frame.sum(p, gate, to.first + row, to.rows);
                let from = &dz.as_chunks::<PANEL>().0[gate];
                *one_mut(to.dz.write(at, PANEL)) = *from;
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

#[inline(always)]
fn one<const N: usize>(slice: &[f32]) -> &[f32; N] {
    slice.first_chunk().expect("a slice of this length was asked for")
}

#[inline(always)]
fn one_mut(slice: &mut [f32]) -> &mut Units {
    slice.first_chunk_mut().expect("sixteen numbers were asked for")
}
