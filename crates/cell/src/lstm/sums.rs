//! Products with matrices that lie as the caller has them, row by row: each number is
//! one chain of additions in the order of the terms, whatever stays in registers.
#![allow(unsafe_code)]
#![expect(clippy::needless_range_loop, reason = "iterators keep sums off registers")]

use std::ops::Range;

use crate::buffer::Parts;
use crate::simd::{Sixteen, WideKernel};

/// Terms of sums: entry (r, k) on the left is `left[r * row + k * step]`, and times it
/// comes row k of the matrix on the right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) left: &'a [f32],
    pub(super) row: usize,
    pub(super) step: usize,
    /// `[n, stride]`, of which the first columns count.
    pub(super) right: &'a [f32],
    pub(super) stride: usize,
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

/// A matrix of more bytes than this does not stay in the nearest cache beside all else.
const NEAR: usize = 128 << 10;

/// Rows of a far matrix that are read together, from one end to the other: as many as
/// are fetched ahead as they come (measured: of 2, 4, 8 and 16, or whole columns with
/// lines fetched by hand, this is the fastest from 100 KB to 8 MB).
const ABREAST: usize = 4;

impl<'a> Terms<'a> {
    pub(super) const NONE: Terms<'static> =
        Terms { left: &[], row: 0, step: 0, right: &[], stride: 0, n: 0 };

    /// A matrix `[rows, n]` on the left, one `[n, stride]` on the right.
    pub(super) fn new(
        left: &'a [f32],
        (right, stride): (&'a [f32], usize),
        n: usize,
    ) -> Terms<'a> {
        Terms { left, row: n, step: 1, right, stride, n }
    }

    /// At most the first `n` terms, and the others.
    #[inline(always)]
    fn split(self, n: usize) -> (Terms<'a>, Terms<'a>) {
        let n = n.min(self.n);
        let rest = Terms {
            left: &self.left[(n * self.step).min(self.left.len())..],
            right: &self.right[(n * self.stride).min(self.right.len())..],
            n: self.n - n,
            ..self
        };
        (Terms { n, ..self }, rest)
    }
}

/// [`Sums`] of which nobody else uses the columns.
struct Writes<'a>(Sums<'a>);

/// Columns of a tile: `last` of the last sixteen are there.
#[derive(Clone, Copy)]
struct Block<'a> {
    terms: [Terms<'a>; 2],
    start: Start<'a>,
    column: usize,
    last: usize,
}

impl WideKernel for Writes<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        let Writes(sums) = self;
        let Sums { columns, start, .. } = sums.clone();
        // SAFETY: whoever made this promised it.
        unsafe {
            // With more rows, a tile has work enough while a line is fetched.
            if sums.rows > FEW || sums.bytes() <= NEAR {
                return sums.columns::<S>(columns, sums.terms, start);
            }
            let mut start = start;
            for mut terms in sums.terms {
                while terms.n > 0 {
                    let (part, rest) = terms.split(ABREAST);
                    let mut columns = columns.clone();
                    if part.n == ABREAST && matches!(start, Start::There) {
                        columns.start = sums.abreast::<S>(&part);
                    }
                    sums.columns::<S>(columns, [part, Terms::NONE], start);
                    (start, terms) = (Start::There, rest);
                }
            }
        }
    }
}

impl<'a> Sums<'a> {
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
        // SAFETY: as `run`.
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
        let Terms { left, row, step, right, stride, .. } = *terms;
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
        terms: [Terms<'a>; 2],
        start: Start<'a>,
    ) {
        let mut column = columns.start;
        while column < columns.end {
            let left = columns.end - column;
            let across = next_across(left.div_ceil(16), most_across::<S>(self.rows));
            let taken = left.min(across * 16);
            let last = taken - (across - 1) * 16;
            let block = Block { terms, start, column, last };
            // SAFETY: as `run`.
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

    #[inline(always)]
    unsafe fn across<S: Sixteen, const PART: bool>(
        &self,
        across: usize,
        block: &Block<'_>,
    ) {
        // SAFETY: as `run`.
        unsafe {
            match across {
                8 if const { S::ACROSS == 4 } => self.rows::<S, 8, PART>(block),
                7 if const { S::ACROSS == 4 } => self.rows::<S, 7, PART>(block),
                6 if const { S::ACROSS == 4 } => self.rows::<S, 6, PART>(block),
                5 if const { S::ACROSS == 4 } => self.rows::<S, 5, PART>(block),
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
            // SAFETY: as `run`.
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
        for terms in &block.terms {
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
        let far = (terms.n - 1) * terms.stride + column + (C - 1) * 16 + last;
        assert!(far <= terms.right.len(), "the columns are there");
        let (left, right) = (terms.left.as_ptr(), terms.right.as_ptr());
        for k in 0..terms.n {
            // SAFETY: the last row and column were found inside.
            unsafe {
                let left = left.add(row * terms.row + k * terms.step);
                let right = right.add(k * terms.stride + column);
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
unsafe fn read<S: Sixteen, const R: usize, const C: usize, const PART: bool>(
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
unsafe fn write<S: Sixteen, const R: usize, const C: usize, const PART: bool>(
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

/// Up to so many rows are few.
pub(super) const FEW: usize = 3;

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

/// How wide the next tile is: no narrow one, whose sums would wait for themselves,
/// stays at the end if that can be avoided.
#[inline(always)]
fn next_across(left: usize, most: usize) -> usize {
    if left <= most {
        left
    } else if left < 2 * most {
        left.div_ceil(2)
    } else {
        most
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
