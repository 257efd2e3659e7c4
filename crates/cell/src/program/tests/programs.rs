//! Programs that the tests run.

use crate::program::{Instruction as I, Program};

/// i, f, g, o as column blocks of input 0 and matrix 0.
pub(crate) fn lstm() -> Program {
    let mut instructions = vec![I::Carry { index: 0 }, I::Carry { index: 1 }];
    let mut gates = Vec::new();
    for block in 0..4 {
        let start = instructions.len();
        instructions.push(I::Input { block });
        instructions.push(I::Product { source: 0, matrix: 0, block });
        instructions.push(I::Add(start, start + 1));
        let gate = if block == 2 { I::Tanh(start + 2) } else { I::Sigmoid(start + 2) };
        instructions.push(gate);
        gates.push(start + 3);
    }
    let at = instructions.len();
    instructions.extend([
        I::Multiply(gates[1], 1),
        I::Multiply(gates[0], gates[2]),
        I::Add(at, at + 1),
        I::Tanh(at + 2),
        I::Multiply(gates[3], at + 3),
    ]);
    Program {
        instructions,
        carries: 2,
        next: vec![at + 4, at + 2],
        output: at + 4,
        inputs: 4,
        vectors: 0,
        matrices: vec![4],
    }
}

/// The GRU that resets before its product: n = tanh(x + U (r h)); one matrix has two
/// sources, and a vector is added.
pub(crate) fn reset_before() -> Program {
    Program {
        instructions: vec![
            I::Carry { index: 0 },
            I::Input { block: 0 },
            I::Product { source: 0, matrix: 0, block: 0 },
            I::Add(1, 2),
            I::Sigmoid(3),
            I::Input { block: 1 },
            I::Product { source: 0, matrix: 0, block: 1 },
            I::Add(5, 6),
            I::Sigmoid(7),
            I::Multiply(4, 0),
            I::Product { source: 9, matrix: 1, block: 0 },
            I::Vector { index: 0 },
            I::Add(10, 11),
            I::Product { source: 9, matrix: 0, block: 1 },
            I::Add(12, 13),
            I::Tanh(14),
            I::Constant(-1.0),
            I::Multiply(16, 15),
            I::Add(0, 17),
            I::Multiply(8, 18),
            I::Add(15, 19),
        ],
        carries: 1,
        next: vec![20],
        output: 20,
        inputs: 2,
        vectors: 1,
        matrices: vec![2, 1],
    }
}

/// A cell that no one would use, with every instruction: a softmax over the units that
/// a norm divides, where positive.
pub(crate) fn everything() -> Program {
    Program {
        instructions: vec![
            I::Carry { index: 0 },
            I::Input { block: 0 },
            I::Product { source: 1, matrix: 0, block: 1 },
            I::Add(0, 2),
            I::RowMax(3),
            I::Constant(-1.0),
            I::Multiply(4, 5),
            I::Add(3, 6),
            I::Exp2(7),
            I::RowSum(8),
            I::Recip(9),
            I::Multiply(8, 10),
            I::Multiply(3, 3),
            I::RowSum(12),
            I::Constant(0.125),
            I::Add(13, 14),
            I::Sqrt(15),
            I::Log2(16),
            I::Multiply(11, 17),
            I::Vector { index: 1 },
            I::LessThan(18, 3),
            I::Multiply(20, 19),
            I::Add(18, 21),
            I::Sigmoid(22),
            I::Carry { index: 1 },
            I::Add(24, 23),
            I::Multiply(4, 24),
            I::Add(25, 26),
            I::Tanh(27),
        ],
        carries: 2,
        next: vec![28, 18],
        output: 27,
        inputs: 2,
        vectors: 2,
        matrices: vec![2, 1],
    }
}
