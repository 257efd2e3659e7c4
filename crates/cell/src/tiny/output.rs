//! What stands on the last layer: a dense layer on the last step, and the mean of
//! squared errors.

use super::lanes::Lanes;
use super::layer::Run;
use super::place::Place;

/// Where the dense layer's numbers lie, as in [`super::layer::Layer`].
#[derive(Debug, Clone, Default)]
pub(super) struct Dense {
    /// `HP` of the layer below.
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// Rows of `HP`, one for each output, and then the biases.
    pub(super) weights: usize,
    /// The states of the layer below, `[T + 1, B, HP]`, and the gradient of the last,
    /// `[B, HP]`.
    pub(super) h: usize,
    pub(super) dh: usize,
    /// `[B, O]`
    pub(super) y: usize,
}

/// What the loss of a run is made of.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    /// `[B, O]`
    pub(super) targets: Place,
    /// `[B]`
    pub(super) shares: Place,
}

impl Dense {
    /// The weights and the biases, or their gradients.
    ///
    /// # Safety
    /// As [`forward`], of one of the arenas of parameters and gradients.
    #[inline(always)]
    unsafe fn parameters(&self, arena: Place) -> [Place; 2] {
        let weights = self.outputs * self.inputs;
        // SAFETY: the layout took `O (HP + 1)` numbers from `weights` on.
        unsafe {
            [
                arena.part(self.weights, weights),
                arena.part(self.weights + weights, self.outputs),
            ]
        }
    }

    /// The last states of the layer below, `[B, HP]`.
    ///
    /// # Safety
    /// As [`forward`].
    #[inline(always)]
    unsafe fn last(&self, run: &Run) -> Place {
        // SAFETY: the layer below keeps `[T + 1, B, HP]` states, and `inputs` is its HP:
        // this is the last block.
        unsafe {
            let block = run.batch * self.inputs;
            run.work.part(self.h + run.steps * block, block)
        }
    }
}

/// y = h W + b
///
/// # Safety
/// As [`super::table::LayerKernels`], `dense` being of the same layout; `V::N` divides its
/// padded width.
#[inline(always)]
pub(super) unsafe fn forward<V: Lanes>(dense: &Dense, run: &Run) {
    // SAFETY: as above.
    unsafe {
        let [w, bias] = dense.parameters(run.parameters);
        let last = dense.last(run);
        for sample in 0..run.batch {
            let h = last.add(sample * dense.inputs);
            let y = run.work.part(dense.y + sample * dense.outputs, dense.outputs);
            for o in 0..dense.outputs {
                let w = w.add(o * dense.inputs);
                let mut sum = V::load(h).mul(V::load(w));
                let mut k = V::N;
                while k < dense.inputs {
                    sum = V::load(h.add(k)).fma(V::load(w.add(k)), sum);
                    k += V::N;
                }
                y.add(o).set(sum.sum() + bias.add(o).get());
            }
        }
    }
}

/// The same, then the loss, sum over samples of share times squared errors, which it
/// gives, and all gradients of it.
///
/// # Safety
/// As [`forward`]; `aim` is valid for the batch.
#[inline(always)]
pub(super) unsafe fn train<V: Lanes>(dense: &Dense, run: &Run, aim: &Aim) -> f32 {
    // SAFETY: as above.
    unsafe {
        forward::<V>(dense, run);
        let [w, _] = dense.parameters(run.parameters);
        let [dw, dbias] = dense.parameters(run.gradients);
        let last = dense.last(run);
        let mut loss = 0.0;
        for sample in 0..run.batch {
            let h = last.add(sample * dense.inputs);
            let dh = run.work.part(dense.dh + sample * dense.inputs, dense.inputs);
            let share = aim.shares.add(sample).get();
            let mut squares = 0.0;
            for o in 0..dense.outputs {
                let at = sample * dense.outputs + o;
                let y = run.work.part(dense.y + at, 1).get();
                let error = y - aim.targets.add(at).get();
                squares += error * error;
                let slope = error * (2.0 * share);
                add_scaled::<V>(dh, slope, w.add(o * dense.inputs), dense.inputs, o == 0);
                let dw = dw.add(o * dense.inputs);
                add_scaled::<V>(dw, slope, h, dense.inputs, sample == 0);
                let dbias = dbias.add(o);
                let before = if sample == 0 { 0.0 } else { dbias.get() };
                dbias.set(before + slope);
            }
            loss += squares * share;
        }
        loss
    }
}

/// sum += scale * x, or = where it is the first term.
#[inline(always)]
unsafe fn add_scaled<V: Lanes>(
    sum: Place,
    scale: f32,
    x: Place,
    len: usize,
    first: bool,
) {
    // SAFETY: as `forward`.
    unsafe {
        let scale = V::splat(scale);
        let mut k = 0;
        while k < len {
            let before = if first { V::splat(0.0) } else { V::load(sum.add(k)) };
            scale.fma(V::load(x.add(k)), before).store(sum.add(k));
            k += V::N;
        }
    }
}
