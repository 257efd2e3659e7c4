//! The sizes of a tiny network, and whether it is one.

use super::arena::Arena;
use super::layout::Layout;
use super::program::{PANEL, TinyProgram};
use super::table::padded;

/// The sizes of a tiny network.
#[derive(Debug, Clone, PartialEq)]
pub struct TinyShape {
    /// `T`
    pub steps: usize,
    /// `B`
    pub batch: usize,
    /// `I`
    pub features: usize,
    /// The recurrent layers, from the data to the output.
    pub layers: Vec<TinyLayer>,
    /// `O` of the dense layer. Without one, the states of the last layer after all steps
    /// are the output, `[T, B, H]`.
    pub outputs: Option<usize>,
}

/// A recurrent layer of a tiny network.
#[derive(Debug, Clone, PartialEq)]
pub struct TinyLayer {
    /// `H`
    pub units: usize,
    /// What makes a step.
    pub cell: TinyCell,
}

/// What makes a step of a layer.
#[derive(Debug, Clone, PartialEq)]
pub enum TinyCell {
    /// The LSTM; its states are h and c.
    Lstm {
        /// Which column block holds i, f, g and o, as in [`crate::Lstm`].
        gates: [usize; 4],
        /// Whether there is PyTorch's second bias vector.
        two_biases: bool,
    },
    /// Any other cell.
    Program(TinyProgram),
}

impl TinyLayer {
    /// How many states it has.
    pub fn states(&self) -> usize {
        match &self.cell {
            TinyCell::Lstm { .. } => 2,
            TinyCell::Program(program) => program.states(),
        }
    }

    /// Multiplications of the products of one step of one sample, where its inputs are so
    /// many.
    pub fn multiplications(&self, inputs: usize) -> usize {
        self.units
            * match &self.cell {
                TinyCell::Lstm { .. } => 4 * (inputs + self.units),
                TinyCell::Program(program) => program.multiplications(inputs, self.units),
            }
    }

    /// `HP`: its units with their padding, which stays zero.
    pub(super) fn padded(&self) -> usize {
        match self.cell {
            TinyCell::Lstm { .. } => padded(self.units),
            TinyCell::Program(_) => self.units.next_multiple_of(PANEL),
        }
    }
}

/// The most steps, features and outputs, a million: no product of two of them, a batch
/// and a width overflows, and so no offset does.
const LONGEST: usize = 1 << (usize::BITS / 3 - 1);

/// The most multiplications of a run, some ten milliseconds of them.
const MOST: usize = 1 << 27;

impl TinyShape {
    /// Whether the network is so small that these kernels are for it. With a dense layer
    /// they were measured to be the fastest up to 64 units in batches of 4 and up to 32
    /// units in batches of 64; without one, batches of up to 3 come here. Where a layer is
    /// interpreted, these are batches of up to 3 with a dense layer, and of 1 without.
    pub fn fits(&self) -> bool {
        let outputs = self.outputs.unwrap_or(1);
        let sizes = [self.steps, self.features, outputs];
        if sizes.iter().any(|size| *size > LONGEST) {
            return false;
        }
        let units = || self.layers.iter().map(|layer| layer.units);
        let batch = self.largest_batch(units().max().unwrap_or(0));
        let sizes = units().chain([self.steps, self.batch, outputs]);
        let none = sizes.into_iter().any(|size| size == 0);
        !none && self.batch <= batch && self.is_short() && !self.reads_unbounded()
    }

    /// Whether a run is over before anybody waits for it: it cannot be interrupted.
    fn is_short(&self) -> bool {
        let layers = self.layers.iter().enumerate();
        let step =
            |(at, layer): (usize, &TinyLayer)| layer.multiplications(self.inputs(at)[0]);
        let rows = self.steps * self.batch;
        rows.saturating_mul(layers.map(step).sum::<usize>()) <= MOST
    }

    /// Whether a layer with padding, which multiplies all that it reads, reads the states
    /// of a program, which may be infinite: infinity times the zeros of padding is none.
    fn reads_unbounded(&self) -> bool {
        self.layers.windows(2).any(|pair| {
            let [below, layer] = pair else { return false };
            let padded = layer.padded() != layer.units;
            matches!(
                (&below.cell, &layer.cell),
                (TinyCell::Program(_), TinyCell::Lstm { .. }) if padded
            )
        })
    }

    /// The largest batch that these kernels are for, where the widest layer has so many
    /// units. From a few rows on, layers alone have kernels of their own, which make all
    /// rows of a step at once.
    fn largest_batch(&self, widest: usize) -> usize {
        let program = |layer: &TinyLayer| matches!(layer.cell, TinyCell::Program(_));
        let interpreted = self.layers.iter().any(program);
        match (widest, self.outputs) {
            (1..=64, None) if interpreted => 1,
            (1..=64, _) if interpreted => 3,
            (1..=64, None) => 3,
            (1..=32, _) => 64,
            (33..=64, _) => 4,
            _ => 0,
        }
    }

    /// `H` of the last layer.
    pub(super) fn width(&self) -> usize {
        self.top().units
    }

    /// The last layer.
    pub(super) fn top(&self) -> &TinyLayer {
        self.layers.last().expect("a network has a layer")
    }

    /// What a layer reads in each step: how many numbers, and so many with their padding.
    pub(super) fn inputs(&self, layer: usize) -> [usize; 2] {
        match layer.checked_sub(1) {
            Some(below) => [self.layers[below].units, self.layers[below].padded()],
            None => [self.features; 2],
        }
    }

    /// How many numbers come out for `batch` samples.
    pub(super) fn output_len(&self, batch: usize) -> usize {
        batch * self.outputs.unwrap_or(self.steps * self.width())
    }

    /// How many bytes a network of this shape takes.
    pub fn bytes(&self) -> usize {
        let layout = Layout::new(self);
        4 * Arena::bytes_for(layout.parameters) + Arena::bytes_for(layout.work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::tests::programs::rnn;

    /// `[T, B, I]`, the layers' units, below 0 where they are interpreted, and `O`.
    fn fits(sizes: [usize; 3], units: &[isize], outputs: Option<usize>) -> bool {
        let [steps, batch, features] = sizes;
        let layer = |units: &isize| {
            let lstm = TinyCell::Lstm { gates: [0, 1, 2, 3], two_biases: false };
            let program = || TinyCell::Program(TinyProgram::new(&rnn(), 1).unwrap());
            let cell = if *units < 0 { program() } else { lstm };
            TinyLayer { units: units.unsigned_abs(), cell }
        };
        let layers = units.iter().map(layer).collect();
        TinyShape { steps, batch, features, layers, outputs }.fits()
    }

    #[test]
    fn batches_are_small_and_smaller_where_a_layer_is_interpreted() {
        for (units, outputs, most) in [
            (&[4, 32][..], Some(1), 64),
            (&[4, 33], Some(1), 4),
            (&[64], None, 3),
            (&[4, -64], Some(1), 3),
            (&[-4, 64], None, 1),
        ] {
            assert!(fits([5, most, 2], units, outputs), "{units:?}");
            assert!(!fits([5, most + 1, 2], units, outputs), "{units:?}");
        }
        assert!(!fits([5, 1, 2], &[65], Some(1)) && !fits([5, 1, 2], &[-65], Some(1)));
        assert!(!fits([0, 1, 2], &[4], Some(1)) && !fits([5, 0, 2], &[4], Some(1)));
    }

    #[test]
    fn a_run_is_over_before_anybody_waits_for_it() {
        // 4 H (I + H) = 2^15 multiplications a step.
        assert!(fits([1 << 12, 1, 64], &[64], Some(1)));
        assert!(!fits([(1 << 12) + 1, 1, 64], &[64], Some(1)));
        assert!(!fits([LONGEST, 64, LONGEST], &[32], Some(1)));
        assert!(!fits([1, 1, LONGEST + 1], &[1], Some(1)));
    }

    #[test]
    fn an_lstm_with_padding_reads_no_states_of_a_program() {
        assert!(fits([5, 1, 2], &[-3, 4], Some(1)));
        assert!(!fits([5, 1, 2], &[-4, 3], Some(1)));
        assert!(fits([5, 1, 2], &[3, 3], Some(1)) && fits([5, 1, 2], &[3, -3], Some(1)));
    }
}
