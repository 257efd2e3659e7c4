//! The registers of x86: 4 and 8 numbers with AVX2 and FMA, 16 with AVX-512.

use core::arch::x86_64::{
    __m128, __m256, __m512, _mm_add_epi32, _mm_add_ps, _mm_add_ss, _mm_castps_si128,
    _mm_castsi128_ps, _mm_cvtss_f32, _mm_div_ps, _mm_fmadd_ps, _mm_fnmadd_ps,
    _mm_hadd_ps, _mm_loadu_ps, _mm_max_ps, _mm_min_ps, _mm_movehdup_ps, _mm_movehl_ps,
    _mm_mul_ps, _mm_set1_epi32, _mm_set1_ps, _mm_slli_epi32, _mm_sqrt_ps, _mm_storeu_ps,
    _mm_sub_ps, _mm256_add_epi32, _mm256_add_ps, _mm256_castps_si256,
    _mm256_castps256_ps128, _mm256_castsi256_ps, _mm256_div_ps, _mm256_extractf128_ps,
    _mm256_fmadd_ps, _mm256_fnmadd_ps, _mm256_hadd_ps, _mm256_loadu_ps, _mm256_max_ps,
    _mm256_min_ps, _mm256_mul_ps, _mm256_permute2f128_ps, _mm256_set1_epi32,
    _mm256_set1_ps, _mm256_slli_epi32, _mm256_sqrt_ps, _mm256_storeu_ps, _mm256_sub_ps,
    _mm512_add_epi32, _mm512_add_ps, _mm512_castpd_ps, _mm512_castps_pd,
    _mm512_castps_si512, _mm512_castsi512_ps, _mm512_div_ps, _mm512_fmadd_ps,
    _mm512_fnmadd_ps, _mm512_loadu_ps, _mm512_max_ps, _mm512_min_ps, _mm512_mul_ps,
    _mm512_reduce_add_ps, _mm512_set1_epi32, _mm512_set1_ps, _mm512_shuffle_f32x4,
    _mm512_slli_epi32, _mm512_sqrt_ps, _mm512_storeu_ps, _mm512_sub_ps,
    _mm512_unpackhi_pd, _mm512_unpackhi_ps, _mm512_unpacklo_pd, _mm512_unpacklo_ps,
};

use super::lanes::{Lanes, POWER};
use super::place::Place;

/// A register type whose methods are one instruction each; what needs more is given.
macro_rules! register {
    ($name:ident, $inner:ty, $n:literal, $set1:ident, $load:ident, $store:ident,
     $add:ident, $sub:ident, $mul:ident, $div:ident, $fma:ident, $fnma:ident,
     $sqrt:ident, $min:ident, $max:ident,
     [$to_int:ident, $int_set1:ident, $int_add:ident, $int_shift:ident, $to_float:ident],
     $sum:ident, $dots:ident) => {
        #[derive(Clone, Copy)]
        pub(super) struct $name(pub(super) $inner);

        // SAFETY of all blocks: the caller sees to it that the machine has the features,
        // and that pointers are valid for as many numbers as a register holds.
        impl Lanes for $name {
            const N: usize = $n;

            #[inline(always)]
            unsafe fn splat(x: f32) -> Self {
                // SAFETY: see above.
                unsafe { $name($set1(x)) }
            }

            #[inline(always)]
            unsafe fn load(from: Place) -> Self {
                // SAFETY: see above.
                unsafe { $name($load(from.read($n))) }
            }

            #[inline(always)]
            unsafe fn store(self, to: Place) {
                // SAFETY: see above.
                unsafe { $store(to.write($n), self.0) }
            }

            #[inline(always)]
            unsafe fn add(self, b: Self) -> Self {
                // SAFETY: see above.
                unsafe { $name($add(self.0, b.0)) }
            }

            #[inline(always)]
            unsafe fn sub(self, b: Self) -> Self {
                // SAFETY: see above.
                unsafe { $name($sub(self.0, b.0)) }
            }

            #[inline(always)]
            unsafe fn mul(self, b: Self) -> Self {
                // SAFETY: see above.
                unsafe { $name($mul(self.0, b.0)) }
            }

            #[inline(always)]
            unsafe fn div(self, b: Self) -> Self {
                // SAFETY: see above.
                unsafe { $name($div(self.0, b.0)) }
            }

            #[inline(always)]
            unsafe fn fma(self, b: Self, c: Self) -> Self {
                // SAFETY: see above.
                unsafe { $name($fma(self.0, b.0, c.0)) }
            }

            #[inline(always)]
            unsafe fn fnma(self, b: Self, c: Self) -> Self {
                // SAFETY: see above.
                unsafe { $name($fnma(self.0, b.0, c.0)) }
            }

            #[inline(always)]
            unsafe fn sqrt(self) -> Self {
                // SAFETY: see above.
                unsafe { $name($sqrt(self.0)) }
            }

            #[inline(always)]
            unsafe fn between(self, low: Self, high: Self) -> Self {
                // Both instructions give their second operand where one is a NaN.
                // SAFETY: see above.
                unsafe { $name($max(low.0, $min(high.0, self.0))) }
            }

            #[inline(always)]
            unsafe fn power(self) -> Self {
                // SAFETY: see above.
                unsafe {
                    let n = $int_add($to_int(self.0), $int_set1(POWER.cast_signed()));
                    $name($to_float($int_shift::<23>(n)))
                }
            }

            #[inline(always)]
            unsafe fn sum(self) -> f32 {
                // SAFETY: see above.
                unsafe { $sum(self.0) }
            }

            #[inline(always)]
            unsafe fn dots(
                rows: Place,
                stride: usize,
                d: *const Self,
                count: usize,
            ) -> Self {
                // SAFETY: see above.
                unsafe { $name($dots(rows, stride, d.cast(), count)) }
            }
        }
    };
}

register!(
    F4,
    __m128,
    4,
    _mm_set1_ps,
    _mm_loadu_ps,
    _mm_storeu_ps,
    _mm_add_ps,
    _mm_sub_ps,
    _mm_mul_ps,
    _mm_div_ps,
    _mm_fmadd_ps,
    _mm_fnmadd_ps,
    _mm_sqrt_ps,
    _mm_min_ps,
    _mm_max_ps,
    [_mm_castps_si128, _mm_set1_epi32, _mm_add_epi32, _mm_slli_epi32, _mm_castsi128_ps],
    sum_4,
    dots_4
);

register!(
    F8,
    __m256,
    8,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_add_ps,
    _mm256_sub_ps,
    _mm256_mul_ps,
    _mm256_div_ps,
    _mm256_fmadd_ps,
    _mm256_fnmadd_ps,
    _mm256_sqrt_ps,
    _mm256_min_ps,
    _mm256_max_ps,
    [
        _mm256_castps_si256,
        _mm256_set1_epi32,
        _mm256_add_epi32,
        _mm256_slli_epi32,
        _mm256_castsi256_ps
    ],
    sum_8,
    dots_8
);

register!(
    F16,
    __m512,
    16,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_add_ps,
    _mm512_sub_ps,
    _mm512_mul_ps,
    _mm512_div_ps,
    _mm512_fmadd_ps,
    _mm512_fnmadd_ps,
    _mm512_sqrt_ps,
    _mm512_min_ps,
    _mm512_max_ps,
    [
        _mm512_castps_si512,
        _mm512_set1_epi32,
        _mm512_add_epi32,
        _mm512_slli_epi32,
        _mm512_castsi512_ps
    ],
    sum_16,
    dots_16
);

#[inline(always)]
unsafe fn sum_4(x: __m128) -> f32 {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let a = _mm_add_ps(x, _mm_movehl_ps(x, x));
        _mm_cvtss_f32(_mm_add_ss(a, _mm_movehdup_ps(a)))
    }
}

#[inline(always)]
unsafe fn sum_8(x: __m256) -> f32 {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe { sum_4(_mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x))) }
}

#[inline(always)]
unsafe fn sum_16(x: __m512) -> f32 {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe { _mm512_reduce_add_ps(x) }
}

#[inline(always)]
unsafe fn dots_4(rows: Place, stride: usize, d: *const __m128, count: usize) -> __m128 {
    // SAFETY: the caller sees to it that the machine has the features, and that four
    // rows of `count` registers are there.
    unsafe {
        let mut sums = [_mm_set1_ps(0.0); 4];
        for k in 0..count {
            for r in 0..4 {
                let row = _mm_loadu_ps(rows.add(r * stride + 4 * k).read(4));
                sums[r] = _mm_fmadd_ps(*d.add(k), row, sums[r]);
            }
        }
        _mm_hadd_ps(_mm_hadd_ps(sums[0], sums[1]), _mm_hadd_ps(sums[2], sums[3]))
    }
}

#[inline(always)]
unsafe fn dots_8(rows: Place, stride: usize, d: *const __m256, count: usize) -> __m256 {
    // SAFETY: the caller sees to it that the machine has the features, and that eight
    // rows of `count` registers are there.
    unsafe {
        let mut fours = [_mm256_set1_ps(0.0); 2];
        for g in 0..2 {
            let rows = rows.add(4 * g * stride);
            let mut sums = [_mm256_set1_ps(0.0); 4];
            for k in 0..count {
                for r in 0..4 {
                    let row = _mm256_loadu_ps(rows.add(r * stride + 8 * k).read(8));
                    sums[r] = _mm256_fmadd_ps(*d.add(k), row, sums[r]);
                }
            }
            fours[g] = _mm256_hadd_ps(
                _mm256_hadd_ps(sums[0], sums[1]),
                _mm256_hadd_ps(sums[2], sums[3]),
            );
        }
        _mm256_add_ps(
            _mm256_permute2f128_ps::<0x20>(fours[0], fours[1]),
            _mm256_permute2f128_ps::<0x31>(fours[0], fours[1]),
        )
    }
}

#[inline(always)]
unsafe fn dots_16(rows: Place, stride: usize, d: *const __m512, count: usize) -> __m512 {
    // SAFETY: the caller sees to it that the machine has the features, and that sixteen
    // rows of `count` registers are there.
    unsafe {
        // Four rows at a time: the parts of their sums then share one register.
        let mut fours = [_mm512_set1_ps(0.0); 4];
        for g in 0..4 {
            let rows = rows.add(4 * g * stride);
            let mut sums = [_mm512_set1_ps(0.0); 4];
            for k in 0..count {
                for r in 0..4 {
                    let row = _mm512_loadu_ps(rows.add(r * stride + 16 * k).read(16));
                    sums[r] = _mm512_fmadd_ps(*d.add(k), row, sums[r]);
                }
            }
            let a = in_pairs(sums[0], sums[1]);
            let b = in_pairs(sums[2], sums[3]);
            let (a, b) = (_mm512_castps_pd(a), _mm512_castps_pd(b));
            fours[g] = _mm512_add_ps(
                _mm512_castpd_ps(_mm512_unpacklo_pd(a, b)),
                _mm512_castpd_ps(_mm512_unpackhi_pd(a, b)),
            );
        }
        let (a, b) = (halves(fours[0], fours[1]), halves(fours[2], fours[3]));
        halves(a, b)
    }
}

#[inline(always)]
unsafe fn in_pairs(a: __m512, b: __m512) -> __m512 {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe { _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b)) }
}

#[inline(always)]
unsafe fn halves(a: __m512, b: __m512) -> __m512 {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let even = _mm512_shuffle_f32x4::<0x88>(a, b);
        _mm512_add_ps(even, _mm512_shuffle_f32x4::<0xDD>(a, b))
    }
}
