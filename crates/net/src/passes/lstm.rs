//! Recognises the LSTM among register programs, whatever its sizes, names and order.

use carousel_cell::{Instruction, Program};

/// The column blocks that hold the gates i, f, g and o, if the program is the LSTM's:
/// c' = f c + i g and h' = o tanh(c'), with sigmoid gates i, f and o and g = tanh, each
/// of a block of the projection plus the same block of the product with h.
pub(super) fn gates(program: &Program) -> Option<[usize; 4]> {
    let known = program.carries == 2
        && program.inputs == 4
        && program.vectors == 0
        && program.matrices == [4];
    if !known {
        return None;
    }
    let reader = Reader { program };
    let [h, c] = program.next[..] else { return None };
    let o = reader.pair_where(Instruction::Multiply(0, 0), h, |o, tanh| {
        (reader.at(tanh) == Instruction::Tanh(c)).then(|| reader.sigmoid_block(o))?
    })?;
    let (f, i, g) = reader.pair_where(Instruction::Add(0, 0), c, |keep, write| {
        let f = reader.pair_where(Instruction::Multiply(0, 0), keep, |f, before| {
            let is_cell = reader.at(before) == Instruction::Carry { index: 1 };
            is_cell.then(|| reader.sigmoid_block(f))?
        })?;
        let (i, g) = reader.pair_where(Instruction::Multiply(0, 0), write, |i, g| {
            Some((reader.sigmoid_block(i)?, reader.tanh_block(g)?))
        })?;
        Some((f, i, g))
    })?;
    let mut sorted = [i, f, g, o];
    sorted.sort_unstable();
    (sorted == [0, 1, 2, 3]).then_some([i, f, g, o])
}

struct Reader<'a> {
    program: &'a Program,
}

impl Reader<'_> {
    fn at(&self, register: usize) -> Instruction {
        self.program.instructions[register]
    }

    /// What `read` makes of the two operands of a sum or product, in either order.
    fn pair_where<T>(
        &self,
        kind: Instruction,
        register: usize,
        read: impl Fn(usize, usize) -> Option<T>,
    ) -> Option<T> {
        let (a, b) = match (kind, self.at(register)) {
            (Instruction::Add(..), Instruction::Add(a, b))
            | (Instruction::Multiply(..), Instruction::Multiply(a, b)) => (a, b),
            _ => return None,
        };
        read(a, b).or_else(|| read(b, a))
    }

    fn sigmoid_block(&self, register: usize) -> Option<usize> {
        let Instruction::Sigmoid(sum) = self.at(register) else { return None };
        self.gate_block(sum)
    }

    fn tanh_block(&self, register: usize) -> Option<usize> {
        let Instruction::Tanh(sum) = self.at(register) else { return None };
        self.gate_block(sum)
    }

    /// The block of a gate's sum, the same in the projection and in the product with h.
    fn gate_block(&self, sum: usize) -> Option<usize> {
        self.pair_where(Instruction::Add(0, 0), sum, |input, product| {
            let Instruction::Input { block } = self.at(input) else { return None };
            let Instruction::Product { source, matrix: 0, block: own } = self.at(product)
            else {
                return None;
            };
            let is_hidden = self.at(source) == Instruction::Carry { index: 0 };
            (is_hidden && own == block).then_some(block)
        })
    }
}
