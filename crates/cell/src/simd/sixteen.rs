//! Sixteen numbers in as many registers as an instruction set needs for them.

use super::WideKernel;

/// Sixteen numbers that stay in registers.
///
/// Those of an instruction set may be used in [`super::WideKernel`]s only, which run
/// where its features were found.
pub(crate) trait Sixteen: Copy {
    /// How many stand side by side in a tile of six rows: 1, or 4.
    const ACROSS: usize;

    /// Whether a tile of six rows fits the registers; otherwise rows go one by one.
    const TILED: bool = true;

    /// The same number sixteen times.
    fn splat(x: f32) -> Self;

    /// Reads them.
    fn load(from: &[f32; 16]) -> Self;

    /// Reads as many as there are, at most sixteen; the others are 0.
    fn load_some(from: &[f32]) -> Self;

    /// Writes them.
    fn store(self, to: &mut [f32; 16]);

    /// Writes the first ones, as many as there is room for, at most sixteen.
    fn store_some(self, to: &mut [f32]);

    /// `self + a * b`, element by element.
    fn plus_product(self, a: Self, b: Self) -> Self;

    /// `self + a`, element by element.
    fn plus(self, a: Self) -> Self;

    /// The sum of the numbers of each.
    fn sums(of: [Self; 4]) -> [f32; 4];

    /// Runs a kernel as a function of its own, inside another one: what is called from
    /// many places is then compiled once.
    fn call<K: WideKernel>(kernel: K);

    /// Asks for the line at `at` to be brought near; it need not exist.
    fn prefetch(at: *const f32);
}

impl Sixteen for [f32; 16] {
    const ACROSS: usize = 1;
    const TILED: bool = false;

    #[inline(always)]
    fn splat(x: f32) -> Self {
        [x; 16]
    }

    #[inline(always)]
    fn load(from: &[f32; 16]) -> Self {
        *from
    }

    #[inline(always)]
    fn load_some(from: &[f32]) -> Self {
        let mut numbers = [0.0; 16];
        for (number, from) in numbers.iter_mut().zip(from) {
            *number = *from;
        }
        numbers
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; 16]) {
        *to = self;
    }

    #[inline(always)]
    fn store_some(self, to: &mut [f32]) {
        for (to, number) in to.iter_mut().zip(self) {
            *to = number;
        }
    }

    /// Rounds twice where fused multiply-add would be done in software.
    #[inline(always)]
    fn plus_product(mut self, a: Self, b: Self) -> Self {
        for k in 0..16 {
            self[k] = if cfg!(any(target_arch = "aarch64", target_feature = "fma")) {
                a[k].mul_add(b[k], self[k])
            } else {
                a[k] * b[k] + self[k]
            };
        }
        self
    }

    #[inline(always)]
    fn plus(mut self, a: Self) -> Self {
        for k in 0..16 {
            self[k] += a[k];
        }
        self
    }

    #[inline(always)]
    fn sums(of: [Self; 4]) -> [f32; 4] {
        let mut sums = [0.0; 4];
        for (sum, numbers) in sums.iter_mut().zip(of) {
            // Halves are added, as registers do it.
            let mut left = numbers;
            for half in [8, 4, 2, 1] {
                for k in 0..half {
                    left[k] += left[k + half];
                }
            }
            *sum = left[0];
        }
        sums
    }

    #[inline(never)]
    fn call<K: WideKernel>(kernel: K) {
        kernel.run::<Self>();
    }

    #[inline(always)]
    fn prefetch(_: *const f32) {}
}
