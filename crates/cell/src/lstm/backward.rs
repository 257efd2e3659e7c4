//! The way back through a layer of few rows.
#![allow(unsafe_code)]
#![expect(
    clippy::needless_range_loop,
    reason = "iterators can keep numbers off registers"
)]

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::dots::Dots;
use super::forward::panel;
use super::sums::{Start, Sums, Terms};
use super::tile::{load, store};
use super::{Lstm, LstmTape, PANEL};
use crate::buffer::{Buffer, Parts};
use crate::layer::lstm::cell::step_back;
use crate::operands::{LayerGradients, LayerInputs, LayerSeeds};
use crate::scan::live;
use crate::simd::{Sixteen, WideKernel};
use crate::team::{Member, Team};

impl Lstm {
    /// Runs the layer backwards, after `forward` with the same inputs and tape; false
    /// if `interrupt` was set, and the results are then unfinished. The bits do not
    /// depend on the team. The first states are not read again.
    ///
    /// # Panics
    /// If a slice has not the length of its shape, if the tape is not for training, or
    /// if x is projected already and its gradient is not asked for.
    pub fn backward(
        &self,
        inputs: &LayerInputs<'_>,
        tape: &mut LstmTape,
        seeds: &LayerSeeds<'_>,
        gradients: LayerGradients<'_>,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        self.check(inputs);
        assert!(tape.training, "the tape was made for training");
        assert_eq!(tape.lstm, *self, "the tape was made for this layer");
        let given = self.live_inputs(inputs, &mut tape.live);
        let LayerGradients { dx, dh0, dc0, dw, dbias, du } = gradients;
        let dx = dx.map(Parts::new);
        let level = tape.level;
        let pass = Pass {
            lstm: self,
            inputs,
            seeds,
            given,
            hidden: &tape.hidden,
            cell: &tape.cell,
            gates: &tape.gates,
            dz: match self.inputs {
                0 => dx.expect("the gradient of a projected input is asked for"),
                _ => Parts::new(&mut tape.dz),
            },
            dx: dx.filter(|_| self.inputs > 0),
            dh: Parts::new(dh0),
            dc: Parts::new(dc0),
            dw: Parts::new(dw),
            dbias: Parts::new(dbias),
            du: Parts::new(du),
            interrupt,
            stop_at: AtomicUsize::new(usize::MAX),
        };
        Team::run(team, self.panels(), |member| {
            let units = self.units(&member.share(self.panels()));
            level.run(Share { pass: &pass, member, units });
        });
        pass.stop_at.into_inner() == usize::MAX
    }

    /// x with zeros in the rows that take no part, whatever they hold: their gradients
    /// are 0, but 0 times what is no number is none.
    fn live_inputs<'a>(
        &self,
        inputs: &LayerInputs<'a>,
        kept: &'a mut Buffer,
    ) -> &'a [f32] {
        let Some(mask) = inputs.mask.filter(|_| self.inputs > 0) else {
            return inputs.x;
        };
        if kept.len() < inputs.x.len() {
            *kept = Buffer::zeros(inputs.x.len());
        }
        let rows = kept.chunks_exact_mut(self.inputs);
        let given = inputs.x.chunks_exact(self.inputs);
        for (at, (row, given)) in rows.zip(given).enumerate() {
            if live(Some(mask), at) {
                row.copy_from_slice(given);
            } else {
                row.fill(0.0);
            }
        }
        kept
    }
}

/// One pass, as all members see it.
struct Pass<'a> {
    lstm: &'a Lstm,
    inputs: &'a LayerInputs<'a>,
    seeds: &'a LayerSeeds<'a>,
    /// x, as the gradient of w needs it.
    given: &'a [f32],
    hidden: &'a [f32],
    cell: &'a [f32],
    gates: &'a [f32],
    /// The gradients of the gates before their activation, `[T, B, 4H]`.
    dz: Parts<'a>,
    dx: Option<Parts<'a>>,
    /// The gradients of the states pass through those of the first ones.
    dh: Parts<'a>,
    dc: Parts<'a>,
    dw: Parts<'a>,
    dbias: Parts<'a>,
    du: Parts<'a>,
    interrupt: Option<&'a AtomicBool>,
    /// The step after which all members stop, if the pass was interrupted.
    stop_at: AtomicUsize,
}

/// One member's part of it.
struct Share<'a> {
    pass: &'a Pass<'a>,
    member: Member<'a>,
    units: Range<usize>,
}

impl WideKernel for Share<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        let pass = self.pass;
        // SAFETY: members write their own units, and meet before they read others'.
        unsafe {
            self.start();
            for step in (0..pass.lstm.shape.steps).rev() {
                let stop =
                    pass.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed));
                if stop && self.member.is_first() {
                    pass.stop_at.store(step, Ordering::Relaxed);
                }
                self.cells::<S>(step);
                self.member.meet();
                if pass.stop_at.load(Ordering::Relaxed) == step {
                    return;
                }
                self.carry::<S>(step);
            }
            self.weights::<S>();
            self.inputs::<S>();
        }
    }
}

impl Share<'_> {
    /// The gradients of the last states.
    #[inline(always)]
    unsafe fn start(&self) {
        let (pass, shape) = (self.pass, self.pass.lstm.shape);
        let n = self.units.len();
        for row in 0..shape.batch {
            let at = row * shape.units + self.units.start;
            let both = [(pass.dh, pass.seeds.dh_last), (pass.dc, pass.seeds.dc_last)];
            for (states, last) in both {
                // SAFETY: the units are this member's alone.
                let to = unsafe { states.write(at, n) };
                match last {
                    Some(last) => to.copy_from_slice(&last[at..at + n]),
                    None => to.fill(0.0),
                }
            }
        }
    }

    /// The gradients of the gates of one step.
    #[inline(always)]
    unsafe fn cells<S: Sixteen>(&self, step: usize) {
        let (pass, shape) = (self.pass, self.pass.lstm.shape);
        let time = shape.time(step);
        for row in 0..shape.batch {
            let mut unit = self.units.start;
            // SAFETY: the units are this member's alone.
            unsafe {
                while unit + PANEL <= self.units.end {
                    pass.cell::<S, false>(time, row, unit, PANEL);
                    unit += PANEL;
                }
                if unit < self.units.end {
                    pass.cell::<S, true>(time, row, unit, self.units.end - unit);
                }
            }
        }
    }

    /// The gradients of the hidden states before a step; rows that take no part in it
    /// keep theirs.
    #[inline(always)]
    unsafe fn carry<S: Sixteen>(&self, step: usize) {
        let (pass, shape) = (self.pass, self.pass.lstm.shape);
        let (batch, wide) = (shape.batch, 4 * shape.units);
        let at = shape.time(step) * batch;
        // SAFETY: the gates' gradients are complete; the units are this member's.
        unsafe {
            Dots {
                rows: batch,
                left: pass.dz.read(at * wide, batch * wide),
                right: pass.inputs.u,
                n: wide,
                columns: self.units.clone(),
                stride: shape.units,
                mask: pass.inputs.mask.map(|mask| &mask[at..at + batch]),
                to: pass.dh,
            }
            .run::<S>();
        }
    }

    /// The gradients of the weights.
    #[inline(always)]
    unsafe fn weights<S: Sixteen>(&self) {
        let (pass, shape) = (self.pass, self.pass.lstm.shape);
        let (units, inputs) = (shape.units, pass.lstm.inputs);
        let (rows, wide) = (shape.steps * shape.batch, 4 * units);
        let columns = pass.lstm.columns(&self.units);
        // SAFETY: the gates' gradients are complete; the columns are this member's.
        unsafe {
            let dz = pass.dz.read(0, rows * wide);
            let terms = |left, step| Terms { left, row: 1, step, right: dz, n: rows };
            let hidden = shape.befores(pass.hidden);
            let bias = Terms { row: 0, ..terms(&[1.0], 0) };
            let all = [
                (units, terms(hidden, units), pass.du),
                (inputs, terms(pass.given, inputs), pass.dw),
                (usize::from(inputs > 0), bias, pass.dbias),
            ];
            for (rows, terms, to) in all {
                for (first, end) in columns.pieces() {
                    let (columns, start) = (*first..*end, Start::Zero);
                    let terms = [terms, Terms::NONE];
                    Sums { rows, columns, width: wide, start, terms, to }.run::<S>();
                }
            }
        }
    }

    /// The gradients of the inputs.
    #[inline(always)]
    unsafe fn inputs<S: Sixteen>(&self) {
        let (pass, shape) = (self.pass, self.pass.lstm.shape);
        let (rows, wide) = (shape.steps * shape.batch, 4 * shape.units);
        let Some(to) = pass.dx else { return };
        // SAFETY: the gates' gradients are complete; the columns are this member's.
        unsafe {
            Dots {
                rows,
                left: pass.dz.read(0, rows * wide),
                right: pass.inputs.w,
                n: wide,
                columns: self.member.share(pass.lstm.inputs),
                stride: pass.lstm.inputs,
                mask: None,
                to,
            }
            .run::<S>();
        }
    }
}

impl Pass<'_> {
    /// The gradients of the gates of `n` units of a row.
    #[inline(always)]
    unsafe fn cell<S: Sixteen, const PART: bool>(
        &self,
        time: usize,
        row: usize,
        unit: usize,
        n: usize,
    ) {
        let shape = self.lstm.shape;
        let at = time * shape.batch + row;
        let gates = at * 4 * shape.units;
        let place = self.lstm.gates.map(|block| gates + block * shape.units + unit);
        let state = row * shape.units + unit;
        let slot = |slot: usize| slot * shape.state_len() + state;
        let before = slot(shape.before(time));
        let after = slot(time + usize::from(!shape.reverse));
        // SAFETY: the units are this member's alone.
        unsafe {
            if !live(self.inputs.mask, at) {
                for at in place {
                    store::<S, PART>(S::splat(0.0), self.dz.write(at, n));
                }
                return;
            }
            let mut seen = [0.0; 4 * PANEL];
            for gate in 0..4 {
                let from = &self.gates[place[gate]..][..n];
                load::<S, PART>(from).store(panel(&mut seen, gate));
            }
            let [mut c, mut c_next] = [[0.0; PANEL]; 2];
            load::<S, PART>(&self.cell[before..][..n]).store(&mut c);
            load::<S, PART>(&self.cell[after..][..n]).store(&mut c_next);
            let [mut dh, mut dc] = [[0.0; PANEL]; 2];
            let mut sum: S = load::<S, PART>(self.dh.read(state, n));
            if let Some(dy) = self.seeds.dy {
                sum = sum.plus(load::<S, PART>(&dy[at * shape.units + unit..][..n]));
            }
            sum.store(&mut dh);
            load::<S, PART>(self.dc.read(state, n)).store(&mut dc);
            let mut dz = step_back(&seen, &c, &c_next, &dh, &mut dc);
            store::<S, PART>(S::load(&dc), self.dc.write(state, n));
            for gate in 0..4 {
                let numbers = S::load(panel(&mut dz, gate));
                store::<S, PART>(numbers, self.dz.write(place[gate], n));
            }
        }
    }
}
