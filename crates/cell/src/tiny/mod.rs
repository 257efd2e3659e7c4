//! Tiny recurrent networks whole: a stack of recurrent layers, a dense layer on the last
//! step, the mean of squared errors, and the changes of the weights; or the stack alone,
//! with gradients for given ones of its states.
//!
//! In go weights as the caller has them and windows of data; out come predictions,
//! gradients, or the weights after many batches of one sample. With so few numbers the
//! way between kernels costs more than the arithmetic: here one call covers a layer over
//! its whole window, and the weights stay in the nearest cache. A step of an LSTM stays in
//! registers, its units padded to 4, 8 or a multiple of 16; any other cell is interpreted,
//! its units padded to a multiple of 16. The padding stays zero.
//!
//! Equations as in [`crate::Lstm`], functions as in [`crate::activation`].
#![allow(unsafe_code)]
#![expect(
    clippy::needless_range_loop,
    reason = "iterators around intrinsics can become calls: see `lanes`"
)]

mod arena;
mod change;
mod gate;
mod lanes;
mod layer;
mod layout;
mod lesson;
mod lstm;
mod output;
mod place;
mod program;
#[cfg(target_arch = "x86_64")]
mod quad;
mod search;
mod shape;
mod states;
mod step;
mod table;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

use arena::Arena;
use layer::Run;
use layout::{Layout, Piece};
pub use lesson::{Learned, TinyLesson, TinyProgress};
use output::Aim;
use place::Place;
pub use program::TinyProgram;
pub use search::TinyPart;
pub use shape::{TinyCell, TinyLayer, TinyShape};
use table::{LayerKernels, OutputKernels};

use crate::simd::Level;

use crate::optimiser::Schedule;

/// A tensor of the caller's arena of weights; layers are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TinyTensor {
    /// `[I, blocks * H]` of a layer: four blocks if it is an LSTM, else the inputs of the
    /// program.
    Input {
        /// Which layer.
        layer: usize,
    },
    /// `[H, blocks * H]`
    Hidden {
        /// Which layer.
        layer: usize,
        /// Which of its matrices; an LSTM has one.
        matrix: usize,
    },
    /// `[blocks * H]`, added to the products with the inputs.
    Bias {
        /// Which layer.
        layer: usize,
        /// Whether it is the second one.
        second: bool,
    },
    /// `[count * H]`: some of a program's own vectors, one after another.
    Vectors {
        /// Which layer.
        layer: usize,
        /// The first of them.
        first: usize,
        /// How many they are.
        count: usize,
    },
    /// `[H, O]` of the dense layer.
    Weight,
    /// `[O]` of the dense layer.
    OutputBias,
}

/// What one run is fed.
#[derive(Debug, Clone, Copy)]
pub struct TinyFeed<'a> {
    /// `[T, B, I]`
    pub inputs: &'a [f32],
    /// What there are gradients of; none to predict.
    pub aim: Option<TinyAim<'a>>,
}

/// What the gradients of a run are of.
#[derive(Debug, Clone, Copy)]
pub enum TinyAim<'a> {
    /// The loss of a network with a dense layer.
    Loss {
        /// `[B, O]`
        targets: &'a [f32],
        /// The share of each row in the loss, `[B]`.
        shares: &'a [f32],
    },
    /// The states of a network without one, times these numbers, `[T, B, H]`. There are
    /// also gradients of the inputs and of the first states.
    States(&'a [f32]),
}

/// A tiny network laid out for this machine.
#[derive(Debug)]
pub struct Tiny {
    shape: TinyShape,
    layout: Layout,
    layers: Vec<LayerKernels>,
    output: OutputKernels,
    pieces: Vec<Piece>,
    /// Numbers in the caller's arena.
    weights: usize,
    parameters: Arena,
    gradients: Arena,
    first: Arena,
    second: Arena,
    work: Arena,
    /// That of the last lesson.
    schedule: Option<Schedule>,
}

impl Tiny {
    /// Lays out a network; `tensors` are those of the caller's arena of weights, one
    /// after another.
    ///
    /// # Panics
    /// If the shape does not fit ([`TinyShape::fits`]).
    pub fn new(shape: TinyShape, tensors: &[TinyTensor]) -> Tiny {
        Tiny::on(Level::best(), shape, tensors)
    }

    fn on(level: Level, shape: TinyShape, tensors: &[TinyTensor]) -> Tiny {
        assert!(shape.fits(), "the network is tiny");
        assert!(Level::all().contains(&level), "the machine has the instructions");
        let layout = Layout::new(&shape);
        let (pieces, weights) = layout.pieces(&shape, tensors);
        let kernels = |layer: &TinyLayer| match layer.cell {
            TinyCell::Lstm { .. } => table::layer(level, layer.padded()),
            TinyCell::Program(_) => program::kernels(level),
        };
        let arena = || Arena::new(layout.parameters);
        Tiny {
            layers: shape.layers.iter().map(kernels).collect(),
            output: table::output(level, shape.top().padded()),
            parameters: arena(),
            gradients: arena(),
            first: arena(),
            second: arena(),
            work: Arena::new(layout.work),
            schedule: None,
            shape,
            layout,
            pieces,
            weights,
        }
    }

    /// Takes over the caller's weights.
    ///
    /// # Panics
    /// If there are more or fewer than the tensors have.
    pub fn set_weights(&mut self, weights: &[f32]) {
        assert_eq!(weights.len(), self.weights, "the weights fit the tensors");
        pack(&self.pieces, weights, self.parameters.all_mut());
    }

    /// Clears all arenas. What is no number would else stay in padding, which nobody sets.
    fn forget(&mut self) {
        let Tiny { parameters, gradients, first, second, work, .. } = self;
        for arena in [parameters, gradients, first, second, work] {
            arena.all_mut().fill(0.0);
        }
    }

    /// The sizes that it was laid out for.
    pub fn shape(&self) -> &TinyShape {
        &self.shape
    }

    /// How many bytes its arenas take.
    pub fn bytes(&self) -> usize {
        let moments = self.first.bytes() + self.second.bytes();
        self.parameters.bytes() + self.gradients.bytes() + moments + self.work.bytes()
    }

    /// Runs the network on a batch, from the weights and first states that were set;
    /// gives the loss, or 0 without an aim.
    ///
    /// # Panics
    /// If a length differs from what the shape says.
    pub fn run(&mut self, feed: &TinyFeed<'_>) -> f32 {
        let TinyShape { steps, batch, features, outputs, .. } = self.shape;
        assert_eq!(feed.inputs.len(), steps * batch * features, "inputs fit");
        if let Some(TinyAim::States(slopes)) = feed.aim {
            self.pull(slopes);
        }
        let run = self.prepare(batch, Place::of(feed.inputs), true);
        let loss = match feed.aim {
            Some(TinyAim::Loss { targets, shares }) => {
                let width = outputs.expect("a loss is of a dense layer");
                let lens = (targets.len(), shares.len());
                assert_eq!(lens, (batch * width, batch), "targets fit");
                let aim = Aim { targets: Place::of(targets), shares: Place::of(shares) };
                // SAFETY: `prepare` made the places of arenas as long as the layout says
                // for this batch; inputs, targets and shares were measured; `Tiny::on`
                // found the level's features on this machine. `self` is borrowed alone,
                // so nobody else uses the arenas.
                unsafe { self.differentiate(&run, Some(&aim)) }
            }
            // SAFETY: likewise, and `pull` has filled what the last layer reads.
            Some(TinyAim::States(_)) => unsafe { self.differentiate(&run, None) },
            None => {
                // SAFETY: likewise.
                unsafe { self.forward(&run) };
                0.0
            }
        };
        self.gather(batch);
        loss
    }

    /// The outputs of the last run, `[B, O]` or `[T, B, H]`.
    pub fn outputs(&self) -> &[f32] {
        let batch = self.shape.batch;
        &self.work.all()[self.output_at(batch)..][..self.shape.output_len(batch)]
    }

    /// Where the outputs of a batch lie.
    fn output_at(&self, batch: usize) -> usize {
        match &self.layout.dense {
            Some(dense) => dense.y,
            None if self.is_padded() => self.layout.states,
            None => self.top().states[0] + batch * self.shape.width(),
        }
    }

    /// The gradients of the last run, as the caller's arena of weights.
    pub fn gradients(&self, into: &mut [f32]) {
        unpack(&self.pieces, self.gradients.all(), into);
    }

    /// Predicts `n` windows one after another, from the weights that were set; false if
    /// `go_on` said so before one of them.
    ///
    /// inputs: `[n, T, I]`; outputs: `[n, O]`, or `[n, T, H]`. Layers that are `stateful`
    /// hand their states from window to window, others begin at zero; to begin with,
    /// states are those that were set for a batch of one.
    ///
    /// # Panics
    /// If a length differs from what the shape says.
    pub fn predict(
        &mut self,
        inputs: &[f32],
        stateful: &[bool],
        outputs: &mut [f32],
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> bool {
        let TinyShape { steps, features, .. } = self.shape;
        let (width, at) = (self.shape.output_len(1), self.output_at(1));
        let count = outputs.len() / width;
        assert_eq!(inputs.len(), count * steps * features, "inputs fit");
        assert_eq!(outputs.len(), count * width, "outputs are whole");
        for (window, output) in outputs.chunks_exact_mut(width).enumerate() {
            if !go_on(window) {
                return false;
            }
            let inputs = &inputs[window * steps * features..][..steps * features];
            let run = self.prepare(1, Place::of(inputs), true);
            // SAFETY: as in `run`, for a batch of one, which takes no more room than the
            // shape's; the window's inputs are `[T, I]`.
            unsafe { self.forward(&run) };
            self.gather(1);
            output.copy_from_slice(&self.work.all()[at..][..width]);
            let run = self.prepare(1, Place::of(inputs), true);
            // SAFETY: likewise.
            unsafe { self.carry(&run, stateful) };
        }
        true
    }

    /// The pointers of a run. What they point to may be looked at through them alone
    /// until the run is over.
    fn prepare(&mut self, batch: usize, inputs: Place, carried: bool) -> Run {
        Run {
            steps: self.shape.steps,
            batch,
            carried,
            inputs,
            parameters: Place::of_mut(self.parameters.all_mut()),
            gradients: Place::of_mut(self.gradients.all_mut()),
            work: Place::of_mut(self.work.all_mut()),
        }
    }

    /// # Safety
    /// As [`LayerKernels`].
    unsafe fn forward(&self, run: &Run) {
        // SAFETY: as above.
        unsafe {
            for (layer, kernels) in self.layout.layers.iter().zip(&self.layers) {
                (kernels.forward)(layer, run);
            }
            if let Some(dense) = &self.layout.dense {
                (self.output.forward)(dense, run);
            }
        }
    }

    /// # Safety
    /// As [`LayerKernels`] and [`output::train`].
    unsafe fn differentiate(&self, run: &Run, aim: Option<&Aim>) -> f32 {
        // SAFETY: as above.
        unsafe {
            for (layer, kernels) in self.layout.layers.iter().zip(&self.layers) {
                (kernels.forward)(layer, run);
            }
            let loss = match (&self.layout.dense, aim) {
                (Some(dense), Some(aim)) => (self.output.train)(dense, run, aim),
                _ => 0.0,
            };
            for (layer, kernels) in self.layout.layers.iter().zip(&self.layers).rev() {
                (kernels.backward)(layer, run);
                (kernels.gradients)(layer, run);
            }
            loss
        }
    }

    /// Makes the last states of a batch of one the first of the next, where a layer is
    /// stateful.
    ///
    /// # Safety
    /// As [`LayerKernels`].
    unsafe fn carry(&self, run: &Run, stateful: &[bool]) {
        for (layer, stateful) in self.layout.layers.iter().zip(stateful) {
            if !*stateful {
                continue;
            }
            let hp = layer.padded;
            for states in &layer.states {
                // SAFETY: `[T + 1, 1, HP]` states begin there, and T is at least 1: the
                // last block comes after the first and does not overlap it.
                unsafe {
                    let first = run.work.add(*states);
                    let last = first.add(run.steps * hp);
                    core::ptr::copy_nonoverlapping(last.read(hp), first.write(hp), hp);
                }
            }
        }
    }
}

/// From the caller's arena into ours.
fn pack(pieces: &[Piece], outside: &[f32], inside: &mut [f32]) {
    for piece in pieces {
        inside[piece.inside..][..piece.len]
            .copy_from_slice(&outside[piece.outside..][..piece.len]);
    }
}

/// And back.
fn unpack(pieces: &[Piece], inside: &[f32], outside: &mut [f32]) {
    for piece in pieces {
        outside[piece.outside..][..piece.len]
            .copy_from_slice(&inside[piece.inside..][..piece.len]);
    }
}
