//! The gradients of the parameters: for each row of weights the sum over all rows r of
//! `x[r] dz[r]`, kept in registers and written once.
#![allow(unsafe_code)]

use super::ProgramPlaces;
use super::slices::{Slices, units_mut};
use crate::code::Units;
use crate::simd::{Sixteen, WideKernel};
use crate::tiny::layer::{Layer, Run};

/// Writes the gradients of all parameters of a layer, after the way back.
pub(super) struct Gradients<'a> {
    layer: &'a Layer,
    run: &'a Run,
}

impl<'a> Gradients<'a> {
    /// # Safety
    /// As [`crate::tiny::table::LayerKernels`], until it has run.
    pub(super) unsafe fn new(layer: &'a Layer, run: &'a Run) -> Gradients<'a> {
        Gradients { layer, run }
    }
}

impl WideKernel for Gradients<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        let Gradients { layer, run } = self;
        let places = layer.program();
        // SAFETY: `new` was promised what it asks for.
        let slices = unsafe { Slices::new(layer, run) };
        for (of, term) in places.program.terms.iter().enumerate() {
            let (x, apart) = match term.state {
                None => (slices.x, layer.inputs),
                Some(state) => {
                    let states = &slices.states[state * places.apart..];
                    (states.as_flattened(), layer.padded)
                }
            };
            // SAFETY: likewise.
            let to = unsafe { places.matrix_mut(run.gradients, of) };
            let outer = Outer { places, of, x, apart, dz: slices.dz, rows: run.rows() };
            outer.all::<S>(to);
        }
        // SAFETY: likewise.
        let vectors =
            unsafe { units_mut(run.gradients, places.biases, places.biases_len()) };
        biases::<S>(places, slices.dz, vectors);
    }
}

/// The gradients of biases: those of their sums, over all rows.
#[inline(always)]
fn biases<S: Sixteen>(places: &ProgramPlaces, dz: &[Units], vectors: &mut [Units]) {
    let (panels, sums) = (places.panels, places.program.sums());
    for (at, bias) in places.program.biases.iter().enumerate() {
        for p in 0..panels {
            let mut total = S::splat(0.0);
            let mut from = p * sums + bias.sum;
            while from < dz.len() {
                total = total.plus(S::load(&dz[from]));
                from += panels * sums;
            }
            total.store(&mut vectors[at * panels + p]);
        }
    }
}

/// What a term's matrix multiplied in all rows, and the gradients of its sums.
struct Outer<'a> {
    places: &'a ProgramPlaces,
    of: usize,
    /// Rows, so far apart.
    x: &'a [f32],
    apart: usize,
    /// `[rows, P, sums]`
    dz: &'a [Units],
    rows: usize,
}

impl Outer<'_> {
    /// The gradient of the matrix: two sums of four of its rows at once.
    #[inline(always)]
    fn all<S: Sixteen>(&self, to: &mut [Units]) {
        let rows = self.places.matrices[self.of].rows;
        let count = self.places.program.terms[self.of].blocks.len();
        for p in 0..self.places.panels {
            let to = &mut to[p * rows * count..][..rows * count];
            let mut k = 0;
            while k < rows {
                let mut g = 0;
                while g < count {
                    match (rows - k >= 4, count - g >= 2) {
                        (true, true) => self.some::<S, 4, 2>(to, [p, k, g]),
                        (true, false) => self.some::<S, 4, 1>(to, [p, k, g]),
                        (false, true) => self.some::<S, 1, 2>(to, [p, k, g]),
                        (false, false) => self.some::<S, 1, 1>(to, [p, k, g]),
                    }
                    g += 2;
                }
                k += if rows - k >= 4 { 4 } else { 1 };
            }
        }
    }

    /// R rows of the matrix from the `k`th on, and N of its sums from the `g`th on.
    #[inline(always)]
    fn some<S: Sixteen, const R: usize, const N: usize>(
        &self,
        to: &mut [Units],
        [p, k, g]: [usize; 3],
    ) {
        let (places, sums) = (self.places, self.places.program.sums());
        let term = &places.program.terms[self.of];
        let (count, first) = (term.blocks.len(), p * sums + term.first + g);
        let mut totals = [[S::splat(0.0); N]; R];
        for row in 0..self.rows {
            let x = &self.x[row * self.apart + k..][..R];
            let dz = &self.dz[row * places.panels * sums + first..][..N];
            let mut d = [S::splat(0.0); N];
            for n in 0..N {
                d[n] = S::load(&dz[n]);
            }
            for r in 0..R {
                let x = S::splat(x[r]);
                for n in 0..N {
                    totals[r][n] = totals[r][n].plus_product(x, d[n]);
                }
            }
        }
        for r in 0..R {
            for n in 0..N {
                totals[r][n].store(&mut to[(k + r) * count + g + n]);
            }
        }
    }
}
