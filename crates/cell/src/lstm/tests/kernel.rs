//! The two kernels of an LSTM layer, as the tests run them: that for few rows, and that
//! for all other batches.

use std::fmt::Debug;
use std::sync::atomic::AtomicBool;

use crate::lstm::{Lstm, LstmTape};
use crate::operands::{LayerGradients, LayerInputs, LayerOutputs, LayerSeeds};
use crate::simd::Level;
use crate::team::Team;
use crate::{Features, LayerTape, LstmLayer};

/// One of them.
pub(super) trait Kernel: Debug {
    type Tape;

    /// Batch, steps, inputs and units of the cases that it is run on.
    const SIZES: &[[usize; 4]];

    fn of(lstm: Lstm) -> Self;

    fn tape(&self, level: Level, training: bool) -> Self::Tape;

    fn forward(
        &self,
        inputs: &LayerInputs<'_>,
        tape: &mut Self::Tape,
        outputs: LayerOutputs<'_>,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool;

    fn backward(
        &self,
        inputs: &LayerInputs<'_>,
        tape: &mut Self::Tape,
        seeds: &LayerSeeds<'_>,
        gradients: LayerGradients<'_>,
        team: Option<&Team>,
        interrupt: Option<&AtomicBool>,
    ) -> bool;

    fn first_bad_gate(tape: &Self::Tape) -> Option<usize>;
}

/// The trait's methods by those of the same names.
macro_rules! kernel {
    ($kernel:ty, $tape:ident, $of:expr, $sizes:expr) => {
        impl Kernel for $kernel {
            type Tape = $tape;

            const SIZES: &[[usize; 4]] = $sizes;

            fn of(lstm: Lstm) -> Self {
                ($of)(lstm)
            }

            fn tape(&self, level: Level, training: bool) -> $tape {
                $tape::at(level, self, training)
            }

            fn forward(
                &self,
                inputs: &LayerInputs<'_>,
                tape: &mut $tape,
                outputs: LayerOutputs<'_>,
                team: Option<&Team>,
                interrupt: Option<&AtomicBool>,
            ) -> bool {
                self.forward(inputs, tape, outputs, team, interrupt)
            }

            fn backward(
                &self,
                inputs: &LayerInputs<'_>,
                tape: &mut $tape,
                seeds: &LayerSeeds<'_>,
                gradients: LayerGradients<'_>,
                team: Option<&Team>,
                interrupt: Option<&AtomicBool>,
            ) -> bool {
                self.backward(inputs, tape, seeds, gradients, team, interrupt)
            }

            fn first_bad_gate(tape: &$tape) -> Option<usize> {
                tape.first_bad_gate()
            }
        }
    };
}

kernel!(
    Lstm,
    LstmTape,
    |lstm| lstm,
    &[
        [1, 1, 1, 1],
        [1, 3, 1, 4],
        [2, 3, 5, 16],
        [3, 7, 3, 17],
        [3, 4, 65, 33],
        [1, 5, 16, 64],
        [2, 9, 34, 100],
        [1, 40, 2, 21],
        // Rows of many tiles, as an input that is projected already may have them.
        [5, 3, 2, 18],
        [13, 3, 9, 35],
        [2, 4, 0, 23],
        [9, 4, 0, 48],
        // Several panels for each of three threads.
        [1, 3, 9, 259],
        [3, 2, 7, 151],
    ]
);

kernel!(
    LstmLayer,
    LayerTape,
    |Lstm { shape, inputs, gates }| {
        LstmLayer { shape, inputs: Features::Numbers(inputs), gates }
    },
    &[
        [1, 1, 1, 1],
        [2, 3, 5, 16],
        [5, 7, 3, 17],
        [7, 4, 65, 33],
        [13, 5, 16, 64],
        [3, 9, 34, 100],
        // Chunks of one step, and of several.
        [520, 2, 3, 4],
        [100, 11, 2, 20],
        [33, 20, 48, 80],
    ]
);
