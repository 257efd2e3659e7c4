//! The way back through a layer, whatever its cell: gradients of its outputs in,
//! gradients of all that it read out.
#![allow(unsafe_code)]

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::columns::Columns;
use super::forward::Pass;
use super::frame::Frame;
use super::given::Given;
use super::gradients::Gradients;
use super::products::{Matrix, Product, Sink, Terms};
use super::tape::{Back, LayerTape};
use super::{Cell, PANEL};
use crate::buffer::Parts;
use crate::simd::Level;
use crate::symbol::Features;
use crate::team::{Member, Team};

/// The gradients that come in; one that is not given is zero.
pub(super) struct Seeds<'a> {
    /// Of y, `[T, B, H]`.
    pub(super) dy: Option<&'a [f32]>,
    /// Of each last state, `[B, H]`.
    pub(super) last: &'a [Option<&'a [f32]>],
}

/// The gradients that go out; each is written, not added to.
pub(super) struct Results<'a> {
    /// Of x, `[T, B, I]`, if it is needed.
    pub(super) dx: Option<Parts<'a>>,
    /// Of each first state, `[B, H]`.
    pub(super) states: Vec<Parts<'a>>,
    /// Of the matrix of each source.
    pub(super) matrices: Vec<Parts<'a>>,
    /// Of each vector that is given.
    pub(super) biases: Vec<Option<Parts<'a>>>,
}

/// Runs a layer backwards, after `forward` with the same arguments; false if
/// `interrupt` was set.
pub(super) fn backward(
    cell: &dyn Cell,
    given: &Given<'_>,
    tape: &mut LayerTape,
    seeds: &Seeds<'_>,
    results: Results<'_>,
    team: Option<&Team>,
    interrupt: Option<&AtomicBool>,
) -> bool {
    given.check(&tape.frame);
    assert!(tape.training, "the tape was made for training");
    let looked_up = matches!(tape.frame.features(), Features::Symbol(_));
    assert!(!looked_up || results.dx.is_none(), "symbols have no gradient");
    let mut back = std::mem::take(&mut tape.back);
    let (chunk, chunks) = (tape.chunk, tape.chunks);
    let Back { transposed, sums, left, states, weights, bias, room } = &mut back;
    let steps = Pass::new(cell, given, tape);
    let pass = BackPass {
        frame: steps.frame,
        given,
        seeds,
        level: steps.level,
        chunk,
        chunks,
        states: steps.states.clone(),
        passed: states.iter_mut().map(|state| Parts::new(state)).collect(),
        transposed: transposed.iter_mut().map(|matrix| Parts::new(matrix)).collect(),
        dz: Parts::new(sums),
        left: Parts::new(left),
        weights: Parts::new(weights),
        bias: Parts::new(bias),
        room: Parts::new(room),
        results,
        stop_at: AtomicUsize::new(usize::MAX),
        steps,
    };
    Team::run(team, pass.frame.shape.batch, |member| {
        // SAFETY: members write disjoint parts, and meet where one reads what another
        // wrote.
        unsafe { pass.run(member, interrupt) }
    });
    let done = pass.stop_at.load(Ordering::Relaxed) == usize::MAX;
    drop(pass);
    tape.back = back;
    done
}

/// One pass, as all members see it.
pub(super) struct BackPass<'a> {
    pub(super) frame: &'a Frame,
    pub(super) given: &'a Given<'a>,
    pub(super) seeds: &'a Seeds<'a>,
    pub(super) level: Level,
    /// Steps of a chunk, and how many chunks are kept.
    pub(super) chunk: usize,
    chunks: usize,
    /// The way forward: it knows where what it kept lies.
    pub(super) steps: Pass<'a>,
    pub(super) states: Vec<Parts<'a>>,
    /// What of the gradients of each state does not come through a product.
    pub(super) passed: Vec<Parts<'a>>,
    transposed: Vec<Parts<'a>>,
    dz: Parts<'a>,
    left: Parts<'a>,
    pub(super) weights: Parts<'a>,
    pub(super) bias: Parts<'a>,
    pub(super) room: Parts<'a>,
    pub(super) results: Results<'a>,
    /// The chunk after which all members stop, if the pass was interrupted.
    stop_at: AtomicUsize,
}

/// What is unsafe here asks that the rows and panels it is given are the member's alone.
impl BackPass<'_> {
    /// One member's part of it.
    ///
    /// # Safety
    /// Members must have the shares of one team.
    unsafe fn run(&self, member: Member<'_>, interrupt: Option<&AtomicBool>) {
        let shape = self.frame.shape;
        let rows = member.share(shape.batch);
        let panels = member.share(self.frame.panels());
        // SAFETY: rows, groups and panels of members are disjoint.
        unsafe {
            self.pack(member);
            rows.clone().for_each(|row| self.start(row));
            member.meet();
            for step in (0..shape.steps).rev() {
                self.steps.cell.back(self, step, &rows);
                if step % self.chunk != 0 {
                    continue;
                }
                let gradients = Gradients { pass: self, step, rows: &rows };
                gradients.keep_rows(self.left(step));
                let number = step / self.chunk;
                let stop = interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed));
                if stop && member.is_first() {
                    self.stop_at.store(number, Ordering::Relaxed);
                }
                member.meet();
                if self.stop_at.load(Ordering::Relaxed) == number {
                    return;
                }
                if let Some(dx) = self.results.dx {
                    let end = (step + self.chunk).min(shape.steps);
                    (step..end).rev().for_each(|step| self.inputs(step, dx, &rows));
                }
                for p in panels.clone() {
                    gradients.panel(p, self.terms(step).dz, self.left(step));
                }
            }
            self.first_states(&rows);
            panels.for_each(|p| Gradients::finish(self, p));
        }
    }

    /// Packs this member's groups of the transposed weights.
    unsafe fn pack(&self, member: Member<'_>) {
        let (frame, across) = (self.frame, self.level.across());
        let sources = frame.sources.iter().enumerate();
        for (of, source) in sources.filter(|(_, source)| !source.looked_up) {
            let columns = Columns::new(source.len, across);
            let depth = frame.transposed(source);
            for group in member.share(columns.groups()) {
                let start = columns.start(group, depth);
                let len = columns.across(group) * 16 * depth;
                // SAFETY: the group is this member's alone.
                let to = unsafe { self.transposed[of].write(start, len) };
                let end = ((group + 1) * across).min(source.len.div_ceil(16));
                for unit in group * across..end {
                    let matrix = self.given.matrices[of];
                    frame.pack_transposed(source, matrix, unit, to, (columns, start));
                }
            }
        }
    }

    /// The gradients of the last states.
    unsafe fn start(&self, row: usize) {
        let (frame, units) = (self.frame, self.frame.shape.units);
        for (passed, last) in self.passed.iter().zip(self.seeds.last) {
            for p in 0..frame.panels() {
                let at = (p * frame.shape.batch + row) * PANEL;
                // SAFETY: the row is this member's alone.
                let to = unsafe { passed.write(at, PANEL) };
                to.fill(0.0);
                if let Some(last) = last {
                    let from = &last[row * units + p * PANEL..][..frame.width(p)];
                    to[..from.len()].copy_from_slice(from);
                }
            }
        }
    }

    /// The gradients of one step's inputs.
    unsafe fn inputs(&self, step: usize, dx: Parts<'_>, rows: &Range<usize>) {
        let (shape, width) = (self.frame.shape, self.frame.features().width());
        let to_row = shape.time(step) * shape.batch;
        let sink = Matrix { to_row, ..Matrix::whole(dx, width) };
        // SAFETY: the rows are this member's alone.
        unsafe { self.products(0, Some(step), rows, sink) };
    }

    /// The gradients of the first states.
    unsafe fn first_states(&self, rows: &Range<usize>) {
        let (frame, units) = (self.frame, self.frame.shape.units);
        let step = (frame.shape.steps > 0).then_some(0);
        for (s, (to, passed)) in self.results.states.iter().zip(&self.passed).enumerate()
        {
            let mut sources =
                (0..frame.sources.len()).filter(|of| frame.sources[*of].state == Some(s));
            let first = sources.next();
            // SAFETY: the rows are this member's alone.
            unsafe {
                if let Some(of) = first {
                    self.products(of, step, rows, Matrix::whole(*to, units));
                }
                for of in sources {
                    self.add_products(of, step, rows, *to);
                }
                for row in rows.clone() {
                    let to = to.write(row * units, units);
                    for (p, to) in to.chunks_mut(PANEL).enumerate() {
                        let at = (p * frame.shape.batch + row) * PANEL;
                        let passed = passed.read(at, to.len());
                        match first {
                            Some(_) => {
                                to.iter_mut().zip(passed).for_each(|(a, b)| *a += b)
                            }
                            None => to.copy_from_slice(passed),
                        }
                    }
                }
            }
        }
    }

    /// Adds what comes through one more matrix of a state: once in a pass, and in cells
    /// that multiply it with several.
    unsafe fn add_products(
        &self,
        of: usize,
        step: Option<usize>,
        rows: &Range<usize>,
        to: Parts<'_>,
    ) {
        let units = self.frame.shape.units;
        let mut more = vec![0.0; self.frame.shape.batch * units];
        // SAFETY: the rows are this member's alone.
        unsafe {
            self.products(of, step, rows, Matrix::whole(Parts::new(&mut more), units));
            let to = to.write(rows.start * units, rows.len() * units);
            let more = &more[rows.start * units..][..to.len()];
            to.iter_mut().zip(more).for_each(|(sum, term)| *sum += term);
        }
    }

    /// The sums' gradients of a step times the whole matrix of a source; of no step, and
    /// the product is 0.
    unsafe fn products(
        &self,
        of: usize,
        step: Option<usize>,
        rows: &Range<usize>,
        sink: Matrix<'_>,
    ) {
        let columns = Columns::new(self.frame.sources[of].len, self.level.across());
        for group in 0..columns.groups() {
            // SAFETY: the rows are this member's alone.
            unsafe { self.level.run(self.product(of, step, rows.clone(), group, sink)) };
        }
    }

    /// The sums' gradients of a step times a group of the transposed matrix of a source.
    ///
    /// # Safety
    /// The rows of that step must be the caller's alone, and the matrices packed.
    pub(super) unsafe fn product<K: Sink>(
        &self,
        of: usize,
        step: Option<usize>,
        rows: Range<usize>,
        group: usize,
        sink: K,
    ) -> Product<'_, K> {
        let source = &self.frame.sources[of];
        let columns = Columns::new(source.len, self.level.across());
        let depth = self.frame.transposed(source);
        let across = columns.across(group);
        let next = if group + 1 < columns.groups() { group + 1 } else { 0 };
        let read = |group: usize| {
            let len = columns.across(group) * 16 * depth;
            // SAFETY: weights were written before the members met.
            unsafe { self.transposed[of].read(columns.start(group, depth), len) }
        };
        Product {
            frame: self.frame,
            source,
            terms: step.map(|step| self.terms(step)),
            rows,
            later: 0,
            right: read(group),
            next: read(next),
            unit: group * self.level.across(),
            across,
            sink,
        }
    }

    /// Where the sums' gradients of a step are. Slots are in the order of computation;
    /// a chunk ends with its last slot, and one that is short begins later.
    pub(super) fn terms(&self, step: usize) -> Terms<'_> {
        let columns = self.frame.panels() * self.frame.sums.len() * PANEL;
        let rows = self.chunk * self.frame.shape.batch;
        let kept = step / self.chunk % self.chunks;
        Terms {
            dz: self.dz.part(kept * rows * columns, rows * columns),
            rows,
            first: self.slot(step) * self.frame.shape.batch,
        }
    }

    pub(super) fn slot(&self, step: usize) -> usize {
        self.chunk - 1 - step % self.chunk
    }

    /// The factors on the left of the chunk of a step.
    fn left(&self, step: usize) -> Parts<'_> {
        let len = self.chunk * self.frame.shape.batch * self.frame.depth();
        self.left.part(step / self.chunk % self.chunks * len, len)
    }
}
