//! Which kernel runs a recurrent layer that is no tiny network's, and how many threads
//! share it:
//!
//! | layer | kernel |
//! |---|---|
//! | an LSTM with a bias, 1 to 3 rows | [`carousel_cell::Lstm`] |
//! | the same, more rows, of numbers or of symbols | [`carousel_cell::LstmLayer`] |
//! | an LSTM without a bias, or of 1 to 3 rows of symbols | a projection, and [`carousel_cell::Lstm`] for the loop |
//! | a cell that [`ProgramLayer`] takes, 4 rows or more, or up to 32 units | [`ProgramLayer`] |
//! | any other | a projection, and [`carousel_cell::Program`] for the loop |

use std::sync::Arc;

use carousel_cell::{Features, ProgramLayer, Team};

use super::fused::{FusedCell, FusedScan};
use super::layer::{FusedLayer, LayerCell};

/// From so many multiplications on, some thirty microseconds of them, a pass is shared
/// among threads: two take three quarters of the time of one (measured), of ten times as
/// many little more than half. Where other programs keep the threads from running, the
/// team itself sees to it that nothing is lost ([`Team::of`]).
const SHARED_PASS: usize = 1_500_000;

/// Few rows share the units, and the threads meet in each step, which must have so many
/// multiplications with states, too.
const SHARED_STEP: usize = 1 << 17;

/// Up to so many units few rows pay for packing the weights of a cell that is no LSTM,
/// which then lie in the first cache: a GRU or a peephole LSTM is 1.2 to 3 times as fast,
/// an RNN's step 0.8 to 2 times; with 64 units all depends on the number of steps.
const NARROW: usize = 32;

impl FusedLayer {
    /// The layer of a loop whose projection is of these inputs, if there is one. An LSTM
    /// has a kernel for any batch of numbers; that for few rows takes no symbols, so
    /// these stay a look-up and a loop. Any other cell's kernel packs the weights in each
    /// pass: few rows pay for that up to [`NARROW`] units, and else stay a product, or a
    /// look-up, and a loop.
    ///
    /// Some cells have no kernel: those that need whole rows in the middle of a step,
    /// which are cells with `softmax` or `norm`, and those that multiply a matrix with
    /// what is no state, such as a state that is reset before the product. A state that
    /// is dropped out before its product is no hindrance.
    pub(crate) fn new(
        scan: &FusedScan,
        inputs: Features,
        biased: bool,
        threads: usize,
    ) -> Option<FusedLayer> {
        let kernel = scan.shape.kernel();
        let few = kernel.has_few_rows();
        let symbols = matches!(inputs, Features::Symbol(_));
        let cell = match &scan.cell {
            FusedCell::Lstm(_) if few && symbols => return None,
            FusedCell::Lstm(gates) => biased.then_some(LayerCell::Lstm(*gates))?,
            FusedCell::Program(_) if few && scan.shape.units > NARROW => return None,
            FusedCell::Program(program) => {
                LayerCell::Program(ProgramLayer::new(program, kernel, inputs)?)
            }
        };
        let shape = scan.shape.clone();
        Some(FusedLayer { shape, inputs, cell, biased, threads, piece: None })
    }

    /// Whether it has few rows. It is asked again for each piece of a long sequence.
    pub(super) fn has_few_rows(&self) -> bool {
        self.shape.kernel().has_few_rows()
    }

    /// The threads that share its work, if it is worth them.
    pub(crate) fn team(&self) -> Option<Arc<Team>> {
        let products = self.shape.recurrent_products();
        let step = products / self.shape.steps.max(1);
        let worth = products + self.input_products() >= SHARED_PASS
            && (!self.has_few_rows() || step >= SHARED_STEP);
        if worth { Team::of(self.threads) } else { None }
    }
}
