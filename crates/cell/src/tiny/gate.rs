//! Sigmoid and tanh of whole registers: the same bits as [`crate::activation`] gives.

use super::lanes::Lanes;
use crate::activation::{FALL, ROUND};

/// The limits of the argument and the slope of the exponent.
pub(super) struct Curve {
    pub(super) low: f32,
    pub(super) high: f32,
    pub(super) slope: f32,
}

pub(super) const SIGMOID: Curve =
    Curve { low: -88.3, high: 87.0, slope: std::f32::consts::LOG2_E };

pub(super) const TANH: Curve =
    Curve { low: -20.0, high: 20.0, slope: -2.0 * std::f32::consts::LOG2_E };

/// 1 / (1 + exp(-x))
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub(super) unsafe fn sigmoid<V: Lanes>(x: V) -> V {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let (r, scale) = split(x, V::splat(SIGMOID.slope), limits(&SIGMOID));
        scale.div(fall(r).fma(r, scale.add(V::splat(1.0))))
    }
}

/// tanh(x)
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub(super) unsafe fn tanh<V: Lanes>(x: V) -> V {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let (r, scale) = split(x, V::splat(TANH.slope), limits(&TANH));
        let (p, one) = (fall(r), V::splat(1.0));
        p.fma(r, one.sub(scale)).div(p.fma(r, one.add(scale)))
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

/// (2^-r - 1) / r, in pairs so that the multiplications need not wait for each other.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub(super) unsafe fn fall<V: Lanes>(r: V) -> V {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let r2 = r.mul(r);
        let low = V::splat(FALL[1]).fma(r, V::splat(FALL[0]));
        let middle = V::splat(FALL[3]).fma(r, V::splat(FALL[2]));
        let high = V::splat(FALL[5]).fma(r, V::splat(FALL[4]));
        high.fma(r2, middle).fma(r2, low)
    }
}
