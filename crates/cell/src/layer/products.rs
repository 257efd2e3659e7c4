//! The sums' gradients times transposed weights: what they give for a state before the
//! step, or for the inputs.
#![allow(unsafe_code)]

use std::ops::Range;

use super::PANEL;
use super::frame::{Frame, Source};
use super::pack::copy;
use super::tile::{Left, Right, each_tile, store, tile, tiles};
use crate::buffer::Parts;
use crate::simd::{Sixteen, WideKernel};

/// How many columns the widest tile has.
pub(super) const WIDE: usize = 4 * PANEL;

/// The sums' gradients of one step, in their chunk.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// The chunk, `[rows, C * 16 P]`, packed.
    pub(super) dz: Parts<'a>,
    /// Rows of the chunk.
    pub(super) rows: usize,
    /// Which of them is this step's first.
    pub(super) first: usize,
}

/// What takes sixteen columns of a product, row by row.
pub(super) trait Sink {
    /// `unit` counts columns in sixteens, and may be beyond the last.
    ///
    /// # Safety
    /// The row must be the caller's alone.
    unsafe fn take(&self, row: usize, unit: usize, part: &[f32; PANEL]);
}

/// A product of some rows and one group of columns. Who makes one promises that the rows
/// are theirs alone.
pub(super) struct Product<'a, K> {
    pub(super) frame: &'a Frame,
    pub(super) source: &'a Source,
    /// The factor on the left; without it, the product is 0.
    pub(super) terms: Option<Terms<'a>>,
    pub(super) rows: Range<usize>,
    /// How many tiles of the same group come after these rows.
    pub(super) later: usize,
    /// The group, `[its rows, 16 across]`, and the one that is read next.
    pub(super) right: &'a [f32],
    pub(super) next: &'a [f32],
    /// Which unit of sixteen columns it begins with, and how many it has.
    pub(super) unit: usize,
    pub(super) across: usize,
    pub(super) sink: K,
}

impl<K: Sink> WideKernel for Product<'_, K> {
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

impl<K: Sink> Product<'_, K> {
    #[inline(always)]
    fn columns<S: Sixteen, const ACROSS: usize>(&self) {
        let mut left = self.later + tiles(self.rows.len()) + 1;
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
        let mut product = [[0.0; WIDE]; R];
        if let Some(terms) = &self.terms {
            if const { ACROSS == 4 } && left <= 4 && self.next.len() == self.right.len() {
                let quarter = &self.next[(4 - left) * (self.next.len() / 4)..];
                self.sums::<S, ACROSS, R, true>(terms, row, &mut product, quarter);
            } else {
                self.sums::<S, ACROSS, R, false>(terms, row, &mut product, &[]);
            }
        }
        for (r, product) in product.iter().enumerate() {
            for v in 0..ACROSS {
                let part = &product.as_chunks().0[v];
                // SAFETY: so whoever made the product promised.
                unsafe { self.sink.take(row + r, self.unit + v, part) };
            }
        }
    }

    #[inline(always)]
    fn sums<S: Sixteen, const ACROSS: usize, const R: usize, const AHEAD: bool>(
        &self,
        terms: &Terms<'_>,
        row: usize,
        product: &mut [[f32; WIDE]; R],
        next: &[f32],
    ) {
        let mut sums = [[S::splat(0.0); ACROSS]; R];
        let mut done = 0;
        for p in 0..self.frame.panels() {
            for run in &self.source.runs {
                let at = self.frame.run(p, run, terms.first + row, terms.rows);
                let apart = run.group.1 * PANEL;
                // The last panel may be of few units: what is beyond them is zero.
                let (parts, n) = match self.frame.width(p) {
                    PANEL => (1, run.width * PANEL),
                    width => (run.width, width),
                };
                for part in 0..parts {
                    let at = at + part * PANEL;
                    // SAFETY: these rows are one member's, which wrote them in the step
                    // after and only reads them now.
                    let data = unsafe { terms.dz.read(at, (R - 1) * apart + n) };
                    let done = done + part * PANEL;
                    let right = &self.right[done * ACROSS * 16..];
                    let right = Right { data: right, apart: ACROSS * 16 };
                    let next = next.as_ptr().wrapping_add(done * 16);
                    let left = Left { data, row: apart, step: 1 };
                    tile::<S, R, ACROSS, AHEAD>(&mut sums, left, right, n, next);
                }
                done += run.width * PANEL;
            }
        }
        for (sum, product) in sums.iter().zip(product) {
            store(sum, product);
        }
    }
}

/// A product, or a part of it, is written to rows of a matrix.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    pub(super) to: Parts<'a>,
    /// Which row of the product is the first, and which of the matrix it goes to.
    pub(super) from_row: usize,
    pub(super) to_row: usize,
    /// Which columns of the product are there, and how far apart rows of them lie.
    pub(super) columns: (usize, usize),
    pub(super) apart: usize,
}

impl<'a> Matrix<'a> {
    /// All of a product goes to a matrix `[.., width]`.
    pub(super) fn whole(to: Parts<'a>, width: usize) -> Self {
        Matrix { to, from_row: 0, to_row: 0, columns: (0, width), apart: width }
    }
}

impl Sink for Matrix<'_> {
    #[inline(always)]
    unsafe fn take(&self, row: usize, unit: usize, part: &[f32; PANEL]) {
        let (column, (first, end)) = (unit * PANEL, self.columns);
        if column < end {
            let n = (end - column).min(PANEL);
            let row = self.to_row + row - self.from_row;
            // SAFETY: as the caller promises.
            let to = unsafe { self.to.write(row * self.apart + column - first, n) };
            copy(&part[..n], to);
        }
    }
}
