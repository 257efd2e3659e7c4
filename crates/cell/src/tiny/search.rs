//! Where the numbers of a run stopped being finite.

use super::{Tiny, table};

/// A part of a tiny network's run, in the order of computation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TinyPart {
    /// A gate of a layer: 0 to 3 for i, f, g and o.
    Gate {
        /// Which layer.
        layer: usize,
        /// Which gate.
        gate: usize,
    },
    /// The states of a layer.
    States {
        /// Which layer.
        layer: usize,
    },
    /// The output of the dense layer.
    Outputs,
    /// The gradients of the weights of a layer.
    Gradients {
        /// Which layer; the number of layers is the dense one.
        layer: usize,
    },
}

impl Tiny {
    /// The first part of the last run on a whole batch that is not finite, if any is;
    /// gradients are looked at if `trained`.
    pub fn first_not_finite(&self, trained: bool) -> Option<TinyPart> {
        let rows = self.shape.steps * self.shape.batch;
        let work = self.work.all();
        for (layer, (at, units)) in
            self.layout.layers.iter().zip(&self.shape.units).enumerate()
        {
            let hp = table::padded(*units);
            let gates = &work[at.gates..][..rows * 4 * hp];
            if let Some(bad) = position(gates) {
                return Some(TinyPart::Gate { layer, gate: bad % (4 * hp) / hp });
            }
            if position(&work[at.c..][..(rows + self.shape.batch) * hp]).is_some() {
                return Some(TinyPart::States { layer });
            }
        }
        if position(self.outputs()).is_some() {
            return Some(TinyPart::Outputs);
        }
        let bad = position(self.gradients.all()).filter(|_| trained)?;
        let starts = self.layout.layers.iter().map(|layer| layer.weights);
        let starts = starts.chain(self.layout.dense.as_ref().map(|dense| dense.weights));
        Some(TinyPart::Gradients {
            layer: starts.filter(|start| *start <= bad).count() - 1,
        })
    }
}

fn position(numbers: &[f32]) -> Option<usize> {
    numbers.iter().position(|number| !number.is_finite())
}
