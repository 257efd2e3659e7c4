//! The layer of any cell: a program's products become sums, as an LSTM's are, and what
//! is left of it is interpreted on the sums of a few rows at a time.
#![allow(unsafe_code)]

mod back;
mod strip;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::backward::{BackPass, Results as Gradients, Seeds, backward};
use super::cell::Cell;
use super::forward::{Pass, Results, forward};
use super::frame::{Frame, Source};
use super::given::Given;
use super::tape::LayerTape;
use crate::ScanShape;
use crate::buffer::Parts;
use crate::code::ProgramCell;
use crate::program::Program;
use crate::simd::Level;
use crate::symbol::Features;
use crate::team::Team;

/// A program with its projection, as a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramLayer {
    shape: ScanShape,
    inputs: Features,
    cell: Arc<ProgramCell>,
}

/// What a program's layer reads.
#[derive(Debug, Clone, Copy)]
pub struct ProgramInputs<'a> {
    /// `[T, B, I]`, or `[T, B]` of symbols, of which one that names nothing adds
    /// nothing.
    pub x: &'a [f32],
    /// `[T, B]` of 1 and 0; none means that all rows take part in all steps.
    pub mask: Option<&'a [f32]>,
    /// The first states, `[B, H]` each.
    pub states: &'a [&'a [f32]],
    /// The matrix of the inputs, `[I, inputs * H]`; a row for each symbol.
    pub w: &'a [f32],
    /// The bias of the projection, `[inputs * H]`; none is zero.
    pub bias: Option<&'a [f32]>,
    /// The program's vectors, `[H]` each.
    pub vectors: &'a [&'a [f32]],
    /// The program's matrices, `[H, blocks * H]` each.
    pub matrices: &'a [&'a [f32]],
}

/// What a program's layer gives; all of it is written.
#[derive(Debug)]
pub struct ProgramOutputs<'a> {
    /// `[T, B, H]`, in time order.
    pub y: &'a mut [f32],
    /// The last states, `[B, H]` each.
    pub last: &'a mut [Vec<f32>],
}

/// The gradients that come in; one that is not given is zero.
#[derive(Debug, Clone, Copy)]
pub struct ProgramSeeds<'a> {
    /// Of y, `[T, B, H]`.
    pub dy: Option<&'a [f32]>,
    /// Of each last state, `[B, H]`.
    pub dlast: &'a [Option<&'a [f32]>],
}

/// The gradients that go out; each is written, not added to.
#[derive(Debug)]
pub struct ProgramGradients<'a> {
    /// Of x, `[T, B, I]`, if it is needed; symbols have none.
    pub dx: Option<&'a mut [f32]>,
    /// Of the first states, `[B, H]` each.
    pub dstates: &'a mut [Vec<f32>],
    /// Of w, `[I, inputs * H]`.
    pub dw: &'a mut [f32],
    /// Of the bias, `[inputs * H]`, if it is needed.
    pub dbias: Option<&'a mut [f32]>,
    /// Of the vectors, `[H]` each.
    pub dvectors: &'a mut [&'a mut [f32]],
    /// Of the matrices, `[H, blocks * H]` each.
    pub dmatrices: &'a mut [Vec<f32>],
}

impl ProgramLayer {
    /// The layer of a program, or `None` for one that needs whole rows in the middle of
    /// a step: a sum or a maximum over the units (softmax and norm are made of these),
    /// or a product with what is neither a state nor a product of two states, such as a
    /// state that is reset before. A matrix that multiplies two states is not taken,
    /// either.
    pub fn new(program: &Program, shape: ScanShape, inputs: Features) -> Option<Self> {
        let cell = Arc::new(ProgramCell::new(program)?);
        Some(ProgramLayer { shape, inputs, cell })
    }

    /// A tape for this layer; one that is not for `training` is much smaller.
    pub fn tape(&self, training: bool) -> LayerTape {
        self.tape_at(Level::best(), training)
    }

    fn tape_at(&self, level: Level, training: bool) -> LayerTape {
        LayerTape::of(level, self.frame(level), training)
    }

    /// How many bytes a tape takes.
    pub fn tape_bytes(&self, training: bool) -> usize {
        let level = Level::best();
        LayerTape::bytes_of(level, &self.frame(level), training)
    }

    /// How many steps the way back takes together.
    pub fn chunk(&self) -> usize {
        self.frame(Level::best()).chunks().0
    }

    /// The same layer over so many steps.
    #[must_use]
    pub fn of_steps(&self, steps: usize) -> ProgramLayer {
        ProgramLayer { shape: ScanShape { steps, ..self.shape }, ..self.clone() }
    }

    /// Runs the layer; false if `interrupt` was set, and the results are then
    /// unfinished. The bits do not depend on the team.
    ///
    /// # Panics
    /// If a slice has not the length of its shape, or the tape is another layer's.
    pub fn forward(
        &self,
        inputs: &ProgramInputs<'_>,
        tape: &mut LayerTape,
        outputs: ProgramOutputs<'_>,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        tape.take_on(self.shape);
        self.check(tape);
        let cell = &*self.cell;
        let mut pairs = cell.pair_values(inputs.states);
        let made = pairs.clone();
        let last = outputs.last.iter_mut().chain(&mut pairs);
        let last = last.map(Vec::as_mut_slice).collect();
        let results = Results { y: outputs.y, last };
        let run =
            |given: &Given<'_>| forward(cell, given, tape, results, team, interrupt);
        inputs.given(&made, run)
    }

    /// Runs the layer backwards, after `forward` with the same inputs and tape; false
    /// if `interrupt` was set, and the results are then unfinished. The bits do not
    /// depend on the team.
    ///
    /// # Panics
    /// If a slice has not the length of its shape, or the tape is not for training.
    pub fn backward(
        &self,
        inputs: &ProgramInputs<'_>,
        tape: &mut LayerTape,
        seeds: &ProgramSeeds<'_>,
        gradients: ProgramGradients<'_>,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        self.check(tape);
        let ProgramGradients { dx, dstates, dw, dbias, dvectors, dmatrices } = gradients;
        // Of what no sum reads, the gradient is zero.
        let zero = |gradient: &mut [f32]| gradient.fill(0.0);
        zero(dw);
        dmatrices.iter_mut().for_each(|gradient| zero(gradient));
        dvectors.iter_mut().for_each(|gradient| zero(gradient));
        let mut biases = vec![dbias.map(|gradient| {
            zero(gradient);
            Parts::new(gradient)
        })];
        biases.extend(dvectors.iter_mut().map(|gradient| Some(Parts::new(gradient))));
        let mut matrices = vec![Parts::new(dw)];
        matrices.extend(dmatrices.iter_mut().map(|gradient| Parts::new(gradient)));
        let cell = &*self.cell;
        let made = cell.pair_values(inputs.states);
        let mut of_pairs = made.clone();
        let states = dstates.iter_mut().chain(&mut of_pairs);
        let results = Gradients {
            dx: dx.map(Parts::new),
            states: states.map(|state| Parts::new(state)).collect(),
            matrices,
            biases,
        };
        let mut last = seeds.dlast.to_vec();
        last.resize(cell.states, None);
        let seeds = Seeds { dy: seeds.dy, last: &last };
        let run = |given: &Given<'_>| {
            backward(cell, given, tape, &seeds, results, team, interrupt)
        };
        let done = inputs.given(&made, run);
        for (pair, gradient) in cell.pairs.iter().zip(&of_pairs) {
            pair.back(gradient, inputs.states, dstates);
        }
        done
    }

    /// The column block of the projection that the first value that was not a number
    /// came of, if any was among those that are kept; where nothing is, the only block.
    pub fn first_bad_block(&self, tape: &LayerTape) -> Option<usize> {
        let (panels, kept) = (tape.frame.panels(), self.cell.kept);
        if kept == 0 {
            let mut states = tape.states.iter().flat_map(|state| state.iter());
            let bad = self.cell.blocks[0] == 1 && states.any(|unit| unit.is_nan());
            return bad.then_some(0);
        }
        let bad = |(at, units): (usize, &[f32])| {
            let panel = at / (kept * self.shape.batch) % panels;
            let found = units[..tape.frame.width(panel)].iter().any(|unit| unit.is_nan());
            found.then_some(at / self.shape.batch % kept)
        };
        let at = tape.kept.chunks_exact(super::PANEL).enumerate().find_map(bad)?;
        self.cell.blame[at]
    }

    /// How many sums a step has: those of products with x and states, and learned vectors
    /// that are in none.
    pub fn sums(&self) -> usize {
        self.cell.sums.len()
    }

    /// How many operations a step takes on its sums.
    pub fn operations(&self) -> usize {
        self.cell.forward.steps.len()
    }

    fn check(&self, tape: &LayerTape) {
        let frame = &tape.frame;
        let sizes = frame.shape == self.shape && frame.features() == self.inputs;
        assert!(sizes && frame.sums == self.cell.sums, "the tape is this layer's");
    }

    fn frame(&self, level: Level) -> Frame {
        let cell = &self.cell;
        let mut sources = vec![Source::of_inputs(self.inputs, cell.blocks[0])];
        sources.extend(
            cell.sources.iter().zip(&cell.blocks[1..]).map(|(state, blocks)| {
                Source::of_state(*state, self.shape.units, *blocks)
            }),
        );
        let sums = cell.sums.clone();
        let frame = Frame::new(level, self.shape, sums, sources, cell.states);
        let products = cell.sources.len() * level.across();
        let places = [cell.forward.places, cell.back.places + products];
        let room = places.map(|places| places * super::PANEL);
        Frame { kept: cell.kept, room, ..frame }
    }
}

impl ProgramInputs<'_> {
    /// What drivers read; `made` are the states after those that are given.
    fn given<R>(&self, made: &[Vec<f32>], run: impl FnOnce(&Given<'_>) -> R) -> R {
        let made = made.iter().map(Vec::as_slice);
        let states: Vec<&[f32]> = self.states.iter().copied().chain(made).collect();
        let matrices: Vec<&[f32]> =
            [self.w].into_iter().chain(self.matrices.iter().copied()).collect();
        let biases: Vec<&[f32]> = [self.bias.unwrap_or_default()]
            .into_iter()
            .chain(self.vectors.iter().copied())
            .collect();
        run(&Given {
            x: self.x,
            mask: self.mask,
            states: &states,
            matrices: &matrices,
            biases: &biases,
        })
    }
}

impl ProgramCell {
    /// The first values of the states that are products of others.
    fn pair_values(&self, states: &[&[f32]]) -> Vec<Vec<f32>> {
        self.pairs.iter().map(|pair| pair.value(states)).collect()
    }
}

impl Cell for ProgramCell {
    unsafe fn panel(&self, pass: &Pass<'_>, step: usize, p: usize, rows: &Range<usize>) {
        let rows = rows.clone();
        pass.level.run(strip::Strip { pass, cell: self, step, p, rows });
    }

    unsafe fn back(&self, pass: &BackPass<'_>, step: usize, rows: &Range<usize>) {
        // SAFETY: as the caller promises.
        unsafe { back::back(self, pass, step, rows) };
    }
}

#[cfg(test)]
mod tests;
