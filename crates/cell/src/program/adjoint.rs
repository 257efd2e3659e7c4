//! The gradient rule of each instruction, over one chunk of rows, last one first.

use std::f32::consts::LN_2;
use std::ops::Range;

use super::steps::sum;
use super::tape::{Chunk, Group};
use super::{Instruction, Program, Register};
use crate::scan::live;
use crate::simd::Kernel;

/// Takes the gradients of the registers of `range` to what they were made from.
pub(super) struct Backward<'a, 'b> {
    pub(super) program: &'a Program,
    pub(super) chunk: Chunk,
    pub(super) range: Range<usize>,
    pub(super) mask: Option<&'a [f32]>,
    pub(super) wanted: &'a [bool],
    pub(super) stride: usize,
    pub(super) values: &'a [f32],
    pub(super) gradients: &'a mut [f32],
    pub(super) groups: &'a mut [Group],
    pub(super) group_of: &'a [usize],
    /// `[T, B, inputs * H]`.
    pub(super) dxw: &'a mut [f32],
    /// Of the states before the step, `[B, H]` each.
    pub(super) dcarries: &'a mut [Vec<f32>],
    /// `[H]` each.
    pub(super) dvectors: &'a mut [&'b mut [f32]],
}

impl Kernel for Backward<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        for register in self.range.clone().rev() {
            if self.wanted[register] {
                self.instruction(register);
            }
        }
    }
}

impl Backward<'_, '_> {
    #[inline(always)]
    fn instruction(&mut self, register: Register) {
        let units = self.chunk.units;
        let (y, at) = (self.place(register), self.chunk.row * units);
        match self.program.instructions[register] {
            Instruction::Input { block } => {
                let width = self.chunk.inputs * units;
                let out = &mut self.dxw[self.chunk.wide(width)];
                let gradient = &self.gradients[y];
                scatter(
                    self.chunk,
                    self.mask,
                    gradient,
                    &mut out[block * units..],
                    width,
                );
            }
            Instruction::Carry { index } => {
                let out = &mut self.dcarries[index][at..at + self.chunk.len()];
                scatter(self.chunk, self.mask, &self.gradients[y], out, units);
            }
            Instruction::Vector { index } => {
                let out = &mut self.dvectors[index];
                scatter(self.chunk, self.mask, &self.gradients[y], out, 0);
            }
            Instruction::Product { block, .. } => {
                let group = &mut self.groups[self.group_of[register]];
                let out = &mut group.gradients[self.chunk.wide(group.width)];
                let (gradient, out) = (&self.gradients[y], &mut out[block * units..]);
                scatter(self.chunk, self.mask, gradient, out, group.width);
            }
            // No gradient passes: the one is given, the other is flat.
            Instruction::Constant(_) | Instruction::LessThan(..) => {}
            Instruction::Add(a, b) => {
                self.to(register, a, Rule::Pass);
                self.to(register, b, Rule::Pass);
            }
            Instruction::Multiply(a, b) => {
                self.to(register, a, Rule::Times(b));
                self.to(register, b, Rule::Times(a));
            }
            Instruction::Exp2(a) => self.to(register, a, Rule::Exp2),
            Instruction::Log2(a) => self.to(register, a, Rule::Log2),
            Instruction::Recip(a) => self.to(register, a, Rule::Recip),
            Instruction::Sqrt(a) => self.to(register, a, Rule::Sqrt),
            Instruction::Sigmoid(a) => self.to(register, a, Rule::Sigmoid),
            Instruction::Tanh(a) => self.to(register, a, Rule::Tanh),
            Instruction::RowSum(a) => self.to(register, a, Rule::RowSum),
            Instruction::RowMax(a) => self.to(register, a, Rule::RowMax),
        }
    }

    /// Where a register's numbers lie.
    #[inline(always)]
    fn place(&self, register: Register) -> Range<usize> {
        register * self.stride..register * self.stride + self.chunk.len()
    }

    /// Adds to the gradient of `a` what comes from the register `from` by a rule.
    #[inline(always)]
    fn to(&mut self, from: Register, a: Register, rule: Rule) {
        if !self.wanted[a] {
            return;
        }
        let (y, x, n) = (self.place(from), self.place(a), self.chunk.len());
        let (values, stride) = (self.values, self.stride);
        let (below, above) = self.gradients.split_at_mut(y.start);
        let (g, d) = (&above[..n], &mut below[x.clone()]);
        let (y, x) = (&values[y], &values[x]);
        match rule {
            Rule::Pass => pass(g, d),
            Rule::Times(b) => times(g, &values[b * stride..][..n], d),
            Rule::Exp2 => by_value(g, y, d, |y| y * LN_2),
            Rule::Log2 => by_value(g, x, d, |x| 1.0 / (x * LN_2)),
            Rule::Recip => by_value(g, y, d, |y| -y * y),
            Rule::Sqrt => by_value(g, y, d, |y| 0.5 / y),
            Rule::Sigmoid => by_value(g, y, d, |y| y * (1.0 - y)),
            Rule::Tanh => by_value(g, y, d, |y| 1.0 - y * y),
            Rule::RowSum => row_sum(g, self.chunk.units, d),
            Rule::RowMax => row_max(g, x, y, self.chunk.units, d),
        }
    }
}

/// How a gradient g of y passes to x.
#[derive(Clone, Copy)]
enum Rule {
    /// y = x + ..
    Pass,
    /// y = x times this register.
    Times(Register),
    Exp2,
    Log2,
    Recip,
    Sqrt,
    Sigmoid,
    Tanh,
    RowSum,
    RowMax,
}

/// Adds the rows that take part to those of out, which lie `width` apart; width 0 adds
/// all to one row.
#[inline(always)]
fn scatter(
    chunk: Chunk,
    mask: Option<&[f32]>,
    gradient: &[f32],
    out: &mut [f32],
    width: usize,
) {
    for row in 0..chunk.rows {
        if live(mask, chunk.start + row) {
            let gradient = &gradient[row * chunk.units..(row + 1) * chunk.units];
            pass(gradient, &mut out[row * width..row * width + chunk.units]);
        }
    }
}

#[inline(always)]
fn pass(g: &[f32], d: &mut [f32]) {
    by_value(g, g, d, |_| 1.0);
}

#[inline(always)]
fn times(g: &[f32], b: &[f32], d: &mut [f32]) {
    by_value(g, b, d, |b| b);
}

/// Adds the gradient times a slope, which is made from the value v before or after.
#[inline(always)]
fn by_value(g: &[f32], v: &[f32], d: &mut [f32], slope: impl Fn(f32) -> f32) {
    let n = d.len();
    let (g, v) = (&g[..n], &v[..n]);
    for k in 0..n {
        d[k] = g[k].mul_add(slope(v[k]), d[k]);
    }
}

#[inline(always)]
fn row_sum(g: &[f32], units: usize, d: &mut [f32]) {
    let units = units.max(1);
    for (g, d) in g.chunks_exact(units).zip(d.chunks_exact_mut(units)) {
        let total = sum(g);
        for d in d {
            *d += total;
        }
    }
}

#[inline(always)]
fn row_max(g: &[f32], x: &[f32], y: &[f32], units: usize, d: &mut [f32]) {
    let units = units.max(1);
    for (row, g) in g.chunks_exact(units).enumerate() {
        let total = sum(g);
        for k in row * units..(row + 1) * units {
            if x[k] == y[k] {
                d[k] += total;
            }
        }
    }
}
