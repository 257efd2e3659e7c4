//! The way forward through a layer, whatever its cell: inputs, weights and first states
//! in, outputs and last states out.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};

use super::frame::Frame;
use super::given::Given;
use super::pack::copy;
use super::tape::LayerTape;
use super::{Cell, PANEL};
use crate::buffer::Parts;
use crate::simd::Level;
use crate::team::{Member, Team};

/// Weights of more bytes than this do not stay near the processor from step to step,
/// and are fetched ahead: half of the usual second cache.
const NEAR: usize = 512 << 10;

/// What a pass writes; all of it is written.
pub(super) struct Results<'a> {
    /// `[T, B, H]`, in time order.
    pub(super) y: &'a mut [f32],
    /// `[B, H]` each.
    pub(super) last: Vec<&'a mut [f32]>,
}

/// Runs a layer; false if `interrupt` was set.
pub(super) fn forward(
    cell: &dyn Cell,
    given: &Given<'_>,
    tape: &mut LayerTape,
    results: Results<'_>,
    team: Option<&Team>,
    interrupt: Option<&AtomicBool>,
) -> bool {
    given.check(&tape.frame);
    let stopped = AtomicBool::new(false);
    let last: Vec<Parts<'_>> = results.last.into_iter().map(Parts::new).collect();
    let pass = Pass { y: Some(Parts::new(results.y)), ..Pass::new(cell, given, tape) };
    Team::run(team, pass.frame.shape.batch, |member| {
        // SAFETY: members write disjoint panels, meet, then write disjoint rows.
        let done = unsafe { pass.run(member, &last, interrupt) };
        if !done {
            stopped.store(true, Ordering::Relaxed);
        }
    });
    !stopped.into_inner()
}

/// One pass, as all members see it.
pub(super) struct Pass<'a> {
    pub(super) frame: &'a Frame,
    pub(super) cell: &'a dyn Cell,
    pub(super) given: &'a Given<'a>,
    pub(super) level: Level,
    /// Whether the cell keeps what the way back needs.
    pub(super) training: bool,
    pub(super) weights: Parts<'a>,
    pub(super) bias: Parts<'a>,
    pub(super) states: Vec<Parts<'a>>,
    pub(super) kept: Parts<'a>,
    pub(super) room: Parts<'a>,
    /// None on the way back, which looks at what was kept.
    pub(super) y: Option<Parts<'a>>,
}

/// What is unsafe here asks that the rows and panels it is given are the member's alone.
impl<'a> Pass<'a> {
    /// A pass that gives nothing out.
    pub(super) fn new(
        cell: &'a dyn Cell,
        given: &'a Given<'a>,
        tape: &'a mut LayerTape,
    ) -> Pass<'a> {
        Pass {
            frame: &tape.frame,
            cell,
            given,
            level: tape.level,
            training: tape.training,
            weights: Parts::new(&mut tape.weights),
            bias: Parts::new(&mut tape.bias),
            states: tape.states.iter_mut().map(|state| Parts::new(state)).collect(),
            kept: Parts::new(&mut tape.kept),
            room: Parts::new(&mut tape.room),
            y: None,
        }
    }

    /// Which of the states that are kept are those before a step.
    #[inline(always)]
    pub(super) fn slot(&self, step: usize) -> usize {
        if self.training { step } else { step % 2 }
    }

    /// The weights that are read after those of panel `p`, if they are to be fetched;
    /// without rows that are looked up.
    ///
    /// # Safety
    /// The weights must be packed.
    #[inline(always)]
    pub(super) unsafe fn next(&self, p: usize) -> Option<&[f32]> {
        let (panels, size) = (self.frame.panels(), self.frame.weights());
        let far = panels * size * size_of::<f32>() > NEAR;
        // SAFETY: nobody writes weights that are packed.
        let next = || unsafe { self.weights.read((p + 1) % panels * size, size) };
        far.then(|| &next()[self.frame.table()..])
    }

    /// One member's part of it.
    ///
    /// # Safety
    /// Members must have the shares of one team.
    unsafe fn run(
        &self,
        member: Member<'_>,
        last: &[Parts<'_>],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let shape = self.frame.shape;
        // SAFETY: panels and, after the meeting, rows of members are disjoint.
        unsafe {
            member.share(self.frame.panels()).for_each(|p| self.pack(p));
            member.meet();
            let rows = member.share(shape.batch);
            if rows.is_empty() {
                return true;
            }
            rows.clone().for_each(|row| self.start(row));
            for step in 0..shape.steps {
                if interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                    return false;
                }
                for p in 0..self.frame.panels() {
                    self.cell.panel(self, step, p, &rows);
                }
            }
            rows.for_each(|row| self.finish(row, last));
        }
        true
    }

    unsafe fn pack(&self, p: usize) {
        let frame = self.frame;
        let (size, width) = (frame.weights(), frame.width(p));
        let sums = frame.sums.len();
        // SAFETY: the panel is this member's alone.
        unsafe {
            let to = self.weights.write(p * size, size);
            frame.pack_panel(self.given.matrices, p, to);
            let to = self.bias.write(p * sums * PANEL, sums * PANEL);
            for (sum, to) in frame.sums.iter().zip(to.chunks_exact_mut(PANEL)) {
                let mut first = true;
                for bias in &sum.biases {
                    let from = self.given.biases[bias.of];
                    if from.is_empty() {
                        continue;
                    }
                    let from = &from[bias.block * frame.shape.units + p * PANEL..];
                    if first {
                        copy(&from[..width], &mut to[..width]);
                    } else {
                        to.iter_mut().zip(&from[..width]).for_each(|(to, b)| *to += b);
                    }
                    first = false;
                }
            }
        }
    }

    unsafe fn start(&self, row: usize) {
        let units = self.frame.shape.units;
        for (s, state) in self.states.iter().enumerate() {
            for p in 0..self.frame.panels() {
                let from = &self.given.states[s][row * units + p * PANEL..];
                let width = self.frame.width(p);
                // SAFETY: the row is this member's alone.
                let to = unsafe { state.write(self.frame.state(s, 0, p, row), width) };
                to.copy_from_slice(&from[..width]);
            }
        }
    }

    unsafe fn finish(&self, row: usize, last: &[Parts<'_>]) {
        let units = self.frame.shape.units;
        let slot = self.slot(self.frame.shape.steps);
        for (s, (state, last)) in self.states.iter().zip(last).enumerate() {
            for p in 0..self.frame.panels() {
                let width = self.frame.width(p);
                // SAFETY: the row is this member's alone.
                unsafe {
                    let from = state.read(self.frame.state(s, slot, p, row), width);
                    let to = last.write(row * units + p * PANEL, width);
                    to.copy_from_slice(from);
                }
            }
        }
    }
}
