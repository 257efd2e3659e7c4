//! The tiles of [`Sums`]: some rows and columns whose sums stay in registers.
#![allow(unsafe_code)]
#![expect(clippy::needless_range_loop, reason = "iterators keep sums off registers")]

use super::sums::{FEW, Start, Sums, Terms};
use crate::simd::Sixteen;

/// Columns of a tile: `last` of the last sixteen are there.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) terms: &'a [Terms<'a>; 2],
    pub(super) start: Start<'a>,
    pub(super) column: usize,
    pub(super) last: usize,
}

impl Sums<'_> {
    /// The tiles of a block, of which nobody else uses the columns.
    #[inline(always)]
    pub(super) unsafe fn across<S: Sixteen, const PART: bool>(
        &self,
        across: usize,
        block: &Block<'_>,
    ) {
        // SAFETY: as in `Sums::run`: the columns are the maker's alone.
        unsafe {
            match across {
                8 if const { S::ACROSS == 4 && !PART } => self.rows::<S, 8, PART>(block),
                4 if const { S::TILED } => self.rows::<S, 4, PART>(block),
                3 if const { S::TILED } => self.rows::<S, 3, PART>(block),
                2 if const { S::TILED } => self.rows::<S, 2, PART>(block),
                _ => self.rows::<S, 1, PART>(block),
            }
        }
    }

    /// One tile below the other.
    #[inline(always)]
    unsafe fn rows<S: Sixteen, const C: usize, const PART: bool>(
        &self,
        block: &Block<'_>,
    ) {
        let mut row = 0;
        while row < self.rows {
            let n = next_rows::<S>(self.rows - row);
            // SAFETY: as in `Sums::run`: the columns are the maker's alone.
            unsafe {
                match n {
                    6 if const { S::ACROSS == 4 && C <= 4 } => {
                        self.tile::<S, 6, C, PART>(row, block);
                    }
                    3 if const { S::TILED } => self.tile::<S, 3, C, PART>(row, block),
                    2 if const { S::TILED } => self.tile::<S, 2, C, PART>(row, block),
                    _ => self.tile::<S, 1, C, PART>(row, block),
                }
            }
            row += n;
        }
    }

    #[inline(always)]
    unsafe fn tile<S: Sixteen, const R: usize, const C: usize, const PART: bool>(
        &self,
        row: usize,
        block: &Block<'_>,
    ) {
        let column = block.column;
        // From the first number of the tile to the last.
        let extent = (R - 1) * self.width + (C - 1) * 16 + block.last;
        let to = self.to.place(row * self.width + column, extent);
        let mut sums = [[S::splat(0.0); C]; R];
        // SAFETY: the numbers were found inside, and the columns are the caller's alone.
        unsafe {
            match block.start {
                Start::Zero => {}
                Start::Row(start) => {
                    let start = &start[column..][..(C - 1) * 16 + block.last];
                    read::<S, R, C, PART>(&mut sums, start.as_ptr(), 0, block.last);
                }
                Start::Rows(start) => {
                    let start = &start[row * self.width + column..][..extent];
                    let width = self.width;
                    read::<S, R, C, PART>(&mut sums, start.as_ptr(), width, block.last);
                }
                Start::There => {
                    read::<S, R, C, PART>(&mut sums, to, self.width, block.last);
                }
            }
        }
        for terms in block.terms {
            self.add::<S, R, C, PART>(&mut sums, row, terms, block);
        }
        // SAFETY: as above.
        unsafe { write::<S, R, C, PART>(&sums, to, self.width, block.last) };
    }

    #[inline(always)]
    fn add<S: Sixteen, const R: usize, const C: usize, const PART: bool>(
        &self,
        sums: &mut [[S; C]; R],
        row: usize,
        terms: &Terms<'_>,
        block: &Block<'_>,
    ) {
        if terms.n == 0 {
            return;
        }
        let (column, last) = (block.column, block.last);
        let far = (row + R - 1) * terms.row + (terms.n - 1) * terms.step;
        assert!(far < terms.left.len(), "the rows are there");
        let far = (terms.n - 1) * self.width + column + (C - 1) * 16 + last;
        assert!(far <= terms.right.len(), "the columns are there");
        let (left, right) = (terms.left.as_ptr(), terms.right.as_ptr());
        for k in 0..terms.n {
            // SAFETY: the last row and column were found inside.
            unsafe {
                let left = left.add(row * terms.row + k * terms.step);
                let right = right.add(k * self.width + column);
                let mut scales = [S::splat(0.0); R];
                for r in 0..R {
                    scales[r] = S::splat(*left.add(r * terms.row));
                }
                for v in 0..C {
                    let n = if PART && v + 1 == C { last } else { 16 };
                    let factor = std::slice::from_raw_parts(right.add(v * 16), n);
                    let factor = load::<S, PART>(factor);
                    for r in 0..R {
                        sums[r][v] = sums[r][v].plus_product(scales[r], factor);
                    }
                }
            }
        }
    }
}

/// Reads a tile whose rows lie `width` apart, `last` numbers of the last sixteen.
///
/// # Safety
/// The numbers must be there, and nobody may write them.
#[inline(always)]
pub(super) unsafe fn read<
    S: Sixteen,
    const R: usize,
    const C: usize,
    const PART: bool,
>(
    sums: &mut [[S; C]; R],
    from: *const f32,
    width: usize,
    last: usize,
) {
    for r in 0..R {
        for v in 0..C {
            let n = if PART && v + 1 == C { last } else { 16 };
            // SAFETY: as above.
            sums[r][v] = load::<S, PART>(unsafe {
                std::slice::from_raw_parts(from.add(r * width + v * 16), n)
            });
        }
    }
}

/// Writes such a tile.
///
/// # Safety
/// There must be room, and nobody else may use it.
#[inline(always)]
pub(super) unsafe fn write<
    S: Sixteen,
    const R: usize,
    const C: usize,
    const PART: bool,
>(
    sums: &[[S; C]; R],
    to: *mut f32,
    width: usize,
    last: usize,
) {
    for r in 0..R {
        for v in 0..C {
            let n = if PART && v + 1 == C { last } else { 16 };
            // SAFETY: as above.
            store::<S, PART>(sums[r][v], unsafe {
                std::slice::from_raw_parts_mut(to.add(r * width + v * 16), n)
            });
        }
    }
}

/// How many rows the next tile has.
#[inline(always)]
pub(super) fn next_rows<S: Sixteen>(left: usize) -> usize {
    match left {
        _ if const { !S::TILED } => 1,
        1..=FEW => left,
        4 => 2,
        5 | 7 | 8 => 3,
        _ if const { S::ACROSS == 4 } => 6,
        _ => 3,
    }
}

/// Sixteen numbers, or fewer where `PART` allows it.
#[inline(always)]
pub(super) fn load<S: Sixteen, const PART: bool>(from: &[f32]) -> S {
    match from.first_chunk() {
        Some(from) => S::load(from),
        None if PART => S::load_some(from),
        None => unreachable!("sixteen numbers were asked for"),
    }
}

/// And back.
#[inline(always)]
pub(super) fn store<S: Sixteen, const PART: bool>(numbers: S, to: &mut [f32]) {
    if let Some(to) = to.first_chunk_mut() {
        numbers.store(to);
    } else if PART {
        numbers.store_some(to);
    }
}
