//! The gradients of the parameters: for each row of weights the sum over all rows r of
//! `x[r] dz[r]`, kept in registers and written once.
#![allow(unsafe_code)]

use super::place::Parts;
use super::{Coded, PANEL};
use crate::code::Units;
use crate::simd::{Sixteen, WideKernel};
use crate::tiny::layer::{Layer, Run};

/// Writes the gradients of all parameters of a layer, after the way back. Who makes one
/// promises what [`crate::tiny::lstm::forward`] asks for.
pub(super) struct Gradients<'a> {
    pub(super) layer: &'a Layer,
    pub(super) run: &'a Run,
}

impl WideKernel for Gradients<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        let Gradients { layer, run } = self;
        let coded = layer.coded();
        // SAFETY: whoever made the kernel answers for the arenas.
        let parts = unsafe { Parts::new(layer, run) };
        for (of, term) in coded.program.terms.iter().enumerate() {
            let (x, apart) = match term.state {
                None => (parts.x, layer.inputs),
                Some(state) => {
                    let states = &parts.states[state * coded.apart..];
                    (states.as_flattened(), layer.padded)
                }
            };
            // SAFETY: whoever made the kernel answers for the arena.
            let to = unsafe { coded.matrix(run.gradients, of) };
            let outer = Outer { coded, of, x, apart, dz: parts.dz, rows: run.rows() };
            outer.all::<S>(to);
        }
        // SAFETY: likewise.
        let vectors = unsafe { coded.vectors(run.gradients) };
        biases::<S>(coded, parts.dz, vectors);
    }
}

/// The gradients of biases: those of their sums, over all rows.
#[inline(always)]
fn biases<S: Sixteen>(coded: &Coded, dz: &[Units], vectors: &mut [Units]) {
    let (panels, sums) = (coded.panels, coded.program.sums());
    for (at, bias) in coded.program.biases.iter().enumerate() {
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
    coded: &'a Coded,
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
        let rows = self.coded.matrices[self.of].rows;
        let count = self.coded.program.terms[self.of].blocks.len();
        for p in 0..self.coded.panels {
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
        let (coded, sums) = (self.coded, self.coded.program.sums());
        let term = &coded.program.terms[self.of];
        let (count, first) = (term.blocks.len(), p * sums + term.first + g);
        let mut totals = [[S::splat(0.0); N]; R];
        for row in 0..self.rows {
            let x = &self.x[row * self.apart + k..][..R];
            let dz = &self.dz[row * coded.panels * sums + first..][..N];
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

const _: () = assert!(size_of::<Units>() == PANEL * size_of::<f32>());
