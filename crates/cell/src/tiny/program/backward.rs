//! The way back: the gradients of the sums of each row, from the last step to the first.
#![allow(unsafe_code)]

use super::slices::{Slices, units, units_mut};
use super::{PANEL, ProgramPlaces, width};
use crate::code::{Gradient, Leaf, Units, run};
use crate::simd::{Sixteen, WideKernel};
use crate::tiny::layer::{Layer, Run};

/// Fills the gradients of sums, and of the inputs and first states where they are wanted,
/// one sample after the other.
pub(super) struct Backward<'a> {
    layer: &'a Layer,
    run: &'a Run,
}

impl<'a> Backward<'a> {
    /// # Safety
    /// As [`crate::tiny::table::LayerKernels`], until it has run.
    pub(super) unsafe fn new(layer: &'a Layer, run: &'a Run) -> Backward<'a> {
        Backward { layer, run }
    }
}

impl WideKernel for Backward<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        // SAFETY: `new` was promised what it asks for.
        let mut slices = unsafe { Slices::new(self.layer, self.run) };
        for sample in 0..self.run.batch {
            self.sample::<S>(&mut slices, sample);
        }
    }
}

impl Backward<'_> {
    #[inline(always)]
    fn sample<S: Sixteen>(&self, slices: &mut Slices<'_>, sample: usize) {
        let (layer, run) = (self.layer, self.run);
        let panels = layer.program().panels;
        slices.passed.fill([0.0; PANEL]);
        let last = (run.steps - 1) * run.batch + sample;
        if !layer.dy_every {
            self.add_given(slices, sample);
        }
        let mut row = last;
        loop {
            if layer.dy_every {
                self.add_given(slices, row);
            }
            for p in 0..panels {
                self.step::<S>(slices, [row, p]);
            }
            let first = row < run.batch;
            self.products::<S>(slices, row, first && layer.first.is_empty());
            if first {
                break;
            }
            row -= run.batch;
        }
        for (state, to) in layer.first.iter().enumerate() {
            // SAFETY: `[B, HP]` gradients are laid out there, away from all else.
            let to = unsafe { units_mut(run.work, to + sample * layer.padded, panels) };
            to.copy_from_slice(&slices.passed[state * panels..][..panels]);
        }
    }

    /// Adds the gradient of h from above, row `from` of those.
    #[inline(always)]
    fn add_given(&self, slices: &mut Slices<'_>, from: usize) {
        let (layer, panels) = (self.layer, self.layer.program().panels);
        // SAFETY: as many rows of `HP` are laid out there, away from all else.
        let given =
            unsafe { units(self.run.work, layer.dy + from * layer.padded, panels) };
        for p in 0..panels {
            for k in 0..PANEL {
                slices.passed[p][k] += given[p][k];
            }
        }
    }

    /// Runs the code of a panel of a row back.
    #[inline(always)]
    fn step<S: Sixteen>(&self, slices: &mut Slices<'_>, [row, p]: [usize; 2]) {
        let (layer, batch) = (self.layer, self.run.batch);
        let places = layer.program();
        let (cell, panels) = (&*places.program.cell, places.panels);
        let (code, sums) = (&cell.back, cell.sums.len());
        let state = |state: usize, row: usize| state * places.apart + row * panels + p;
        for place in 0..code.leaves.len() {
            slices.values[place] = match code.leaves[place] {
                Leaf::Seed(s) => slices.passed[s * panels + p],
                Leaf::Before(s) => slices.states[state(s, row)],
                Leaf::After(s) => slices.states[state(s, row + batch)],
                Leaf::Bias(sum) => slices.start[p * sums + sum],
                Leaf::Kept(k) => slices.kept[(row * panels + p) * cell.kept + k],
                Leaf::Sum(_) | Leaf::Given => {
                    unreachable!("what is given out is the first state")
                }
            };
        }
        run(code, slices.values, 1, 1);
        let width = width(layer, p);
        let dz = &mut slices.dz[(row * panels + p) * sums..][..sums];
        for at in 0..code.results.len() {
            let value = &slices.values[code.results[at]];
            match cell.gradients[at] {
                Gradient::Sum(sum) => S::load_some(&value[..width]).store(&mut dz[sum]),
                Gradient::State(state) => slices.passed[state * panels + p] = *value,
            }
        }
        for state in &cell.ending {
            slices.passed[state * panels + p] = [0.0; PANEL];
        }
    }

    /// What the gradients of a row's sums give for the states before it, unless these
    /// are the first and nobody asks, and for its inputs.
    #[inline(always)]
    fn products<S: Sixteen>(
        &self,
        slices: &mut Slices<'_>,
        row: usize,
        inputs_only: bool,
    ) {
        let (layer, run) = (self.layer, self.run);
        let places = layer.program();
        let panels = places.panels;
        let sums = places.program.sums() * panels;
        let dz = &slices.dz[row * sums..][..sums];
        for (of, term) in places.program.terms.iter().enumerate() {
            let to = match (term.state, layer.dx) {
                (Some(_), _) if inputs_only => continue,
                (Some(state), _) => {
                    let passed = &mut slices.passed[state * panels..][..panels];
                    &mut passed.as_flattened_mut()[..layer.units]
                }
                (None, None) => continue,
                (None, Some(dx)) => {
                    let inputs = layer.inputs;
                    // SAFETY: a row of so many numbers is laid out for each row, away
                    // from all else.
                    let dx = unsafe {
                        run.work.part(dx + row * inputs, inputs).slice_mut(inputs)
                    };
                    dx.fill(0.0);
                    dx
                }
            };
            // SAFETY: `new` was promised what it asks for.
            let matrix = unsafe { places.matrix(run.parameters, of) };
            transposed::<S>(places, of, dz, matrix, to);
        }
    }
}

/// Adds the products of the gradients of a row's sums with the rows of a matrix, four
/// rows at once.
#[inline(always)]
fn transposed<S: Sixteen>(
    places: &ProgramPlaces,
    of: usize,
    dz: &[Units],
    matrix: &[Units],
    to: &mut [f32],
) {
    let (term, rows) = (&places.program.terms[of], to.len());
    let (count, all) = (term.blocks.len(), places.program.sums());
    let mut k = 0;
    while k < rows {
        let mut totals = [S::splat(0.0); 4];
        for p in 0..places.panels {
            let dz = &dz[p * all + term.first..][..count];
            let panel = &matrix[p * rows * count..][..rows * count];
            for g in 0..count {
                let d = S::load(&dz[g]);
                for r in 0..4 {
                    // Past the last row, it is read again, and its sum not used.
                    let row = &panel[(k + r).min(rows - 1) * count + g];
                    totals[r] = totals[r].plus_product(d, S::load(row));
                }
            }
        }
        let totals = S::sums(totals);
        for r in 0..4.min(rows - k) {
            to[k + r] += totals[r];
        }
        k += 4;
    }
}
