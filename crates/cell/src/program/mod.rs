//! Any cell as a register program: a list of instructions over `[B, H]` values that a
//! loop runs once per time step, and runs backwards for the gradients.
//!
//! A register is an instruction's own place in the list. Reading carried states,
//! `Product`s with a recurrent matrix and arithmetic make up a cell; `next` says which
//! registers become the states after the step, `output` which one is given out.
//!
//! Where a mask is 0, a step leaves the states as they were, and the output is 0.

mod adjoint;
mod backward;
mod forward;
mod steps;
mod tape;

pub use tape::ProgramTape;

/// The instruction that made a value.
pub type Register = usize;

/// How one register is made. All values are `[B, H]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Instruction {
    /// A column block of `H` of the projected input at this time.
    Input {
        /// Which block.
        block: usize,
    },
    /// A state as it was before this step.
    Carry {
        /// Which state.
        index: usize,
    },
    /// A learned vector `[H]`, the same in each row.
    Vector {
        /// Which vector.
        index: usize,
    },
    /// One number everywhere.
    Constant(f32),
    /// A column block of the product of a register and a learned matrix. Those of one
    /// source and matrix are computed together.
    Product {
        /// The register on the left side.
        source: Register,
        /// Which matrix.
        matrix: usize,
        /// Which of its column blocks of `H`.
        block: usize,
    },
    /// a + b.
    Add(Register, Register),
    /// a b.
    Multiply(Register, Register),
    /// 2^a.
    Exp2(Register),
    /// The logarithm of a to base 2.
    Log2(Register),
    /// 1 / a.
    Recip(Register),
    /// The square root of a.
    Sqrt(Register),
    /// 1 where a < b, else 0; no gradient passes.
    LessThan(Register, Register),
    /// 1 / (1 + exp(-a)).
    Sigmoid(Register),
    /// The hyperbolic tangent of a.
    Tanh(Register),
    /// The sum over the `H` values of each row, in each of them.
    RowSum(Register),
    /// The greatest of the `H` values of each row, in each of them. Its gradient goes to
    /// all that equal it.
    RowMax(Register),
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// What is done in a step, in this order.
    pub instructions: Vec<Instruction>,
    /// How many states are carried.
    pub carries: usize,
    /// The register that becomes each state after the step.
    pub next: Vec<Register>,
    /// The register that is given out.
    pub output: Register,
    /// How many column blocks of `H` the projected input has.
    pub inputs: usize,
    /// How many learned vectors there are.
    pub vectors: usize,
    /// The learned matrices, `[H, blocks * H]` each: how many column blocks they have.
    pub matrices: Vec<usize>,
}

impl Program {
    /// Whether it can be run: registers only look back, and nothing is out of range.
    ///
    /// # Errors
    /// Which instruction or result cannot be made.
    pub fn check(&self) -> Result<(), String> {
        for (register, instruction) in self.instructions.iter().enumerate() {
            let looks_back = operands(*instruction).into_iter().flatten();
            if looks_back.into_iter().any(|operand| operand >= register) {
                return Err(format!("instruction {register} reads a later register"));
            }
            if !self.leaf_fits(*instruction) {
                return Err(format!("instruction {register} reads what is not there"));
            }
        }
        if self.next.len() != self.carries {
            return Err(format!(
                "{} states get {} values",
                self.carries,
                self.next.len()
            ));
        }
        let results = self.next.iter().chain([&self.output]);
        match results.into_iter().find(|register| **register >= self.instructions.len()) {
            Some(register) => Err(format!("register {register} is never made")),
            None => Ok(()),
        }
    }

    fn leaf_fits(&self, instruction: Instruction) -> bool {
        match instruction {
            Instruction::Input { block } => block < self.inputs,
            Instruction::Carry { index } => index < self.carries,
            Instruction::Vector { index } => index < self.vectors,
            Instruction::Product { matrix, block, .. } => {
                self.matrices.get(matrix).is_some_and(|blocks| block < *blocks)
            }
            Instruction::Constant(_)
            | Instruction::Add(..)
            | Instruction::Multiply(..)
            | Instruction::LessThan(..)
            | Instruction::Exp2(_)
            | Instruction::Log2(_)
            | Instruction::Recip(_)
            | Instruction::Sqrt(_)
            | Instruction::Sigmoid(_)
            | Instruction::Tanh(_)
            | Instruction::RowSum(_)
            | Instruction::RowMax(_) => true,
        }
    }
}

/// The registers that an instruction reads.
pub(crate) fn operands(instruction: Instruction) -> [Option<Register>; 2] {
    match instruction {
        Instruction::Input { .. }
        | Instruction::Carry { .. }
        | Instruction::Vector { .. }
        | Instruction::Constant(_) => [None, None],
        Instruction::Product { source: a, .. }
        | Instruction::Exp2(a)
        | Instruction::Log2(a)
        | Instruction::Recip(a)
        | Instruction::Sqrt(a)
        | Instruction::Sigmoid(a)
        | Instruction::Tanh(a)
        | Instruction::RowSum(a)
        | Instruction::RowMax(a) => [Some(a), None],
        Instruction::Add(a, b)
        | Instruction::Multiply(a, b)
        | Instruction::LessThan(a, b) => [Some(a), Some(b)],
    }
}

#[cfg(test)]
pub(crate) mod tests;
