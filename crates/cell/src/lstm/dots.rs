//! Products with a transposed matrix that lies as the caller has it: each number is the
//! product of two rows.
#![allow(unsafe_code)]
#![expect(clippy::needless_range_loop, reason = "iterators keep sums off registers")]

use std::ops::Range;

use super::tile::{load, next_rows};
use crate::buffer::Parts;
use crate::scan::live;
use crate::simd::{Sixteen, WideKernel};

/// Rows of the matrix on the right that are read together.
const ABREAST: usize = 4;

/// [`Dots`] of which nobody else uses the columns.
struct Writes<'a>(Dots<'a>);

/// left rightᵀ, in some columns. to: `[rows, stride]`.
#[derive(Debug, Clone)]
pub(super) struct Dots<'a> {
    pub(super) rows: usize,
    /// `[rows, n]`
    pub(super) left: &'a [f32],
    /// `[.., n]`
    pub(super) right: &'a [f32],
    pub(super) n: usize,
    /// Rows on the right, which are columns of `to`.
    pub(super) columns: Range<usize>,
    pub(super) stride: usize,
    /// Rows that take no part keep what stands in their place.
    pub(super) mask: Option<&'a [f32]>,
    pub(super) to: Parts<'a>,
}

impl WideKernel for Writes<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        let Writes(dots) = self;
        assert!(dots.rows * dots.n <= dots.left.len(), "the rows are there");
        assert!(dots.columns.end * dots.n <= dots.right.len(), "the columns are there");
        let mut column = dots.columns.start;
        while column < dots.columns.end {
            let mut row = 0;
            while row < dots.rows {
                // Without many registers, one row fills them.
                let few = if const { S::ACROSS == 4 } {
                    next_rows::<S>(dots.rows - row)
                } else {
                    1
                };
                // SAFETY: the columns are the maker's alone, as it promised.
                unsafe {
                    match few {
                        6 if const { S::ACROSS == 4 } => dots.tile::<S, 6>(row, column),
                        3 if const { S::ACROSS == 4 } => dots.tile::<S, 3>(row, column),
                        2 if const { S::ACROSS == 4 } => dots.tile::<S, 2>(row, column),
                        _ => dots.tile::<S, 1>(row, column),
                    }
                }
                row += few;
            }
            column += ABREAST;
        }
    }
}

impl Dots<'_> {
    /// Writes them. A sum is sixteen sums, of every sixteenth product, added up.
    ///
    /// # Safety
    /// Nobody else may use these columns of `to`.
    #[inline(always)]
    pub(super) unsafe fn run<S: Sixteen>(self) {
        S::call(Writes(self));
    }

    #[inline(always)]
    unsafe fn tile<S: Sixteen, const R: usize>(&self, row: usize, column: usize) {
        let count = ABREAST.min(self.columns.end - column);
        let mut sums = [[S::splat(0.0); ABREAST]; R];
        let mut at = 0;
        while at + 16 <= self.n {
            self.add::<S, R, false>(&mut sums, row, column, at..at + 16);
            at += 16;
        }
        if at < self.n {
            self.add::<S, R, true>(&mut sums, row, column, at..self.n);
        }
        for r in 0..R {
            if !live(self.mask, row + r) {
                continue;
            }
            let sums = S::sums(sums[r]);
            // SAFETY: the columns are the caller's alone.
            let to = unsafe { self.to.write((row + r) * self.stride + column, count) };
            match to.first_chunk_mut() {
                Some(to) => *to = sums,
                None => to.copy_from_slice(&sums[..count]),
            }
        }
    }

    /// Adds the products of these numbers of the rows, at most sixteen.
    #[inline(always)]
    fn add<S: Sixteen, const R: usize, const PART: bool>(
        &self,
        sums: &mut [[S; ABREAST]; R],
        row: usize,
        column: usize,
        part: Range<usize>,
    ) {
        let (left, right) = (self.left.as_ptr(), self.right.as_ptr());
        let len = if PART { part.len() } else { 16 };
        let mut factors = [S::splat(0.0); ABREAST];
        for c in 0..ABREAST {
            // Where there are fewer, the last is read again, and nobody asks for it.
            let column = (column + c).min(self.columns.end - 1);
            // SAFETY: `run` has found all rows inside.
            factors[c] = load::<S, PART>(unsafe {
                let at = right.add(column * self.n + part.start);
                std::slice::from_raw_parts(at, len)
            });
        }
        for r in 0..R {
            // SAFETY: as above.
            let numbers: S = load::<S, PART>(unsafe {
                let at = left.add((row + r) * self.n + part.start);
                std::slice::from_raw_parts(at, len)
            });
            for c in 0..ABREAST {
                sums[r][c] = sums[r][c].plus_product(numbers, factors[c]);
            }
        }
    }
}
