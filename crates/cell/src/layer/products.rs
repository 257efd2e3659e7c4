//! The gates' gradients times transposed weights: what they give for the hidden states
//! before, and at once the gradients of the step before; or for the inputs.
#![allow(unsafe_code)]

use std::ops::Range;

use super::cell::{Units, step_back};
use super::columns::Columns;
use super::pack::copy;
use super::tile::{Left, each_tile, store, tile, tiles};
use super::{GATES, LstmLayer, PANEL};
use crate::buffer::Parts;
use crate::scan::live;
use crate::simd::{Sixteen, WideKernel};

/// The gates' gradients of one step, in their chunk.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// The chunk, `[rows, 64 P]`, packed.
    pub(super) dz: Parts<'a>,
    pub(super) columns: Columns,
    /// Rows of the chunk.
    pub(super) rows: usize,
    /// Which of them is this step's first.
    pub(super) first: usize,
}

/// What becomes of a product.
pub(super) enum Sink<'a> {
    /// It is written: to rows of a matrix `[.., width]`, from row `first` on.
    Matrix { to: Parts<'a>, first: usize, width: usize },
    /// It is the gradient of the hidden states after a step, `carried` or not besides,
    /// and gives the gradients of that step's gates.
    Cells { cells: &'a Cells<'a>, step: usize, to: Terms<'a>, carried: bool },
}

/// A product of some rows and one group of columns.
pub(super) struct Product<'a> {
    /// The factor on the left; without it, the product is 0.
    pub(super) terms: Option<Terms<'a>>,
    pub(super) rows: Range<usize>,
    /// The group, `[64 P, 16 across]`, and the one that is read next.
    pub(super) right: &'a [f32],
    pub(super) next: &'a [f32],
    /// Which unit of sixteen columns it begins with, and how many it has.
    pub(super) unit: usize,
    pub(super) across: usize,
    pub(super) sink: Sink<'a>,
}

impl WideKernel for Product<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        if const { S::ACROSS == 4 } {
            match self.across {
                4 => self.columns::<S, 4>(),
                2 => self.columns::<S, 2>(),
                _ => self.columns::<S, 1>(),
            }
        } else {
            self.columns::<S, 1>();
        }
    }
}

impl Product<'_> {
    #[inline(always)]
    fn columns<S: Sixteen, const ACROSS: usize>(&self) {
        let mut left = tiles(self.rows.len()) + 1;
        each_tile!(self.rows.len(), row => self.tile::<S, ACROSS>(self.rows.start + row, {
            left -= 1;
            left
        }));
    }

    /// R rows from `row` on, all that is left being `left` such tiles.
    #[inline(always)]
    fn tile<S: Sixteen, const ACROSS: usize, const R: usize>(
        &self,
        row: usize,
        left: usize,
    ) {
        let mut product = [[0.0; GATES]; R];
        if let Some(terms) = &self.terms {
            if const { ACROSS == 4 } && left <= 4 && self.next.len() == self.right.len() {
                let quarter = &self.next[(4 - left) * (self.next.len() / 4)..];
                self.sums::<S, ACROSS, R, true>(terms, row, &mut product, quarter);
            } else {
                self.sums::<S, ACROSS, R, false>(terms, row, &mut product, &[]);
            }
        }
        for (r, product) in product.iter().enumerate() {
            self.sink::<ACROSS>(row + r, product);
        }
    }

    #[inline(always)]
    fn sums<S: Sixteen, const ACROSS: usize, const R: usize, const AHEAD: bool>(
        &self,
        terms: &Terms<'_>,
        row: usize,
        product: &mut [[f32; GATES]; R],
        next: &[f32],
    ) {
        let mut sums = [[S::splat(0.0); ACROSS]; R];
        let wide = S::ACROSS * 16;
        for group in 0..terms.columns.groups() {
            let at = terms.columns.start(group, terms.rows) + (terms.first + row) * wide;
            // SAFETY: these rows are one member's, and it only reads them now.
            let data = unsafe { terms.dz.read(at, R * wide) };
            let right = &self.right[group * wide * ACROSS * 16..];
            let next = next.as_ptr().wrapping_add(group * wide * 16);
            let left = Left { data, row: wide, step: 1 };
            tile::<S, R, ACROSS, AHEAD>(&mut sums, left, right, wide, next);
        }
        for (sum, product) in sums.iter().zip(product) {
            store(sum, product);
        }
    }

    #[inline(always)]
    fn sink<const ACROSS: usize>(&self, row: usize, product: &[f32; GATES]) {
        for v in 0..ACROSS {
            let part = &product.as_chunks::<PANEL>().0[v];
            let column = (self.unit + v) * PANEL;
            match &self.sink {
                Sink::Matrix { to, first, width } if column < *width => {
                    let n = (width - column).min(PANEL);
                    // SAFETY: the row is one member's alone.
                    let to = unsafe { to.write((first + row) * width + column, n) };
                    copy(&part[..n], to);
                }
                Sink::Cells { cells, step, to, carried }
                    if self.unit + v < cells.layer.panels() =>
                {
                    // SAFETY: as above.
                    unsafe { cells.back(*step, self.unit + v, row, part, to, *carried) }
                }
                Sink::Matrix { .. } | Sink::Cells { .. } => {}
            }
        }
    }
}

/// What the cells kept, and the gradients of their states.
pub(super) struct Cells<'a> {
    pub(super) layer: &'a LstmLayer,
    /// `[T + 1, P, B, 16]`
    pub(super) cell: Parts<'a>,
    /// `[T, P, B, 64]`
    pub(super) gates: Parts<'a>,
    /// `[P, B, 16]`
    pub(super) dc: Parts<'a>,
    /// `[P, B, 16]`
    pub(super) pass: Parts<'a>,
    /// `[T, B]`
    pub(super) mask: Option<&'a [f32]>,
    /// `[T, B, H]`
    pub(super) dy: Option<&'a [f32]>,
}

impl Cells<'_> {
    /// The gradients of the gates of panel p of one row at a step, `product` being the
    /// part of dh that came through the step after.
    ///
    /// # Safety
    /// Nobody else may use this row.
    #[inline(always)]
    unsafe fn back(
        &self,
        step: usize,
        p: usize,
        row: usize,
        product: &Units,
        to: &Terms<'_>,
        carried: bool,
    ) {
        let shape = &self.layer.shape;
        let state = p * shape.batch + row;
        let slot = |step: usize| step * self.layer.panels() * shape.batch + state;
        let at = shape.time(step) * shape.batch + row;
        let mut dh = *product;
        let mut dz = [0.0; GATES];
        // SAFETY: all of it belongs to this row.
        unsafe {
            let pass = self.pass.write(state * PANEL, PANEL);
            if carried {
                add(&mut dh, pass);
            }
            if live(self.mask, at) {
                if let Some(dy) = self.dy {
                    let width = self.layer.width(p);
                    add(&mut dh, &dy[at * shape.units + p * PANEL..][..width]);
                }
                let gates = self.gates.read(slot(step) * GATES, GATES);
                let before = self.cell.read(slot(step) * PANEL, PANEL);
                let after = self.cell.read(slot(step + 1) * PANEL, PANEL);
                let dc = self.dc.write(state * PANEL, PANEL);
                dz = step_back(one(gates), one(before), one(after), &dh, one_mut(dc));
                if carried {
                    pass.fill(0.0);
                }
            } else {
                pass.copy_from_slice(&dh);
            }
            for gate in 0..4 {
                let at = to.columns.at(4 * p + gate, to.first + row, to.rows);
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
