//! Runs straight-line code on sixteen units of some rows.

use super::operations::{Code, Op};
use crate::activation::{exp2_one, log2_one, sigmoid_one, tanh_one};

/// How many units a panel has: as many as the widest registers have numbers.
pub(crate) const PANEL: usize = 16;

/// The numbers of a panel, one for each unit.
pub(crate) type Units = [f32; PANEL];

/// Takes all steps; the leaves are there. Place q is `values[q * apart..][..rows]`.
#[inline(always)]
pub(crate) fn run(code: &Code, values: &mut [Units], apart: usize, rows: usize) {
    let at = |place: usize| place * apart;
    for (place, op) in &code.steps {
        let out = at(*place);
        match *op {
            Op::Leaf(_) => unreachable!("leaves are no steps"),
            Op::Constant(number) => values[out..out + rows].fill([number; PANEL]),
            Op::Add(a, b) => two(values, [out, at(a), at(b)], rows, |a, b| a + b),
            Op::Multiply(a, b) => two(values, [out, at(a), at(b)], rows, |a, b| a * b),
            Op::MultiplyAdd(a, b, c) => {
                three(values, [out, at(a), at(b), at(c)], rows, f32::mul_add)
            }
            Op::LessThan(a, b) => two(values, [out, at(a), at(b)], rows, less_than),
            Op::Exp2(a) => one(values, [out, at(a)], rows, exp2_one),
            Op::Log2(a) => one(values, [out, at(a)], rows, log2_one),
            Op::Recip(a) => one(values, [out, at(a)], rows, |a| 1.0 / a),
            Op::Sqrt(a) => one(values, [out, at(a)], rows, f32::sqrt),
            Op::Sigmoid(a) => one(values, [out, at(a)], rows, sigmoid_one),
            Op::Tanh(a) => one(values, [out, at(a)], rows, tanh_one),
            Op::SigmoidBack(g, y) => two(values, [out, at(g), at(y)], rows, sigmoid_back),
            Op::TanhBack(g, y) => two(values, [out, at(g), at(y)], rows, tanh_back),
        }
    }
}

#[inline(always)]
fn less_than(a: f32, b: f32) -> f32 {
    if a < b { 1.0 } else { 0.0 }
}

#[inline(always)]
fn sigmoid_back(g: f32, y: f32) -> f32 {
    g * (y * (1.0 - y))
}

#[inline(always)]
fn tanh_back(g: f32, y: f32) -> f32 {
    g * (1.0 - y * y)
}

/// Makes values of those at one place.
#[inline(always)]
fn one(values: &mut [Units], [out, a]: [usize; 2], rows: usize, f: impl Fn(f32) -> f32) {
    assert!(out.max(a) + rows <= values.len(), "all places are there");
    for row in 0..rows {
        let a = values[a + row];
        let out = &mut values[out + row];
        for k in 0..PANEL {
            out[k] = f(a[k]);
        }
    }
}

/// Of those at two.
#[inline(always)]
fn two(
    values: &mut [Units],
    [out, a, b]: [usize; 3],
    rows: usize,
    f: impl Fn(f32, f32) -> f32,
) {
    assert!(out.max(a).max(b) + rows <= values.len(), "all places are there");
    for row in 0..rows {
        let (a, b) = (values[a + row], values[b + row]);
        let out = &mut values[out + row];
        for k in 0..PANEL {
            out[k] = f(a[k], b[k]);
        }
    }
}

/// Of those at three.
#[inline(always)]
fn three(
    values: &mut [Units],
    [out, a, b, c]: [usize; 4],
    rows: usize,
    f: impl Fn(f32, f32, f32) -> f32,
) {
    let most = out.max(a).max(b).max(c);
    assert!(most + rows <= values.len(), "all places are there");
    for row in 0..rows {
        let (a, b, c) = (values[a + row], values[b + row], values[c + row]);
        let out = &mut values[out + row];
        for k in 0..PANEL {
            out[k] = f(a[k], b[k], c[k]);
        }
    }
}
