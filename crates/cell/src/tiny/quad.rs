//! Up to four units with AVX-512: all four gates are one register, and each vector of
//! units stands in it four times, so that nothing has to move between the quarters but
//! by one shuffle.

use core::arch::x86_64::{
    __m512, _mm_loadu_ps, _mm_storeu_ps, _mm512_add_ps, _mm512_broadcast_f32x4,
    _mm512_castpd_ps, _mm512_castps_pd, _mm512_castps512_ps128, _mm512_fmadd_ps,
    _mm512_fnmadd_ps, _mm512_loadu_ps, _mm512_mask_blend_ps, _mm512_mul_ps,
    _mm512_permute_ps, _mm512_reduce_add_ps, _mm512_set1_ps, _mm512_shuffle_f32x4,
    _mm512_storeu_ps, _mm512_unpackhi_pd, _mm512_unpackhi_ps, _mm512_unpacklo_pd,
    _mm512_unpacklo_ps,
};

use super::gate::{SIGMOID, TANH, fall, split, tanh};
use super::lanes::Lanes;
use super::place::Place;
use super::step::{Cell, Seen};
use super::x86::F16;

/// The quarters of f, g and o in a row.
const F: u16 = 0x00F0;
const G: u16 = 0x0F00;
const O: u16 = 0xF000;

pub(super) struct Quad;

impl Cell for Quad {
    const HP: usize = 4;
    type Row = __m512;
    type Units = __m512;
    type Back = [__m512; 4];

    #[inline(always)]
    unsafe fn row(from: Place) -> __m512 {
        // SAFETY: as the trait says.
        unsafe { _mm512_loadu_ps(from.read(16)) }
    }

    #[inline(always)]
    unsafe fn add_scaled(sum: __m512, x: f32, row: Place) -> __m512 {
        // SAFETY: as the trait says.
        unsafe { _mm512_fmadd_ps(_mm512_set1_ps(x), _mm512_loadu_ps(row.read(16)), sum) }
    }

    #[inline(always)]
    unsafe fn units(from: Place) -> __m512 {
        // SAFETY: as the trait says.
        unsafe { _mm512_broadcast_f32x4(_mm_loadu_ps(from.read(4))) }
    }

    #[inline(always)]
    unsafe fn put(units: __m512, to: Place) {
        // SAFETY: as the trait says.
        unsafe { _mm_storeu_ps(to.write(4), _mm512_castps512_ps128(units)) }
    }

    #[inline(always)]
    unsafe fn add(a: __m512, b: __m512) -> __m512 {
        // SAFETY: as the trait says.
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn recur(z: __m512, h: __m512, _: Place, u: Place) -> __m512 {
        // SAFETY: as the trait says.
        unsafe {
            let [u0, u1, u2, u3] = rows(u);
            let z = _mm512_fmadd_ps(_mm512_permute_ps::<0x00>(h), u0, z);
            let z = _mm512_fmadd_ps(_mm512_permute_ps::<0x55>(h), u1, z);
            let other = _mm512_mul_ps(_mm512_permute_ps::<0xAA>(h), u2);
            let other = _mm512_fmadd_ps(_mm512_permute_ps::<0xFF>(h), u3, other);
            _mm512_add_ps(z, other)
        }
    }

    #[inline(always)]
    unsafe fn forward(
        z: __m512,
        c: __m512,
        gates: Place,
        squashed: Place,
    ) -> (__m512, __m512) {
        // SAFETY: as the trait says.
        unsafe {
            let row = activate(z);
            _mm512_storeu_ps(gates.write(16), row);
            let (i, f) = (quarter::<0x00>(row), quarter::<0x55>(row));
            let (g, o) = (quarter::<0xAA>(row), quarter::<0xFF>(row));
            let c = _mm512_fmadd_ps(f, c, _mm512_mul_ps(i, g));
            let t = tanh(F16(c)).0;
            Self::put(t, squashed);
            (_mm512_mul_ps(o, t), c)
        }
    }

    #[inline(always)]
    unsafe fn back(u: Place) -> [__m512; 4] {
        // SAFETY: as the trait says.
        unsafe { transposed(u) }
    }

    #[inline(always)]
    unsafe fn backward(
        dh: __m512,
        dc: __m512,
        seen: &Seen,
        dz: Place,
    ) -> (__m512, __m512) {
        // SAFETY: as the trait says.
        unsafe {
            let one = _mm512_set1_ps(1.0);
            let row = _mm512_loadu_ps(seen.gates.read(16));
            let (t, c) = (Self::units(seen.squashed), Self::units(seen.c));
            let (f, o) = (quarter::<0x55>(row), quarter::<0xFF>(row));
            // Quarters g, c, i and tanh(c), times the slopes of i, f, g and o: known
            // before dh and dc are.
            let partner = _mm512_shuffle_f32x4::<0xC6>(row, row);
            let partner = _mm512_mask_blend_ps(F, partner, c);
            let partner = _mm512_mask_blend_ps(O, partner, t);
            let slope = _mm512_fnmadd_ps(row, row, _mm512_mask_blend_ps(G, row, one));
            let slope = _mm512_mul_ps(partner, slope);
            let squash = _mm512_mul_ps(o, _mm512_fnmadd_ps(t, t, one));
            let dc = _mm512_fmadd_ps(dh, squash, dc);
            let z = _mm512_mul_ps(_mm512_mask_blend_ps(O, dc, dh), slope);
            _mm512_storeu_ps(dz.write(16), z);
            (z, _mm512_mul_ps(dc, f))
        }
    }

    #[inline(always)]
    unsafe fn recur_back(dz: __m512, u: &[__m512; 4]) -> __m512 {
        // SAFETY: as the trait says.
        unsafe { product(dz, u) }
    }

    #[inline(always)]
    unsafe fn input_back(dz: __m512, w: Place, rows: usize, out: Place) {
        // SAFETY: as the trait says.
        unsafe {
            let whole = rows / 4 * 4;
            let mut k = 0;
            while k < whole {
                Self::put(product(dz, &transposed(w.add(16 * k))), out.add(k));
                k += 4;
            }
            while k < rows {
                let row = _mm512_loadu_ps(w.add(16 * k).read(16));
                out.add(k).set(_mm512_reduce_add_ps(_mm512_mul_ps(dz, row)));
                k += 1;
            }
        }
    }
}

/// One quarter, four times.
#[inline(always)]
unsafe fn quarter<const WHICH: i32>(row: __m512) -> __m512 {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe { _mm512_shuffle_f32x4::<WHICH>(row, row) }
}

/// Sigmoid of three quarters and tanh of g's, by one polynomial: the bits of
/// [`super::gate`].
#[inline(always)]
unsafe fn activate(z: __m512) -> __m512 {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let one = F16(_mm512_set1_ps(1.0));
        let limits = [both(SIGMOID.low, TANH.low), both(SIGMOID.high, TANH.high)];
        let (r, scale) = split(F16(z), both(SIGMOID.slope, TANH.slope), limits);
        let p = fall(r);
        let below = p.fma(r, one.add(scale));
        let above = p.fma(r, one.sub(scale));
        F16(_mm512_mask_blend_ps(G, scale.0, above.0)).div(below).0
    }
}

/// One number in the sigmoids' quarters, another in the tanh's.
#[inline(always)]
unsafe fn both(sigmoid: f32, tanh: f32) -> F16 {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe { F16(_mm512_mask_blend_ps(G, _mm512_set1_ps(sigmoid), _mm512_set1_ps(tanh))) }
}

#[inline(always)]
unsafe fn rows(u: Place) -> [__m512; 4] {
    // SAFETY: the caller sees to it that four rows of 16 are there.
    unsafe {
        [
            _mm512_loadu_ps(u.read(16)),
            _mm512_loadu_ps(u.add(16).read(16)),
            _mm512_loadu_ps(u.add(32).read(16)),
            _mm512_loadu_ps(u.add(48).read(16)),
        ]
    }
}

/// Each quarter, a matrix of 4 by 4, transposed.
#[inline(always)]
unsafe fn transposed(u: Place) -> [__m512; 4] {
    // SAFETY: the caller sees to it that four rows of 16 are there.
    unsafe {
        let [u0, u1, u2, u3] = rows(u);
        let a = _mm512_castps_pd(_mm512_unpacklo_ps(u0, u1));
        let b = _mm512_castps_pd(_mm512_unpackhi_ps(u0, u1));
        let c = _mm512_castps_pd(_mm512_unpacklo_ps(u2, u3));
        let d = _mm512_castps_pd(_mm512_unpackhi_ps(u2, u3));
        [
            _mm512_castpd_ps(_mm512_unpacklo_pd(a, c)),
            _mm512_castpd_ps(_mm512_unpackhi_pd(a, c)),
            _mm512_castpd_ps(_mm512_unpacklo_pd(b, d)),
            _mm512_castpd_ps(_mm512_unpackhi_pd(b, d)),
        ]
    }
}

/// In each quarter the products of dz with the four columns, summed over all quarters.
#[inline(always)]
unsafe fn product(dz: __m512, columns: &[__m512; 4]) -> __m512 {
    // SAFETY: the caller sees to it that the machine has the features.
    unsafe {
        let x = _mm512_mul_ps(_mm512_permute_ps::<0x00>(dz), columns[0]);
        let x = _mm512_fmadd_ps(_mm512_permute_ps::<0x55>(dz), columns[1], x);
        let y = _mm512_mul_ps(_mm512_permute_ps::<0xAA>(dz), columns[2]);
        let y = _mm512_fmadd_ps(_mm512_permute_ps::<0xFF>(dz), columns[3], y);
        let sum = _mm512_add_ps(x, y);
        let sum = _mm512_add_ps(sum, _mm512_shuffle_f32x4::<0x4E>(sum, sum));
        _mm512_add_ps(sum, _mm512_shuffle_f32x4::<0xB1>(sum, sum))
    }
}
