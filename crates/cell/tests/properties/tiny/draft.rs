//! A program that grows, instruction by instruction.

use carousel_cell::{Instruction as I, Program, Register};

/// The instructions so far.
#[derive(Debug, Default)]
pub(super) struct Draft(pub(super) Vec<I>);

impl Draft {
    pub(super) fn push(&mut self, instruction: I) -> Register {
        self.0.push(instruction);
        self.0.len() - 1
    }

    /// The sum of some registers, in this order.
    pub(super) fn sum(&mut self, terms: &[Register]) -> Register {
        let (first, rest) = terms.split_first().expect("a sum has terms");
        rest.iter().fold(*first, |sum, term| self.push(I::Add(sum, *term)))
    }

    /// z a + (1 - z) b
    pub(super) fn blend(&mut self, z: Register, [a, b]: [Register; 2]) -> Register {
        let (one, minus) = (self.push(I::Constant(1.0)), self.push(I::Constant(-1.0)));
        let negative = self.push(I::Multiply(z, minus));
        let rest = self.push(I::Add(one, negative));
        let terms = [self.push(I::Multiply(z, a)), self.push(I::Multiply(rest, b))];
        self.sum(&terms)
    }

    /// The program that gives out its first state: which registers become the states,
    /// and how many inputs, vectors and blocks of each matrix there are.
    pub(super) fn program(
        self,
        next: Vec<Register>,
        [inputs, vectors]: [usize; 2],
        matrices: Vec<usize>,
    ) -> Program {
        let (carries, output) = (next.len(), next[0]);
        let Draft(instructions) = self;
        Program { instructions, carries, next, output, inputs, vectors, matrices }
    }
}
