//! Products with matrices that lie as the caller has them, row by row: each number is
//! one chain of additions in the order of the terms, whatever stays in registers.
#![allow(unsafe_code)]
#![expect(clippy::needless_range_loop, reason = "iterators keep sums off registers")]

use std::ops::Range;

use super::tile::{Block, load, read, write};
use crate::buffer::Parts;
use crate::simd::{Sixteen, WideKernel};

/// Terms of sums: entry (r, k) on the left is `left[r * row + k * step]`, and times it
/// comes row k of the matrix on the right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) left: &'a [f32],
    pub(super) row: usize,
    pub(super) step: usize,
    /// `[n, width]`
    pub(super) right: &'a [f32],
    pub(super) n: usize,
}

/// What sums begin with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Start<'a> {
    Zero,
    /// The same `[width]` for all rows.
    Row(&'a [f32]),
    /// `[rows, width]`
    Rows(&'a [f32]),
    /// What stands in their place.
    There,
}

/// Some columns of a product of two matrices, or of two added: to, `[rows, width]`.
#[derive(Debug, Clone)]
pub(super) struct Sums<'a> {
    pub(super) rows: usize,
    pub(super) columns: Range<usize>,
    /// Columns in all of `to` and of what stands on the right.
    pub(super) width: usize,
    pub(super) start: Start<'a>,
    pub(super) terms: [Terms<'a>; 2],
    pub(super) to: Parts<'a>,
}

/// A matrix of more bytes than this is far: the second cache does not hold it beside all
/// else, and lines come fast only if they are read in their order (measured).
const NEAR: usize = 128 << 10;

/// Rows of a far matrix that are read together, from one end to the other: as many as
/// are fetched ahead as they come (measured: of 2, 4, 8 and 16, or whole columns with
/// lines fetched by hand, this is the fastest from 100 KB to 8 MB).
const ABREAST: usize = 4;

impl<'a> Terms<'a> {
    pub(super) const NONE: Terms<'static> =
        Terms { left: &[], row: 0, step: 0, right: &[], n: 0 };

    /// A matrix `[rows, n]` on the left, one `[n, width]` on the right.
    pub(super) fn new(left: &'a [f32], right: &'a [f32], n: usize) -> Terms<'a> {
        Terms { left, row: n, step: 1, right, n }
    }

    /// At most the first `n` terms, and the others.
    #[inline(always)]
    fn split(self, n: usize, width: usize) -> (Terms<'a>, Terms<'a>) {
        let n = n.min(self.n);
        let rest = Terms {
            left: &self.left[(n * self.step).min(self.left.len())..],
            right: &self.right[n * width..],
            n: self.n - n,
            ..self
        };
        (Terms { n, ..self }, rest)
    }
}

/// [`Sums`] of which nobody else uses the columns.
struct Writes<'a>(Sums<'a>);

impl WideKernel for Writes<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        let Writes(sums) = &self;
        let columns = sums.columns.start..sums.columns.end;
        // SAFETY: the columns are the maker's alone, as it promised.
        unsafe {
            // With more rows, a tile has work enough while a line is fetched.
            if sums.rows > FEW || sums.bytes() <= NEAR {
                return sums.columns::<S>(columns, &sums.terms, sums.start);
            }
            let mut start = sums.start;
            for mut terms in sums.terms {
                while terms.n > 0 {
                    let (part, rest) = terms.split(ABREAST, sums.width);
                    let mut columns = columns.clone();
                    if part.n == ABREAST && matches!(start, Start::There) {
                        columns.start = sums.abreast::<S>(&part);
                    }
                    sums.columns::<S>(columns, &[part, Terms::NONE], start);
                    (start, terms) = (Start::There, rest);
                }
            }
        }
    }
}

impl Sums<'_> {
    /// Writes them.
    ///
    /// # Safety
    /// Nobody else may use these columns of `to`.
    #[inline(always)]
    pub(super) unsafe fn run<S: Sixteen>(self) {
        S::call(Writes(self));
    }

    fn bytes(&self) -> usize {
        (self.terms[0].n + self.terms[1].n) * self.width * size_of::<f32>()
    }

    /// Adds a few terms to what stands there, in columns from the first on; gives where
    /// it stopped, as fewer are left than it takes at a time.
    #[inline(always)]
    unsafe fn abreast<S: Sixteen>(&self, terms: &Terms<'_>) -> usize {
        // SAFETY: as in `Sums::run`: the columns are the maker's alone.
        unsafe {
            match self.rows {
                3 if const { S::ACROSS == 4 } => self.piece::<S, 3, 4>(terms),
                2 if const { S::ACROSS == 4 } => self.piece::<S, 2, 4>(terms),
                1 if const { S::ACROSS == 4 } => self.piece::<S, 1, 4>(terms),
                1 if const { S::TILED } => self.piece::<S, 1, 2>(terms),
                _ => self.columns.start,
            }
        }
    }

    #[inline(always)]
    unsafe fn piece<S: Sixteen, const R: usize, const C: usize>(
        &self,
        terms: &Terms<'_>,
    ) -> usize {
        let Terms { left, row, step, right, .. } = *terms;
        let stride = self.width;
        let blocks = self.columns.len() / (C * 16);
        let (first, end) = (self.columns.start, self.columns.start + blocks * C * 16);
        let far = (R - 1) * row + (ABREAST - 1) * step;
        assert!(far < left.len(), "the rows are there");
        let far = (ABREAST - 1) * stride + end;
        assert!(far <= right.len(), "the columns are there");
        let to = self.to.place(first, (R - 1) * self.width + end - first);
        let mut scales = [[S::splat(0.0); R]; ABREAST];
        for k in 0..ABREAST {
            for r in 0..R {
                scales[k][r] = S::splat(left[r * row + k * step]);
            }
        }
        for block in 0..blocks {
            let mut sums = [[S::splat(0.0); C]; R];
            // SAFETY: the last row and column were found inside.
            unsafe {
                let to = to.add(block * C * 16);
                read::<S, R, C, false>(&mut sums, to, self.width, 16);
                for k in 0..ABREAST {
                    let right = right.as_ptr().add(k * stride + first + block * C * 16);
                    for v in 0..C {
                        let factor = std::slice::from_raw_parts(right.add(v * 16), 16);
                        let factor = load::<S, false>(factor);
                        for r in 0..R {
                            sums[r][v] = sums[r][v].plus_product(scales[k][r], factor);
                        }
                    }
                }
                write::<S, R, C, false>(&sums, to, self.width, 16);
            }
        }
        end
    }

    /// All columns, from one end to the other.
    #[inline(always)]
    unsafe fn columns<S: Sixteen>(
        &self,
        columns: Range<usize>,
        terms: &[Terms<'_>; 2],
        start: Start<'_>,
    ) {
        let mut column = columns.start;
        while column < columns.end {
            let left = columns.end - column;
            let across = next_across(left, most_across::<S>(self.rows));
            let taken = left.min(across * 16);
            let last = taken - (across - 1) * 16;
            let block = Block { terms, start, column, last };
            // SAFETY: as in `Sums::run`: the columns are the maker's alone.
            unsafe {
                if last == 16 {
                    self.across::<S, false>(across, &block);
                } else {
                    self.across::<S, true>(across, &block);
                }
            }
            column += taken;
        }
    }
}

/// Up to so many rows a tile may be wide instead of high.
pub(super) const FEW: usize = 3;

/// How wide the tiles of so many rows may be: sums and factors fit the registers.
#[inline(always)]
fn most_across<S: Sixteen>(rows: usize) -> usize {
    match rows {
        _ if const { !S::TILED } => 1,
        0..=FEW if const { S::ACROSS == 4 } => 8,
        _ if const { S::ACROSS == 4 } => 4,
        0 | 1 => 4,
        2 => 3,
        _ => 2,
    }
}

/// How wide the next tile is, where `left` columns remain: no narrow one, whose sums
/// would wait for themselves, stays at the end if that can be avoided.
#[inline(always)]
fn next_across(left: usize, most: usize) -> usize {
    let whole = left / 16;
    if most == 8 && whole >= 8 {
        return 8;
    }
    let (left, most) = (left.div_ceil(16), most.min(4));
    if left <= most {
        left
    } else if left < 2 * most {
        left.div_ceil(2)
    } else {
        most
    }
}
