//! The one matrix kernel: a few rows of one matrix times a group of columns of another,
//! added to a tile that stays in registers.
#![allow(unsafe_code)]

use crate::simd::Sixteen;

/// The most rows of a tile: six times four registers, or six times two, leave just
/// enough of them for the factors.
pub(super) const ROWS: usize = 6;

/// Rows of the matrix on the left: entry (r, k) is `data[r * row + k * step]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left<'a> {
    pub(super) data: &'a [f32],
    pub(super) row: usize,
    pub(super) step: usize,
}

/// How many rows the next tile has where `left` remain: no small one stays at the end
/// if that can be avoided.
#[inline(always)]
pub(super) fn next_rows(left: usize) -> usize {
    match left {
        0..=ROWS => left,
        7 | 8 => 4,
        9 => 5,
        _ => ROWS,
    }
}

/// Tiles that `n` rows are cut into.
pub(super) fn tiles(mut n: usize) -> usize {
    let mut count = 0;
    while n > 0 {
        n -= next_rows(n);
        count += 1;
    }
    count
}

/// The matrix on the right: `[n, 16 * ACROSS]`, rows `apart`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Right<'a> {
    pub(super) data: &'a [f32],
    pub(super) apart: usize,
}

/// sum over k < n of left(r, k) * right(k, columns), added to the tile in the order of
/// k. With `AHEAD`, one line of `next` a step is fetched.
#[inline(always)]
#[expect(clippy::needless_range_loop, reason = "iterators keep tiles off registers")]
pub(super) fn tile<S: Sixteen, const R: usize, const ACROSS: usize, const AHEAD: bool>(
    tile: &mut [[S; ACROSS]; R],
    left: Left<'_>,
    right: Right<'_>,
    n: usize,
    next: *const f32,
) {
    if n == 0 {
        return;
    }
    assert!((R - 1) * left.row + (n - 1) * left.step < left.data.len(), "rows are there");
    let end = (n - 1) * right.apart + ACROSS * 16;
    assert!(end <= right.data.len(), "columns are there");
    if const { !S::TILED } {
        for r in 0..R {
            row_of_tile(&mut tile[r], &left.data[r * left.row..], left.step, right, n);
        }
        return;
    }
    let (a, b) = (left.data.as_ptr(), right.data.as_ptr());
    for k in 0..n {
        if AHEAD {
            S::prefetch(next.wrapping_add(k * 16));
        }
        let mut columns = [S::splat(0.0); ACROSS];
        for v in 0..ACROSS {
            // SAFETY: k < n and v < ACROSS, and `right` is at least that long.
            columns[v] = S::load(unsafe { &*b.add(k * right.apart + v * 16).cast() });
        }
        for r in 0..R {
            // SAFETY: r < R and k < n, and the last such entry lies in `left`.
            let scale = S::splat(unsafe { *a.add(r * left.row + k * left.step) });
            for v in 0..ACROSS {
                tile[r][v] = tile[r][v].plus_product(scale, columns[v]);
            }
        }
    }
}

/// The same for one row, not unrolled: no instruction set is known, so that this may be
/// a function of its own.
#[inline(never)]
fn row_of_tile<S: Sixteen, const ACROSS: usize>(
    row: &mut [S; ACROSS],
    left: &[f32],
    step: usize,
    right: Right<'_>,
    n: usize,
) {
    let scales = left.iter().step_by(step);
    let columns = right.data.as_chunks::<16>().0.chunks(right.apart / 16);
    for (scale, columns) in scales.zip(columns).take(n) {
        for v in 0..ACROSS {
            row[v] = row[v].plus_product(S::splat(*scale), S::load(&columns[v]));
        }
    }
}

/// Writes one row of a tile side by side.
#[inline(always)]
pub(super) fn store<S: Sixteen, const ACROSS: usize>(row: &[S; ACROSS], to: &mut [f32]) {
    let (to, _) = to.as_chunks_mut::<16>();
    for v in 0..ACROSS {
        row[v].store(&mut to[v]);
    }
}

/// Reads one row of a tile.
#[inline(always)]
pub(super) fn load<S: Sixteen, const ACROSS: usize>(row: &mut [S; ACROSS], from: &[f32]) {
    let (from, _) = from.as_chunks::<16>();
    for v in 0..ACROSS {
        row[v] = S::load(&from[v]);
    }
}

/// Adds what lies side by side to one row of a tile.
#[inline(always)]
pub(super) fn add<S: Sixteen, const ACROSS: usize>(row: &mut [S; ACROSS], terms: &[f32]) {
    let (terms, _) = terms.as_chunks::<16>();
    for v in 0..ACROSS {
        row[v] = row[v].plus(S::load(&terms[v]));
    }
}

/// Calls a method for each tile of `rows` rows, its number of rows being a constant.
macro_rules! each_tile {
    ($rows:expr, $row:ident => $self:ident.$method:ident::<$($generic:tt),*>($($arg:expr),*)) => {{
        let rows = $rows;
        let mut $row = 0;
        while $row < rows {
            let n = $crate::layer::tile::next_rows(rows - $row);
            match n {
                6 => $self.$method::<$($generic,)* 6>($($arg),*),
                5 => $self.$method::<$($generic,)* 5>($($arg),*),
                4 => $self.$method::<$($generic,)* 4>($($arg),*),
                3 => $self.$method::<$($generic,)* 3>($($arg),*),
                2 => $self.$method::<$($generic,)* 2>($($arg),*),
                _ => $self.$method::<$($generic,)* 1>($($arg),*),
            }
            $row += n;
        }
    }};
}
pub(super) use each_tile;
