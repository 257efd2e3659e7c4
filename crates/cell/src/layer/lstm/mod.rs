//! The LSTM's layer: the equations of [`crate::Lstm`], written by hand.
#![allow(unsafe_code)]

mod back;
pub(crate) mod cell;
mod strip;

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use super::backward::{BackPass, Results as Gradients, Seeds, backward};
use super::forward::{Pass, Results, forward};
use super::frame::{Frame, Source};
use super::given::Given;
use super::tape::LayerTape;
use super::{Cell, PANEL};
use crate::ScanShape;
use crate::buffer::Parts;
use crate::code::{Block, Sum};
use crate::operands::{LayerGradients, LayerInputs, LayerOutputs, LayerSeeds};
use crate::simd::Level;
use crate::symbol::Features;
use crate::team::Team;

/// How many columns a panel has: four gates of its units.
const GATES: usize = 4 * PANEL;

/// An LSTM layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LstmLayer {
    /// Sizes and direction of its loop.
    pub shape: ScanShape,
    /// `I`, or how many kinds of symbols there are; at least 1.
    pub inputs: Features,
    /// Which column block of `H` holds i, f, g and o in `w`, `u` and the bias:
    /// `[0, 1, 2, 3]` for PyTorch and Keras.
    pub gates: [usize; 4],
}

impl LstmLayer {
    /// Runs the layer; false if `interrupt` was set, and the results are then
    /// unfinished. The bits do not depend on the team.
    ///
    /// # Panics
    /// If a slice has not the length of its shape, or the tape is another layer's.
    pub fn forward(
        &self,
        inputs: &LayerInputs<'_>,
        tape: &mut LayerTape,
        outputs: LayerOutputs<'_>,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let LayerOutputs { y, h_last, c_last } = outputs;
        let results = Results { y, last: vec![h_last, c_last] };
        tape.take_on(self.shape);
        self.check(inputs, tape);
        inputs.given(|given| forward(self, given, tape, results, team, interrupt))
    }

    /// Runs the layer backwards, after `forward` with the same inputs and tape; false
    /// if `interrupt` was set, and the results are then unfinished. The bits do not
    /// depend on the team.
    ///
    /// # Panics
    /// If a slice has not the length of its shape, or the tape is not for training.
    pub fn backward(
        &self,
        inputs: &LayerInputs<'_>,
        tape: &mut LayerTape,
        seeds: &LayerSeeds<'_>,
        gradients: LayerGradients<'_>,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let LayerGradients { dx, dh0, dc0, dw, dbias, du } = gradients;
        let results = Gradients {
            dx: dx.map(Parts::new),
            states: vec![Parts::new(dh0), Parts::new(dc0)],
            matrices: vec![Parts::new(dw), Parts::new(du)],
            biases: vec![Some(Parts::new(dbias))],
        };
        let seeds = Seeds { dy: seeds.dy, last: &[seeds.dh_last, seeds.dc_last] };
        self.check(inputs, tape);
        inputs
            .given(|given| backward(self, given, tape, &seeds, results, team, interrupt))
    }

    /// How many steps the way back takes together.
    pub fn chunk(&self) -> usize {
        self.frame(Level::best()).chunks().0
    }

    fn check(&self, inputs: &LayerInputs<'_>, tape: &LayerTape) {
        assert_eq!(inputs.bias.len(), 4 * self.shape.units, "the bias is [4H]");
        let frame = &tape.frame;
        let sizes = frame.shape == self.shape && frame.features() == self.inputs;
        let blocks = frame.sums.iter().map(|sum| sum.biases[0].block);
        assert!(sizes && blocks.eq(self.gates), "the tape is this layer's");
    }

    fn frame(&self, level: Level) -> Frame {
        let sum = |block| Sum {
            biases: vec![Block { of: 0, block }],
            products: vec![Block { of: 0, block }, Block { of: 1, block }],
        };
        let hidden = Source::of_state(0, self.shape.units, 4);
        let sources = vec![Source::of_inputs(self.inputs, 4), hidden];
        let sums = self.gates.map(sum).to_vec();
        Frame { kept: 4, ..Frame::new(level, self.shape, sums, sources, 2) }
    }
}

impl LayerInputs<'_> {
    fn given<R>(&self, run: impl FnOnce(&Given<'_>) -> R) -> R {
        run(&Given {
            x: self.x,
            mask: self.mask,
            states: &[self.h0, self.c0],
            matrices: &[self.w, self.u],
            biases: &[self.bias],
        })
    }
}

impl LayerTape {
    /// A tape for this layer; one that is not for `training` is much smaller.
    pub fn new(layer: &LstmLayer, training: bool) -> Self {
        LayerTape::at(Level::best(), layer, training)
    }

    pub(crate) fn at(level: Level, layer: &LstmLayer, training: bool) -> Self {
        LayerTape::of(level, layer.frame(level), training)
    }

    /// How many bytes one for this layer takes.
    pub fn bytes_for(layer: &LstmLayer, training: bool) -> usize {
        let level = Level::best();
        LayerTape::bytes_of(level, &layer.frame(level), training)
    }

    /// The first gate of an LSTM that was not a number, counted i, f, g, o, if any was
    /// among those that are kept.
    pub fn first_bad_gate(&self) -> Option<usize> {
        let at = self.kept.iter().position(|gate| gate.is_nan())?;
        Some(at % GATES / PANEL)
    }
}

impl Cell for LstmLayer {
    unsafe fn panel(&self, pass: &Pass<'_>, step: usize, p: usize, rows: &Range<usize>) {
        // SAFETY: as the caller promises.
        unsafe { strip::panel(pass, step, p, rows) };
    }

    unsafe fn back(&self, pass: &BackPass<'_>, step: usize, rows: &Range<usize>) {
        // SAFETY: as the caller promises.
        unsafe { back::gates(pass, step, rows) };
    }
}
