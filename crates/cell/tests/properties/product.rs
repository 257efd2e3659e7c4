//! Products of views of all kinds.

use carousel_cell::{View, product};

use crate::draw::{Dice, Shape, holds, less};

/// Half a unit in the last place of a number in single precision, as a share of it: each
/// of the k multiplications and additions of a sum is off by no more.
const ROUNDING: f64 = 6e-8;

/// How a matrix lies.
#[derive(Debug, Clone, Copy)]
struct Layout {
    transposed: bool,
    /// How far apart two columns lie, and what lies between two rows.
    column_stride: usize,
    gap: usize,
    /// Whether all rows are the same numbers.
    repeated: bool,
}

const PLAIN: Layout =
    Layout { transposed: false, column_stride: 1, gap: 0, repeated: false };

impl Layout {
    fn draw(dice: &mut Dice) -> Layout {
        Layout {
            transposed: dice.coin(),
            column_stride: dice.pick(&[1, 1, 1, 2, 3]),
            gap: dice.pick(&[0, 0, 1, 5]),
            repeated: dice.below(8) == 0,
        }
    }

    /// Numbers for a matrix `[rows, columns]` that lies so, none after the last one.
    fn numbers(self, rows: usize, columns: usize, dice: &mut Dice) -> Vec<f32> {
        let view = self.strides(rows, columns);
        let last = |n: usize, stride: usize| n.saturating_sub(1) * stride;
        let len = last(rows, view.0) + last(columns, view.1) + 1;
        let len = if rows * columns == 0 { 0 } else { len };
        dice.numbers(len).iter().map(|x| *x as f32).collect()
    }

    /// The strides of rows and columns.
    fn strides(self, rows: usize, columns: usize) -> (usize, usize) {
        let inner = if self.transposed { rows } else { columns };
        let outer = match self.repeated {
            true => 0,
            false => inner * self.column_stride + self.gap,
        };
        if self.transposed {
            (self.column_stride, outer)
        } else {
            (outer, self.column_stride)
        }
    }

    fn view(self, data: &[f32], rows: usize, columns: usize) -> View<'_> {
        if self.transposed {
            let (column_stride, row_stride) = self.strides(rows, columns);
            let view =
                View { data, rows: columns, columns: rows, row_stride, column_stride };
            return view.transposed();
        }
        let (row_stride, column_stride) = self.strides(rows, columns);
        View { data, rows, columns, row_stride, column_stride }
    }
}

/// `[m, k]` times `[k, n]`.
#[derive(Debug, Clone)]
struct Sizes {
    m: usize,
    k: usize,
    n: usize,
    left: Layout,
    right: Layout,
    accumulate: bool,
    seed: u64,
}

impl Shape for Sizes {
    fn draw(dice: &mut Dice) -> Sizes {
        let [m, k, n] = [0; 3].map(|_| dice.size(64) - usize::from(dice.below(20) == 0));
        Sizes {
            m,
            k: if dice.below(6) == 0 { 7 * k } else { k },
            n,
            left: Layout::draw(dice),
            right: Layout::draw(dice),
            accumulate: dice.coin(),
            seed: dice.bits(),
        }
    }

    fn smaller(&self) -> Vec<Sizes> {
        let mut all: Vec<Sizes> =
            less(self.m, 0).map(|m| Sizes { m, ..self.clone() }).collect();
        all.extend(less(self.k, 0).map(|k| Sizes { k, ..self.clone() }));
        all.extend(less(self.n, 0).map(|n| Sizes { n, ..self.clone() }));
        all.push(Sizes { left: PLAIN, ..self.clone() });
        all.push(Sizes { right: PLAIN, ..self.clone() });
        all.retain(|smaller| format!("{smaller:?}") != format!("{self:?}"));
        all
    }
}

#[test]
fn products_are_sums_over_k_whatever_the_views() {
    holds(800, |shape: &Sizes| {
        let Sizes { m, k, n, left, right, accumulate, .. } = *shape;
        let mut dice = Dice::new(shape.seed, 0);
        let (a, b) = (left.numbers(m, k, &mut dice), right.numbers(k, n, &mut dice));
        let (a, b) = (left.view(&a, m, k), right.view(&b, k, n));
        let before: Vec<f32> = dice.numbers(m * n).iter().map(|x| *x as f32).collect();
        let mut c = before.clone();
        product(a, b, &mut c, accumulate);
        let entry = |view: &View, r: usize, c: usize| {
            f64::from(view.data[r * view.row_stride + c * view.column_stride])
        };
        for (at, got) in c.iter().enumerate() {
            let start = if accumulate { f64::from(before[at]) } else { 0.0 };
            let term = |p: usize| entry(&a, at / n, p) * entry(&b, p, at % n);
            let want = start + (0..k).map(term).sum::<f64>();
            let size = start.abs() + (0..k).map(|p| term(p).abs()).sum::<f64>();
            let error = (f64::from(*got) - want).abs();
            if error.is_nan() || error > 2.0 * (k + 1) as f64 * ROUNDING * size {
                return Err(format!("entry {at} is {got}, not {want}"));
            }
        }
        Ok(())
    });
}
