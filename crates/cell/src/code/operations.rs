//! Straight-line arithmetic on sixteen units of some rows: operations go in one by one,
//! simplified as they come, and out comes what is left of them.

use std::f32::consts::LN_2;

use crate::activation::{exp2_one, log2_one, sigmoid_one, tanh_one};

/// The operation that made a value.
pub(super) type Register = usize;

/// How one register is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Op {
    Leaf(Leaf),
    Constant(f32),
    /// a + b
    Add(Register, Register),
    /// a b
    Multiply(Register, Register),
    /// a b + c, rounded once.
    MultiplyAdd(Register, Register, Register),
    /// 1 where a < b, else 0.
    LessThan(Register, Register),
    Exp2(Register),
    Log2(Register),
    Recip(Register),
    Sqrt(Register),
    Sigmoid(Register),
    Tanh(Register),
    /// a (1 - b) b: the gradient a of a sigmoid whose value is b.
    SigmoidBack(Register, Register),
    /// a (1 - b b): the gradient a of a tanh whose value is b.
    TanhBack(Register, Register),
}

/// What is there before the code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf {
    /// A sum of the step.
    Sum(usize),
    /// A sum that is the same in each row.
    Bias(usize),
    /// A state before the step.
    Before(usize),
    /// A state after it.
    After(usize),
    /// A value that the step kept.
    Kept(usize),
    /// The gradient of a state after the step.
    Seed(usize),
    /// The gradient of what is given out, unless it is among those of the first state.
    Given,
}

/// Operations in order, and the places of the values that they read and write: a value
/// that nothing reads any more gives its place to another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Code {
    /// What is there before, in the first places.
    pub(crate) leaves: Vec<Leaf>,
    /// Where the value of each operation goes, and the operation on places.
    pub(crate) steps: Vec<(usize, Op)>,
    /// The places of the values that are wanted.
    pub(crate) results: Vec<usize>,
    /// How many places there are.
    pub(crate) places: usize,
}

/// Operations as they are collected.
#[derive(Debug, Clone, Default)]
pub(super) struct Builder {
    pub(super) ops: Vec<Op>,
}

impl Builder {
    /// The register of an operation: an older one if it gives the same.
    pub(super) fn emit(&mut self, op: Op) -> Register {
        let op = match self.simplify(op) {
            Ok(known) => return known,
            Err(op) => op,
        };
        match self.ops.iter().position(|other| *other == op) {
            Some(known) => known,
            None => {
                self.ops.push(op);
                self.ops.len() - 1
            }
        }
    }

    /// The constant that a register is.
    pub(super) fn constant(&self, register: Register) -> Option<f32> {
        match self.ops[register] {
            Op::Constant(number) => Some(number),
            _ => None,
        }
    }

    /// a times the number.
    pub(super) fn scale(&mut self, a: Register, number: f32) -> Register {
        let number = self.emit(Op::Constant(number));
        self.emit(Op::Multiply(a, number))
    }

    /// A register that gives the same, or an operation that does, constants last.
    fn simplify(&mut self, op: Op) -> Result<Register, Op> {
        if let Some(number) = self.folded(op) {
            return Err(Op::Constant(number));
        }
        let (a, b) = match op {
            Op::Add(a, b) | Op::Multiply(a, b) => {
                let swap = match (self.constant(a), self.constant(b)) {
                    (Some(_), None) => true,
                    (None, Some(_)) => false,
                    _ => a > b,
                };
                if swap { (b, a) } else { (a, b) }
            }
            _ => return Err(op),
        };
        let number = self.constant(b);
        match op {
            Op::Add(..) if number == Some(0.0) => Ok(a),
            Op::Add(..) => Err(Op::Add(a, b)),
            Op::Multiply(..) if number == Some(1.0) => Ok(a),
            Op::Multiply(..) => {
                // Two factors that are known are one.
                if let (Some(number), Op::Multiply(inner, other)) = (number, self.ops[a])
                    && let Some(other) = self.constant(other)
                {
                    return Ok(self.scale(inner, number * other));
                }
                Err(Op::Multiply(a, b))
            }
            _ => Err(op),
        }
    }

    /// The value of an operation on constants alone.
    fn folded(&self, op: Op) -> Option<f32> {
        let one = |a| self.constant(a);
        Some(match op {
            Op::Add(a, b) => one(a)? + one(b)?,
            Op::Multiply(a, b) => one(a)? * one(b)?,
            Op::LessThan(a, b) => f32::from(one(a)? < one(b)?),
            Op::Exp2(a) => exp2_one(one(a)?),
            Op::Log2(a) => log2_one(one(a)?),
            Op::Recip(a) => 1.0 / one(a)?,
            Op::Sqrt(a) => one(a)?.sqrt(),
            Op::Sigmoid(a) => sigmoid_one(one(a)?),
            Op::Tanh(a) => tanh_one(one(a)?),
            Op::Leaf(_)
            | Op::Constant(_)
            | Op::MultiplyAdd(..)
            | Op::SigmoidBack(..)
            | Op::TanhBack(..) => return None,
        })
    }

    /// What a gradient `g` becomes by a rule that reads `value`.
    pub(super) fn rule(
        &mut self,
        g: Register,
        rule: Rule,
        value: Option<Register>,
    ) -> Register {
        let Some(v) = value else { return g };
        let slope = match rule {
            Rule::Pass => return g,
            Rule::Sigmoid(_) => return self.emit(Op::SigmoidBack(g, v)),
            Rule::Tanh(_) => return self.emit(Op::TanhBack(g, v)),
            Rule::Times(_) => v,
            Rule::Exp2(_) => self.scale(v, LN_2),
            Rule::Log2(_) => {
                let scaled = self.scale(v, LN_2);
                self.emit(Op::Recip(scaled))
            }
            Rule::Recip(_) => {
                let square = self.emit(Op::Multiply(v, v));
                self.scale(square, -1.0)
            }
            Rule::Sqrt(_) => {
                let recip = self.emit(Op::Recip(v));
                self.scale(recip, 0.5)
            }
        };
        self.emit(Op::Multiply(g, slope))
    }

    /// The operations that `results` need. The leaves of `first` come before all others,
    /// needed or not, and the first `pinned` of them keep their places to the end.
    pub(super) fn finish(
        &self,
        first: &[Leaf],
        pinned: usize,
        results: &[Register],
    ) -> Code {
        let ops = self.fused(results);
        let uses = uses(&ops, results);
        let mut leaves: Vec<Leaf> = first.to_vec();
        for (op, uses) in ops.iter().zip(&uses) {
            if let Op::Leaf(leaf) = op
                && *uses > 0
                && !leaves.contains(leaf)
            {
                leaves.push(*leaf);
            }
        }
        let mut places = Places { left: uses, taken: vec![true; leaves.len()] };
        // Uses that never come keep these for ever.
        let mut place = vec![usize::MAX; ops.len()];
        for (register, op) in ops.iter().enumerate() {
            if let Op::Leaf(leaf) = op
                && let Some(at) = leaves.iter().position(|other| other == leaf)
            {
                place[register] = at;
                places.left[register] += usize::from(at < pinned);
            }
        }
        let mut steps = Vec::new();
        for (register, op) in ops.iter().enumerate() {
            if places.left[register] == 0 || matches!(op, Op::Leaf(_)) {
                continue;
            }
            let mut op = *op;
            for operand in operands(&mut op).into_iter().flatten() {
                places.read(*operand, place[*operand]);
                *operand = place[*operand];
            }
            place[register] = places.take();
            steps.push((place[register], op));
        }
        let results = results.iter().map(|register| place[*register]).collect();
        Code { leaves, steps, results, places: places.taken.len() }
    }

    /// The same with products that are used once, in a sum, as one operation with it.
    fn fused(&self, results: &[Register]) -> Vec<Op> {
        let uses = uses(&self.ops, results);
        let mut fused = self.ops.clone();
        for op in &mut fused {
            let Op::Add(a, b) = *op else { continue };
            for (product, other) in [(a, b), (b, a)] {
                if let Op::Multiply(x, y) = self.ops[product]
                    && uses[product] == 1
                {
                    *op = Op::MultiplyAdd(x, y, other);
                    break;
                }
            }
        }
        fused
    }
}

/// Which places are taken.
struct Places {
    /// How often each register is still read.
    left: Vec<usize>,
    taken: Vec<bool>,
}

impl Places {
    /// A register is read at its place, which is free after the last time.
    fn read(&mut self, register: Register, place: usize) {
        self.left[register] -= 1;
        self.taken[place] = self.left[register] > 0;
    }

    /// A free place.
    fn take(&mut self) -> usize {
        let place = self.taken.iter().position(|taken| !taken);
        let place = place.unwrap_or_else(|| {
            self.taken.push(true);
            self.taken.len() - 1
        });
        self.taken[place] = true;
        place
    }
}

/// How a gradient passes to an operand.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// As it is.
    Pass,
    /// Times the other operand.
    Times(Register),
    /// By the value.
    Exp2(Register),
    /// By the operand.
    Log2(Register),
    /// By the value, as all that follow.
    Recip(Register),
    Sqrt(Register),
    Sigmoid(Register),
    Tanh(Register),
}

impl Rule {
    /// The operands of an operation that made register `y` to which gradients pass.
    pub(super) fn of(op: Op, y: Register) -> [Option<(Register, Rule)>; 2] {
        match op {
            // No gradient passes through a comparison, which is flat.
            Op::Leaf(_) | Op::Constant(_) | Op::LessThan(..) => [None, None],
            Op::Add(a, b) => [Some((a, Rule::Pass)), Some((b, Rule::Pass))],
            Op::Multiply(a, b) => [Some((a, Rule::Times(b))), Some((b, Rule::Times(a)))],
            Op::Exp2(a) => [Some((a, Rule::Exp2(y))), None],
            Op::Log2(a) => [Some((a, Rule::Log2(a))), None],
            Op::Recip(a) => [Some((a, Rule::Recip(y))), None],
            Op::Sqrt(a) => [Some((a, Rule::Sqrt(y))), None],
            Op::Sigmoid(a) => [Some((a, Rule::Sigmoid(y))), None],
            Op::Tanh(a) => [Some((a, Rule::Tanh(y))), None],
            Op::MultiplyAdd(..) | Op::SigmoidBack(..) | Op::TanhBack(..) => {
                unreachable!("these are made for code that is not differentiated")
            }
        }
    }

    /// The value of the way forward that it reads.
    pub(super) fn reads(self) -> Option<Register> {
        match self {
            Rule::Pass => None,
            Rule::Times(value)
            | Rule::Exp2(value)
            | Rule::Log2(value)
            | Rule::Recip(value)
            | Rule::Sqrt(value)
            | Rule::Sigmoid(value)
            | Rule::Tanh(value) => Some(value),
        }
    }
}

/// How often each register is used, directly or not, by what the results need.
pub(super) fn uses(ops: &[Op], results: &[Register]) -> Vec<usize> {
    let mut uses = vec![0; ops.len()];
    results.iter().for_each(|register| uses[*register] += 1);
    for register in (0..ops.len()).rev() {
        if uses[register] > 0 {
            let mut op = ops[register];
            operands(&mut op).into_iter().flatten().for_each(|o| uses[*o] += 1);
        }
    }
    uses
}

/// The registers that an operation reads.
pub(super) fn operands(op: &mut Op) -> [Option<&mut Register>; 3] {
    match op {
        Op::Leaf(_) | Op::Constant(_) => [None, None, None],
        Op::Exp2(a)
        | Op::Log2(a)
        | Op::Recip(a)
        | Op::Sqrt(a)
        | Op::Sigmoid(a)
        | Op::Tanh(a) => [Some(a), None, None],
        Op::Add(a, b)
        | Op::Multiply(a, b)
        | Op::LessThan(a, b)
        | Op::SigmoidBack(a, b)
        | Op::TanhBack(a, b) => [Some(a), Some(b), None],
        Op::MultiplyAdd(a, b, c) => [Some(a), Some(b), Some(c)],
    }
}
