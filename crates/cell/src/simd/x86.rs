//! The registers of AVX2 and AVX-512, and functions that are compiled for them.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m256, __m256i, __m512, _MM_HINT_T1, _mm_add_ps, _mm_prefetch, _mm_storeu_ps,
    _mm256_add_ps, _mm256_castps256_ps128, _mm256_extractf128_ps, _mm256_fmadd_ps,
    _mm256_hadd_ps, _mm256_loadu_ps, _mm256_loadu_si256, _mm256_maskload_ps,
    _mm256_maskstore_ps, _mm256_set1_ps, _mm256_storeu_ps, _mm512_add_ps,
    _mm512_castps512_ps256, _mm512_extractf32x8_ps, _mm512_fmadd_ps, _mm512_loadu_ps,
    _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps, _mm512_set1_ps, _mm512_storeu_ps,
};

use super::{Sixteen, WideKernel};

/// Eight numbers.
pub(super) type Eight = __m256;

/// All sixteen.
pub(super) type Whole = __m512;

#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
pub(super) fn avx512<K: WideKernel>(kernel: K) {
    kernel.run::<Whole>();
}

#[target_feature(enable = "avx2,fma")]
pub(super) fn avx2<K: WideKernel>(kernel: K) {
    kernel.run::<[Eight; 2]>();
}

impl Sixteen for Whole {
    const ACROSS: usize = 4;

    #[inline(always)]
    fn splat(x: f32) -> Self {
        // SAFETY: these run inside `avx512` only.
        unsafe { _mm512_set1_ps(x) }
    }

    #[inline(always)]
    fn load(from: &[f32; 16]) -> Self {
        // SAFETY: inside `avx512` only; sixteen numbers are there.
        unsafe { _mm512_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn load_some(from: &[f32]) -> Self {
        // SAFETY: inside `avx512` only; numbers beyond the slice are not touched.
        unsafe { _mm512_maskz_loadu_ps(first(from.len()), from.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; 16]) {
        // SAFETY: inside `avx512` only; there is room for sixteen numbers.
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), self) }
    }

    #[inline(always)]
    fn store_some(self, to: &mut [f32]) {
        // SAFETY: inside `avx512` only; numbers beyond the slice are not touched.
        unsafe { _mm512_mask_storeu_ps(to.as_mut_ptr(), first(to.len()), self) }
    }

    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        // SAFETY: inside `avx512` only.
        unsafe { _mm512_fmadd_ps(a, b, self) }
    }

    #[inline(always)]
    fn plus(self, a: Self) -> Self {
        // SAFETY: inside `avx512` only.
        unsafe { _mm512_add_ps(self, a) }
    }

    #[inline(always)]
    fn sums(of: [Self; 4]) -> [f32; 4] {
        // SAFETY: inside `avx512` only.
        unsafe { add_across(halved(of[0]), halved(of[1]), halved(of[2]), halved(of[3])) }
    }

    #[inline(always)]
    fn call<K: WideKernel>(kernel: K) {
        // SAFETY: inside `avx512` only.
        unsafe { avx512(kernel) }
    }

    #[inline(always)]
    fn prefetch(at: *const f32) {
        prefetch(at);
    }
}

impl Sixteen for [Eight; 2] {
    const ACROSS: usize = 1;

    #[inline(always)]
    fn splat(x: f32) -> Self {
        // SAFETY: these run inside `avx2` only.
        unsafe { [_mm256_set1_ps(x); 2] }
    }

    #[inline(always)]
    fn load(from: &[f32; 16]) -> Self {
        let from = from.as_ptr();
        // SAFETY: inside `avx2` only; twice eight numbers are there.
        unsafe { [_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))] }
    }

    #[inline(always)]
    fn load_some(from: &[f32]) -> Self {
        let (low, high) = masks(from.len());
        let from = from.as_ptr();
        // SAFETY: inside `avx2` only; numbers beyond the slice are not touched.
        unsafe {
            let second = _mm256_maskload_ps(from.wrapping_add(8), high);
            [_mm256_maskload_ps(from, low), second]
        }
    }

    #[inline(always)]
    fn store(self, to: &mut [f32; 16]) {
        let to = to.as_mut_ptr();
        // SAFETY: inside `avx2` only; there is room for twice eight numbers.
        unsafe {
            _mm256_storeu_ps(to, self[0]);
            _mm256_storeu_ps(to.add(8), self[1]);
        }
    }

    #[inline(always)]
    fn store_some(self, to: &mut [f32]) {
        let (low, high) = masks(to.len());
        let to = to.as_mut_ptr();
        // SAFETY: inside `avx2` only; numbers beyond the slice are not touched.
        unsafe {
            _mm256_maskstore_ps(to, low, self[0]);
            _mm256_maskstore_ps(to.wrapping_add(8), high, self[1]);
        }
    }

    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        // SAFETY: inside `avx2` only.
        unsafe {
            [_mm256_fmadd_ps(a[0], b[0], self[0]), _mm256_fmadd_ps(a[1], b[1], self[1])]
        }
    }

    #[inline(always)]
    fn plus(self, a: Self) -> Self {
        // SAFETY: inside `avx2` only.
        unsafe { [_mm256_add_ps(self[0], a[0]), _mm256_add_ps(self[1], a[1])] }
    }

    #[inline(always)]
    fn sums(of: [Self; 4]) -> [f32; 4] {
        // SAFETY: inside `avx2` only.
        unsafe {
            add_across(
                _mm256_add_ps(of[0][0], of[0][1]),
                _mm256_add_ps(of[1][0], of[1][1]),
                _mm256_add_ps(of[2][0], of[2][1]),
                _mm256_add_ps(of[3][0], of[3][1]),
            )
        }
    }

    #[inline(always)]
    fn call<K: WideKernel>(kernel: K) {
        // SAFETY: inside `avx2` only.
        unsafe { avx2(kernel) }
    }

    #[inline(always)]
    fn prefetch(at: *const f32) {
        prefetch(at);
    }
}

#[inline(always)]
fn prefetch(at: *const f32) {
    // SAFETY: a prefetch of any address, valid or not, has no effect but on the cache.
    unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
}

/// The mask of the first `n` numbers, all sixteen if there are more.
#[inline(always)]
fn first(n: usize) -> u16 {
    if n < 16 { (1 << n) - 1 } else { u16::MAX }
}

/// The same for two halves.
#[inline(always)]
fn masks(n: usize) -> (__m256i, __m256i) {
    static MASKS: [i32; 32] = {
        let mut masks = [0; 32];
        let mut k = 0;
        while k < 16 {
            masks[k] = -1;
            k += 1;
        }
        masks
    };
    let at = MASKS[16 - n.min(16)..].as_ptr();
    // SAFETY: inside `avx2` only; at least sixteen masks follow.
    unsafe { (_mm256_loadu_si256(at.cast()), _mm256_loadu_si256(at.add(8).cast())) }
}

/// The sums of both halves.
///
/// # Safety
/// Inside `avx512` only.
#[inline(always)]
unsafe fn halved(x: Whole) -> Eight {
    // SAFETY: the caller is inside `avx512`.
    unsafe { _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps::<1>(x)) }
}

/// The sum of the numbers of each.
///
/// # Safety
/// Inside `avx2` and `avx512` only.
#[inline(always)]
unsafe fn add_across(a: Eight, b: Eight, c: Eight, d: Eight) -> [f32; 4] {
    let mut sums = [0.0; 4];
    // SAFETY: the caller is inside one of them; there is room for four numbers.
    unsafe {
        let pairs = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
        let high = _mm256_extractf128_ps::<1>(pairs);
        let all = _mm_add_ps(_mm256_castps256_ps128(pairs), high);
        _mm_storeu_ps(sums.as_mut_ptr(), all);
    }
    sums
}
