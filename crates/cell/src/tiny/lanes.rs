//! Registers of `f32` as the kernels of tiny models see them: a trait, and arrays for
//! any machine. The ones of x86 are in [`super::x86`].
//!
//! Only `#[inline(always)]` functions and loops over indices stand here and in the
//! kernels: a closure or an iterator around an intrinsic is a function without the
//! target feature, and where it is not inlined each instruction becomes a call.

use super::place::Place;
use crate::activation::ROUND;

/// `N` numbers that are worked on at once.
///
/// # Safety
///
/// Every method may run only on a machine that has the features of the implementation,
/// and inlined into a function that is compiled for them; pointers must be valid for
/// `N` numbers, or as many as a method says.
pub(super) trait Lanes: Copy {
    const N: usize;
    unsafe fn splat(x: f32) -> Self;
    unsafe fn load(from: Place) -> Self;
    unsafe fn store(self, to: Place);
    unsafe fn add(self, b: Self) -> Self;
    unsafe fn sub(self, b: Self) -> Self;
    unsafe fn mul(self, b: Self) -> Self;
    unsafe fn div(self, b: Self) -> Self;
    /// `self * b + c`, rounded once.
    unsafe fn fma(self, b: Self, c: Self) -> Self;
    /// `c - self * b`, rounded once.
    unsafe fn fnma(self, b: Self, c: Self) -> Self;
    unsafe fn sqrt(self) -> Self;
    /// No less than `low`, no more than `high`; a NaN stays one.
    unsafe fn between(self, low: Self, high: Self) -> Self;
    /// 2^n, where n is the integer that adding [`ROUND`] has left in the low bits.
    unsafe fn power(self) -> Self;
    unsafe fn sum(self) -> f32;
    /// The products of `N` rows, each of `count` registers and `stride` numbers after
    /// the one before, with `d`, of `count` registers: one sum in each lane.
    unsafe fn dots(rows: Place, stride: usize, d: *const Self, count: usize) -> Self;
}

/// An array: what a machine without registers of its own here gets.
#[derive(Clone, Copy)]
pub(super) struct Portable<const L: usize>([f32; L]);

impl<const L: usize> Lanes for Portable<L> {
    const N: usize = L;

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        Portable([x; L])
    }

    #[inline(always)]
    unsafe fn load(from: Place) -> Self {
        // SAFETY: the caller sees to it that there are L numbers, which any array of
        // them may be read from: it is aligned as they are.
        Portable(unsafe { from.read(L).cast::<[f32; L]>().read() })
    }

    #[inline(always)]
    unsafe fn store(self, to: Place) {
        // SAFETY: the caller sees to it that there is room for L numbers; aligned as in
        // `load`.
        unsafe { to.write(L).cast::<[f32; L]>().write(self.0) }
    }

    #[inline(always)]
    unsafe fn add(mut self, b: Self) -> Self {
        for k in 0..L {
            self.0[k] += b.0[k];
        }
        self
    }

    #[inline(always)]
    unsafe fn sub(mut self, b: Self) -> Self {
        for k in 0..L {
            self.0[k] -= b.0[k];
        }
        self
    }

    #[inline(always)]
    unsafe fn mul(mut self, b: Self) -> Self {
        for k in 0..L {
            self.0[k] *= b.0[k];
        }
        self
    }

    #[inline(always)]
    unsafe fn div(mut self, b: Self) -> Self {
        for k in 0..L {
            self.0[k] /= b.0[k];
        }
        self
    }

    #[inline(always)]
    unsafe fn fma(mut self, b: Self, c: Self) -> Self {
        for k in 0..L {
            self.0[k] = self.0[k].mul_add(b.0[k], c.0[k]);
        }
        self
    }

    #[inline(always)]
    unsafe fn fnma(mut self, b: Self, c: Self) -> Self {
        for k in 0..L {
            self.0[k] = (-self.0[k]).mul_add(b.0[k], c.0[k]);
        }
        self
    }

    #[inline(always)]
    unsafe fn sqrt(mut self) -> Self {
        for k in 0..L {
            self.0[k] = self.0[k].sqrt();
        }
        self
    }

    #[inline(always)]
    unsafe fn between(mut self, low: Self, high: Self) -> Self {
        for k in 0..L {
            let x = self.0[k];
            let x = if x > high.0[k] { high.0[k] } else { x };
            self.0[k] = if x < low.0[k] { low.0[k] } else { x };
        }
        self
    }

    #[inline(always)]
    unsafe fn power(mut self) -> Self {
        for k in 0..L {
            let n = self.0[k].to_bits().wrapping_add(POWER);
            self.0[k] = f32::from_bits(n << 23);
        }
        self
    }

    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        let mut sum = 0.0;
        for k in 0..L {
            sum += self.0[k];
        }
        sum
    }

    #[inline(always)]
    unsafe fn dots(rows: Place, stride: usize, d: *const Self, count: usize) -> Self {
        let mut sums = [0.0; L];
        for (r, sum) in sums.iter_mut().enumerate() {
            // SAFETY: the caller sees to it that L rows of `count` registers are there.
            unsafe {
                let mut total = Self::splat(0.0);
                for k in 0..count {
                    let row = Self::load(rows.add(r * stride + L * k));
                    total = (*d.add(k)).fma(row, total);
                }
                *sum = total.sum();
            }
        }
        Portable(sums)
    }
}

/// What turns the bits of `n + ROUND` into n + 127, the exponent field of 2^n.
pub(super) const POWER: u32 = 127_u32.wrapping_sub(ROUND.to_bits());
