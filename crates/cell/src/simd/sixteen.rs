//! Sixteen numbers in as many registers as an instruction set needs for them.

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

    /// Writes them.
    fn store(self, to: &mut [f32; 16]);

    /// `self + a * b`, element by element.
    fn plus_product(self, a: Self, b: Self) -> Self;

    /// `self + a`, element by element.
    fn plus(self, a: Self) -> Self;

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
    fn store(self, to: &mut [f32; 16]) {
        *to = self;
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
    fn prefetch(_: *const f32) {}
}
