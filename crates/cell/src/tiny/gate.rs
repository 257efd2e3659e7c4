//! Sigmoid and tanh of whole registers: the same bits as [`crate::activation`] gives.

use super::lanes::Lanes;
use crate::activation::{EXP2, ROUND};

/// The limits of the argument and the slope of the exponent.
pub(super) struct Curve {
    pub(super) low: f32,
    pub(super) high: f32,
    pub(super) slope: f32,
}

pub(super) const SIGMOID: Curve =
    Curve { low: -89.0, high: 87.0, slope: -std::f32::consts::LOG2_E };

pub(super) const TANH: Curve =
    Curve { low: -20.0, high: 20.0, slope: 2.0 * std::f32::consts::LOG2_E };

/// 1 / (1 + exp(-x))
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub(super) unsafe fn sigmoid<V: Lanes>(x: V) -> V {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let (r, scale) = split(x, V::splat(SIGMOID.slope), limits(&SIGMOID));
        let one = V::splat(1.0);
        one.div(small(r).fma(r, one).fma(scale, one))
    }
}

/// tanh(x), as m / (m + 2) with m = exp(2x) - 1.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub(super) unsafe fn tanh<V: Lanes>(x: V) -> V {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let (r, scale) = split(x, V::splat(TANH.slope), limits(&TANH));
        let m = scale.fma(small(r).mul(r), scale.sub(V::splat(1.0)));
        m.div(m.add(V::splat(2.0)))
    }
}

#[inline(always)]
unsafe fn limits<V: Lanes>(curve: &Curve) -> [V; 2] {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe { [V::splat(curve.low), V::splat(curve.high)] }
}

/// x * slope = n + r with n an integer and |r| at most 1/2; gives r and 2^n.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub(super) unsafe fn split<V: Lanes>(x: V, slope: V, [low, high]: [V; 2]) -> (V, V) {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let x = x.between(low, high);
        let round = V::splat(ROUND);
        let t = x.fma(slope, round);
        (x.fma(slope, round.sub(t)), t.power())
    }
}

/// (2^r - 1) / r, in pairs so that the multiplications need not wait for each other.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub(super) unsafe fn small<V: Lanes>(r: V) -> V {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let r2 = r.mul(r);
        let low = V::splat(EXP2[1]).fma(r, V::splat(EXP2[0]));
        let middle = V::splat(EXP2[3]).fma(r, V::splat(EXP2[2]));
        let high = V::splat(EXP2[5]).fma(r, V::splat(EXP2[4]));
        high.fma(r2, middle).fma(r2, low)
    }
}
