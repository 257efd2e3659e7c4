//! The kernels that take numbers one by one: functions of one number and of two, copies
//! of views, sums and maxima over an axis. Buffers in, a buffer out; functions may write
//! over what they read.

use std::mem::take;

use crate::graph::Reading;

/// Functions of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unary {
    Exp2,
    Log2,
    Recip,
    Sqrt,
}

/// Functions of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Mul,
    LessThan,
}

/// Ways to make one number of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reduce {
    Sum,
    Max,
}

/// `slots[output]` from `slots[input]`, which may be the same.
pub(super) fn unary(
    function: Unary,
    slots: &mut [Vec<f32>],
    input: usize,
    output: usize,
) {
    match function {
        Unary::Exp2 => each(slots, input, output, f32::exp2),
        Unary::Log2 => each(slots, input, output, f32::log2),
        Unary::Recip => each(slots, input, output, f32::recip),
        Unary::Sqrt => each(slots, input, output, f32::sqrt),
    }
}

#[inline]
fn each(slots: &mut [Vec<f32>], input: usize, output: usize, f: impl Fn(f32) -> f32) {
    let mut out = take(&mut slots[output]);
    if input == output {
        out.iter_mut().for_each(|x| *x = f(*x));
    } else {
        out.iter_mut().zip(&slots[input]).for_each(|(out, a)| *out = f(*a));
    }
    slots[output] = out;
}

type Viewed<'a> = (&'a [f32], &'a Reading);

/// `slots[output]` from two slots seen through views. One that is read as it lies may
/// be the same as `output`; both, if both are.
pub(super) fn binary(
    function: Binary,
    slots: &mut [Vec<f32>],
    inputs: &[(usize, Reading); 2],
    output: usize,
) {
    match function {
        Binary::Add => pairs(slots, inputs, output, |a, b| a + b),
        Binary::Mul => pairs(slots, inputs, output, |a, b| a * b),
        Binary::LessThan => pairs(slots, inputs, output, |a, b| f32::from(a < b)),
    }
}

#[inline]
fn pairs(
    slots: &mut [Vec<f32>],
    [(a, view_a), (b, view_b)]: &[(usize, Reading); 2],
    output: usize,
    f: impl Fn(f32, f32) -> f32,
) {
    let mut out = take(&mut slots[output]);
    match (*a == output, *b == output) {
        (true, true) => out.iter_mut().for_each(|x| *x = f(*x, *x)),
        (true, false) => update(&mut out, (&slots[*b], view_b), f),
        (false, true) => update(&mut out, (&slots[*a], view_a), |b, a| f(a, b)),
        (false, false) => {
            each_pair((&slots[*a], view_a), (&slots[*b], view_b), &mut out, f);
        }
    }
    slots[output] = out;
}

/// Writes over the first of each pair.
#[inline]
fn update(out: &mut [f32], (b, view): Viewed<'_>, f: impl Fn(f32, f32) -> f32) {
    match view {
        Reading::Plain => {
            out.iter_mut().zip(b).for_each(|(out, b)| *out = f(*out, *b));
        }
        Reading::Scalar => out.iter_mut().for_each(|out| *out = f(*out, b[0])),
        Reading::Repeated(_) => {
            for out in out.chunks_mut(b.len()) {
                out.iter_mut().zip(b).for_each(|(out, b)| *out = f(*out, *b));
            }
        }
        Reading::Map(_) => {
            for (i, out) in out.iter_mut().enumerate() {
                *out = f(*out, view.read(b, i));
            }
        }
    }
}

#[inline]
fn each_pair(a: Viewed<'_>, b: Viewed<'_>, out: &mut [f32], f: impl Fn(f32, f32) -> f32) {
    match (a, b) {
        ((a, Reading::Plain), (b, Reading::Plain)) => {
            for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                *out = f(*a, *b);
            }
        }
        ((a, Reading::Plain), (b, Reading::Scalar)) => {
            for (out, a) in out.iter_mut().zip(a) {
                *out = f(*a, b[0]);
            }
        }
        ((a, Reading::Scalar), (b, Reading::Plain)) => {
            for (out, b) in out.iter_mut().zip(b) {
                *out = f(a[0], *b);
            }
        }
        ((a, Reading::Plain), (b, Reading::Repeated(_))) => {
            for (out, a) in out.chunks_mut(b.len()).zip(a.chunks(b.len())) {
                for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                    *out = f(*a, *b);
                }
            }
        }
        ((a, view_a), (b, view_b)) => {
            for (i, out) in out.iter_mut().enumerate() {
                *out = f(view_a.read(a, i), view_b.read(b, i));
            }
        }
    }
}

pub(super) fn copy(input: &[f32], view: &Reading, out: &mut [f32]) {
    match view {
        Reading::Plain => out.copy_from_slice(&input[..out.len()]),
        Reading::Scalar => out.fill(input[0]),
        Reading::Repeated(_) | Reading::Map(_) => {
            for (i, out) in out.iter_mut().enumerate() {
                *out = view.read(input, i);
            }
        }
    }
}

pub(super) fn reduce(function: Reduce, dims: [usize; 3], input: &[f32], out: &mut [f32]) {
    match function {
        Reduce::Sum => reduce_by(0.0, |a, b| a + b, dims, input, out),
        Reduce::Max => reduce_by(f32::NEG_INFINITY, larger, dims, input, out),
    }
}

#[inline]
fn reduce_by(
    start: f32,
    f: impl Fn(f32, f32) -> f32,
    dims: [usize; 3],
    input: &[f32],
    out: &mut [f32],
) {
    let [outer, middle, inner] = dims;
    if inner == 1 && middle > 0 {
        for (out, row) in out.iter_mut().zip(input.chunks(middle)).take(outer) {
            *out = row.iter().fold(start, |total, value| f(total, *value));
        }
        return;
    }
    out.fill(start);
    for o in 0..outer {
        for m in 0..middle {
            let row = &input[(o * middle + m) * inner..][..inner];
            for (out, value) in out[o * inner..][..inner].iter_mut().zip(row) {
                *out = f(*out, *value);
            }
        }
    }
}

/// The larger of two; NaN stays, unlike with `f32::max`.
fn larger(a: f32, b: f32) -> f32 {
    if b > a || b.is_nan() { b } else { a }
}
