//! Cells that have a name.

use carousel_cell::{Instruction as I, Program};

use super::draft::Draft;
use crate::draw::Dice;

/// One of them.
pub(super) fn draw(dice: &mut Dice) -> Program {
    dice.pick(&[elman, gru, peephole, scaled])()
}

/// tanh(W x + U h), of Elman (1990).
pub(super) fn elman() -> Program {
    let mut draft = Draft::default();
    let h = draft.push(I::Carry { index: 0 });
    let terms = [
        draft.push(I::Input { block: 0 }),
        draft.push(I::Product { source: h, matrix: 0, block: 0 }),
    ];
    let sum = draft.sum(&terms);
    let next = draft.push(I::Tanh(sum));
    draft.program(vec![next], [1, 0], vec![1])
}

/// The gated recurrent unit as PyTorch has it, with the reset after the product.
pub(super) fn gru() -> Program {
    let mut draft = Draft::default();
    let h = draft.push(I::Carry { index: 0 });
    let [r, z] = [0, 1].map(|block| {
        let terms = [
            draft.push(I::Input { block }),
            draft.push(I::Product { source: h, matrix: 0, block }),
            draft.push(I::Vector { index: block }),
        ];
        let sum = draft.sum(&terms);
        draft.push(I::Sigmoid(sum))
    });
    let terms = [
        draft.push(I::Product { source: h, matrix: 0, block: 2 }),
        draft.push(I::Vector { index: 2 }),
    ];
    let product = draft.sum(&terms);
    let x = draft.push(I::Input { block: 2 });
    let reset = draft.push(I::Multiply(r, product));
    let sum = draft.sum(&[x, reset]);
    let n = draft.push(I::Tanh(sum));
    let next = draft.blend(z, [h, n]);
    draft.program(vec![next], [3, 3], vec![3])
}

/// The LSTM of Gers and Schmidhuber (2000), whose gates see the cell state: its own
/// vectors are in no sum of products.
fn peephole() -> Program {
    let mut draft = Draft::default();
    let [h, c] = [0, 1].map(|index| draft.push(I::Carry { index }));
    let sum = |draft: &mut Draft, block: usize, seen: Option<(usize, usize)>| {
        let mut terms = vec![
            draft.push(I::Input { block }),
            draft.push(I::Product { source: h, matrix: 0, block }),
        ];
        if let Some((index, state)) = seen {
            let vector = draft.push(I::Vector { index });
            terms.push(draft.push(I::Multiply(vector, state)));
        }
        draft.sum(&terms)
    };
    let [i, f] = [0, 1].map(|block| {
        let sum = sum(&mut draft, block, Some((block, c)));
        draft.push(I::Sigmoid(sum))
    });
    let g = sum(&mut draft, 2, None);
    let g = draft.push(I::Tanh(g));
    let terms = [draft.push(I::Multiply(f, c)), draft.push(I::Multiply(i, g))];
    let after = draft.sum(&terms);
    let o = sum(&mut draft, 3, Some((2, after)));
    let (o, squashed) = (draft.push(I::Sigmoid(o)), draft.push(I::Tanh(after)));
    let next = draft.push(I::Multiply(o, squashed));
    draft.program(vec![next, after], [4, 3], vec![4])
}

/// tanh((W x + U h) / v): what it makes of units that are padding, where v is 0, is no
/// number.
fn scaled() -> Program {
    let mut draft = Draft::default();
    let h = draft.push(I::Carry { index: 0 });
    let terms = [
        draft.push(I::Input { block: 0 }),
        draft.push(I::Product { source: h, matrix: 0, block: 0 }),
    ];
    let (sum, v) = (draft.sum(&terms), draft.push(I::Vector { index: 0 }));
    let scale = draft.push(I::Recip(v));
    let scaled = draft.push(I::Multiply(sum, scale));
    let next = draft.push(I::Tanh(scaled));
    draft.program(vec![next], [1, 1], vec![1])
}
