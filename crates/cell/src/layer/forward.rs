//! The way forward through a layer: inputs, weights and first states in, outputs and
//! last states out.
#![allow(unsafe_code)]

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::columns::Columns;
use super::pack::copy;
use super::strip::Strip;
use super::{GATES, LayerTape, LstmLayer, PANEL};
use crate::buffer::Parts;
use crate::operands::{LayerInputs, LayerOutputs};
use crate::simd::Level;
use crate::team::{Member, Team};

/// Weights of more bytes than this do not stay near the processor from step to step,
/// and are fetched ahead: half of the usual second cache.
const NEAR: usize = 512 << 10;

impl LstmLayer {
    /// Runs the layer; false if `interrupt` was set, and the results are then
    /// unfinished. The bits do not depend on the team.
    ///
    /// # Panics
    /// If a slice has not the length of its shape, or the tape is another layer's.
    pub fn forward(
        &self,
        inputs: &LayerInputs<'_>,
        tape: &mut LayerTape,
        outputs: LayerOutputs<'_>,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        self.check(inputs);
        let stopped = AtomicBool::new(false);
        let plan = Plan { level: tape.level, training: tape.training };
        let pass = Pass {
            layer: self,
            inputs,
            weights: Parts::new(&mut tape.weights),
            bias: Parts::new(&mut tape.bias),
            hidden: Parts::new(&mut tape.hidden),
            cell: Parts::new(&mut tape.cell),
            gates: Parts::new(&mut tape.gates),
            y: Parts::new(outputs.y),
            h_last: Parts::new(outputs.h_last),
            c_last: Parts::new(outputs.c_last),
            plan,
        };
        Team::run(team, self.members(), |member| {
            // SAFETY: members write disjoint panels, meet, then write disjoint rows.
            let done = unsafe { pass.run(member, interrupt) };
            if !done {
                stopped.store(true, Ordering::Relaxed);
            }
        });
        !stopped.into_inner()
    }

    pub(super) fn check(&self, inputs: &LayerInputs<'_>) {
        let (rows, units) = (self.shape.steps * self.shape.batch, self.shape.units);
        let states = self.shape.batch * units;
        assert!(self.inputs > 0 && units > 0, "a layer has inputs and units");
        assert_eq!(inputs.x.len(), rows * self.inputs, "x is [T, B, I]");
        assert_eq!(inputs.w.len(), self.inputs * 4 * units, "w is [I, 4H]");
        assert_eq!(inputs.u.len(), units * 4 * units, "u is [H, 4H]");
        assert_eq!(inputs.bias.len(), 4 * units, "the bias is [4H]");
        assert!(inputs.mask.is_none_or(|mask| mask.len() == rows), "masks are [T, B]");
        let fit = inputs.h0.len() == states && inputs.c0.len() == states;
        assert!(fit, "states are [B, H]");
    }
}

/// What of a tape is no buffer.
#[derive(Debug, Clone, Copy)]
struct Plan {
    level: Level,
    training: bool,
}

impl Plan {
    /// Which of the states that are kept are those before a step.
    fn slot(&self, step: usize) -> usize {
        if self.training { step } else { step % 2 }
    }
}

/// One pass, as all members see it.
struct Pass<'a> {
    layer: &'a LstmLayer,
    inputs: &'a LayerInputs<'a>,
    weights: Parts<'a>,
    bias: Parts<'a>,
    hidden: Parts<'a>,
    cell: Parts<'a>,
    gates: Parts<'a>,
    y: Parts<'a>,
    h_last: Parts<'a>,
    c_last: Parts<'a>,
    plan: Plan,
}

impl Pass<'_> {
    /// One member's part of it.
    ///
    /// # Safety
    /// Members must have the shares of one team.
    unsafe fn run(&self, member: Member<'_>, interrupt: Option<&AtomicBool>) -> bool {
        let layer = self.layer;
        // SAFETY: panels and, after the meeting, rows of members are disjoint.
        unsafe {
            member.share(layer.panels()).for_each(|p| self.pack(p));
            member.meet();
            let rows = member.share(layer.shape.batch);
            if rows.is_empty() {
                return true;
            }
            rows.clone().for_each(|row| self.start(row));
            for step in 0..layer.shape.steps {
                if interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                    return false;
                }
                for p in 0..layer.panels() {
                    self.panel(step, p, &rows);
                }
            }
            rows.for_each(|row| self.finish(row));
        }
        true
    }

    unsafe fn pack(&self, p: usize) {
        let (layer, inputs) = (self.layer, self.inputs);
        let depth = layer.depth();
        let columns = Columns::new(layer.panels() * GATES, self.plan.level.across());
        // SAFETY: the panel is this member's alone.
        unsafe {
            let to = self.weights.write(p * GATES * depth, GATES * depth);
            layer.pack_panel(inputs.w, p, to, columns, (0, depth));
            layer.pack_panel(inputs.u, p, to, columns, (layer.inputs, depth));
            let bias = self.bias.write(p * GATES, GATES);
            for gate in 0..4 {
                let width = layer.width(p);
                let from = &inputs.bias[layer.column(p, gate)..][..width];
                copy(from, &mut bias[gate * PANEL..][..width]);
            }
        }
    }

    unsafe fn start(&self, row: usize) {
        let (layer, units) = (self.layer, self.layer.shape.units);
        // SAFETY: the row is this member's alone.
        unsafe {
            let h = self.hidden.write(row * layer.row(), units);
            h.copy_from_slice(&self.inputs.h0[row * units..][..units]);
            for p in 0..layer.panels() {
                let at = (p * layer.shape.batch + row) * PANEL;
                let c = self.cell.write(at, layer.width(p));
                let from = &self.inputs.c0[row * units + p * PANEL..][..c.len()];
                c.copy_from_slice(from);
            }
        }
    }

    unsafe fn finish(&self, row: usize) {
        let (layer, units) = (self.layer, self.layer.shape.units);
        let batch = layer.shape.batch;
        let slot = self.plan.slot(layer.shape.steps);
        // SAFETY: the row is this member's alone.
        unsafe {
            let h = self.hidden.read((slot * batch + row) * layer.row(), units);
            self.h_last.write(row * units, units).copy_from_slice(h);
            for p in 0..layer.panels() {
                let at = ((slot * layer.panels() + p) * batch + row) * PANEL;
                let c = self.cell.read(at, layer.width(p));
                let to = self.c_last.write(row * units + p * PANEL, c.len());
                to.copy_from_slice(c);
            }
        }
    }

    /// One panel of one step, for this member's rows.
    unsafe fn panel(&self, step: usize, p: usize, rows: &Range<usize>) {
        let layer = self.layer;
        let (batch, units, panels) =
            (layer.shape.batch, layer.shape.units, layer.panels());
        let (first, n) = (rows.start, rows.len());
        let time = layer.shape.time(step) * batch + first;
        let (before, after) = (self.plan.slot(step), self.plan.slot(step + 1));
        let state = |slot: usize| ((slot * panels + p) * batch + first) * PANEL;
        let hidden = |slot: usize| (slot * batch + first) * layer.row();
        let size = GATES * layer.depth();
        let far = panels * size * size_of::<f32>() > NEAR;
        let next = (p + 1) % panels * size;
        // SAFETY: weights were written before the meeting; all else is of these rows,
        // and states before and after a step lie in different slots.
        unsafe {
            self.plan.level.run(Strip {
                layer,
                p,
                mask: self.inputs.mask.map(|mask| &mask[time..time + n]),
                x: &self.inputs.x[time * layer.inputs..][..n * layer.inputs],
                h: self.hidden.read(hidden(before), n * layer.row()),
                weights: self.weights.read(p * size, size),
                next: far.then(|| self.weights.read(next, size)),
                bias: self.bias.read(p * GATES, GATES),
                before: self.cell.read(state(before), n * PANEL),
                after: self.cell.write(state(after), n * PANEL),
                h_next: self.hidden.write(hidden(after), n * layer.row()),
                gates: self
                    .plan
                    .training
                    .then(|| self.gates.write(4 * state(step), n * GATES)),
                y: self.y.write(time * units, n * units),
            });
        }
    }
}
