//! The way forward: the sums of each row of a step, and the code on them.
#![allow(unsafe_code)]

use super::slices::{Slices, units};
use super::{PANEL, ProgramPlaces, Term, width};
use crate::code::{Leaf, Units, run};
use crate::simd::{Sixteen, WideKernel};
use crate::tiny::layer::{Layer, Run};

/// Fills states and what is kept.
pub(super) struct Forward<'a> {
    layer: &'a Layer,
    run: &'a Run,
}

impl<'a> Forward<'a> {
    /// # Safety
    /// As [`crate::tiny::table::LayerKernels`], until it has run.
    pub(super) unsafe fn new(layer: &'a Layer, run: &'a Run) -> Forward<'a> {
        Forward { layer, run }
    }
}

impl WideKernel for Forward<'_> {
    #[inline(always)]
    fn run<S: Sixteen>(self) {
        let Forward { layer, run } = self;
        let places = layer.program();
        // SAFETY: `new` was promised what they ask for.
        let (mut slices, vectors) = unsafe {
            let vectors = units(run.parameters, places.biases, places.biases_len());
            (Slices::new(layer, run), vectors)
        };
        start(places, vectors, slices.start);
        for row in 0..run.rows() {
            for p in 0..places.panels {
                sums::<S>(layer, run, &mut slices, [row, p]);
                step::<S>(layer, run, &mut slices, [row, p]);
            }
        }
    }
}

/// The sums of biases, for each panel and sum.
#[inline(always)]
fn start(places: &ProgramPlaces, vectors: &[Units], start: &mut [Units]) {
    start.fill([0.0; PANEL]);
    let sums = places.program.sums();
    for (at, bias) in places.program.biases.iter().enumerate() {
        for p in 0..places.panels {
            let from = &vectors[at * places.panels + p];
            let to = &mut start[p * sums + bias.sum];
            for k in 0..PANEL {
                to[k] += from[k];
            }
        }
    }
}

/// Fills the first values with the sums of a panel of a row.
#[inline(always)]
fn sums<S: Sixteen>(
    layer: &Layer,
    run: &Run,
    slices: &mut Slices<'_>,
    [row, p]: [usize; 2],
) {
    let places = layer.program();
    let count = places.program.sums();
    let values = &mut slices.values[..count];
    for sum in 0..count {
        values[sum] = slices.start[p * count + sum];
    }
    for (of, term) in places.program.terms.iter().enumerate() {
        let left = match term.state {
            None => &slices.x[row * layer.inputs..][..layer.inputs],
            Some(state) => {
                let at = state * places.apart + row * places.panels;
                let state = &slices.states[at..][..places.panels];
                &state.as_flattened()[..layer.units]
            }
        };
        // SAFETY: `Forward::new` was promised what it asks for.
        let matrix = unsafe { places.matrix(run.parameters, of) };
        let Term { first, blocks, .. } = term;
        let sums = blocks.len();
        let panel = &matrix[p * left.len() * sums..][..left.len() * sums];
        products::<S>(&mut values[*first..][..sums], left, panel);
    }
}

/// Adds the products of a row of numbers with the rows of a matrix, a column for each
/// sum: four sums at once, as many as the registers take.
#[inline(always)]
fn products<S: Sixteen>(sums: &mut [Units], left: &[f32], matrix: &[Units]) {
    let mut at = 0;
    while at < sums.len() {
        match sums.len() - at {
            1 => at += some_products::<S, 1>(sums, left, matrix, at),
            2 => at += some_products::<S, 2>(sums, left, matrix, at),
            3 => at += some_products::<S, 3>(sums, left, matrix, at),
            _ => at += some_products::<S, 4>(sums, left, matrix, at),
        }
    }
}

/// The same for N sums, from the `at`th on; gives N.
#[inline(always)]
fn some_products<S: Sixteen, const N: usize>(
    sums: &mut [Units],
    left: &[f32],
    matrix: &[Units],
    at: usize,
) -> usize {
    let count = sums.len();
    let sums = &mut sums[at..at + N];
    let mut totals = [S::splat(0.0); N];
    for n in 0..N {
        totals[n] = S::load(&sums[n]);
    }
    for k in 0..left.len() {
        let x = S::splat(left[k]);
        let row = &matrix[k * count + at..][..N];
        for n in 0..N {
            totals[n] = totals[n].plus_product(x, S::load(&row[n]));
        }
    }
    for n in 0..N {
        totals[n].store(&mut sums[n]);
    }
    N
}

/// Runs the code on the sums of a panel of a row.
#[inline(always)]
fn step<S: Sixteen>(
    layer: &Layer,
    of: &Run,
    slices: &mut Slices<'_>,
    [row, p]: [usize; 2],
) {
    let places = layer.program();
    let cell = &*places.program.cell;
    let (code, panels) = (&cell.forward, places.panels);
    let states = |state: usize, row: usize| state * places.apart + row * panels + p;
    for place in cell.sums.len()..code.leaves.len() {
        let Leaf::Before(state) = code.leaves[place] else {
            unreachable!("sums and states go in")
        };
        slices.values[place] = slices.states[states(state, row)];
    }
    run(code, slices.values, 1, 1);
    // Units that are padding stay zero, whatever the code makes of zeros.
    let width = width(layer, p);
    for state in 0..cell.states {
        let next = &slices.values[code.results[state]][..width];
        S::load_some(next).store(&mut slices.states[states(state, row + of.batch)]);
    }
    // The first state is given out once more.
    let kept = &code.results[cell.states + 1..];
    let to = &mut slices.kept[(row * panels + p) * kept.len()..][..kept.len()];
    for at in 0..kept.len() {
        to[at] = slices.values[kept[at]];
    }
}
