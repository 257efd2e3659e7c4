//! What the machine can do: fused multiply-adds of one thread in a second.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::simd::{Level, Sixteen, WideKernel};

/// How long is measured in all; the fastest piece of it counts.
const TIME: Duration = Duration::from_millis(30);

/// Steps of each chain in one piece: some tenths of a millisecond.
const STEPS: usize = 50_000;

/// Floating point operations of one thread in a second, in units of 1e9, when nothing
/// but independent fused multiply-adds on registers is done: the ceiling for matrix
/// products. An addition and a multiplication count as two.
///
/// It is measured, in some hundredths of a second, and differs a little from call to
/// call.
pub fn peak_gflops() -> f64 {
    let start = Instant::now();
    let mut best = f64::INFINITY;
    let mut chains = 0;
    while start.elapsed() < TIME {
        let piece = Instant::now();
        Level::best().run(Chains { chains: &mut chains });
        best = best.min(piece.elapsed().as_secs_f64());
    }
    (2 * 16 * chains * STEPS) as f64 / best / 1e9
}

/// Chains of multiply-adds, each waiting for itself alone.
struct Chains<'a> {
    /// How many there are is told here.
    chains: &'a mut usize,
}

impl WideKernel for Chains<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        // As many as hide the time that one takes, and as fit the registers.
        *self.chains =
            if const { S::ACROSS == 4 } { steps::<S, 12>() } else { steps::<S, 6>() };
    }
}

#[inline(always)]
fn steps<S: Sixteen, const N: usize>() -> usize {
    let factor = S::splat(black_box(1e-9));
    let mut sums = [S::splat(black_box(1.0)); N];
    for _ in 0..STEPS {
        for sum in &mut sums {
            *sum = sum.plus_product(factor, *sum);
        }
    }
    for sum in sums {
        let mut numbers = [0.0; 16];
        sum.store(&mut numbers);
        black_box(numbers);
    }
    N
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any machine does more than a hundredth and less than a hundred times of what
    /// today's do: a wrong count of chains or steps would show.
    #[test]
    fn the_peak_is_that_of_a_processor() {
        let peak = peak_gflops();
        assert!((1.0..10_000.0).contains(&peak), "{peak}");
    }
}
