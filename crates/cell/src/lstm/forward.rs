//! The way forward through a layer of few rows.
#![allow(unsafe_code)]

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::sums::{Start, Sums, Terms};
use super::tile::{load, store};
use super::{Columns, Lstm, LstmTape, PANEL};
use crate::buffer::Parts;
use crate::layer::lstm::cell::{Units, activate, step};
use crate::operands::{LayerInputs, LayerOutputs};
use crate::scan::live;
use crate::simd::{Sixteen, WideKernel};
use crate::team::{Member, Team};

impl Lstm {
    /// Runs the layer; false if `interrupt` was set, and the results are then
    /// unfinished. The bits do not depend on the team.
    ///
    /// # Panics
    /// If a slice has not the length of its shape, or the tape is another layer's.
    pub fn forward(
        &self,
        inputs: &LayerInputs<'_>,
        tape: &mut LstmTape,
        outputs: LayerOutputs<'_>,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        self.check(inputs);
        let states = self.shape.state_len();
        let fit = inputs.h0.len() == states && inputs.c0.len() == states;
        assert!(fit, "states are [B, H]");
        tape.take_on(self);
        let level = tape.level;
        let pass = Pass {
            lstm: self,
            inputs,
            training: tape.training,
            hidden: Parts::new(&mut tape.hidden),
            cell: Parts::new(&mut tape.cell),
            gates: Parts::new(&mut tape.gates),
            y: Parts::new(outputs.y),
            h_last: Parts::new(outputs.h_last),
            c_last: Parts::new(outputs.c_last),
            interrupt,
            stop_at: AtomicUsize::new(usize::MAX),
        };
        Team::run(team, self.panels(), |member| {
            let units = self.units(&member.share(self.panels()));
            let columns = self.columns(&units);
            level.run(Share { pass: &pass, member, units, columns });
        });
        pass.stop_at.into_inner() == usize::MAX
    }
}

/// One pass, as all members see it.
struct Pass<'a> {
    lstm: &'a Lstm,
    inputs: &'a LayerInputs<'a>,
    training: bool,
    hidden: Parts<'a>,
    cell: Parts<'a>,
    gates: Parts<'a>,
    y: Parts<'a>,
    h_last: Parts<'a>,
    c_last: Parts<'a>,
    interrupt: Option<&'a AtomicBool>,
    /// The step after which all members stop, if the pass was interrupted.
    stop_at: AtomicUsize,
}

/// One member's part of it.
struct Share<'a> {
    pass: &'a Pass<'a>,
    member: Member<'a>,
    units: Range<usize>,
    columns: Columns,
}

impl WideKernel for Share<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        let (pass, shape) = (self.pass, self.pass.lstm.shape);
        // SAFETY: members write their own units, and meet before they read others'.
        unsafe {
            self.states(true);
            if pass.lstm.projects_ahead() {
                self.project::<S>();
            }
            self.member.meet();
            for step in 0..shape.steps {
                let stop =
                    pass.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed));
                if stop && self.member.is_first() {
                    pass.stop_at.store(step, Ordering::Relaxed);
                }
                self.step::<S>(step);
                self.member.meet();
                if pass.stop_at.load(Ordering::Relaxed) == step {
                    return;
                }
            }
            self.states(false);
        }
    }
}

impl Share<'_> {
    /// Copies the first states in, or the last ones out.
    #[inline(always)]
    unsafe fn states(&self, first: bool) {
        let pass = self.pass;
        let shape = pass.lstm.shape;
        let slot = match (first, pass.training) {
            (true, true) => shape.first(),
            (false, true) => shape.last(),
            (true, false) => 0,
            (false, false) => shape.steps % 2,
        };
        for row in 0..shape.batch {
            let at = row * shape.units + self.units.start;
            let kept = slot * shape.state_len() + at;
            let n = self.units.len();
            // SAFETY: the units are this member's alone.
            unsafe {
                let (h, c) = (pass.hidden.write(kept, n), pass.cell.write(kept, n));
                if first {
                    h.copy_from_slice(&pass.inputs.h0[at..at + n]);
                    c.copy_from_slice(&pass.inputs.c0[at..at + n]);
                } else {
                    pass.h_last.write(at, n).copy_from_slice(h);
                    pass.c_last.write(at, n).copy_from_slice(c);
                }
            }
        }
    }

    /// The products with the inputs of all steps.
    #[inline(always)]
    unsafe fn project<S: Sixteen>(&self) {
        let (lstm, inputs) = (self.pass.lstm, self.pass.inputs);
        let start = Start::Row(inputs.bias);
        let terms = [Terms::new(inputs.x, inputs.w, lstm.inputs), Terms::NONE];
        let rows = lstm.shape.steps * lstm.shape.batch;
        // SAFETY: the columns are those of this member's units.
        unsafe { self.sums::<S>(rows, start, terms, self.pass.gates) };
    }

    #[inline(always)]
    unsafe fn sums<S: Sixteen>(
        &self,
        rows: usize,
        start: Start<'_>,
        terms: [Terms<'_>; 2],
        to: Parts<'_>,
    ) {
        let width = 4 * self.pass.lstm.shape.units;
        for (first, end) in self.columns.pieces() {
            let columns = *first..*end;
            // SAFETY: the columns are those of this member's units.
            unsafe { Sums { rows, columns, width, start, terms, to }.run::<S>() };
        }
    }

    #[inline(always)]
    unsafe fn step<S: Sixteen>(&self, step: usize) {
        let (pass, lstm) = (self.pass, self.pass.lstm);
        let shape = lstm.shape;
        let (n, batch, wide) = (shape.state_len(), shape.batch, 4 * shape.units);
        let (time, inputs) = (shape.time(step), pass.inputs);
        let (before, after) = match pass.training {
            true => (shape.before(time), time + usize::from(!shape.reverse)),
            false => (step % 2, (step + 1) % 2),
        };
        let all = pass.training || lstm.projects_ahead();
        let gates =
            pass.gates.part(if all { time * batch * wide } else { 0 }, batch * wide);
        let x = &inputs.x[time * batch * lstm.width()..][..batch * lstm.width()];
        // SAFETY: states before the step were written before the members met.
        let h = unsafe { pass.hidden.read(before * n, n) };
        let recurrent = Terms::new(h, inputs.u, shape.units);
        let (start, terms) = match lstm.inputs {
            0 => (Start::Rows(x), [recurrent, Terms::NONE]),
            _ if lstm.projects_ahead() => (Start::There, [recurrent, Terms::NONE]),
            n => (Start::Row(inputs.bias), [Terms::new(x, inputs.w, n), recurrent]),
        };
        // SAFETY: all of it belongs to this member's units.
        unsafe {
            self.sums::<S>(batch, start, terms, gates);
            for row in 0..batch {
                let cell = Cell {
                    live: live(inputs.mask, time * batch + row),
                    gates: gates.part(row * wide, wide),
                    h: pass.hidden.part(before * n + row * shape.units, shape.units),
                    c: pass.cell.part(before * n + row * shape.units, shape.units),
                    h_next: pass.hidden.part(after * n + row * shape.units, shape.units),
                    c_next: pass.cell.part(after * n + row * shape.units, shape.units),
                    y: pass.y.part(time * n + row * shape.units, shape.units),
                };
                let mut unit = self.units.start;
                while unit + PANEL <= self.units.end {
                    self.cell::<S, false>(&cell, unit, PANEL);
                    unit += PANEL;
                }
                if unit < self.units.end {
                    self.cell::<S, true>(&cell, unit, self.units.end - unit);
                }
            }
        }
    }

    /// The gates and states of `n` units of a row.
    #[inline(always)]
    unsafe fn cell<S: Sixteen, const PART: bool>(
        &self,
        cell: &Cell<'_>,
        unit: usize,
        n: usize,
    ) {
        let lstm = self.pass.lstm;
        let mut gates = [0.0; 4 * PANEL];
        // SAFETY: the units are this member's alone.
        unsafe {
            if !cell.live {
                copy::<S, PART>(cell.h.read(unit, n), cell.h_next.write(unit, n));
                copy::<S, PART>(cell.c.read(unit, n), cell.c_next.write(unit, n));
                store::<S, PART>(S::splat(0.0), cell.y.write(unit, n));
                for gate in 0..4 {
                    let at = lstm.gates[gate] * lstm.shape.units + unit;
                    store::<S, PART>(S::splat(0.0), cell.gates.write(at, n));
                }
                return;
            }
            for gate in 0..4 {
                let at = lstm.gates[gate] * lstm.shape.units + unit;
                load::<S, PART>(cell.gates.read(at, n)).store(panel(&mut gates, gate));
            }
            activate(&mut gates);
            let (mut before, mut after) = ([0.0; PANEL], [0.0; PANEL]);
            load::<S, PART>(cell.c.read(unit, n)).store(&mut before);
            let h = S::load(&step(&gates, &before, &mut after));
            store::<S, PART>(S::load(&after), cell.c_next.write(unit, n));
            store::<S, PART>(h, cell.h_next.write(unit, n));
            store::<S, PART>(h, cell.y.write(unit, n));
            if self.pass.training {
                for gate in 0..4 {
                    let at = lstm.gates[gate] * lstm.shape.units + unit;
                    let kept = S::load(panel(&mut gates, gate));
                    store::<S, PART>(kept, cell.gates.write(at, n));
                }
            }
        }
    }
}

/// One row of a step: gates `[4H]`, the others `[H]`.
struct Cell<'a> {
    live: bool,
    gates: Parts<'a>,
    h: Parts<'a>,
    c: Parts<'a>,
    h_next: Parts<'a>,
    c_next: Parts<'a>,
    y: Parts<'a>,
}

#[inline(always)]
fn copy<S: Sixteen, const PART: bool>(from: &[f32], to: &mut [f32]) {
    store::<S, PART>(load::<S, PART>(from), to);
}

/// The place of one gate.
#[inline(always)]
pub(super) fn panel(gates: &mut [f32; 4 * PANEL], gate: usize) -> &mut Units {
    &mut gates.as_chunks_mut().0[gate]
}
