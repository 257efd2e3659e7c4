//! Symbols and classes in primitives: whole numbers that name one of several kinds.
//!
//! The shapes in which these are built are what the pass `FuseIndexed` recognises.

use super::{Builder, Tensor};
use crate::operations::Numbers;

impl Builder {
    /// Symbols `[R]` to `[R, kinds]`: 1 in the column that a symbol names, else 0. A
    /// number that names none has a row of zeros.
    pub(crate) fn one_hot(&mut self, symbols: Tensor, kinds: usize) -> Tensor {
        let rows = symbols.len();
        let id = self.node(Numbers { n: kinds }, &[]);
        let numbers = Tensor::plain(id, 0, &[kinds]);
        let low = self.shift(numbers, -0.5);
        let high = self.shift(numbers, 0.5);
        let [low, high] = [low, high].map(|bound| self.expand(bound, 0, rows));
        let symbols = self.expand(symbols, 1, kinds);
        let above = self.less_than(low, symbols);
        let below = self.less_than(symbols, high);
        self.mul(above, below)
    }

    /// Logits `[R, C]` and classes `[R]` to the negative logarithm of each row's
    /// softmax at its class, `[R]`; shifted by the maximum so that it cannot overflow.
    pub(crate) fn cross_entropy(&mut self, logits: Tensor, classes: Tensor) -> Tensor {
        let kinds = logits.dims()[1];
        let hot = self.one_hot(classes, kinds);
        let top = self.max_over(logits, 1);
        let top = self.expand(top, 1, kinds);
        let shifted = self.sub(logits, top);
        let power = self.exp(shifted);
        let sum = self.sum(power, 1);
        let log = self.log(sum);
        let product = self.mul(hot, shifted);
        let picked = self.sum(product, 1);
        self.sub(log, picked)
    }
}
