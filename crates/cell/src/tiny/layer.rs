//! One layer over the whole window of a batch: forward, backward, and the gradients of
//! its parameters. One call each; the loops are written once for all widths.

use super::lanes::Lanes;
use super::step::{Cell, Seen};

/// Where a layer's numbers lie: `weights` in the arenas of parameters and gradients, all
/// else in the arena of work. Rows are one for each step and sample, `t B + b`.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer {
    /// Numbers of an input row: `I`, or `HP` of the layer below.
    pub(super) inputs: usize,
    /// Rows of biases, 1 or 2.
    pub(super) biases: usize,
    /// Rows of `4 HP`: `inputs` of them, `HP` recurrent ones, the biases.
    pub(super) weights: usize,
    /// `h` of the layer below; `None` for what the network is fed.
    pub(super) from: Option<usize>,
    /// The sum of the biases, `[4 HP]`.
    pub(super) start: usize,
    /// States before each step and after the last, `[T + 1, B, HP]`.
    pub(super) h: usize,
    pub(super) c: usize,
    /// `[T, B, 4 HP]`
    pub(super) gates: usize,
    /// tanh(c), `[T, B, HP]`
    pub(super) squashed: usize,
    /// `[T, B, 4 HP]`
    pub(super) dz: usize,
    /// The gradient of h from above: of all steps `[T, B, HP]`, or the last `[B, HP]`.
    pub(super) dy: usize,
    pub(super) dy_every: bool,
    /// Where the gradient of the input rows goes, if anything below learns from it.
    pub(super) dx: Option<usize>,
    /// Zeros, `[HP]`.
    pub(super) zeros: usize,
}

/// What all kernels of a run see.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) steps: usize,
    pub(super) batch: usize,
    /// Whether the first states may be other than zero.
    pub(super) carried: bool,
    /// `[T, B, I]`
    pub(super) inputs: *const f32,
    pub(super) parameters: *const f32,
    pub(super) gradients: *mut f32,
    pub(super) work: *mut f32,
}

impl Layer {
    /// # Safety
    /// As [`forward`].
    #[inline(always)]
    unsafe fn input(&self, run: &Run) -> *const f32 {
        match self.from {
            // SAFETY: the rows lie in the arena of work, after the first states.
            Some(from) => unsafe { run.work.add(from + run.batch * self.inputs) },
            None => run.inputs,
        }
    }
}

/// Fills h, c, gates and squashed.
///
/// # Safety
/// The pointers of `run` are valid for what `layer` says lies behind them, and the
/// machine has the features of the cell.
#[inline(always)]
pub(super) unsafe fn forward<C: Cell>(layer: &Layer, run: &Run) {
    // SAFETY: as above.
    unsafe {
        let width = 4 * C::HP;
        let w = run.parameters.add(layer.weights);
        let u = w.add(layer.inputs * width);
        let mut bias = u.add(C::HP * width);
        if layer.biases == 2 {
            let start = run.work.add(layer.start);
            for k in 0..width {
                *start.add(k) = *bias.add(k) + *bias.add(width + k);
            }
            bias = start;
        }
        let (h, c) = (run.work.add(layer.h), run.work.add(layer.c));
        let (gates, squashed) = (run.work.add(layer.gates), run.work.add(layer.squashed));
        let input = layer.input(run);
        let ahead = run.batch * C::HP;
        let (mut h_now, mut c_now) = (C::units(h), C::units(c));
        for row in 0..run.steps * run.batch {
            let at = row * C::HP;
            if run.batch > 1 {
                (h_now, c_now) = (C::units(h.add(at)), C::units(c.add(at)));
            }
            let mut z = C::row(bias);
            for k in 0..layer.inputs {
                let x = *input.add(row * layer.inputs + k);
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
        let w = run.parameters.add(layer.weights);
        let u = C::back(w.add(layer.inputs * 4 * C::HP));
        let (gates, squashed) = (run.work.add(layer.gates), run.work.add(layer.squashed));
        let (c, dz) = (run.work.add(layer.c), run.work.add(layer.dz));
        let dy = run.work.add(layer.dy);
        for sample in 0..run.batch {
            let last = (run.steps - 1) * run.batch + sample;
            let above = if layer.dy_every { last } else { sample };
            let mut dh = C::units(dy.add(above * C::HP));
            let mut dc = C::units(run.work.add(layer.zeros));
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
                    let out = run.work.add(dx + row * layer.inputs);
                    C::input_back(z, w, layer.inputs, out);
                }
                if row < run.batch {
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
        let (width, count) = (4 * HP, run.steps * run.batch);
        let dz = run.work.add(layer.dz);
        let to = run.gradients.add(layer.weights);
        let read = Rows { x: layer.input(run), stride: layer.inputs, dz, count };
        outer::<V, HP, CB>(&read, layer.inputs, to);
        // States that are zero before the first step contribute nothing there.
        let skip = if run.carried { 0 } else { run.batch };
        let read = Rows {
            x: run.work.add(layer.h + skip * HP),
            stride: HP,
            dz: dz.add(skip * width),
            count: count - skip,
        };
        let to = to.add(layer.inputs * width);
        outer::<V, HP, CB>(&read, HP, to);
        let to = to.add(HP * width);
        for j in 0..width / V::N {
            let mut sum = V::splat(0.0);
            for r in 0..count {
                sum = sum.add(V::load(dz.add(r * width + j * V::N)));
            }
            for bias in 0..layer.biases {
                sum.store(to.add(bias * width + j * V::N));
            }
        }
    }
}

/// `count` rows of factors, and dz beside them.
#[derive(Clone, Copy)]
struct Rows {
    x: *const f32,
    stride: usize,
    dz: *const f32,
    count: usize,
}

/// xᵀ dz for `columns` columns of x, into `to`: `[columns, 4 HP]`.
#[inline(always)]
unsafe fn outer<V: Lanes, const HP: usize, const CB: usize>(
    rows: &Rows,
    columns: usize,
    to: *mut f32,
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
    to: *mut f32,
) {
    // SAFETY: as `forward`.
    unsafe {
        let width = 4 * HP;
        let Rows { x, stride, dz, count } = *rows;
        let to = to.add(k * width);
        for j in 0..width / (CB * V::N) {
            let (mut x, mut dz) = (x.add(k), dz.add(j * CB * V::N));
            let zero = [V::splat(0.0); CB];
            let (mut a, mut b, mut c, mut d) = (zero, zero, zero, zero);
            for _ in 0..count {
                let (xa, xb) = (V::splat(*x), V::splat(*x.add(1)));
                let (xc, xd) = (V::splat(*x.add(2)), V::splat(*x.add(3)));
                for q in 0..CB {
                    let dz = V::load(dz.add(q * V::N));
                    a[q] = xa.fma(dz, a[q]);
                    b[q] = xb.fma(dz, b[q]);
                    c[q] = xc.fma(dz, c[q]);
                    d[q] = xd.fma(dz, d[q]);
                }
                (x, dz) = (x.wrapping_add(stride), dz.wrapping_add(width));
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
    to: *mut f32,
) {
    // SAFETY: as `forward`.
    unsafe {
        let width = 4 * HP;
        let Rows { x, stride, dz, count } = *rows;
        let to = to.add(k * width);
        for j in 0..width / (CB * V::N) {
            let (mut x, mut dz) = (x.add(k), dz.add(j * CB * V::N));
            let mut sums = [V::splat(0.0); CB];
            for _ in 0..count {
                let factor = V::splat(*x);
                for q in 0..CB {
                    sums[q] = factor.fma(V::load(dz.add(q * V::N)), sums[q]);
                }
                (x, dz) = (x.wrapping_add(stride), dz.wrapping_add(width));
            }
            for q in 0..CB {
                sums[q].store(to.add((j * CB + q) * V::N));
            }
        }
    }
}
