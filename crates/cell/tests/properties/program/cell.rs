//! Cells at random: programs of all instructions whose numbers stay of a moderate size.

use carousel_cell::{Instruction as I, Program, Register};

use crate::draw::Dice;

/// A program.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) program: Program,
}

/// The largest number that a register may hold.
const LARGEST: f64 = 8.0;

/// A program that grows, and a bound of each register.
struct Draft {
    instructions: Vec<I>,
    bounds: Vec<f64>,
    units: usize,
}

impl Cell {
    pub(super) fn draw(dice: &mut Dice, units: usize) -> Cell {
        let (carries, inputs) = (dice.within(1..=3), dice.within(1..=4));
        let vectors = dice.below(3);
        let matrices: Vec<usize> =
            (0..dice.within(1..=2)).map(|_| dice.within(1..=3)).collect();
        let mut draft = Draft { instructions: Vec::new(), bounds: Vec::new(), units };
        (0..carries).for_each(|index| draft.leaf(I::Carry { index }));
        (0..inputs).for_each(|block| draft.leaf(I::Input { block }));
        (0..vectors).for_each(|index| draft.leaf(I::Vector { index }));
        for _ in 0..dice.within(3..=14) {
            match dice.below(3) {
                0 => {
                    let matrix = dice.below(matrices.len());
                    draft.product(dice, matrix, matrices[matrix]);
                }
                _ => draft.arithmetic(dice),
            }
        }
        // States stay below 1 in size.
        let next = (0..carries).map(|_| draft.squashed(dice)).collect();
        let output = dice.below(draft.instructions.len());
        let Draft { instructions, .. } = draft;
        let program =
            Program { instructions, carries, next, output, inputs, vectors, matrices };
        assert_eq!(program.check(), Ok(()));
        Cell { program }
    }

    /// The same without its last instruction, if nothing but results reads it.
    pub(crate) fn shorter(&self) -> impl Iterator<Item = Cell> {
        let mut program = self.program.clone();
        program.instructions.pop();
        let last = program.instructions.len().saturating_sub(1);
        let results = program.next.iter_mut().chain([&mut program.output]);
        results.for_each(|register| *register = (*register).min(last));
        let fits = !program.instructions.is_empty() && program.check() == Ok(());
        fits.then_some(Cell { program }).into_iter()
    }
}

impl Draft {
    fn push(&mut self, instruction: I, bound: f64) -> Register {
        self.instructions.push(instruction);
        self.bounds.push(bound);
        self.bounds.len() - 1
    }

    fn leaf(&mut self, instruction: I) {
        self.push(instruction, 1.0);
    }

    /// A register of numbers of at most this size.
    fn pick(&self, dice: &mut Dice, most: f64) -> Register {
        let fit: Vec<Register> =
            (0..self.bounds.len()).filter(|k| self.bounds[*k] <= most).collect();
        dice.pick(&fit)
    }

    /// The product of a register with a block of a matrix, and often a block of the
    /// input beside it, as cells have it.
    fn product(&mut self, dice: &mut Dice, matrix: usize, blocks: usize) {
        let source = self.pick(dice, 2.0);
        let (block, bound) = (dice.below(blocks), self.bounds[source]);
        // Rows of a matrix sum to 1 at most, or to this for wide ones.
        let bound = bound * (self.units as f64 / 32.0).max(1.0);
        let product = self.push(I::Product { source, matrix, block }, bound);
        if dice.coin() {
            let other = self.pick(dice, 2.0);
            self.push(I::Add(product, other), bound + self.bounds[other]);
        }
    }

    fn arithmetic(&mut self, dice: &mut Dice) {
        match dice.below(12) {
            0 | 1 => {
                let (a, b) = (self.pick(dice, 4.0), self.pick(dice, 4.0));
                self.push(I::Add(a, b), self.bounds[a] + self.bounds[b]);
            }
            2 | 3 => {
                let (a, b) = (self.pick(dice, 2.0), self.pick(dice, 4.0));
                self.push(I::Multiply(a, b), self.bounds[a] * self.bounds[b]);
            }
            4 => {
                let a = self.pick(dice, LARGEST);
                self.push(I::Sigmoid(a), 1.0);
            }
            5 => {
                self.squashed(dice);
            }
            6 => {
                let a = self.pick(dice, 3.0);
                self.push(I::Exp2(a), LARGEST);
            }
            7 | 8 => self.of_positive(dice),
            9 => {
                let (a, b) = (self.pick(dice, LARGEST), self.pick(dice, LARGEST));
                self.push(I::LessThan(a, b), 1.0);
            }
            10 => {
                let a = self.pick(dice, 2.0);
                let sum = self.push(I::RowSum(a), f64::INFINITY);
                let share = self.push(I::Constant(1.0 / 64.0), 1.0);
                self.push(I::Multiply(sum, share), self.bounds[a]);
            }
            _ => {
                let a = self.pick(dice, LARGEST);
                self.push(I::RowMax(a), self.bounds[a]);
            }
        }
    }

    fn squashed(&mut self, dice: &mut Dice) -> Register {
        let a = self.pick(dice, LARGEST);
        self.push(I::Tanh(a), 1.0)
    }

    /// A root, a logarithm or a reciprocal of numbers that are well above 0.
    fn of_positive(&mut self, dice: &mut Dice) {
        let a = self.pick(dice, 2.0);
        let square = self.push(I::Multiply(a, a), 4.0);
        let half = self.push(I::Constant(0.5), 0.5);
        let sum = self.push(I::Add(square, half), 4.5);
        match dice.below(3) {
            0 => self.push(I::Recip(sum), 2.0),
            1 => self.push(I::Sqrt(sum), 2.2),
            _ => self.push(I::Log2(sum), 2.2),
        };
    }
}
