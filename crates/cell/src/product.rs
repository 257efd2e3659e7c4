//! Products of matrices of any size: two views in, the product out, row-major.
//!
//! Small ones are plain loops, large ones go to the `gemm` crate, those of half a
//! millisecond and many rows in parts that a team may share. The shapes alone decide, so
//! that bits depend on nothing else.
#![allow(unsafe_code)]

use gemm::{Parallelism, gemm};

use crate::buffer::Parts;
use crate::simd::{Kernel, dispatch};
use crate::team::Team;

/// The most multiplications that are done by plain loops: above it the packing that
/// `gemm` does pays (measured; below it costs more than the product).
const PLAIN: usize = 4096;

/// From so many multiplications on, half a millisecond of them, a product is made in
/// parts.
const LONG: usize = 30_000_000;

/// How many parts a product is made in that threads may share: rows of the result, at
/// least sixteen each.
const PARTS: usize = 4;

/// A matrix that lies in a slice: entry (r, c) is
/// `data[r * row_stride + c * column_stride]`.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Where the numbers lie.
    pub data: &'a [f32],
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// How far apart two rows lie.
    pub row_stride: usize,
    /// How far apart two columns lie.
    pub column_stride: usize,
}

impl<'a> View<'a> {
    /// A row-major matrix, `data: [rows, columns]`.
    pub fn new(data: &'a [f32], rows: usize, columns: usize) -> Self {
        View { data, rows, columns, row_stride: columns, column_stride: 1 }
    }

    /// The same numbers with rows and columns exchanged; nothing is moved.
    #[must_use]
    pub fn transposed(self) -> Self {
        View {
            data: self.data,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }

    /// Panics unless every entry lies in the slice: `large` reads without checks.
    fn check(&self) {
        let empty = self.rows == 0 || self.columns == 0;
        let last = || {
            let row = (self.rows - 1).checked_mul(self.row_stride)?;
            row.checked_add((self.columns - 1).checked_mul(self.column_stride)?)
        };
        let ends_inside = empty || last().is_some_and(|last| last < self.data.len());
        assert!(ends_inside, "a matrix ends outside its slice");
    }
}

/// c = a b, or c += a b with `accumulate`. c: `[a.rows, b.columns]`, row-major.
///
/// # Panics
/// If the sizes do not fit each other or their slices.
pub fn product(a: View, b: View, c: &mut [f32], accumulate: bool) {
    shared_product(a, b, c, accumulate, None);
}

/// The same by a team, which changes no bit.
///
/// # Panics
/// As [`product`].
pub fn shared_product(
    a: View,
    b: View,
    c: &mut [f32],
    accumulate: bool,
    team: Option<&Team>,
) {
    assert_eq!(a.columns, b.rows, "the sizes of a product fit");
    let size = a.rows.checked_mul(b.columns);
    assert_eq!(Some(c.len()), size, "the product fits its place");
    a.check();
    b.check();
    if c.is_empty() {
        return;
    }
    if product_parts(a.rows, b.columns, a.columns) > 1 {
        parts(a, b, c, accumulate, team);
    } else if c.len().saturating_mul(a.columns) > PLAIN {
        large(a, b, c, accumulate);
    } else {
        dispatch(Plain { a, b, c, accumulate });
    }
}

/// In how many parts a product of these sizes is made, which a team may share.
pub fn product_parts(rows: usize, columns: usize, depth: usize) -> usize {
    let size = rows.saturating_mul(columns).saturating_mul(depth);
    if size >= LONG && rows >= 16 * PARTS { PARTS } else { 1 }
}

/// The product in parts: how many there are depends on no team, since the `gemm` crate
/// may take numbers in another order where there are other rows.
fn parts(a: View, b: View, c: &mut [f32], accumulate: bool, team: Option<&Team>) {
    let c = Parts::new(c);
    Team::run(team, PARTS, |member| {
        for part in member.share(PARTS) {
            let rows = a.rows * part / PARTS..a.rows * (part + 1) / PARTS;
            let data = &a.data[rows.start * a.row_stride..];
            let own = View { data, rows: rows.len(), ..a };
            // SAFETY: these rows are this member's alone.
            let c = unsafe { c.write(rows.start * b.columns, rows.len() * b.columns) };
            large(own, b, c, accumulate);
        }
    });
}

/// The product by the `gemm` crate.
fn large(a: View, b: View, c: &mut [f32], accumulate: bool) {
    let (m, k, n) = (a.rows, a.columns, b.columns);
    // SAFETY: `shared_product` has checked that the last entries of a and b, and so all
    // of them, lie in their slices, and that c has `m n` numbers, which its strides 1 and
    // n cover once each; one of `parts` is some whole rows of such an a and c. c is
    // borrowed alone, so it overlaps neither a nor b. Strides that are used reach no
    // further than a slice, so they fit an `isize`; where there is but one row or column,
    // its stride is multiplied by 0.
    unsafe {
        gemm(
            m,
            n,
            k,
            c.as_mut_ptr(),
            1,
            n as isize,
            accumulate,
            a.data.as_ptr(),
            a.column_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.column_stride as isize,
            b.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

/// The product by plain loops: each entry is one chain of additions in order of k.
struct Plain<'a, 'b, 'c> {
    a: View<'a>,
    b: View<'b>,
    c: &'c mut [f32],
    accumulate: bool,
}

impl Kernel for Plain<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Plain { a, b, c, accumulate } = self;
        if !accumulate {
            c.fill(0.0);
        }
        for (i, row) in c.chunks_exact_mut(b.columns).enumerate() {
            for k in 0..a.columns {
                let scale = a.data[i * a.row_stride + k * a.column_stride];
                let b_row = &b.data[k * b.row_stride..];
                if b.column_stride == 1 {
                    add_scaled(row, scale, &b_row[..b.columns]);
                } else {
                    add_scaled_strided(row, scale, b_row, b.column_stride);
                }
            }
        }
    }
}

#[inline(always)]
fn add_scaled(row: &mut [f32], scale: f32, b: &[f32]) {
    for (c, b) in row.iter_mut().zip(b) {
        *c = scale.mul_add(*b, *c);
    }
}

#[inline(always)]
fn add_scaled_strided(row: &mut [f32], scale: f32, b: &[f32], stride: usize) {
    for (j, c) in row.iter_mut().enumerate() {
        *c = scale.mul_add(b[j * stride], *c);
    }
}

/// b = aᵀ for a: `[rows, columns]`, row-major; b: `[columns, rows]`.
pub(crate) fn transpose(a: &[f32], rows: usize, columns: usize, b: &mut [f32]) {
    // Blocks keep the strided side in the cache.
    const BLOCK: usize = 16;
    for r0 in (0..rows).step_by(BLOCK) {
        for c0 in (0..columns).step_by(BLOCK) {
            for r in r0..rows.min(r0 + BLOCK) {
                for c in c0..columns.min(c0 + BLOCK) {
                    b[c * rows + r] = a[r * columns + c];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries are up to 1 and sums have up to 300 terms, each rounded to 6e-8.
    const CLOSE: f32 = 2e-5;

    fn numbers(n: usize, seed: u32) -> Vec<f32> {
        let mut x = seed;
        let mut next = || {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (x >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..n).map(|_| next()).collect()
    }

    fn check(m: usize, k: usize, n: usize, transpose_a: bool, transpose_b: bool) {
        let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
        let a_view = match transpose_a {
            true => View::new(&a, k, m).transposed(),
            false => View::new(&a, m, k),
        };
        let b_view = match transpose_b {
            true => View::new(&b, n, k).transposed(),
            false => View::new(&b, k, n),
        };
        for accumulate in [false, true] {
            let start = numbers(m * n, 3);
            let mut c = start.clone();
            product(a_view, b_view, &mut c, accumulate);
            for i in 0..m {
                for j in 0..n {
                    let mut sum =
                        if accumulate { f64::from(start[i * n + j]) } else { 0.0 };
                    for p in 0..k {
                        let a = a[if transpose_a { p * m + i } else { i * k + p }];
                        let b = b[if transpose_b { j * k + p } else { p * n + j }];
                        sum += f64::from(a) * f64::from(b);
                    }
                    let error = (f64::from(c[i * n + j]) - sum).abs() as f32;
                    assert!(error < CLOSE, "{m}x{k}x{n} at {i},{j}: off by {error}");
                }
            }
        }
    }

    #[test]
    fn a_product_is_the_sum_over_k_whatever_its_size_and_layout() {
        let sizes = [(1, 1, 1), (3, 5, 7), (1, 17, 4), (16, 16, 16), (17, 16, 16)];
        for (m, k, n) in sizes.into_iter().chain([(1, 300, 40), (33, 300, 65), (4, 0, 3)])
        {
            for (transpose_a, transpose_b) in
                [(false, false), (false, true), (true, false), (true, true)]
            {
                check(m, k, n, transpose_a, transpose_b);
            }
        }
    }

    /// A plain product that gives its result back.
    struct Owned<'a>(View<'a>, View<'a>);

    impl Kernel for Owned<'_> {
        type Output = Vec<f32>;

        #[inline(always)]
        fn run(self) -> Vec<f32> {
            let mut c = vec![0.0; self.0.rows * self.1.columns];
            Plain { a: self.0, b: self.1, c: &mut c, accumulate: false }.run();
            c
        }
    }

    #[test]
    fn plain_loops_give_the_same_bits_on_each_instruction_set() {
        let (a, b) = (numbers(7 * 13, 1), numbers(13 * 19, 2));
        let (a, b) = (View::new(&a, 7, 13), View::new(&b, 13, 19));
        let results = crate::simd::tests::on_each(|| Owned(a, b));
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_transpose_exchanges_rows_and_columns() {
        let a = numbers(19 * 35, 4);
        let mut b = vec![0.0; a.len()];
        transpose(&a, 19, 35, &mut b);
        assert!((0..19).all(|r| (0..35).all(|c| b[c * 19 + r] == a[r * 35 + c])));
    }

    #[test]
    fn a_team_changes_no_bit_of_a_product() {
        let (m, k, n) = (131, 601, 389);
        assert_eq!(product_parts(m, n, k), PARTS);
        assert_eq!([product_parts(m, n, k / 2), product_parts(60, n, 4 * k)], [1, 1]);
        let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
        let (a, b) = (View::new(&a, k, m).transposed(), View::new(&b, k, n));
        let made = |team: Option<&Team>| {
            let mut c = numbers(m * n, 3);
            shared_product(a, b, &mut c, true, team);
            c
        };
        let alone = made(None);
        for threads in [2, 3] {
            assert_eq!(made(Some(&Team::new(threads))), alone, "{threads} threads");
        }
        let entry = |r: usize, c: usize| -> f64 {
            let term =
                |p: usize| f64::from(a.data[p * m + r]) * f64::from(b.data[p * n + c]);
            f64::from(numbers(m * n, 3)[r * n + c]) + (0..k).map(term).sum::<f64>()
        };
        // The first and the last of each part.
        for r in (0..PARTS).flat_map(|p| [m * p / PARTS, m * (p + 1) / PARTS - 1]) {
            for c in [0, 1, n - 1] {
                let error = (f64::from(alone[r * n + c]) - entry(r, c)).abs();
                assert!(error < 2.0 * f64::from(CLOSE), "{r}, {c}: off by {error}");
            }
        }
    }

    #[test]
    fn views_beyond_their_slices_are_refused() {
        let data = [0.0; 6];
        let view = |len, row_stride| {
            let data = &data[..len];
            View { data, rows: 2, columns: 3, row_stride, column_stride: 1 }
        };
        let right = View::new(&data, 3, 2);
        for (len, row_stride, fits) in [
            (6, 3, true),
            (5, 3, false),
            (6, 4, false),
            (6, usize::MAX, false),
            (6, usize::MAX - 1, false),
            (3, 0, true),
        ] {
            let run = || product(view(len, row_stride), right, &mut [0.0; 4], false);
            assert_eq!(std::panic::catch_unwind(run).is_ok(), fits, "{len} {row_stride}");
        }
    }
}
