//! The arithmetic of one time step of one sample: what differs with the width of a
//! layer and with the machine.

use core::marker::PhantomData;

use super::gate::{sigmoid, tanh};
use super::lanes::Lanes;
use super::place::Place;

/// One time step of a layer that is padded to `HP` units. Its gates lie side by side in
/// rows of `4 HP` numbers: i, f, g, o. Equations as in [`crate::Lstm`].
///
/// # Safety
///
/// As [`Lanes`]; pointers are valid for the rows that are read or written through them.
pub(super) trait Cell {
    const HP: usize;
    /// A row of all four gates.
    type Row: Copy;
    /// One number for each unit.
    type Units: Copy;
    /// The recurrent matrix as the backward loop reads it.
    type Back;

    unsafe fn row(from: Place) -> Self::Row;
    /// sum + x * row
    unsafe fn add_scaled(sum: Self::Row, x: f32, row: Place) -> Self::Row;
    unsafe fn units(from: Place) -> Self::Units;
    unsafe fn put(units: Self::Units, to: Place);
    unsafe fn add(a: Self::Units, b: Self::Units) -> Self::Units;
    /// z + h U; `h` also lies at `h_at`. u: `[HP, 4 HP]`.
    unsafe fn recur(z: Self::Row, h: Self::Units, h_at: Place, u: Place) -> Self::Row;
    /// The next h and c; writes the gates and tanh(c).
    unsafe fn forward(
        z: Self::Row,
        c: Self::Units,
        gates: Place,
        squashed: Place,
    ) -> (Self::Units, Self::Units);
    unsafe fn back(u: Place) -> Self::Back;
    /// The gradient of z, which it also writes, and that of the c before.
    unsafe fn backward(
        dh: Self::Units,
        dc: Self::Units,
        seen: &Seen,
        dz: Place,
    ) -> (Self::Row, Self::Units);
    /// dz Uᵀ
    unsafe fn recur_back(dz: Self::Row, u: &Self::Back) -> Self::Units;
    /// dz Wᵀ into `out`; w: `[rows, 4 HP]`.
    unsafe fn input_back(dz: Self::Row, w: Place, rows: usize, out: Place);
}

/// What the forward step has left for the backward one: its gates, tanh(c), and the c
/// before.
pub(super) struct Seen {
    pub(super) gates: Place,
    pub(super) squashed: Place,
    pub(super) c: Place,
}

/// One gate of all units is `N` registers.
pub(super) struct Wide<V, const N: usize>(PhantomData<V>);

impl<V: Lanes, const N: usize> Cell for Wide<V, N> {
    const HP: usize = V::N * N;
    type Row = [[V; N]; 4];
    type Units = [V; N];
    type Back = Place;

    #[inline(always)]
    unsafe fn row(from: Place) -> Self::Row {
        // SAFETY: as the trait says.
        unsafe {
            let mut row = [[V::splat(0.0); N]; 4];
            for gate in 0..4 {
                row[gate] = Self::units(from.add(gate * Self::HP));
            }
            row
        }
    }

    #[inline(always)]
    unsafe fn add_scaled(mut sum: Self::Row, x: f32, row: Place) -> Self::Row {
        // SAFETY: as the trait says.
        unsafe {
            let x = V::splat(x);
            for gate in 0..4 {
                for n in 0..N {
                    let w = V::load(row.add(gate * Self::HP + n * V::N));
                    sum[gate][n] = x.fma(w, sum[gate][n]);
                }
            }
            sum
        }
    }

    #[inline(always)]
    unsafe fn units(from: Place) -> Self::Units {
        // SAFETY: as the trait says.
        unsafe {
            let mut units = [V::splat(0.0); N];
            for n in 0..N {
                units[n] = V::load(from.add(n * V::N));
            }
            units
        }
    }

    #[inline(always)]
    unsafe fn put(units: Self::Units, to: Place) {
        for n in 0..N {
            // SAFETY: as the trait says.
            unsafe { units[n].store(to.add(n * V::N)) }
        }
    }

    #[inline(always)]
    unsafe fn add(mut a: Self::Units, b: Self::Units) -> Self::Units {
        for n in 0..N {
            // SAFETY: as the trait says.
            a[n] = unsafe { a[n].add(b[n]) };
        }
        a
    }

    #[inline(always)]
    unsafe fn recur(
        mut z: Self::Row,
        _: Self::Units,
        h_at: Place,
        u: Place,
    ) -> Self::Row {
        // SAFETY: as the trait says.
        unsafe {
            let width = 4 * Self::HP;
            if N > 1 {
                for k in 0..Self::HP {
                    z = Self::add_scaled(z, h_at.add(k).get(), u.add(k * width));
                }
                return z;
            }
            // Four sums alone would wait for each other: two sets of them.
            let mut other = [[V::splat(0.0); N]; 4];
            for k in 0..Self::HP / 2 {
                let u = u.add(2 * k * width);
                z = Self::add_scaled(z, h_at.add(2 * k).get(), u);
                other = Self::add_scaled(other, h_at.add(2 * k + 1).get(), u.add(width));
            }
            for gate in 0..4 {
                z[gate] = Self::add(z[gate], other[gate]);
            }
            z
        }
    }

    #[inline(always)]
    unsafe fn forward(
        z: Self::Row,
        mut c: Self::Units,
        gates: Place,
        squashed: Place,
    ) -> (Self::Units, Self::Units) {
        // SAFETY: as the trait says.
        unsafe {
            let mut h = c;
            for n in 0..N {
                let (i, f) = (sigmoid(z[0][n]), sigmoid(z[1][n]));
                let (g, o) = (tanh(z[2][n]), sigmoid(z[3][n]));
                let to = gates.add(n * V::N);
                i.store(to);
                f.store(to.add(Self::HP));
                g.store(to.add(2 * Self::HP));
                o.store(to.add(3 * Self::HP));
                c[n] = f.fma(c[n], i.mul(g));
                let t = tanh(c[n]);
                t.store(squashed.add(n * V::N));
                h[n] = o.mul(t);
            }
            (h, c)
        }
    }

    #[inline(always)]
    unsafe fn back(u: Place) -> Self::Back {
        u
    }

    #[inline(always)]
    unsafe fn backward(
        dh: Self::Units,
        mut dc: Self::Units,
        seen: &Seen,
        dz: Place,
    ) -> (Self::Row, Self::Units) {
        // SAFETY: as the trait says.
        unsafe {
            let one = V::splat(1.0);
            let mut row = [[one; N]; 4];
            let gates = Self::row(seen.gates);
            for n in 0..N {
                let (i, f, g, o) = (gates[0][n], gates[1][n], gates[2][n], gates[3][n]);
                let t = V::load(seen.squashed.add(n * V::N));
                let c = V::load(seen.c.add(n * V::N));
                dc[n] = dh[n].fma(o.mul(t.fnma(t, one)), dc[n]);
                row[0][n] = dc[n].mul(g.mul(i.fnma(i, i)));
                row[1][n] = dc[n].mul(c.mul(f.fnma(f, f)));
                row[2][n] = dc[n].mul(i.mul(g.fnma(g, one)));
                row[3][n] = dh[n].mul(t.mul(o.fnma(o, o)));
                dc[n] = dc[n].mul(f);
            }
            for gate in 0..4 {
                Self::put(row[gate], dz.add(gate * Self::HP));
            }
            (row, dc)
        }
    }

    #[inline(always)]
    unsafe fn recur_back(dz: Self::Row, u: &Self::Back) -> Self::Units {
        // SAFETY: as the trait says.
        unsafe {
            let mut units = [V::splat(0.0); N];
            let width = 4 * Self::HP;
            for n in 0..N {
                let rows = u.add(n * V::N * width);
                units[n] = V::dots(rows, width, dz.as_ptr().cast(), 4 * N);
            }
            units
        }
    }

    #[inline(always)]
    unsafe fn input_back(dz: Self::Row, w: Place, rows: usize, out: Place) {
        // SAFETY: as the trait says.
        unsafe {
            let width = 4 * Self::HP;
            let whole = rows / V::N * V::N;
            let mut k = 0;
            while k < whole {
                let rows = w.add(k * width);
                V::dots(rows, width, dz.as_ptr().cast(), 4 * N).store(out.add(k));
                k += V::N;
            }
            while k < rows {
                let mut sum = V::splat(0.0);
                for gate in 0..4 {
                    for n in 0..N {
                        let w = V::load(w.add(k * width + gate * Self::HP + n * V::N));
                        sum = dz[gate][n].fma(w, sum);
                    }
                }
                out.add(k).set(sum.sum());
                k += 1;
            }
        }
    }
}
