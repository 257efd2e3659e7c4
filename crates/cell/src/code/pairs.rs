//! A product of two states that a matrix multiplies, as a state that is dropped out is,
//! becomes a state of its own: all of its row is then there when a step begins.

use crate::program::{Instruction, Program};

/// A state that is the product of two others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    a: usize,
    b: usize,
}

/// The same program with such states after its own, and which they are.
pub(super) fn with_pairs(program: &Program) -> (Program, Vec<Pair>) {
    let mut program = program.clone();
    let mut pairs = Vec::new();
    for at in 0..program.instructions.len() {
        let Instruction::Product { source, .. } = program.instructions[at] else {
            continue;
        };
        let state = |register: usize| match program.instructions[register] {
            Instruction::Carry { index } => Some(index),
            _ => None,
        };
        if let Instruction::Multiply(a, b) = program.instructions[source]
            && let (Some(a), Some(b)) = (state(a), state(b))
        {
            program.instructions[source] = Instruction::Carry { index: program.carries };
            let next = Instruction::Multiply(program.next[a], program.next[b]);
            program.instructions.push(next);
            program.next.push(program.instructions.len() - 1);
            program.carries += 1;
            pairs.push(Pair { a, b });
        }
    }
    (program, pairs)
}

impl Pair {
    /// Its value, `[B, H]`, made of the others'.
    pub(crate) fn value(self, states: &[&[f32]]) -> Vec<f32> {
        states[self.a].iter().zip(states[self.b]).map(|(a, b)| a * b).collect()
    }

    /// Adds what its gradient gives for the others.
    pub(crate) fn back(
        self,
        gradient: &[f32],
        states: &[&[f32]],
        gradients: &mut [Vec<f32>],
    ) {
        for (to, other) in [(self.a, self.b), (self.b, self.a)] {
            let terms = gradient.iter().zip(states[other]);
            let to = gradients[to].iter_mut();
            to.zip(terms).for_each(|(to, (g, other))| *to += g * other);
        }
    }
}
