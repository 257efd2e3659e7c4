//! The instructions of a program, one after the other, over one chunk of rows.

use std::ops::Range;

use super::tape::{Chunk, Group};
use super::{Instruction, Program, Register};
use crate::activation::{Function, apply};
use crate::simd::Kernel;

/// Makes the registers of `range`.
pub(super) struct Forward<'a> {
    pub(super) program: &'a Program,
    pub(super) chunk: Chunk,
    pub(super) range: Range<usize>,
    /// `[T, B, inputs * H]`.
    pub(super) xw: &'a [f32],
    pub(super) carries: &'a [Vec<f32>],
    /// Where the chunk's rows lie in the slot of the states before the step.
    pub(super) before: Range<usize>,
    pub(super) groups: &'a [Group],
    pub(super) group_of: &'a [usize],
    pub(super) stride: usize,
    pub(super) values: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        for register in self.range.clone() {
            self.instruction(register);
        }
    }
}

impl Forward<'_> {
    #[inline(always)]
    fn instruction(&mut self, register: Register) {
        let (chunk, stride, n) = (self.chunk, self.stride, self.chunk.len());
        let (values, rest) = self.values.split_at_mut(register * stride);
        let out = &mut rest[..n];
        let value =
            |register: Register| &values[register * stride..register * stride + n];
        match self.program.instructions[register] {
            Instruction::Input { block } => {
                let width = chunk.inputs * chunk.units;
                copy_columns(&self.xw[chunk.wide(width)], width, block, chunk.units, out);
            }
            Instruction::Carry { index } => {
                out.copy_from_slice(&self.carries[index][self.before.clone()]);
            }
            // These stay as they are from step to step.
            Instruction::Vector { .. } | Instruction::Constant(_) => {}
            Instruction::Product { block, .. } => {
                let group = &self.groups[self.group_of[register]];
                let result = &group.results[chunk.wide(group.width)];
                copy_columns(result, group.width, block, chunk.units, out);
            }
            Instruction::Add(a, b) => add(value(a), value(b), out),
            Instruction::Multiply(a, b) => multiply(value(a), value(b), out),
            Instruction::LessThan(a, b) => less_than(value(a), value(b), out),
            Instruction::Exp2(a) => map(Function::Exp2, value(a), out),
            Instruction::Log2(a) => map(Function::Log2, value(a), out),
            Instruction::Sigmoid(a) => map(Function::Sigmoid, value(a), out),
            Instruction::Tanh(a) => map(Function::Tanh, value(a), out),
            Instruction::Recip(a) => recip(value(a), out),
            Instruction::Sqrt(a) => sqrt(value(a), out),
            Instruction::RowSum(a) => row_sum(value(a), chunk.units, out),
            Instruction::RowMax(a) => row_max(value(a), chunk.units, out),
        }
    }
}

/// out: `[rows, units]` is a column block of wide: `[rows, width]`.
#[inline(always)]
fn copy_columns(wide: &[f32], width: usize, block: usize, units: usize, out: &mut [f32]) {
    if width == units {
        return out.copy_from_slice(wide);
    }
    if units == 0 {
        return;
    }
    for (wide, out) in wide.chunks_exact(width).zip(out.chunks_exact_mut(units)) {
        // A loop, since a call to copy a few numbers takes longer than copying them.
        for (out, from) in out.iter_mut().zip(&wide[block * units..(block + 1) * units]) {
            *out = *from;
        }
    }
}

#[inline(always)]
fn map(function: Function, a: &[f32], out: &mut [f32]) {
    out.copy_from_slice(a);
    apply(function, out);
}

#[inline(always)]
fn add(a: &[f32], b: &[f32], out: &mut [f32]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = a + b;
    }
}

#[inline(always)]
fn multiply(a: &[f32], b: &[f32], out: &mut [f32]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = a * b;
    }
}

#[inline(always)]
fn less_than(a: &[f32], b: &[f32], out: &mut [f32]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = if a < b { 1.0 } else { 0.0 };
    }
}

#[inline(always)]
fn recip(a: &[f32], out: &mut [f32]) {
    for (out, a) in out.iter_mut().zip(a) {
        *out = 1.0 / a;
    }
}

#[inline(always)]
fn sqrt(a: &[f32], out: &mut [f32]) {
    for (out, a) in out.iter_mut().zip(a) {
        *out = a.sqrt();
    }
}

#[inline(always)]
fn row_sum(a: &[f32], units: usize, out: &mut [f32]) {
    let units = units.max(1);
    for (a, out) in a.chunks_exact(units).zip(out.chunks_exact_mut(units)) {
        out.fill(sum(a));
    }
}

#[inline(always)]
fn row_max(a: &[f32], units: usize, out: &mut [f32]) {
    let units = units.max(1);
    for (a, out) in a.chunks_exact(units).zip(out.chunks_exact_mut(units)) {
        let mut max = f32::NEG_INFINITY;
        for a in a {
            // A NaN, which no comparison finds, is the greatest.
            max = if *a <= max { max } else { *a };
        }
        out.fill(max);
    }
}

/// The sum in order.
#[inline(always)]
pub(super) fn sum(a: &[f32]) -> f32 {
    let mut sum = 0.0;
    for a in a {
        sum += a;
    }
    sum
}
