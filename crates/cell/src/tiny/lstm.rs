//! An LSTM over the whole window of a batch: forward, backward, and the gradients of its
//! parameters. One call each; the loops are written once for all widths.

use super::lanes::Lanes;
use super::layer::{Body, Layer, Run};
use super::place::Place;
use super::step::{Cell, Seen};

/// Where the numbers of an LSTM lie that other layers have not, in the arena of work.
#[derive(Debug, Clone)]
pub(super) struct LstmPlaces {
    /// Which column block of the caller's holds i, f, g and o.
    pub(super) order: [usize; 4],
    /// Rows of biases, 1 or 2. The parameters are rows of `4 HP`: as many as inputs, `HP`
    /// recurrent ones, the biases.
    pub(super) biases: usize,
    /// `[T, B, 4 HP]`, as are the gradients of the sums.
    pub(super) gates: usize,
    /// tanh(c), `[T, B, HP]`
    pub(super) squashed: usize,
    /// Zeros, `[HP]`.
    pub(super) zeros: usize,
}

impl Layer {
    /// Where h and c lie, and the gates.
    #[inline(always)]
    fn lstm(&self) -> (usize, usize, &LstmPlaces) {
        match (&self.body, &self.states[..]) {
            (Body::Lstm(places), [h, c]) => (*h, *c, places),
            _ => unreachable!("the layer is an LSTM"),
        }
    }

    /// w, u and the biases, or their gradients.
    ///
    /// # Safety
    /// As [`forward`], of one of the arenas of parameters and gradients.
    #[inline(always)]
    unsafe fn parameters(&self, biases: usize, arena: Place, hp: usize) -> [Place; 3] {
        let width = 4 * hp;
        let [inputs, units] = [self.inputs * width, hp * width];
        // SAFETY: the layout took `(inputs + HP + biases) 4 HP` numbers from `weights`
        // on; the three parts follow each other in that order.
        unsafe {
            [
                arena.part(self.weights, inputs),
                arena.part(self.weights + inputs, units),
                arena.part(self.weights + inputs + units, biases * width),
            ]
        }
    }
}

/// Fills h, c, gates and squashed.
///
/// # Safety
/// As [`super::table::LayerKernels`]: HP is the layer's padded width, and the machine has
/// the features of the cell.
#[inline(always)]
pub(super) unsafe fn forward<C: Cell>(layer: &Layer, run: &Run) {
    // SAFETY: as above.
    unsafe {
        let width = 4 * C::HP;
        let (h, c, at) = layer.lstm();
        let [w, u, mut bias] = layer.parameters(at.biases, run.parameters, C::HP);
        if at.biases == 2 {
            let start = run.work.part(layer.start, width);
            for k in 0..width {
                start.add(k).set(bias.add(k).get() + bias.add(width + k).get());
            }
            bias = start;
        }
        let (numbers, ahead) = (run.rows() * C::HP, run.batch * C::HP);
        let h = run.work.part(h, numbers + ahead);
        let c = run.work.part(c, numbers + ahead);
        let gates = run.work.part(at.gates, 4 * numbers);
        let squashed = run.work.part(at.squashed, numbers);
        let input = layer.input(run);
        let (mut h_now, mut c_now) = (C::units(h), C::units(c));
        for row in 0..run.rows() {
            let at = row * C::HP;
            if run.batch > 1 {
                (h_now, c_now) = (C::units(h.add(at)), C::units(c.add(at)));
            }
            let mut z = C::row(bias);
            for k in 0..layer.inputs {
                let x = input.add(row * layer.inputs + k).get();
                z = C::add_scaled(z, x, w.add(k * width));
            }
            let z = C::recur(z, h_now, h.add(at), u);
            let (gates, squashed) = (gates.add(4 * at), squashed.add(at));
            (h_now, c_now) = C::forward(z, c_now, gates, squashed);
            C::put(h_now, h.add(at + ahead));
            C::put(c_now, c.add(at + ahead));
        }
    }
}

/// Fills dz, and dx where it is wanted; one sample after the other: nothing flows
/// between them, so that a processor overlaps them.
///
/// # Safety
/// As [`forward`].
#[inline(always)]
pub(super) unsafe fn backward<C: Cell>(layer: &Layer, run: &Run) {
    // SAFETY: as above.
    unsafe {
        let (_, c, at) = layer.lstm();
        let [w, u, _] = layer.parameters(at.biases, run.parameters, C::HP);
        let u = C::back(u);
        let (numbers, batch) = (run.rows() * C::HP, run.batch * C::HP);
        let gates = run.work.part(at.gates, 4 * numbers);
        let squashed = run.work.part(at.squashed, numbers);
        let c = run.work.part(c, numbers + batch);
        let zeros = run.work.part(at.zeros, C::HP);
        let dz = run.work.part(layer.dz, 4 * numbers);
        let dy = run.work.part(layer.dy, if layer.dy_every { numbers } else { batch });
        for sample in 0..run.batch {
            let last = (run.steps - 1) * run.batch + sample;
            let above = if layer.dy_every { last } else { sample };
            let mut dh = C::units(dy.add(above * C::HP));
            let mut dc = C::units(zeros);
            let mut row = last;
            loop {
                let at = row * C::HP;
                let seen = Seen {
                    gates: gates.add(4 * at),
                    squashed: squashed.add(at),
                    c: c.add(at),
                };
                let (z, before) = C::backward(dh, dc, &seen, dz.add(4 * at));
                if let Some(dx) = layer.dx {
                    let out = run.work.part(dx + row * layer.inputs, layer.inputs);
                    C::input_back(z, w, layer.inputs, out);
                }
                if row < run.batch {
                    if let [dh, dc] = layer.first[..] {
                        let [dh, dc] =
                            [dh, dc].map(|at| run.work.part(at + row * C::HP, C::HP));
                        C::put(C::recur_back(z, &u), dh);
                        C::put(before, dc);
                    }
                    break;
                }
                row -= run.batch;
                dc = before;
                dh = C::recur_back(z, &u);
                if layer.dy_every {
                    dh = C::add(dh, C::units(dy.add(row * C::HP)));
                }
            }
        }
    }
}

/// The gradients of all parameters of the layer, after `backward`: for each row of
/// weights the sum over all rows r of `x[r] dz[r]`, kept in registers and written once.
/// `CB` registers divide a row of gates.
///
/// # Safety
/// As [`forward`].
#[inline(always)]
pub(super) unsafe fn gradients<V: Lanes, const HP: usize, const CB: usize>(
    layer: &Layer,
    run: &Run,
) {
    // SAFETY: as above.
    unsafe {
        let (width, count) = (4 * HP, run.rows());
        let dz = run.work.part(layer.dz, count * width);
        let (h, _, at) = layer.lstm();
        let [dw, du, dbias] = layer.parameters(at.biases, run.gradients, HP);
        let read = Rows { x: layer.input(run), stride: layer.inputs, dz, count };
        outer::<V, HP, CB>(&read, layer.inputs, dw);
        // States that are zero before the first step contribute nothing there.
        let skip = if run.carried { 0 } else { run.batch };
        let read = Rows {
            x: run.work.part(h + skip * HP, (count - skip) * HP),
            stride: HP,
            dz: dz.add(skip * width),
            count: count - skip,
        };
        outer::<V, HP, CB>(&read, HP, du);
        for j in 0..width / V::N {
            let mut sum = V::splat(0.0);
            for r in 0..count {
                sum = sum.add(V::load(dz.add(r * width + j * V::N)));
            }
            for bias in 0..at.biases {
                sum.store(dbias.add(bias * width + j * V::N));
            }
        }
    }
}

/// `count` rows of factors, and dz beside them.
#[derive(Clone, Copy)]
struct Rows {
    x: Place,
    stride: usize,
    dz: Place,
    count: usize,
}

/// xᵀ dz for `columns` columns of x, into `to`: `[columns, 4 HP]`.
#[inline(always)]
unsafe fn outer<V: Lanes, const HP: usize, const CB: usize>(
    rows: &Rows,
    columns: usize,
    to: Place,
) {
    // SAFETY: as `forward`.
    unsafe {
        let mut k = 0;
        while k + 4 <= columns {
            four::<V, HP, CB>(rows, k, to);
            k += 4;
        }
        while k < columns {
            one::<V, HP, CB>(rows, k, to);
            k += 1;
        }
    }
}

/// The same for four columns from the `k`th on. Each has its sums by name: an array of
/// arrays would be kept in memory.
#[inline(always)]
unsafe fn four<V: Lanes, const HP: usize, const CB: usize>(
    rows: &Rows,
    k: usize,
    to: Place,
) {
    // SAFETY: as `forward`.
    unsafe {
        let width = 4 * HP;
        let Rows { x, stride, dz, count } = *rows;
        let to = to.add(k * width);
        for j in 0..width / (CB * V::N) {
            let (mut x, mut dz) = (x.step(k), dz.step(j * CB * V::N));
            let zero = [V::splat(0.0); CB];
            let (mut a, mut b, mut c, mut d) = (zero, zero, zero, zero);
            for _ in 0..count {
                let (xa, xb) = (V::splat(x.get()), V::splat(x.add(1).get()));
                let (xc, xd) = (V::splat(x.add(2).get()), V::splat(x.add(3).get()));
                for q in 0..CB {
                    let dz = V::load(dz.add(q * V::N));
                    a[q] = xa.fma(dz, a[q]);
                    b[q] = xb.fma(dz, b[q]);
                    c[q] = xc.fma(dz, c[q]);
                    d[q] = xd.fma(dz, d[q]);
                }
                (x, dz) = (x.step(stride), dz.step(width));
            }
            for q in 0..CB {
                let to = to.add((j * CB + q) * V::N);
                a[q].store(to);
                b[q].store(to.add(width));
                c[q].store(to.add(2 * width));
                d[q].store(to.add(3 * width));
            }
        }
    }
}

/// The same for one column.
#[inline(always)]
unsafe fn one<V: Lanes, const HP: usize, const CB: usize>(
    rows: &Rows,
    k: usize,
    to: Place,
) {
    // SAFETY: as `forward`.
    unsafe {
        let width = 4 * HP;
        let Rows { x, stride, dz, count } = *rows;
        let to = to.add(k * width);
        for j in 0..width / (CB * V::N) {
            let (mut x, mut dz) = (x.step(k), dz.step(j * CB * V::N));
            let mut sums = [V::splat(0.0); CB];
            for _ in 0..count {
                let factor = V::splat(x.get());
                for q in 0..CB {
                    sums[q] = factor.fma(V::load(dz.add(q * V::N)), sums[q]);
                }
                (x, dz) = (x.step(stride), dz.step(width));
            }
            for q in 0..CB {
                sums[q].store(to.add((j * CB + q) * V::N));
            }
        }
    }
}
