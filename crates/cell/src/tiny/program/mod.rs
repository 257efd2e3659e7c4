//! Any other cell in a tiny network: its sums from weights in the nearest cache, and its
//! code interpreted sixteen units at a time.
//!
//! In go a [`crate::Program`] and the arenas, out come states and gradients, as from
//! [`super::lstm`]. Units are padded to `P` panels of sixteen: the gradients of sums are
//! `[T, B, P, sums, 16]`, and each matrix is `[P, rows, sums, 16]`, of the sums that read
//! it alone. So what a sum does not read takes no time, and there is no weight in its
//! place that could change.
//!
//! What the code makes of padding may be anything, even no number: it stays within its
//! lane, and neither a state nor the gradient of a sum takes it over.

mod backward;
mod forward;
mod gradients;
mod kernels;
mod slices;
mod tensors;

use std::sync::Arc;

use super::layer::{Body, Layer};
use super::layout::Take;
pub(super) use crate::code::PANEL;
use crate::code::{Block, ProgramCell};
use crate::program::Program;
pub(super) use kernels::kernels;

/// A cell's program, taken apart for tiny networks.
#[derive(Debug, Clone, PartialEq)]
pub struct TinyProgram {
    cell: Arc<ProgramCell>,
    /// The products with x, then those with states.
    terms: Arc<[Term]>,
    /// The learned vectors that sums are made of.
    biases: Arc<[Bias]>,
}

/// What one matrix adds to the sums of a step.
#[derive(Debug, Clone, PartialEq)]
struct Term {
    /// The state that it multiplies; none is x.
    state: Option<usize>,
    /// The first of the sums, which stand side by side, and the matrix's column block in
    /// each of them.
    first: usize,
    blocks: Vec<usize>,
}

/// A learned vector `[H]` of a sum.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bias {
    sum: usize,
    vector: Vector,
}

/// Which learned vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Vector {
    /// A column block of the projection's bias, or of its second one.
    Projection { block: usize, second: bool },
    /// One of the program's own.
    Own(usize),
}

impl TinyProgram {
    /// The program with so many biases of its projection, 0 to 2.
    ///
    /// `None` where [`crate::ProgramLayer`] takes it not either; where what is given out
    /// is no state, or not the first; where a state is dropped out before a product;
    /// where no sum reads some column block or vector; and where the sums that read one
    /// matrix do not stand side by side, as they do unless several matrices multiply
    /// several states.
    pub fn new(program: &Program, biases: usize) -> Option<TinyProgram> {
        let cell = ProgramCell::new(program)?;
        if !cell.pairs.is_empty() || !cell.gives_first {
            return None;
        }
        let states = [None].into_iter().chain(cell.sources.iter().copied().map(Some));
        let terms = states.enumerate().map(|(of, state)| Term::new(&cell, of, state));
        let terms = terms.collect::<Option<_>>()?;
        let vectors = vectors(&cell, biases);
        let own = |bias: &&Bias| matches!(bias.vector, Vector::Own(_));
        let all = vectors.iter().filter(own).count() == program.vectors;
        let cell = Arc::new(cell);
        all.then(|| TinyProgram { cell, terms, biases: vectors.into() })
    }

    /// How many states it carries.
    pub(super) fn states(&self) -> usize {
        self.cell.states
    }

    /// How many sums a step has.
    pub(super) fn sums(&self) -> usize {
        self.cell.sums.len()
    }

    /// Multiplications of the products of one step for each unit: rows times column blocks
    /// of all matrices, where the inputs and units are so many.
    pub(super) fn multiplications(&self, inputs: usize, units: usize) -> usize {
        let rows = |term: &Term| if term.state.is_some() { units } else { inputs };
        self.terms.iter().map(|term| rows(term) * term.blocks.len()).sum()
    }
}

impl Term {
    /// The products of the matrix of this number.
    fn new(cell: &ProgramCell, of: usize, state: Option<usize>) -> Option<Term> {
        let block = |blocks: &[Block]| {
            blocks.iter().find(|block| block.of == of).map(|block| block.block)
        };
        let found = cell.sums.iter().enumerate();
        let found = found.filter_map(|(sum, of)| Some((sum, block(&of.products)?)));
        let (sums, blocks): (Vec<usize>, Vec<usize>) = found.unzip();
        let (first, last) = (*sums.first()?, *sums.last()?);
        let whole = last - first + 1 == sums.len() && sums.len() == cell.blocks[of];
        whole.then_some(Term { state, first, blocks })
    }
}

/// The vectors of all sums; the projection has so many biases.
fn vectors(cell: &ProgramCell, biases: usize) -> Vec<Bias> {
    let mut all = Vec::new();
    for (sum, of) in cell.sums.iter().enumerate() {
        for bias in &of.biases {
            match bias.of.checked_sub(1) {
                Some(own) => all.push(Bias { sum, vector: Vector::Own(own) }),
                None => {
                    all.extend([false, true].into_iter().take(biases).map(|second| {
                        let vector = Vector::Projection { block: bias.block, second };
                        Bias { sum, vector }
                    }))
                }
            }
        }
    }
    all
}

/// Where the numbers of a program's layer lie that other layers have not.
#[derive(Debug, Clone)]
pub(super) struct ProgramPlaces {
    program: TinyProgram,
    /// Panels of units.
    panels: usize,
    /// From one state to the next, in panels: states lie one after another.
    apart: usize,
    /// The numbers of each term's matrix: rows, and where `[P, rows, sums, 16]` begin.
    matrices: Vec<Matrix>,
    /// The biases, `[biases, P, 16]`.
    biases: usize,
    /// What the way back needs, `[T, B, P, kept, 16]`.
    kept: usize,
    /// The values of the code, forward or back, `[places, 16]`.
    values: usize,
    /// The gradients of the states on their way from step to step, `[S, P, 16]`.
    passed: usize,
}

/// The matrix of a term.
#[derive(Debug, Clone, Copy)]
struct Matrix {
    rows: usize,
    at: usize,
}

impl ProgramPlaces {
    /// Lays a layer out: steps and samples, numbers of an input and units in, and the
    /// arenas of parameters and of work.
    pub(super) fn new(
        program: &TinyProgram,
        [steps, batch, inputs, units]: [usize; 4],
        [parameters, work]: [&mut Take; 2],
    ) -> ProgramPlaces {
        let panels = units.div_ceil(PANEL);
        let (wide, rows) = (panels * PANEL, steps * batch);
        let cell = &program.cell;
        let matrix = |term: &Term| {
            let rows = if term.state.is_some() { units } else { inputs };
            Matrix { rows, at: parameters.take(rows * term.blocks.len() * wide) }
        };
        let matrices = program.terms.iter().map(matrix).collect();
        ProgramPlaces {
            program: program.clone(),
            panels,
            apart: (rows + batch) * panels,
            matrices,
            biases: parameters.take(program.biases.len() * wide),
            kept: work.take(rows * cell.kept * wide),
            values: work.take(cell.forward.places.max(cell.back.places) * PANEL),
            passed: work.take(cell.states * wide),
        }
    }

    /// The column block of the input that the first value came of which was no number, in
    /// so many rows; where nothing is kept, the only block.
    pub(super) fn first_bad(
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
        let mut values = work[self.kept..][..rows * self.panels * cell.kept * PANEL]
            .chunks_exact(PANEL)
            .enumerate();
        let (at, _) = values.find(|(at, value)| {
            let panel = at / cell.kept % self.panels;
            is_bad(&value[..width(layer, panel)])
        })?;
        cell.blame[at % cell.kept]
    }
}

impl Layer {
    /// The layer as one of a program.
    fn program(&self) -> &ProgramPlaces {
        match &self.body {
            Body::Program(places) => places,
            Body::Lstm(_) => unreachable!("the layer is a program's"),
        }
    }
}

/// The units of a panel that are no padding.
fn width(layer: &Layer, p: usize) -> usize {
    (layer.units - p * PANEL).min(PANEL)
}
