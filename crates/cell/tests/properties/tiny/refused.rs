//! Programs that are none of a tiny network.

use carousel_cell::{Instruction as I, Program, Register, TinyProgram};

use super::draft::Draft;
use super::{cells, random};
use crate::draw::{Dice, Shape, holds};

/// A program that is taken, and where numbers come from.
#[derive(Debug, Clone)]
struct Taken {
    program: Program,
    seed: u64,
}

impl Shape for Taken {
    fn draw(dice: &mut Dice) -> Taken {
        let program =
            if dice.below(4) > 0 { random::draw(dice) } else { cells::draw(dice) };
        Taken { program, seed: dice.bits() }
    }

    fn smaller(&self) -> Vec<Taken> {
        [cells::elman(), cells::gru()]
            .into_iter()
            .filter(|plain| plain.instructions.len() < self.program.instructions.len())
            .map(|program| Taken { program, ..self.clone() })
            .collect()
    }
}

fn is_taken(program: &Program) -> bool {
    let taken = (0..=2).filter(|biases| TinyProgram::new(program, *biases).is_some());
    match taken.count() {
        0 => false,
        3 => true,
        _ => panic!("how many biases there are makes no difference"),
    }
}

#[test]
fn programs_are_taken_until_they_are_spoiled() {
    holds(500, |Taken { program, seed }: &Taken| {
        if !is_taken(program) {
            return Err("it should be taken".to_owned());
        }
        let spoiled = spoiled(program, &mut Dice::new(*seed, 0));
        match spoiled.iter().find(|(_, program)| is_taken(program)) {
            Some((why, _)) => Err(format!("it is taken, {why}")),
            None => Ok(()),
        }
    });
}

/// The same with one thing that makes it another kind of program, and what that is.
fn spoiled(program: &Program, dice: &mut Dice) -> Vec<(&'static str, Program)> {
    let with = |change: &dyn Fn(&mut Program)| {
        let mut program = program.clone();
        change(&mut program);
        program
    };
    let others = (0..program.instructions.len()).filter(|k| *k != program.next[0]);
    let other = dice.pick(&others.collect::<Vec<Register>>());
    let mut all = vec![
        ("a block of the input unread", with(&|program| program.inputs += 1)),
        ("a vector unread", with(&|program| program.vectors += 1)),
        ("a matrix unread", with(&|program| program.matrices.push(1))),
        ("another register given out", with(&|program| program.output = other)),
        ("no state", with(&|program| (program.carries, program.next) = (0, Vec::new()))),
        ("a sum over units", with(&|program| whole(program, I::RowSum))),
        ("a maximum over units", with(&|program| whole(program, I::RowMax))),
        ("a number out of range", with(&|program| program.inputs = 0)),
    ];
    if !program.matrices.is_empty() {
        all.push(("a column block unread", with(&|program| program.matrices[0] += 1)));
    }
    all
}

/// Makes the first state one of whole rows.
fn whole(program: &mut Program, of: fn(Register) -> I) {
    program.instructions.push(of(program.output));
    program.output = program.instructions.len() - 1;
    program.next[0] = program.output;
}

#[test]
fn cells_of_other_kernels_are_refused() {
    let all = [softmax(), dropped(), reset_before(), scattered()];
    for program in all {
        assert_eq!(program.check(), Ok(()));
        assert!(!is_taken(&program), "{program:#?}");
    }
}

/// A sum of x and of the product of a register.
fn sum(draft: &mut Draft, source: Register, block: usize) -> Register {
    let x = draft.push(I::Input { block });
    let product = draft.push(I::Product { source, matrix: 0, block });
    draft.sum(&[x, product])
}

/// 2^s over its sum, s being W x + U h.
fn softmax() -> Program {
    let mut draft = Draft::default();
    let h = draft.push(I::Carry { index: 0 });
    let sum = sum(&mut draft, h, 0);
    let power = draft.push(I::Exp2(sum));
    let total = draft.push(I::RowSum(power));
    let share = draft.push(I::Recip(total));
    let next = draft.push(I::Multiply(power, share));
    draft.program(vec![next], [1, 0], vec![1])
}

/// Elman's cell with a state that never changes, which drops the other out before the
/// product.
fn dropped() -> Program {
    let mut draft = Draft::default();
    let [h, mask] = [0, 1].map(|index| draft.push(I::Carry { index }));
    let dropped = draft.push(I::Multiply(h, mask));
    let sum = sum(&mut draft, dropped, 0);
    let next = draft.push(I::Tanh(sum));
    draft.program(vec![next, mask], [1, 0], vec![1])
}

/// tanh(W x + U (r h)), r being made of the same matrices.
fn reset_before() -> Program {
    let mut draft = Draft::default();
    let h = draft.push(I::Carry { index: 0 });
    let r = sum(&mut draft, h, 0);
    let r = draft.push(I::Sigmoid(r));
    let reset = draft.push(I::Multiply(r, h));
    let sum = sum(&mut draft, reset, 1);
    let next = draft.push(I::Tanh(sum));
    draft.program(vec![next], [2, 0], vec![2])
}

/// Sums of x and either of two matrices, which multiply two states, and one of the first
/// matrix alone: it does not stand beside the other.
fn scattered() -> Program {
    let mut draft = Draft::default();
    let [h, c] = [0, 1].map(|index| draft.push(I::Carry { index }));
    let first = sum(&mut draft, h, 0);
    let terms = [
        draft.push(I::Input { block: 1 }),
        draft.push(I::Product { source: c, matrix: 1, block: 0 }),
    ];
    let second = draft.sum(&terms);
    let alone = draft.push(I::Product { source: h, matrix: 0, block: 1 });
    let gates = [first, second, alone].map(|sum| draft.push(I::Tanh(sum)));
    let product = draft.push(I::Multiply(gates[0], gates[1]));
    let next = draft.push(I::Multiply(product, gates[2]));
    draft.program(vec![next, gates[1]], [2, 0], vec![2, 1])
}
