//! Programs whose sums can be taken out.

use crate::program::{Instruction as I, Program};

/// The gated recurrent unit with the reset after the product: its four sums are of x and
/// h, of x alone and of h alone.
pub(crate) fn gru() -> Program {
    Program {
        instructions: vec![
            I::Carry { index: 0 },
            I::Input { block: 0 },
            I::Product { source: 0, matrix: 0, block: 0 },
            I::Vector { index: 0 },
            I::Add(2, 3),
            I::Add(1, 4),
            I::Sigmoid(5),
            I::Input { block: 1 },
            I::Product { source: 0, matrix: 0, block: 1 },
            I::Add(7, 8),
            I::Sigmoid(9),
            I::Product { source: 0, matrix: 0, block: 2 },
            I::Vector { index: 1 },
            I::Add(11, 12),
            I::Multiply(6, 13),
            I::Input { block: 2 },
            I::Add(15, 14),
            I::Tanh(16),
            I::Constant(-1.0),
            I::Multiply(10, 18),
            I::Constant(1.0),
            I::Add(20, 19),
            I::Multiply(21, 17),
            I::Multiply(10, 0),
            I::Add(22, 23),
        ],
        carries: 1,
        next: vec![24],
        output: 24,
        inputs: 3,
        vectors: 2,
        matrices: vec![3],
    }
}

/// The LSTM whose gates see the cell state: three vectors are no part of a sum.
pub(crate) fn peephole() -> Program {
    let mut instructions = vec![I::Carry { index: 0 }, I::Carry { index: 1 }];
    let mut gates = Vec::new();
    for block in 0..4 {
        instructions.push(I::Input { block });
        let mut sum = instructions.len() - 1;
        let mut add = |instructions: &mut Vec<I>, term: usize| {
            instructions.push(I::Add(sum, term));
            sum = instructions.len() - 1;
        };
        if block != 2 {
            instructions.push(I::Vector { index: block.min(2) });
            instructions.push(I::Multiply(instructions.len() - 1, 1));
            let term = instructions.len() - 1;
            add(&mut instructions, term);
        }
        instructions.push(I::Product { source: 0, matrix: 0, block });
        let term = instructions.len() - 1;
        add(&mut instructions, term);
        instructions.push(if block == 2 { I::Tanh(sum) } else { I::Sigmoid(sum) });
        gates.push(instructions.len() - 1);
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
        vectors: 3,
        matrices: vec![4],
    }
}

/// One sum, and nothing kept but the state.
pub(crate) fn rnn() -> Program {
    Program {
        instructions: vec![
            I::Carry { index: 0 },
            I::Input { block: 0 },
            I::Product { source: 0, matrix: 0, block: 0 },
            I::Add(2, 1),
            I::Tanh(3),
        ],
        carries: 1,
        next: vec![4],
        output: 4,
        inputs: 1,
        vectors: 0,
        matrices: vec![1],
    }
}

/// A cell that no one would use: three states, of which the second and the third are
/// multiplied, one never changes, and one does not depend on anything; a sum of both
/// matrices and one of two blocks of x; a product that is used twice, a block that is
/// not used, every function, and an output that is no state.
pub(crate) fn motley() -> Program {
    Program {
        instructions: vec![
            I::Carry { index: 0 },
            I::Carry { index: 1 },
            I::Carry { index: 2 },
            I::Input { block: 0 },
            I::Product { source: 1, matrix: 0, block: 0 },
            I::Product { source: 2, matrix: 1, block: 1 },
            I::Add(3, 4),
            I::Add(6, 5),
            I::Input { block: 2 },
            I::Add(7, 8),
            I::Sigmoid(9),
            I::Product { source: 2, matrix: 1, block: 0 },
            I::Multiply(11, 10),
            I::Exp2(11),
            I::Constant(1.5),
            I::Add(13, 14),
            I::Log2(15),
            I::Recip(15),
            I::Sqrt(15),
            I::Multiply(16, 17),
            I::Add(19, 18),
            I::LessThan(12, 10),
            I::Multiply(21, 20),
            I::Vector { index: 0 },
            I::Add(22, 23),
            I::Multiply(24, 0),
            I::Tanh(25),
            I::Constant(2.0),
            I::Constant(0.25),
            I::Multiply(27, 28),
            I::Multiply(26, 29),
            I::Add(30, 2),
            I::Tanh(31),
            I::Constant(0.5),
        ],
        carries: 4,
        next: vec![33, 32, 2, 26],
        output: 31,
        inputs: 3,
        vectors: 2,
        matrices: vec![1, 2],
    }
}

/// The plain cell with a state that never changes, which drops the other out before the
/// product.
pub(crate) fn dropped() -> Program {
    Program {
        instructions: vec![
            I::Carry { index: 0 },
            I::Carry { index: 1 },
            I::Multiply(0, 1),
            I::Input { block: 0 },
            I::Product { source: 2, matrix: 0, block: 0 },
            I::Add(4, 3),
            I::Tanh(5),
            I::Multiply(6, 2),
        ],
        carries: 2,
        next: vec![7, 1],
        output: 7,
        inputs: 1,
        vectors: 0,
        matrices: vec![1],
    }
}
