//! The sizes of a tiny network, and whether it is one.

use super::arena::Arena;
use super::layout::Layout;

/// The sizes of a tiny network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TinyShape {
    /// `T`
    pub steps: usize,
    /// `B`
    pub batch: usize,
    /// `I`
    pub features: usize,
    /// `H` of each layer, from the data to the output.
    pub units: Vec<usize>,
    /// `O` of the dense layer. Without one, the states of the last layer after all steps
    /// are the output, `[T, B, H]`.
    pub outputs: Option<usize>,
    /// Whether each layer has PyTorch's second bias vector.
    pub two_biases: bool,
}

/// The most steps, features and outputs, a million: no product of two of them, a batch
/// and a width overflows, and so no offset does.
const LONGEST: usize = 1 << (usize::BITS / 3 - 1);

impl TinyShape {
    /// Whether the network is so small that these kernels are for it. With a dense layer
    /// they were measured to be the fastest up to 64 units in batches of 4 and up to 32
    /// units in batches of 64; without one, batches of up to 3 come here.
    pub fn fits(&self) -> bool {
        let outputs = self.outputs.unwrap_or(1);
        let sizes = [self.steps, self.features, outputs];
        if sizes.iter().any(|size| *size > LONGEST) {
            return false;
        }
        let widest = self.units.iter().copied().max().unwrap_or(0);
        let none = self.units.contains(&0) || self.steps * self.batch * outputs == 0;
        let batch = match widest {
            // From 4 rows on, layers alone have kernels of their own.
            1..=64 if self.outputs.is_none() => 3,
            1..=32 => 64,
            33..=64 => 4,
            _ => 0,
        };
        !none && self.batch <= batch
    }

    /// `H` of the last layer.
    pub(super) fn width(&self) -> usize {
        *self.units.last().expect("a network has a layer")
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
