//! Random numbers by name: a seed and what they are for go in, a stream comes out.
//!
//! A stream depends on nothing that was drawn before it, so any epoch of a training can
//! be repeated without those that went before.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What random numbers are for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// The start values of one tensor.
    Tensor(usize),
    /// The order of the sequences in one epoch.
    Order { epoch: usize },
    /// One dropout mask of one batch.
    Dropout { epoch: usize, batch: usize, mask: usize },
    /// The inputs on which two models are compared.
    Comparison,
}

/// A stream of random numbers.
#[derive(Debug)]
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Random {
        let [kind, a, b, c] = match purpose {
            Purpose::Tensor(index) => [0, index, 0, 0],
            Purpose::Order { epoch } => [1, epoch, 0, 0],
            Purpose::Dropout { epoch, batch, mask } => [2, epoch, batch, mask],
            Purpose::Comparison => [3, 0, 0, 0],
        };
        let mut key = [0; 32];
        for (part, word) in
            key.chunks_exact_mut(8).zip([seed, kind as u64, a as u64, b as u64])
        {
            part.copy_from_slice(&word.to_le_bytes());
        }
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(c as u64);
        Random(generator)
    }

    /// From 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * STEP
    }

    /// Between `-limit` and `limit`.
    pub(crate) fn within(&mut self, limit: f64) -> f32 {
        ((2.0 * self.unit() - 1.0) * limit) as f32
    }

    /// Normally distributed with mean 0 and deviation 1 (Box and Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// The numbers below `n` in an order of chance (Fisher and Yates 1938).
    pub(crate) fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }

    /// A whole number below `n`, the high half of a product: no number is likelier than another by more than
    /// n / 2^64.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{Purpose, Random};

    #[test]
    fn streams_depend_on_every_part_of_their_name() {
        let purposes = [
            Purpose::Tensor(0),
            Purpose::Tensor(1),
            Purpose::Order { epoch: 0 },
            Purpose::Dropout { epoch: 0, batch: 0, mask: 0 },
            Purpose::Dropout { epoch: 1, batch: 0, mask: 0 },
            Purpose::Dropout { epoch: 0, batch: 1, mask: 0 },
            Purpose::Dropout { epoch: 0, batch: 0, mask: 1 },
            Purpose::Comparison,
        ];
        let first = |seed, purpose| Random::new(seed, purpose).unit();
        let mut drawn: Vec<f64> = purposes.map(|purpose| first(7, purpose)).to_vec();
        drawn.push(first(8, purposes[0]));
        for (i, a) in drawn.iter().enumerate() {
            assert!((0.0..1.0).contains(a));
            assert!(drawn[..i].iter().all(|b| a != b), "{i} repeats an earlier stream");
        }
        assert_eq!(first(7, purposes[3]), drawn[3]);
    }

    #[test]
    fn an_order_has_every_number_once_and_any_first() {
        let mut firsts = [0; 5];
        for epoch in 0..1000 {
            let order = Random::new(1, Purpose::Order { epoch }).order(5);
            firsts[order[0]] += 1;
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4]);
        }
        // 200 are expected, with a deviation of 13.
        assert!(firsts.iter().all(|n| (140..260).contains(n)), "{firsts:?}");
        assert!(Random::new(1, Purpose::Order { epoch: 0 }).order(0).is_empty());
    }

    #[test]
    fn normal_numbers_have_mean_0_and_deviation_1() {
        let mut random = Random::new(3, Purpose::Comparison);
        let drawn: Vec<f64> = (0..10_000).map(|_| random.normal()).collect();
        let mean = drawn.iter().sum::<f64>() / 1e4;
        let variance = drawn.iter().map(|x| x * x).sum::<f64>() / 1e4;
        // Four deviations of the mean, and of the variance, of so many.
        assert!(mean.abs() < 0.04 && (variance - 1.0).abs() < 0.06, "{mean} {variance}");
    }
}
