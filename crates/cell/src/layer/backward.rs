//! The way back through a layer: gradients of its outputs in, gradients of all that it
//! read out.
#![allow(unsafe_code)]

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::columns::Columns;
use super::gradients::Gradients;
use super::products::{Cells, Product, Sink, Terms};
use super::{GATES, LayerTape, LstmLayer, PANEL};
use crate::buffer::Parts;
use crate::operands::{LayerGradients, LayerInputs, LayerSeeds};
use crate::simd::Level;
use crate::team::{Member, Team};

impl LstmLayer {
    /// Runs the layer backwards, after `forward` with the same inputs and tape; false
    /// if `interrupt` was set, and the results are then unfinished. The bits do not
    /// depend on the team.
    ///
    /// # Panics
    /// If a slice has not the length of its shape, or the tape is not for training.
    pub fn backward(
        &self,
        inputs: &LayerInputs<'_>,
        tape: &mut LayerTape,
        seeds: &LayerSeeds<'_>,
        gradients: LayerGradients<'_>,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        self.check(inputs);
        assert!(tape.training, "the tape was made for training");
        let back = &mut tape.back;
        let pass = BackPass {
            layer: self,
            inputs,
            seeds,
            level: tape.level,
            chunk: tape.chunk,
            chunks: tape.chunks,
            hidden: Parts::new(&mut tape.hidden),
            cells: Cells {
                layer: self,
                cell: Parts::new(&mut tape.cell),
                gates: Parts::new(&mut tape.gates),
                dc: Parts::new(&mut back.cell),
                pass: Parts::new(&mut back.pass),
                mask: inputs.mask,
                dy: seeds.dy,
            },
            w: Parts::new(&mut back.w),
            u: Parts::new(&mut back.u),
            dz: Parts::new(&mut back.gates),
            left: Parts::new(&mut back.left),
            weights: Parts::new(&mut back.weights),
            bias: Parts::new(&mut back.bias),
            dx: gradients.dx.map(Parts::new),
            dh0: Parts::new(gradients.dh0),
            dc0: Parts::new(gradients.dc0),
            results: [gradients.dw, gradients.du, gradients.dbias].map(Parts::new),
            stop_at: AtomicUsize::new(usize::MAX),
        };
        Team::run(team, self.members(), |member| {
            // SAFETY: members write disjoint parts, and meet where one reads what
            // another wrote.
            unsafe { pass.run(member, interrupt) }
        });
        pass.stop_at.into_inner() == usize::MAX
    }
}

/// One pass, as all members see it.
pub(super) struct BackPass<'a> {
    pub(super) layer: &'a LstmLayer,
    pub(super) inputs: &'a LayerInputs<'a>,
    seeds: &'a LayerSeeds<'a>,
    pub(super) level: Level,
    /// Steps of a chunk, and how many chunks are kept.
    pub(super) chunk: usize,
    chunks: usize,
    pub(super) hidden: Parts<'a>,
    cells: Cells<'a>,
    w: Parts<'a>,
    u: Parts<'a>,
    dz: Parts<'a>,
    left: Parts<'a>,
    pub(super) weights: Parts<'a>,
    pub(super) bias: Parts<'a>,
    dx: Option<Parts<'a>>,
    dh0: Parts<'a>,
    dc0: Parts<'a>,
    /// The gradients of w, u and the bias.
    pub(super) results: [Parts<'a>; 3],
    /// The chunk after which all members stop, if the pass was interrupted.
    stop_at: AtomicUsize,
}

impl BackPass<'_> {
    /// One member's part of it.
    ///
    /// # Safety
    /// Members must have the shares of one team.
    unsafe fn run(&self, member: Member<'_>, interrupt: Option<&AtomicBool>) {
        let layer = self.layer;
        let rows = member.share(layer.shape.batch);
        // SAFETY: rows, groups and panels of members are disjoint.
        unsafe {
            self.pack(member);
            rows.clone().for_each(|row| self.start(row));
            member.meet();
            for step in (0..layer.shape.steps).rev() {
                self.cells(step, &rows);
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
                if let Some(dx) = self.dx {
                    let end = (step + self.chunk).min(layer.shape.steps);
                    (step..end).rev().for_each(|step| self.inputs(step, dx, &rows));
                }
                for p in member.share(layer.panels()) {
                    gradients.panel(p, self.terms(step).dz, self.left(step));
                }
            }
            self.first_states(&rows);
            member.share(layer.panels()).for_each(|p| Gradients::finish(self, p));
        }
    }

    /// Packs this member's groups of the transposed weights.
    unsafe fn pack(&self, member: Member<'_>) {
        let (layer, depth) = (self.layer, self.layer.panels() * GATES);
        let inputs = self.inputs;
        let both =
            [(inputs.u, self.u, layer.shape.units), (inputs.w, self.w, layer.inputs)];
        for (matrix, packed, n) in both {
            let columns = Columns::new(n, self.level.across());
            for group in member.share(columns.groups()) {
                let start = columns.start(group, depth);
                let len = columns.across(group) * 16 * depth;
                // SAFETY: the group is this member's alone.
                let to = unsafe { packed.write(start, len) };
                let across = self.level.across();
                let units = group * across..((group + 1) * across).min(n.div_ceil(16));
                for unit in units {
                    layer.pack_transposed(matrix, unit, to, (columns, start));
                }
            }
        }
    }

    /// The gradients of the last states.
    unsafe fn start(&self, row: usize) {
        let (layer, units) = (self.layer, self.layer.shape.units);
        for p in 0..layer.panels() {
            let at = (p * layer.shape.batch + row) * PANEL;
            let (from, width) = (row * units + p * PANEL, layer.width(p));
            let both = [
                (self.cells.pass, self.seeds.dh_last),
                (self.cells.dc, self.seeds.dc_last),
            ];
            for (states, last) in both {
                // SAFETY: the row is this member's alone.
                let to = unsafe { states.write(at, PANEL) };
                to.fill(0.0);
                if let Some(last) = last {
                    to[..width].copy_from_slice(&last[from..from + width]);
                }
            }
        }
    }

    /// The gradients of the gates of one step.
    unsafe fn cells(&self, step: usize, rows: &Range<usize>) {
        let layer = self.layer;
        let first = step + 1 == layer.shape.steps;
        let columns = Columns::new(layer.shape.units, self.level.across());
        for group in 0..columns.groups() {
            let sink = Sink::Cells {
                cells: &self.cells,
                step,
                to: self.terms(step),
                carried: first || self.inputs.mask.is_some(),
            };
            // SAFETY: the rows are this member's alone.
            unsafe {
                self.product(step + 1, rows, (self.u, columns), group, sink, first)
            };
        }
    }

    /// The gradients of one step's inputs.
    unsafe fn inputs(&self, step: usize, dx: Parts<'_>, rows: &Range<usize>) {
        let layer = self.layer;
        let columns = Columns::new(layer.inputs, self.level.across());
        let time = layer.shape.time(step) * layer.shape.batch;
        for group in 0..columns.groups() {
            let sink = Sink::Matrix { to: dx, first: time, width: layer.inputs };
            // SAFETY: the rows are this member's alone.
            unsafe { self.product(step, rows, (self.w, columns), group, sink, false) };
        }
    }

    /// The gradients of the first states.
    unsafe fn first_states(&self, rows: &Range<usize>) {
        let (layer, units) = (self.layer, self.layer.shape.units);
        let columns = Columns::new(units, self.level.across());
        let none = layer.shape.steps == 0;
        // SAFETY: the rows are this member's alone.
        unsafe {
            for group in 0..columns.groups() {
                let sink = Sink::Matrix { to: self.dh0, first: 0, width: units };
                self.product(0, rows, (self.u, columns), group, sink, none);
            }
            for row in rows.clone() {
                let dh = self.dh0.write(row * units, units);
                let dc = self.dc0.write(row * units, units);
                for p in 0..layer.panels() {
                    let at = (p * layer.shape.batch + row) * PANEL;
                    let pass = self.cells.pass.read(at, PANEL);
                    let dh = dh[p * PANEL..].iter_mut().zip(pass);
                    dh.for_each(|(dh, pass)| *dh += pass);
                    let kept = self.cells.dc.read(at, layer.width(p));
                    dc[p * PANEL..][..kept.len()].copy_from_slice(kept);
                }
            }
        }
    }

    /// The gates' gradients of a step times a group of transposed weights; of no step
    /// if `none`, and the product is then 0.
    unsafe fn product(
        &self,
        step: usize,
        rows: &Range<usize>,
        (right, columns): (Parts<'_>, Columns),
        group: usize,
        sink: Sink<'_>,
        none: bool,
    ) {
        let depth = self.layer.panels() * GATES;
        let across = columns.across(group);
        let start = columns.start(group, depth);
        let next = if group + 1 < columns.groups() { group + 1 } else { 0 };
        let next = (columns.start(next, depth), columns.across(next) * 16 * depth);
        // SAFETY: weights were written before the members met, and rows are disjoint.
        unsafe {
            self.level.run(Product {
                terms: (!none).then(|| self.terms(step)),
                rows: rows.clone(),
                right: right.read(start, across * 16 * depth),
                next: right.read(next.0, next.1),
                unit: group * self.level.across(),
                across,
                sink,
            });
        }
    }

    /// Where the gates' gradients of a step are. Slots are in the order of computation;
    /// a chunk ends with its last slot, and one that is short begins later.
    pub(super) fn terms(&self, step: usize) -> Terms<'_> {
        let columns = self.layer.panels() * GATES;
        let rows = self.chunk * self.layer.shape.batch;
        let kept = step / self.chunk % self.chunks;
        Terms {
            dz: self.dz.part(kept * rows * columns, rows * columns),
            columns: Columns::new(columns, self.level.across()),
            rows,
            first: self.slot(step) * self.layer.shape.batch,
        }
    }

    pub(super) fn slot(&self, step: usize) -> usize {
        self.chunk - 1 - step % self.chunk
    }

    /// The inputs and hidden states of the chunk of a step.
    fn left(&self, step: usize) -> Parts<'_> {
        let len = self.chunk * self.layer.shape.batch * self.layer.depth();
        self.left.part(step / self.chunk % self.chunks * len, len)
    }
}
