//! What stands on the last layer: a dense layer on the last step, and the mean of
//! squared errors.

use super::lanes::Lanes;
use super::layer::Run;

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
    pub(super) targets: *const f32,
    /// `[B]`
    pub(super) shares: *const f32,
}

impl Dense {
    /// The last states of the layer below, `[B, HP]`.
    ///
    /// # Safety
    /// As [`forward`].
    #[inline(always)]
    unsafe fn last(&self, run: &Run) -> *const f32 {
        // SAFETY: the last block lies in the arena of work.
        unsafe { run.work.add(self.h + run.steps * run.batch * self.inputs) }
    }
}

/// y = h W + b
///
/// # Safety
/// The pointers of `run` are valid for what `dense` says lies behind them, and the
/// machine has the features of `V`.
#[inline(always)]
pub(super) unsafe fn forward<V: Lanes>(dense: &Dense, run: &Run) {
    // SAFETY: as above.
    unsafe {
        let w = run.parameters.add(dense.weights);
        let bias = w.add(dense.outputs * dense.inputs);
        let last = dense.last(run);
        for sample in 0..run.batch {
            let h = last.add(sample * dense.inputs);
            let y = run.work.add(dense.y + sample * dense.outputs);
            for o in 0..dense.outputs {
                let w = w.add(o * dense.inputs);
                let mut sum = V::load(h).mul(V::load(w));
                let mut k = V::N;
                while k < dense.inputs {
                    sum = V::load(h.add(k)).fma(V::load(w.add(k)), sum);
                    k += V::N;
                }
                *y.add(o) = sum.sum() + *bias.add(o);
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
        let w = run.parameters.add(dense.weights);
        let dw = run.gradients.add(dense.weights);
        let dbias = dw.add(dense.outputs * dense.inputs);
        let last = dense.last(run);
        let mut loss = 0.0;
        for sample in 0..run.batch {
            let h = last.add(sample * dense.inputs);
            let dh = run.work.add(dense.dh + sample * dense.inputs);
            let share = *aim.shares.add(sample);
            let mut squares = 0.0;
            for o in 0..dense.outputs {
                let at = sample * dense.outputs + o;
                let error = *run.work.add(dense.y + at) - *aim.targets.add(at);
                squares += error * error;
                let slope = error * (2.0 * share);
                add_scaled::<V>(dh, slope, w.add(o * dense.inputs), dense.inputs, o == 0);
                let dw = dw.add(o * dense.inputs);
                add_scaled::<V>(dw, slope, h, dense.inputs, sample == 0);
                let before = if sample == 0 { 0.0 } else { *dbias.add(o) };
                *dbias.add(o) = before + slope;
            }
            loss += squares * share;
        }
        loss
    }
}

/// sum += scale * x, or = where it is the first term.
#[inline(always)]
unsafe fn add_scaled<V: Lanes>(
    sum: *mut f32,
    scale: f32,
    x: *const f32,
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
