//! The registers of AVX2 and AVX-512, and functions that are compiled for them.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m256, __m512, _MM_HINT_T1, _mm_prefetch, _mm256_add_ps, _mm256_fmadd_ps,
    _mm256_loadu_ps, _mm256_set1_ps, _mm256_storeu_ps, _mm512_add_ps, _mm512_fmadd_ps,
    _mm512_loadu_ps, _mm512_set1_ps, _mm512_storeu_ps,
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
    fn store(self, to: &mut [f32; 16]) {
        // SAFETY: inside `avx512` only; there is room for sixteen numbers.
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), self) }
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
    fn store(self, to: &mut [f32; 16]) {
        let to = to.as_mut_ptr();
        // SAFETY: inside `avx2` only; there is room for twice eight numbers.
        unsafe {
            _mm256_storeu_ps(to, self[0]);
            _mm256_storeu_ps(to.add(8), self[1]);
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
    fn prefetch(at: *const f32) {
        prefetch(at);
    }
}

#[inline(always)]
fn prefetch(at: *const f32) {
    // SAFETY: a prefetch of any address, valid or not, has no effect but on the cache.
    unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
}
