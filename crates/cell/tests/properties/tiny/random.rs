//! Cells at random that a tiny network takes: sums of blocks, each of them read once,
//! and arithmetic on these.

use carousel_cell::{Instruction as I, Program, Register, TinyProgram};

use super::cells;
use super::draft::Draft;
use crate::draw::Dice;

/// The largest number that a register may hold while weights are of size 1.
const LARGEST: f64 = 8.0;

/// How often a cell is drawn until one is taken. It is not where several matrices are
/// in sums that cannot all stand side by side.
const TRIES: usize = 20;

/// A program that grows.
struct Growing<'a> {
    dice: &'a mut Dice,
    draft: Draft,
    /// A bound of each register, and whether it is one whatever the weights are.
    bounds: Vec<(f64, bool)>,
    /// The sums and values that nothing reads so far.
    unread: Vec<Register>,
}

pub(super) fn draw(dice: &mut Dice) -> Program {
    let mut some = (0..TRIES).map(|_| grow(dice));
    let taken = some.find(|program| TinyProgram::new(program, 1).is_some());
    taken.unwrap_or_else(cells::gru)
}

fn grow(dice: &mut Dice) -> Program {
    let (carries, inputs) = (dice.within(1..=3), dice.within(1..=4));
    let vectors = dice.below(4);
    let matrices = [1, 1, 1, 2, 2, 3, 0][dice.below(7)];
    let matrices: Vec<usize> = (0..matrices).map(|_| dice.within(1..=3)).collect();
    let (draft, bounds, unread) = (Draft::default(), Vec::new(), Vec::new());
    let mut growing = Growing { dice, draft, bounds, unread };
    for index in 0..carries {
        growing.push(I::Carry { index }, (1.0, true));
    }
    growing.sums([carries, inputs, vectors], &matrices);
    for _ in 0..growing.dice.within(2..=12) {
        growing.arithmetic();
    }
    // The first state, which is given out, is made of all that is left.
    let mut next: Vec<Register> =
        (0..carries).rev().map(|state| growing.state(state)).collect();
    next.reverse();
    growing.draft.program(next, [inputs, vectors], matrices)
}

impl Growing<'_> {
    fn push(&mut self, instruction: I, bound: (f64, bool)) -> Register {
        let register = self.draft.push(instruction);
        // What the draft made by itself is a part of the last value.
        self.bounds.resize(register, (f64::INFINITY, false));
        self.bounds.push(bound);
        register
    }

    /// All blocks and vectors, each a term of one sum.
    fn sums(&mut self, [carries, inputs, vectors]: [usize; 3], matrices: &[usize]) {
        let mut leaves: Vec<I> = (0..inputs).map(|block| I::Input { block }).collect();
        leaves.extend((0..vectors).map(|index| I::Vector { index }));
        for (matrix, blocks) in matrices.iter().enumerate() {
            // Carries are the first registers.
            let source = self.dice.below(carries);
            leaves.extend((0..*blocks).map(|block| I::Product { source, matrix, block }));
        }
        self.dice.shuffle(&mut leaves);
        let mut sums: Vec<Vec<Register>> = Vec::new();
        for leaf in leaves {
            let term = self.push(leaf, (2.0, false));
            match sums.len() {
                count if count > 0 && self.dice.coin() => {
                    sums[self.dice.below(count)].push(term);
                }
                _ => sums.push(vec![term]),
            }
        }
        for terms in sums {
            let sum = self.draft.sum(&terms);
            // Bounds add up, but numbers hardly do.
            self.bounds.resize(self.draft.0.len(), (4.0, false));
            self.unread.push(sum);
        }
    }

    /// A register of numbers of at most this size, rather one that nothing reads.
    fn pick(&mut self, most: f64) -> Register {
        let fit = |register: &Register| self.bounds[*register].0 <= most;
        let unread: Vec<Register> = self.unread.iter().copied().filter(fit).collect();
        let all: Vec<Register> = (0..self.bounds.len()).filter(fit).collect();
        let fresh = !unread.is_empty() && self.dice.below(3) > 0;
        let picked = self.dice.pick(if fresh { &unread } else { &all });
        self.unread.retain(|register| *register != picked);
        picked
    }

    /// One that stays so small whatever the weights are.
    fn sure(&mut self, most: f64) -> Register {
        let fit = |register: &Register| {
            let (bound, sure) = self.bounds[*register];
            sure && bound <= most
        };
        let all: Vec<Register> = (0..self.bounds.len()).filter(fit).collect();
        let picked = self.dice.pick(&all);
        self.unread.retain(|register| *register != picked);
        picked
    }

    fn arithmetic(&mut self) {
        let value = match self.dice.below(10) {
            0 | 1 => self.two(),
            2 | 3 => {
                let (a, b) = (self.pick(2.0), self.pick(4.0));
                self.multiply(a, b)
            }
            4 | 5 => self.squashed(),
            6 => {
                let a = self.sure(3.0);
                self.push(I::Exp2(a), (LARGEST, true))
            }
            7 | 8 => self.of_positive(),
            _ => {
                let (a, b) = (self.pick(LARGEST), self.pick(LARGEST));
                self.push(I::LessThan(a, b), (1.0, true))
            }
        };
        self.unread.push(value);
    }

    fn two(&mut self) -> Register {
        let (a, b) = (self.pick(4.0), self.pick(4.0));
        self.add(a, b)
    }

    fn add(&mut self, a: Register, b: Register) -> Register {
        let ((x, xs), (y, ys)) = (self.bounds[a], self.bounds[b]);
        self.push(I::Add(a, b), (x + y, xs && ys))
    }

    fn multiply(&mut self, a: Register, b: Register) -> Register {
        let ((x, xs), (y, ys)) = (self.bounds[a], self.bounds[b]);
        self.push(I::Multiply(a, b), (x * y, xs && ys))
    }

    fn squashed(&mut self) -> Register {
        let a = self.pick(LARGEST);
        let function = self.dice.pick(&[I::Sigmoid, I::Tanh]);
        self.push(function(a), (1.0, true))
    }

    /// A root, a logarithm or a reciprocal of numbers that are well above 0.
    fn of_positive(&mut self) -> Register {
        let a = self.pick(2.0);
        let sure = self.bounds[a].1;
        let square = self.push(I::Multiply(a, a), (4.0, sure));
        let half = self.push(I::Constant(0.5), (0.5, true));
        let sum = self.push(I::Add(square, half), (4.5, sure));
        match self.dice.below(3) {
            0 => self.push(I::Recip(sum), (2.0, true)),
            1 => self.push(I::Sqrt(sum), (2.2, sure)),
            _ => self.push(I::Log2(sum), (2.2, sure)),
        }
    }

    /// What a state becomes, of size 1 at most: of some values that nothing reads, or of
    /// all of them.
    fn state(&mut self, state: usize) -> Register {
        let left = self.unread.len();
        let count = if state == 0 { left } else { self.dice.below(left + 1) };
        let mut values = std::mem::take(&mut self.unread);
        self.dice.shuffle(&mut values);
        self.unread = values.split_off(count);
        let joined = values.into_iter().reduce(|all, value| self.joined(all, value));
        let Some(all) = joined else { return self.sure(1.0) };
        match self.dice.below(4) {
            0 => self.push(I::Sigmoid(all), (1.0, true)),
            1 => {
                let z = self.push(I::Sigmoid(all), (1.0, true));
                let other = self.sure(1.0);
                self.draft.blend(z, [state, other])
            }
            _ => self.push(I::Tanh(all), (1.0, true)),
        }
    }

    fn joined(&mut self, a: Register, b: Register) -> Register {
        if self.dice.below(3) > 0 {
            let (a, b) = (self.tame(a, 4.0), self.tame(b, 4.0));
            return self.add(a, b);
        }
        let (a, b) = (self.tame(a, 2.0), self.tame(b, 4.0));
        self.multiply(a, b)
    }

    fn tame(&mut self, a: Register, most: f64) -> Register {
        let fits = self.bounds[a].0 <= most;
        if fits { a } else { self.push(I::Tanh(a), (1.0, true)) }
    }
}
