//! exp2, log2, sigmoid and tanh: numbers in, their images out, in place.
//!
//! Each is a polynomial, an exponent put in place by its bits, and a division or none,
//! so that a compiler makes vectors of it. Every fused multiply-add is written as one
//! (`f32::mul_add`), which rounds once on any machine: the scalar functions and the
//! vector ones of each instruction set give the same bits. A processor without fused
//! multiply-add computes it in software, slowly.
//!
//! Greatest errors: `exp2` 1e-7, `log2` 2.3e-7 and `tanh` 3e-7, relative; `sigmoid`
//! 1e-7, absolute. A NaN stays one; infinities give the limits.

use crate::simd::{Kernel, dispatch};

/// How many numbers are worked on in step; a remainder is filled up to it.
pub(crate) const LANES: usize = 16;

/// 1.5 * 2^23: adding it rounds to an integer and leaves that integer in the low bits.
pub(crate) const ROUND: f32 = 12_582_912.0;

/// (2^r - 1) / r on [-1/2, 1/2], minimax in the relative error, which is 3e-9.
pub(crate) const EXP2: [f32; 6] = [
    std::f32::consts::LN_2,
    2.402_265e-1,
    5.550_357_3e-2,
    9.618_238e-3,
    1.339_073_5e-3,
    1.540_351_2e-4,
];

/// (2^-r - 1) / r, the same polynomial: its terms with the sign of their power.
pub(crate) const FALL: [f32; 6] =
    [-EXP2[0], EXP2[1], -EXP2[2], EXP2[3], -EXP2[4], EXP2[5]];

/// The functions that kernels apply to whole registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Exp2,
    Log2,
    Sigmoid,
    Tanh,
}

/// 2^x of each number, in place.
pub fn exp2(x: &mut [f32]) {
    dispatch(Apply { function: Function::Exp2, x });
}

/// The logarithm to base 2 of each number, in place.
pub fn log2(x: &mut [f32]) {
    dispatch(Apply { function: Function::Log2, x });
}

/// 1 / (1 + exp(-x)) of each number, in place.
pub fn sigmoid(x: &mut [f32]) {
    dispatch(Apply { function: Function::Sigmoid, x });
}

/// The hyperbolic tangent of each number, in place.
pub fn tanh(x: &mut [f32]) {
    dispatch(Apply { function: Function::Tanh, x });
}

/// 2^x, the same bits as [`exp2`].
#[inline(always)]
pub fn exp2_one(x: f32) -> f32 {
    let x = between(x, -152.0, 130.0);
    let t = x + ROUND;
    let r = x - (t - ROUND);
    // Two factors reach the subnormal numbers, and infinity, without a special case.
    let n = exponent(t);
    let half = n >> 1;
    exp2_small(r).mul_add(r, 1.0) * power(half) * power(n.wrapping_sub(half))
}

/// log2(x), the same bits as [`log2`].
#[inline(always)]
pub fn log2_one(x: f32) -> f32 {
    // Subnormal numbers are brought into the normal range first.
    let small = x < f32::MIN_POSITIVE;
    let scaled = if small { x * 8_388_608.0 } else { x };
    let shift = if small { 23.0 } else { 0.0 };
    let bits = scaled.to_bits() as i32;
    // x = 2^e m with m in [sqrt(1/2), sqrt(2)).
    let e = bits.wrapping_sub(0x3f35_04f3) >> 23;
    let m = f32::from_bits(bits.wrapping_sub(e << 23) as u32);
    // ln m = 2 artanh(s), s = (m - 1) / (m + 1), as a series: s is at most 0.172.
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let p = s2.mul_add(1.0 / 9.0, 1.0 / 7.0);
    let p = p.mul_add(s2, 1.0 / 5.0).mul_add(s2, 1.0 / 3.0) * s2;
    let twice = 2.0 * std::f32::consts::LOG2_E * s;
    let y = p.mul_add(twice, twice) + (e as f32 - shift);
    let y = if x == f32::INFINITY { x } else { y };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    if x >= 0.0 { y } else { f32::NAN }
}

/// 1 / (1 + exp(-x)), the same bits as [`sigmoid`].
///
/// With x log2(e) = n + r it is 2^n / (2^n + 2^-r): between the polynomial and the
/// division stands one fused multiply-add.
#[inline(always)]
pub fn sigmoid_one(x: f32) -> f32 {
    const SLOPE: f32 = std::f32::consts::LOG2_E;
    // Beyond these, exp(x) is not normal or its sum with 1 is exp(x).
    let x = between(x, -88.3, 87.0);
    let (r, scale) = split(x, SLOPE);
    scale / fall(r).mul_add(r, scale + 1.0)
}

/// tanh(x), the same bits as [`tanh`].
///
/// With -2x log2(e) = n + r it is (2^-r - 2^n) / (2^-r + 2^n). The difference is formed
/// without cancellation, so that small results keep their relative accuracy.
#[inline(always)]
pub fn tanh_one(x: f32) -> f32 {
    const SLOPE: f32 = -2.0 * std::f32::consts::LOG2_E;
    let x = between(x, -20.0, 20.0);
    let (r, scale) = split(x, SLOPE);
    let p = fall(r);
    p.mul_add(r, 1.0 - scale) / p.mul_add(r, 1.0 + scale)
}

/// Applies a function to each number, inside a kernel.
#[inline(always)]
pub(crate) fn apply(function: Function, x: &mut [f32]) {
    let (whole, rest) = x.as_chunks_mut::<LANES>();
    for lanes in whole {
        apply_lanes(function, lanes);
    }
    if !rest.is_empty() {
        let mut lanes = [0.0; LANES];
        lanes[..rest.len()].copy_from_slice(rest);
        apply_lanes(function, &mut lanes);
        rest.copy_from_slice(&lanes[..rest.len()]);
    }
}

#[inline(always)]
fn apply_lanes(function: Function, x: &mut [f32; LANES]) {
    match function {
        Function::Exp2 => {
            for x in x {
                *x = exp2_one(*x);
            }
        }
        Function::Log2 => {
            for x in x {
                *x = log2_one(*x);
            }
        }
        Function::Sigmoid => {
            for x in x {
                *x = sigmoid_one(*x);
            }
        }
        Function::Tanh => {
            for x in x {
                *x = tanh_one(*x);
            }
        }
    }
}

struct Apply<'a> {
    function: Function,
    x: &'a mut [f32],
}

impl Kernel for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        apply(self.function, self.x);
    }
}

/// x * slope = n + r with n an integer and |r| at most 1/2; gives r and 2^n.
#[inline(always)]
fn split(x: f32, slope: f32) -> (f32, f32) {
    let t = x.mul_add(slope, ROUND);
    let r = x.mul_add(slope, -(t - ROUND));
    (r, power(exponent(t)))
}

/// The integer that [`ROUND`] left in the low bits; anything for a NaN.
#[inline(always)]
fn exponent(t: f32) -> i32 {
    (t.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32)
}

/// 2^n for n from -127 (which gives 0) to 128 (infinity).
#[inline(always)]
fn power(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23) as u32)
}

/// (2^r - 1) / r
#[inline(always)]
fn exp2_small(r: f32) -> f32 {
    polynomial(&EXP2, r)
}

/// (2^-r - 1) / r
#[inline(always)]
fn fall(r: f32) -> f32 {
    polynomial(&FALL, r)
}

/// In pairs, so that the multiplications need not wait for each other.
#[inline(always)]
fn polynomial(terms: &[f32; 6], r: f32) -> f32 {
    let r2 = r * r;
    let low = terms[1].mul_add(r, terms[0]);
    let middle = terms[3].mul_add(r, terms[2]);
    let high = terms[5].mul_add(r, terms[4]);
    high.mul_add(r2, middle).mul_add(r2, low)
}

/// Like `clamp`, in the form of comparison that is one instruction and keeps a NaN.
#[inline(always)]
fn between(x: f32, low: f32, high: f32) -> f32 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::tests::on_each;

    // The greatest errors that the module promises.
    const EXP2: f64 = 1e-7;
    const LOG2: f64 = 2.3e-7;
    const TANH: f64 = 3e-7;
    const SIGMOID: f64 = 1e-7;

    /// Numbers of all sizes up to `limit`, both signs.
    fn points(limit: f32) -> Vec<f32> {
        let steps = (0..=200_000).map(|k| (k as f32 / 100_000.0 - 1.0) * limit);
        let small = (-60..0).flat_map(|e| {
            (0..40).map(move |m| (1.0 + m as f32 / 40.0) * 2.0_f32.powi(e))
        });
        steps.chain(small.clone()).chain(small.map(|x| -x)).collect()
    }

    fn relative(got: f32, want: f64) -> f64 {
        if want == 0.0 {
            f64::from(got).abs()
        } else {
            ((f64::from(got) - want) / want).abs()
        }
    }

    #[test]
    fn errors_are_as_promised() {
        for x in points(126.0) {
            let wide = f64::from(x);
            assert!(relative(exp2_one(x), wide.exp2()) < EXP2, "exp2 {x}");
            let sigmoid = 1.0 / (1.0 + (-wide).exp());
            assert!((f64::from(sigmoid_one(x)) - sigmoid).abs() < SIGMOID, "sigmoid {x}");
            assert!(relative(tanh_one(x), wide.tanh()) < TANH, "tanh {x}");
        }
        for x in points(1e4).into_iter().filter(|x| *x > 0.0) {
            assert!(relative(log2_one(x), f64::from(x).log2()) < LOG2, "log2 {x}");
        }
    }

    #[test]
    fn limits_are_right() {
        let inf = f32::INFINITY;
        for (function, x, y) in [
            (exp2_one as fn(f32) -> f32, -inf, 0.0),
            (exp2_one, inf, inf),
            (exp2_one, 128.0, inf),
            (exp2_one, 0.0, 1.0),
            (exp2_one, -149.0, f32::from_bits(1)),
            (log2_one, inf, inf),
            (log2_one, 0.0, -inf),
            (log2_one, 1.0, 0.0),
            (log2_one, f32::from_bits(1), -149.0),
            (sigmoid_one, -inf, 0.0),
            (sigmoid_one, inf, 1.0),
            (sigmoid_one, 0.0, 0.5),
            (tanh_one, -inf, -1.0),
            (tanh_one, inf, 1.0),
            (tanh_one, 0.0, 0.0),
        ] {
            assert_eq!(function(x), y, "of {x}");
        }
        for function in [exp2_one, log2_one, sigmoid_one, tanh_one] {
            assert!(function(f32::NAN).is_nan() && function(-f32::NAN).is_nan());
        }
        assert!(log2_one(-1.0).is_nan() && log2_one(-inf).is_nan());
    }

    /// [`Apply`] that gives its result back.
    struct Owned(Function, Vec<f32>);

    impl Kernel for Owned {
        type Output = Vec<f32>;

        #[inline(always)]
        fn run(mut self) -> Vec<f32> {
            apply(self.0, &mut self.1);
            self.1
        }
    }

    #[test]
    fn bits_are_the_same_for_one_number_and_many_on_each_instruction_set() {
        let mut x = points(150.0);
        x.extend([f32::INFINITY, f32::NEG_INFINITY, 1e-40, 3e38]);
        for (function, one) in [
            (Function::Exp2, exp2_one as fn(f32) -> f32),
            (Function::Log2, log2_one),
            (Function::Sigmoid, sigmoid_one),
            (Function::Tanh, tanh_one),
        ] {
            let bits = |x: &[f32]| -> Vec<u32> {
                // Which NaN it is may differ.
                x.iter().map(|x| if x.is_nan() { 0 } else { x.to_bits() }).collect()
            };
            let want = bits(&x.iter().map(|x| one(*x)).collect::<Vec<_>>());
            for got in on_each(|| Owned(function, x.clone())) {
                assert_eq!(bits(&got), want, "{function:?}");
            }
        }
    }
}
