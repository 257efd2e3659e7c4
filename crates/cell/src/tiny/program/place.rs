//! Where the caller's tensors lie in the arenas, and where a run's numbers do.

use super::super::TinyTensor;
use super::super::layer::{Body, Layer, Run};
use super::super::place::Place;
use super::{Coded, PANEL, Vector};
use crate::code::Units;

impl Coded {
    /// Where the numbers of a tensor of the layer lie, in its order: starts and lengths.
    /// The layer reads so many numbers, without padding.
    pub(in super::super) fn rows(
        &self,
        layer: &Layer,
        inputs: usize,
        tensor: TinyTensor,
    ) -> Vec<(usize, usize)> {
        match tensor {
            TinyTensor::Input { .. } => self.matrix_rows(layer, 0, inputs),
            TinyTensor::Hidden { matrix, .. } => {
                self.matrix_rows(layer, 1 + matrix, layer.units)
            }
            TinyTensor::Bias { second, .. } => {
                let blocks = 0..self.program.cell.blocks[0];
                let block = |block| Vector::Projection { block, second };
                blocks.flat_map(|at| self.vector_rows(layer, block(at))).collect()
            }
            TinyTensor::Vectors { first, count, .. } => (first..first + count)
                .flat_map(|vector| self.vector_rows(layer, Vector::Own(vector)))
                .collect(),
            TinyTensor::Weight | TinyTensor::OutputBias => {
                unreachable!("a dense tensor is of a dense layer")
            }
        }
    }

    fn matrix_rows(&self, layer: &Layer, of: usize, rows: usize) -> Vec<(usize, usize)> {
        let (matrix, blocks) = (self.matrices[of], &self.program.terms[of].blocks);
        let place = |block| blocks.iter().position(|other| *other == block);
        let mut pieces = Vec::new();
        for row in 0..rows {
            for block in 0..blocks.len() {
                let column = place(block).expect("each block has a sum");
                for p in 0..self.panels {
                    let at = (p * matrix.rows + row) * blocks.len() + column;
                    pieces.push((matrix.at + at * PANEL, width(layer, p)));
                }
            }
        }
        pieces
    }

    fn vector_rows(&self, layer: &Layer, vector: Vector) -> Vec<(usize, usize)> {
        let found = self.program.biases.iter().position(|bias| bias.vector == vector);
        let bias = found.expect("each vector is in a sum");
        let piece = |p: usize| (self.at_bias(bias, p), width(layer, p));
        (0..self.panels).map(piece).collect()
    }

    /// The column block of the input that the first value came of which was no number, in
    /// so many rows; where nothing is kept, the only block.
    pub(in super::super) fn first_bad(
        &self,
        layer: &Layer,
        rows: usize,
        work: &[f32],
    ) -> Option<usize> {
        let cell = &self.program.cell;
        let is_bad = |numbers: &[f32]| numbers.iter().any(|number| number.is_nan());
        if cell.kept == 0 {
            let states = &work[layer.states[0]..][..self.apart * PANEL];
            return (cell.blocks[0] == 1 && is_bad(states)).then_some(0);
        }
        let values = work[self.kept..].chunks_exact(PANEL).enumerate();
        let mut values = values.take(rows * self.panels * cell.kept);
        values.find_map(|(at, value)| {
            let (panel, kept) = (at / cell.kept % self.panels, at % cell.kept);
            is_bad(&value[..width(layer, panel)]).then(|| cell.blame[kept])?
        })
    }

    fn at_bias(&self, bias: usize, p: usize) -> usize {
        self.biases + (bias * self.panels + p) * PANEL
    }
}

impl Layer {
    /// The layer as one of a program.
    pub(super) fn coded(&self) -> &Coded {
        match &self.body {
            Body::Program(coded) => coded,
            Body::Lstm(_) => unreachable!("the layer is a program's"),
        }
    }
}

/// The units of a panel that are no padding.
pub(super) fn width(layer: &Layer, p: usize) -> usize {
    (layer.units - p * PANEL).min(PANEL)
}

/// The parts of the arenas that a layer reads and writes, each of them by itself.
pub(super) struct Parts<'a> {
    /// What the layer reads, rows of `inputs` numbers.
    pub(super) x: &'a [f32],
    /// `[S, T + 1, B, P, 16]`, as all that follow but `dx` in units of sixteen.
    pub(super) states: &'a mut [Units],
    /// `[T, B, P, kept]`
    pub(super) kept: &'a mut [Units],
    /// `[P, sums]`
    pub(super) start: &'a mut [Units],
    /// `[T, B, P, sums]`
    pub(super) dz: &'a mut [Units],
    pub(super) values: &'a mut [Units],
    /// `[S, P]`
    pub(super) passed: &'a mut [Units],
}

impl<'a> Parts<'a> {
    /// # Safety
    /// As [`super::super::lstm::forward`], for as long as they live.
    #[inline(always)]
    pub(super) unsafe fn new(layer: &Layer, run: &Run) -> Parts<'a> {
        let (coded, rows) = (layer.coded(), run.rows());
        let (cell, panels) = (&coded.program.cell, coded.panels);
        let (states, sums) = (cell.states * coded.apart, cell.sums.len() * panels);
        let values = cell.forward.places.max(cell.back.places);
        // SAFETY: the layout took so many numbers from each of these places on, or more
        // where this batch is smaller than its own; no two of them overlap. The input is
        // `T B` rows of the caller's, or states of the layer below.
        unsafe {
            Parts {
                x: layer.input(run).slice(rows * layer.inputs),
                states: units_mut(run.work, layer.states[0], states),
                kept: units_mut(run.work, coded.kept, rows * panels * cell.kept),
                start: units_mut(run.work, layer.start, sums),
                dz: units_mut(run.work, layer.dz, rows * sums),
                values: units_mut(run.work, coded.values, values),
                passed: units_mut(run.work, coded.passed, cell.states * panels),
            }
        }
    }
}

impl Coded {
    /// The matrix of a term, `[P, rows, sums, 16]`, or its gradient.
    ///
    /// # Safety
    /// As [`Parts::new`], of one of the arenas of parameters and gradients.
    #[inline(always)]
    pub(super) unsafe fn matrix<'a>(&self, arena: Place, of: usize) -> &'a mut [Units] {
        let (matrix, sums) = (self.matrices[of], self.program.terms[of].blocks.len());
        // SAFETY: the layout took so many numbers from there on.
        unsafe { units_mut(arena, matrix.at, self.panels * matrix.rows * sums) }
    }

    /// The biases, `[biases, P, 16]`, or their gradients.
    ///
    /// # Safety
    /// Likewise.
    #[inline(always)]
    pub(super) unsafe fn vectors<'a>(&self, arena: Place) -> &'a mut [Units] {
        // SAFETY: the layout took so many numbers from there on.
        unsafe { units_mut(arena, self.biases, self.program.biases.len() * self.panels) }
    }
}

/// So many times sixteen numbers of an arena, from the `at`th on.
///
/// # Safety
/// They are there, and nobody else uses them while the slice lives.
#[inline(always)]
pub(super) unsafe fn units_mut<'a>(
    arena: Place,
    at: usize,
    len: usize,
) -> &'a mut [Units] {
    // SAFETY: the caller answers for it.
    let numbers = unsafe { arena.part(at, len * PANEL).slice_mut(len * PANEL) };
    numbers.as_chunks_mut().0
}
