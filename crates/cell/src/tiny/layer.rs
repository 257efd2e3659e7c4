//! One layer of a network: where its numbers lie, and what a run of it sees.

use super::lstm::LstmPlaces;
use super::place::Place;
use super::program::ProgramPlaces;

/// Where a layer's numbers lie: parameters in their arena and that of gradients, all else
/// in the arena of work. Rows are one for each step and sample, `t B + b`.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    /// Numbers of an input row: `I`, or `HP` of the layer below.
    pub(super) inputs: usize,
    /// `H`, and `HP`: so many with their padding.
    pub(super) units: usize,
    pub(super) padded: usize,
    /// The first of its parameters, which stand together.
    pub(super) weights: usize,
    /// `h` of the layer below; `None` for what the network is fed.
    pub(super) from: Option<usize>,
    /// The sums of biases, one for each sum of a step.
    pub(super) start: usize,
    /// Each state before each step and after the last, `[T + 1, B, HP]`; h is the first.
    pub(super) states: Vec<usize>,
    /// The gradients of the sums of each step.
    pub(super) dz: usize,
    /// The gradient of h from above: of all steps `[T, B, HP]`, or the last `[B, HP]`.
    pub(super) dy: usize,
    pub(super) dy_every: bool,
    /// Where the gradient of the input rows goes, if anything below learns from it.
    pub(super) dx: Option<usize>,
    /// Where the gradients of the states before the first step go, `[B, HP]` each;
    /// nothing where nobody wants them.
    pub(super) first: Vec<usize>,
    pub(super) body: Body,
}

/// What differs between cells.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Lstm(LstmPlaces),
    Program(ProgramPlaces),
}

/// What all kernels of a run see.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) steps: usize,
    pub(super) batch: usize,
    /// Whether the first states may be other than zero.
    pub(super) carried: bool,
    /// `[T, B, I]`
    pub(super) inputs: Place,
    pub(super) parameters: Place,
    pub(super) gradients: Place,
    pub(super) work: Place,
}

impl Layer {
    /// What the layer reads, a row for each step and sample.
    ///
    /// # Safety
    /// As [`super::table::LayerKernels`].
    #[inline(always)]
    pub(super) unsafe fn input(&self, run: &Run) -> Place {
        match self.from {
            // SAFETY: the layer below keeps `[T + 1, B, HP]` states, and `inputs` is its
            // HP: these are all of them but the first B.
            Some(from) => unsafe {
                let (block, rows) = (run.batch * self.inputs, run.rows() * self.inputs);
                run.work.part(from + block, rows)
            },
            None => run.inputs,
        }
    }
}

impl Run {
    /// Rows of one batch: steps times samples.
    #[inline(always)]
    pub(super) fn rows(&self) -> usize {
        self.steps * self.batch
    }
}
