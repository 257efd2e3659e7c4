//! One layer over the whole window of a batch: forward, backward, and the gradients of
//! its parameters. One call each; the loops are written once for all widths.

use super::lanes::Lanes;
use super::place::Place;
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
    /// Where the gradients of the states before the first step go, h and c, `[B, HP]`
    /// each, if anybody wants them.
    pub(super) first: Option<[usize; 2]>,
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
    pub(super) inputs: Place,
    pub(super) parameters: Place,
    pub(super) gradients: Place,
    pub(super) work: Place,
}

impl Layer {
    /// # Safety
    /// As [`forward`].
    #[inline(always)]
    unsafe fn input(&self, run: &Run) -> Place {
        match self.from {
            // SAFETY: the layer below keeps `[T + 1, B, HP]` states, and `inputs` is its
            // HP: these are all of them but the first B.
            Some(from) => unsafe {
                let (block, rows) = (run.batch * self.inputs, run.rows() * self.inputs);
                run.work.part(from + block, rows)
            },
            None => run.inputs,
        }
    }

    /// w, u and the biases, or their gradients.
    ///
    /// # Safety
    /// As [`forward`], of one of the arenas of parameters and gradients.
    #[inline(always)]
    unsafe fn parameters(&self, arena: Place, hp: usize) -> [Place; 3] {
        let width = 4 * hp;
        let [inputs, units] = [self.inputs * width, hp * width];
        // SAFETY: the layout took `(inputs + HP + biases) 4 HP` numbers from `weights`
        // on; the three parts follow each other in that order.
        unsafe {
            [
                arena.part(self.weights, inputs),
                arena.part(self.weights + inputs, units),
                arena.part(self.weights + inputs + units, self.biases * width),
            ]
        }
    }
}

impl Run {
    /// Rows of one batch: steps times samples.
    #[inline(always)]
    fn rows(&self) -> usize {
        self.steps * self.batch
    }
}

/// Fills h, c, gates and squashed.
///
/// # Safety
/// The arenas of `run` are those that `layer` was laid out in, for batches at least as
/// large; its inputs are `[T, B, I]`; nobody else uses them meanwhile; T and B are not 0;
/// HP is that of the layer's padded width; and the machine has the features of the cell.
#[inline(always)]
pub(super) unsafe fn forward<C: Cell>(layer: &Layer, run: &Run) {
    // SAFETY: as above.
    unsafe {
        let width = 4 * C::HP;
        let [w, u, mut bias] = layer.parameters(run.parameters, C::HP);
        if layer.biases == 2 {
            let start = run.work.part(layer.start, width);
            for k in 0..width {
                start.add(k).set(bias.add(k).get() + bias.add(width + k).get());
            }
            bias = start;
        }
        let (numbers, ahead) = (run.rows() * C::HP, run.batch * C::HP);
        let h = run.work.part(layer.h, numbers + ahead);
        let c = run.work.part(layer.c, numbers + ahead);
        let gates = run.work.part(layer.gates, 4 * numbers);
        let squashed = run.work.part(layer.squashed, numbers);
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
        let [w, u, _] = layer.parameters(run.parameters, C::HP);
        let u = C::back(u);
        let (numbers, batch) = (run.rows() * C::HP, run.batch * C::HP);
        let gates = run.work.part(layer.gates, 4 * numbers);
        let squashed = run.work.part(layer.squashed, numbers);
        let c = run.work.part(layer.c, numbers + batch);
        let dz = run.work.part(layer.dz, 4 * numbers);
        let dy = run.work.part(layer.dy, if layer.dy_every { numbers } else { batch });
        for sample in 0..run.batch {
            let last = (run.steps - 1) * run.batch + sample;
            let above = if layer.dy_every { last } else { sample };
            let mut dh = C::units(dy.add(above * C::HP));
            let mut dc = C::units(run.work.part(layer.zeros, C::HP));
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
                    if let Some(first) = layer.first {
                        let [dh, dc] =
                            first.map(|at| run.work.part(at + row * C::HP, C::HP));
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
        let [dw, du, dbias] = layer.parameters(run.gradients, HP);
        let read = Rows { x: layer.input(run), stride: layer.inputs, dz, count };
        outer::<V, HP, CB>(&read, layer.inputs, dw);
        // States that are zero before the first step contribute nothing there.
        let skip = if run.carried { 0 } else { run.batch };
        let read = Rows {
            x: run.work.part(layer.h + skip * HP, (count - skip) * HP),
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
            for bias in 0..layer.biases {
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
