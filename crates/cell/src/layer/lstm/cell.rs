//! The cell's own arithmetic on sixteen units of one row: gates and states.

use super::{GATES, PANEL};
use crate::activation::{sigmoid_one, tanh_one};

/// Sixteen numbers, one for each unit.
pub(crate) type Units = [f32; PANEL];

/// Activates the gates i, f, g and o in place.
#[inline(always)]
pub(crate) fn activate(gates: &mut [f32; GATES]) {
    for z in &mut gates[..2 * PANEL] {
        *z = sigmoid_one(*z);
    }
    for z in &mut gates[2 * PANEL..3 * PANEL] {
        *z = tanh_one(*z);
    }
    for z in &mut gates[3 * PANEL..] {
        *z = sigmoid_one(*z);
    }
}

/// Takes the cell state one step on, and gives h.
#[inline(always)]
pub(crate) fn step(gates: &[f32; GATES], before: &Units, after: &mut Units) -> Units {
    let mut h = [0.0; PANEL];
    for k in 0..PANEL {
        let (i, f) = (gates[k], gates[PANEL + k]);
        let (g, o) = (gates[2 * PANEL + k], gates[3 * PANEL + k]);
        let c = f.mul_add(before[k], i * g);
        after[k] = c;
        h[k] = o * tanh_one(c);
    }
    h
}

/// The gradients of the gates before their activation, given dh; takes dc one step back.
#[inline(always)]
pub(crate) fn step_back(
    gates: &[f32; GATES],
    before: &Units,
    after: &Units,
    dh: &Units,
    dc: &mut Units,
) -> [f32; GATES] {
    let mut dz = [0.0; GATES];
    for k in 0..PANEL {
        let (i, f) = (gates[k], gates[PANEL + k]);
        let (g, o) = (gates[2 * PANEL + k], gates[3 * PANEL + k]);
        let squashed = tanh_one(after[k]);
        let through = dh[k] * o;
        let d = through.mul_add(1.0 - squashed * squashed, dc[k]);
        dz[k] = d * g * (i * (1.0 - i));
        dz[PANEL + k] = d * before[k] * (f * (1.0 - f));
        dz[2 * PANEL + k] = d * i * (1.0 - g * g);
        dz[3 * PANEL + k] = through * squashed * (1.0 - o);
        dc[k] = d * f;
    }
    dz
}
