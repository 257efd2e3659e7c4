//! A program as a cell that is interpreted: sums, code for the way forward, what it
//! keeps, and code for the way back, which is made here from the rules of the operations.

use super::operations::{Builder, Code, Leaf, Op, Register, Rule, operands, uses};
use super::pairs::{Pair, with_pairs};
use super::parts::{Parts, parts};
use super::sum::Sum;
use crate::program::Program;

/// A cell that is interpreted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ProgramCell {
    pub(crate) sums: Vec<Sum>,
    /// How many column blocks of `H` the matrix of x has, and each other one.
    pub(crate) blocks: Vec<usize>,
    /// The state that each matrix but that of x multiplies.
    pub(crate) sources: Vec<usize>,
    pub(crate) states: usize,
    /// The last of the states, which are products of others.
    pub(crate) pairs: Vec<Pair>,
    /// Sums and the states before in; the states after, what is given out, and what is
    /// kept out.
    pub(crate) forward: Code,
    /// How many values are kept.
    pub(crate) kept: usize,
    /// For each value that is kept, the block of the projection that it comes of.
    pub(crate) blame: Vec<Option<usize>>,
    /// Gradients of what came out of `forward` in, those of the states first; those of
    /// the sums and of the states before the step out.
    pub(crate) back: Code,
    /// Which of those the results of `back` are.
    pub(crate) gradients: Vec<Gradient>,
    /// States whose values before a step have no gradient but that of products.
    pub(crate) ending: Vec<usize>,
    /// Whether what is given out is the first state.
    pub(crate) gives_first: bool,
}

/// What a result of the way back is the gradient of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gradient {
    Sum(usize),
    State(usize),
}

impl ProgramCell {
    /// `None` if the program needs whole rows within a step.
    pub(crate) fn new(program: &Program) -> Option<ProgramCell> {
        program.check().ok()?;
        let (program, pairs) = with_pairs(program);
        let parts = parts(&program)?;
        let gives_first = program.next.first() == Some(&program.output);
        let adjoint = Adjoint::new(&parts, gives_first);
        let first: Vec<Leaf> = (0..parts.sums.len()).map(Leaf::Sum).collect();
        let seeds: Vec<Leaf> = (0..program.carries).map(Leaf::Seed).collect();
        let mut results = parts.next.clone();
        results.push(parts.output);
        results.extend(&adjoint.kept);
        let ends = |state: &usize| !adjoint.gradients.contains(&Gradient::State(*state));
        let ending = (0..program.carries).filter(ends).collect();
        let blocks = [program.inputs].into_iter().chain(program.matrices.iter().copied());
        Some(ProgramCell {
            blocks: blocks.collect(),
            states: program.carries,
            pairs,
            forward: parts.builder.finish(&first, 0, &results),
            kept: adjoint.kept.len(),
            blame: adjoint.kept.iter().map(|kept| blame(&parts, *kept)).collect(),
            back: adjoint.builder.finish(&seeds, seeds.len(), &adjoint.results),
            ending,
            gradients: adjoint.gradients,
            gives_first,
            sums: parts.sums,
            sources: parts.sources,
        })
    }
}

/// The block of the projection in the first sum that a register is made of.
fn blame(parts: &Parts, register: Register) -> Option<usize> {
    let uses = uses(&parts.builder.ops, &[register]);
    let sums = parts.builder.ops.iter().zip(uses).filter(|(_, uses)| *uses > 0);
    sums.filter_map(|(op, _)| match op {
        Op::Leaf(Leaf::Sum(sum)) => Some(&parts.sums[*sum]),
        _ => None,
    })
    .find_map(|sum| sum.products.iter().find(|block| block.of == 0))
    .map(|block| block.block)
}

/// How a value of the way forward is had on the way back.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Had {
    /// Not at all: nothing needs it, and nothing else gives it.
    Not,
    Leaf(Leaf),
    /// It is made once more of values that are had.
    Again,
}

struct Adjoint<'a> {
    parts: &'a Parts,
    had: Vec<Had>,
    /// The registers of the way forward that are kept.
    kept: Vec<Register>,
    builder: Builder,
    results: Vec<Register>,
    gradients: Vec<Gradient>,
}

impl Adjoint<'_> {
    fn new(parts: &Parts, gives_first: bool) -> Adjoint<'_> {
        let mut adjoint = Adjoint {
            parts,
            had: Vec::new(),
            kept: Vec::new(),
            builder: Builder::default(),
            results: Vec::new(),
            gradients: Vec::new(),
        };
        let wanted = wanted(&parts.builder.ops);
        adjoint.keep(&wanted);
        adjoint.walk(&wanted, gives_first);
        adjoint
    }

    /// Decides what is kept: of what the rules read, the values that no state holds and
    /// that are not cheap to make again of what is there.
    fn keep(&mut self, wanted: &[bool]) {
        let Parts { builder: Builder { ops }, next, output, .. } = self.parts;
        let results: Vec<Register> = next.iter().chain([output]).copied().collect();
        let uses = uses(ops, &results);
        let mut needed = vec![false; ops.len()];
        for (y, op) in ops.iter().enumerate().filter(|(y, _)| uses[*y] > 0) {
            for (a, rule) in Rule::of(*op, y).into_iter().flatten() {
                if let Some(value) = rule.reads().filter(|_| wanted[a]) {
                    needed[value] = true;
                }
            }
        }
        for (register, op) in ops.iter().enumerate() {
            let state = next.iter().position(|next| *next == register);
            let had = match (*op, state) {
                (Op::Leaf(Leaf::Sum(sum)), _)
                    if self.parts.sums[sum].products.is_empty() =>
                {
                    Had::Leaf(Leaf::Bias(sum))
                }
                (Op::Leaf(Leaf::Before(state)), _) => Had::Leaf(Leaf::Before(state)),
                (Op::Constant(_), _) => Had::Again,
                (_, Some(state)) => Had::Leaf(Leaf::After(state)),
                (op, None) if self.is_cheap(op) => Had::Again,
                _ if needed[register] => {
                    self.kept.push(register);
                    Had::Leaf(Leaf::Kept(self.kept.len() - 1))
                }
                _ => Had::Not,
            };
            self.had.push(had);
        }
    }

    /// Whether a value is sooner made again than fetched: arithmetic on what is there,
    /// and an activation of a state.
    fn is_cheap(&self, op: Op) -> bool {
        match op {
            Op::Add(a, b) | Op::Multiply(a, b) | Op::LessThan(a, b) => {
                self.had[a] != Had::Not && self.had[b] != Had::Not
            }
            Op::Sigmoid(a) | Op::Tanh(a) => {
                matches!(self.had[a], Had::Leaf(Leaf::Before(_) | Leaf::After(_)))
            }
            _ => false,
        }
    }

    /// The rules of all operations, the last first.
    fn walk(&mut self, wanted: &[bool], gives_first: bool) {
        let ops = &self.parts.builder.ops;
        let mut gradients: Vec<Option<Register>> = vec![None; ops.len()];
        for (state, next) in self.parts.next.iter().enumerate() {
            let seed = self.builder.emit(Op::Leaf(Leaf::Seed(state)));
            self.add(&mut gradients[*next], seed);
        }
        if !gives_first {
            let given = self.builder.emit(Op::Leaf(Leaf::Given));
            self.add(&mut gradients[self.parts.output], given);
        }
        for register in (0..ops.len()).rev() {
            let Some(g) = gradients[register] else { continue };
            match ops[register] {
                Op::Leaf(Leaf::Sum(sum)) => {
                    self.results.push(g);
                    self.gradients.push(Gradient::Sum(sum));
                }
                Op::Leaf(Leaf::Before(state)) => {
                    self.results.push(g);
                    self.gradients.push(Gradient::State(state));
                }
                op => {
                    for (a, rule) in Rule::of(op, register).into_iter().flatten() {
                        if wanted[a] {
                            let term = self.apply(g, rule);
                            self.add(&mut gradients[a], term);
                        }
                    }
                }
            }
        }
    }

    fn apply(&mut self, g: Register, rule: Rule) -> Register {
        let value = rule.reads().map(|value| self.value(value));
        self.builder.rule(g, rule, value)
    }

    fn add(&mut self, sum: &mut Option<Register>, term: Register) {
        *sum = Some(match *sum {
            Some(sum) => self.builder.emit(Op::Add(sum, term)),
            None => term,
        });
    }

    /// A value of the way forward.
    fn value(&mut self, register: Register) -> Register {
        if let Had::Leaf(leaf) = self.had[register] {
            return self.builder.emit(Op::Leaf(leaf));
        }
        let mut op = self.parts.builder.ops[register];
        for operand in operands(&mut op).into_iter().flatten() {
            *operand = self.value(*operand);
        }
        self.builder.emit(op)
    }
}

/// Which registers a gradient can pass through or into.
fn wanted(ops: &[Op]) -> Vec<bool> {
    let mut wanted: Vec<bool> = Vec::with_capacity(ops.len());
    for (register, op) in ops.iter().enumerate() {
        let leaf = matches!(op, Op::Leaf(_));
        let through = Rule::of(*op, register).into_iter().flatten();
        let wants = leaf || through.into_iter().any(|(operand, _)| wanted[operand]);
        wanted.push(wants);
    }
    wanted
}
