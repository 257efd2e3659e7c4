//! The parts of the arenas that a layer reads and writes, each of them by itself.
#![allow(unsafe_code)]

use super::super::layer::{Layer, Run};
use super::super::place::Place;
use super::{PANEL, ProgramPlaces};
use crate::code::Units;

/// The parts of the arena of work that a layer reads and writes, and what it reads.
pub(super) struct Slices<'a> {
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

impl<'a> Slices<'a> {
    /// # Safety
    /// As [`crate::tiny::table::LayerKernels`], for as long as they live.
    #[inline(always)]
    pub(super) unsafe fn new(layer: &Layer, run: &Run) -> Slices<'a> {
        let (places, rows) = (layer.program(), run.rows());
        let (cell, panels) = (&places.program.cell, places.panels);
        let (states, sums) = (cell.states * places.apart, cell.sums.len() * panels);
        let values = cell.forward.places.max(cell.back.places);
        // SAFETY: the layout took so many numbers from each of these places on, or more
        // where this batch is smaller than its own; no two of them overlap. The input is
        // `T B` rows of the caller's, or states of the layer below.
        unsafe {
            Slices {
                x: layer.input(run).slice(rows * layer.inputs),
                states: units_mut(run.work, layer.states[0], states),
                kept: units_mut(run.work, places.kept, rows * panels * cell.kept),
                start: units_mut(run.work, layer.start, sums),
                dz: units_mut(run.work, layer.dz, rows * sums),
                values: units_mut(run.work, places.values, values),
                passed: units_mut(run.work, places.passed, cell.states * panels),
            }
        }
    }
}

impl ProgramPlaces {
    /// The matrix of a term, `[P, rows, sums, 16]`.
    ///
    /// # Safety
    /// As [`crate::tiny::table::LayerKernels`], of the arena of parameters.
    #[inline(always)]
    pub(super) unsafe fn matrix<'a>(&self, arena: Place, of: usize) -> &'a [Units] {
        // SAFETY: the layout took so many numbers from there on.
        unsafe { units(arena, self.matrices[of].at, self.matrix_len(of)) }
    }

    /// Its gradient, to write.
    ///
    /// # Safety
    /// As [`crate::tiny::table::LayerKernels`], of the arena of gradients.
    #[inline(always)]
    pub(super) unsafe fn matrix_mut<'a>(
        &self,
        arena: Place,
        of: usize,
    ) -> &'a mut [Units] {
        // SAFETY: the layout took so many numbers from there on.
        unsafe { units_mut(arena, self.matrices[of].at, self.matrix_len(of)) }
    }

    fn matrix_len(&self, of: usize) -> usize {
        self.panels * self.matrices[of].rows * self.program.terms[of].blocks.len()
    }

    /// Numbers of the biases, `[biases, P, 16]`, in units of sixteen.
    pub(super) fn biases_len(&self) -> usize {
        self.program.biases.len() * self.panels
    }
}

/// So many times sixteen numbers of an arena, from the `at`th on.
///
/// # Safety
/// They are there, and nobody writes them while the slice lives.
#[inline(always)]
pub(super) unsafe fn units<'a>(arena: Place, at: usize, len: usize) -> &'a [Units] {
    // SAFETY: the caller answers for it.
    let numbers = unsafe { arena.part(at, len * PANEL).slice(len * PANEL) };
    numbers.as_chunks().0
}

/// The same to write.
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
