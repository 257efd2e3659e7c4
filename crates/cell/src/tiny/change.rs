//! One change of all parameters: the arena in one pass, the same bits as
//! [`crate::Optimiser::update`].

use super::lanes::Lanes;
use super::place::Place;
use crate::optimiser::{Rule, Update};
use crate::simd::Kernel;

/// The arenas of parameters, gradients and what the optimiser remembers, all of one
/// length, a multiple of 16.
#[derive(Clone, Copy)]
pub(super) struct Arenas {
    pub(super) parameters: Place,
    pub(super) gradients: Place,
    pub(super) first: Place,
    pub(super) second: Place,
    pub(super) len: usize,
}

/// Changes the parameters by one step of a rule.
///
/// # Safety
/// There are `len` numbers in each place, a multiple of `V::N`; they overlap nowhere, and
/// nobody else uses them meanwhile; and the machine has the features of `V`.
#[inline(always)]
pub(super) unsafe fn change<V: Lanes>(rule: &Rule, arenas: &Arenas) {
    // SAFETY: the caller answers for places and machine; the four slices are of arenas
    // that do not overlap.
    unsafe {
        match *rule {
            Rule::Adam { .. } => adam::<V>(rule, arenas),
            Rule::Sgd { .. } | Rule::RmsProp { .. } | Rule::Adagrad { .. } => {
                let Arenas { parameters, gradients, first, second, len } = *arenas;
                Update {
                    rule: *rule,
                    parameters: parameters.slice_mut(len),
                    gradients: gradients.slice(len),
                    first: first.slice_mut(len),
                    second: second.slice_mut(len),
                }
                .run();
            }
        }
    }
}

#[inline(always)]
unsafe fn adam<V: Lanes>(rule: &Rule, arenas: &Arenas) {
    let Rule::Adam { keep, first, second, scale, root, epsilon } = *rule else { return };
    // SAFETY: as `change`.
    unsafe {
        let [keep, scale, root, epsilon] =
            [V::splat(keep), V::splat(scale), V::splat(root), V::splat(epsilon)];
        let (keep_m, take_m) = (V::splat(first.keep), V::splat(first.take));
        let (keep_v, take_v) = (V::splat(second.keep), V::splat(second.take));
        let mut at = 0;
        while at < arenas.len {
            let g = V::load(arenas.gradients.add(at));
            let m_at = arenas.first.add(at);
            let v_at = arenas.second.add(at);
            let p_at = arenas.parameters.add(at);
            let m = keep_m.fma(V::load(m_at), take_m.mul(g));
            let v = keep_v.fma(V::load(v_at), take_v.mul(g.mul(g)));
            m.store(m_at);
            v.store(v_at);
            let size = v.sqrt().fma(root, epsilon);
            let step = scale.mul(m).div(size);
            keep.mul(V::load(p_at)).sub(step).store(p_at);
            at += V::N;
        }
    }
}
