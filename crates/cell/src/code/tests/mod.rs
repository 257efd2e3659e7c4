//! What is left of programs when their sums are taken out.

pub(crate) mod programs;

use super::ProgramCell;
use super::operations::{Builder, Leaf, Op};
use crate::program::Program;
use crate::program::tests::programs::lstm;
use programs::{gru, peephole, rnn};

#[test]
fn operations_are_folded_shared_and_fused() {
    let mut builder = Builder::default();
    let [x, y, z] = [0, 1, 2].map(|state| builder.emit(Op::Leaf(Leaf::Before(state))));
    let [two, half] = [2.0, 0.5].map(|number| builder.emit(Op::Constant(number)));
    let one = builder.emit(Op::Multiply(two, half));
    assert_eq!(builder.constant(one), Some(1.0));
    assert_eq!(builder.emit(Op::Multiply(one, x)), x);
    let double = builder.emit(Op::Multiply(two, x));
    assert_eq!(builder.emit(Op::Multiply(double, half)), x);
    let product = builder.emit(Op::Multiply(x, y));
    assert_eq!(builder.emit(Op::Multiply(y, x)), product);
    let sum = builder.emit(Op::Add(z, product));
    let code = builder.finish(&[], 0, &[sum]);
    // Nothing else is left, and the sum lies where x was, which nothing reads again.
    assert_eq!(code.leaves, [0, 1, 2].map(Leaf::Before));
    assert_eq!(code.steps, [(0, Op::MultiplyAdd(0, 1, 2))]);
    assert_eq!((code.results, code.places), (vec![0], 3));
    // A product that is read twice is made once.
    let again = builder.emit(Op::Multiply(product, sum));
    let code = builder.finish(&[], 0, &[again]);
    let product = (0, Op::Multiply(0, 1));
    assert_eq!(code.steps[0], product);
    assert_eq!(code.steps.len(), 3);
}

#[test]
fn sums_are_of_what_the_program_adds_and_little_else_is_kept() {
    let sizes = |program: &Program| {
        let cell = ProgramCell::new(program).unwrap();
        let sums: Vec<usize> = cell.sums.iter().map(|sum| sum.products.len()).collect();
        (sums, cell.kept)
    };
    // n of x alone, r and z, n of h alone; r, z, n and its product are kept.
    assert_eq!(sizes(&gru()), (vec![1, 2, 2, 1], 4));
    // Three vectors stand alone; the four gates are kept.
    assert_eq!(sizes(&peephole()), (vec![2, 2, 2, 2, 0, 0, 0], 4));
    assert_eq!(sizes(&lstm()), (vec![2, 2, 2, 2], 4));
    assert_eq!(sizes(&rnn()), (vec![2], 0));
}
