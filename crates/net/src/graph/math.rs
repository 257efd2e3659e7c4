//! Functions made of primitives. luminal has exp2, log2, recip, sqrt, add, mul,
//! less-than, and sums and maxima over an axis; everything else is built here.
//!
//! The shapes in which sigmoid and tanh are built are what the cell pass recognises.

use std::f32::consts::{LN_2, LOG2_E};

use super::{Builder, Tensor};

impl Builder {
    pub(crate) fn scale(&mut self, a: Tensor, factor: f32) -> Tensor {
        let factor = self.constant(factor, &a.dims());
        self.mul(a, factor)
    }

    pub(crate) fn shift(&mut self, a: Tensor, term: f32) -> Tensor {
        let term = self.constant(term, &a.dims());
        self.add(a, term)
    }

    pub(crate) fn sub(&mut self, a: Tensor, b: Tensor) -> Tensor {
        let negative = self.scale(b, -1.0);
        self.add(a, negative)
    }

    pub(crate) fn div(&mut self, a: Tensor, b: Tensor) -> Tensor {
        let inverse = self.recip(b);
        self.mul(a, inverse)
    }

    pub(crate) fn exp(&mut self, a: Tensor) -> Tensor {
        let scaled = self.scale(a, LOG2_E);
        self.exp2(scaled)
    }

    pub(crate) fn log(&mut self, a: Tensor) -> Tensor {
        let log2 = self.log2(a);
        self.scale(log2, LN_2)
    }

    /// 1 / (1 + exp(-a))
    pub(crate) fn sigmoid(&mut self, a: Tensor) -> Tensor {
        let scaled = self.scale(a, -LOG2_E);
        let power = self.exp2(scaled);
        let sum = self.shift(power, 1.0);
        self.recip(sum)
    }

    /// 2 sigmoid(2 a) - 1
    pub(crate) fn tanh(&mut self, a: Tensor) -> Tensor {
        let doubled = self.scale(a, 2.0);
        let half = self.sigmoid(doubled);
        let whole = self.scale(half, 2.0);
        self.shift(whole, -1.0)
    }

    pub(crate) fn relu(&mut self, a: Tensor) -> Tensor {
        let zero = self.constant(0.0, &a.dims());
        let positive = self.less_than(zero, a);
        self.mul(a, positive)
    }

    /// a (1 - 2 [a < 0])
    pub(crate) fn abs(&mut self, a: Tensor) -> Tensor {
        let zero = self.constant(0.0, &a.dims());
        let negative = self.less_than(a, zero);
        let minus = self.scale(negative, -2.0);
        let sign = self.shift(minus, 1.0);
        self.mul(a, sign)
    }

    pub(crate) fn max(&mut self, a: Tensor, b: Tensor) -> Tensor {
        let below = self.less_than(a, b);
        self.choose(below, b, a)
    }

    pub(crate) fn min(&mut self, a: Tensor, b: Tensor) -> Tensor {
        let below = self.less_than(a, b);
        self.choose(below, a, b)
    }

    /// `yes` where `condition` is 1, `no` where it is 0.
    fn choose(&mut self, condition: Tensor, yes: Tensor, no: Tensor) -> Tensor {
        let minus = self.scale(condition, -1.0);
        let otherwise = self.shift(minus, 1.0);
        let yes = self.mul(condition, yes);
        let no = self.mul(otherwise, no);
        self.add(yes, no)
    }

    /// log(1 + exp(a)) as max(a, 0) + log(1 + exp(-|a|)), which cannot overflow.
    pub(crate) fn softplus(&mut self, a: Tensor) -> Tensor {
        let size = self.abs(a);
        let negative = self.scale(size, -1.0);
        let power = self.exp(negative);
        let sum = self.shift(power, 1.0);
        let log = self.log(sum);
        let positive = self.relu(a);
        self.add(positive, log)
    }

    /// exp(a) / sum exp(a) over the last axis of `[B, H]`, shifted by the maximum so
    /// that it cannot overflow.
    pub(crate) fn softmax(&mut self, a: Tensor) -> Tensor {
        let top = self.max_over(a, 1);
        let top = self.expand_row(top, a);
        let shifted = self.sub(a, top);
        let power = self.exp(shifted);
        let sum = self.sum(power, 1);
        let sum = self.expand_row(sum, a);
        self.div(power, sum)
    }

    /// sqrt(sum a^2) over the last axis of `[B, H]`, the same for all of a row.
    pub(crate) fn norm(&mut self, a: Tensor) -> Tensor {
        let squares = self.mul(a, a);
        let sum = self.sum(squares, 1);
        let root = self.sqrt(sum);
        self.expand_row(root, a)
    }

    /// `[B]` spread over the columns of `like`, `[B, H]`.
    fn expand_row(&mut self, a: Tensor, like: Tensor) -> Tensor {
        let columns = like.dims()[1];
        self.expand(a, 1, columns)
    }
}
