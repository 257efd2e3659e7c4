//! Where the numbers of a run stopped being finite.

use super::Tiny;
use super::layer::Body;
use super::lstm::LstmPlaces;

/// A part of a tiny network's run, in the order of computation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TinyPart {
    /// A gate of a layer, or what a column block of its inputs is for.
    Gate {
        /// Which layer.
        layer: usize,
        /// 0 to 3 for i, f, g and o of an LSTM; else the column block.
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
        let (work, batch) = (self.work.all(), self.shape.batch);
        let rows = self.shape.steps * batch;
        for (layer, at) in self.layout.layers.iter().enumerate() {
            let gate = match &at.body {
                Body::Lstm(places) => places.first_bad(at.padded, rows, work),
                Body::Program(places) => places.first_bad(at, rows, work),
            };
            if let Some(gate) = gate {
                return Some(TinyPart::Gate { layer, gate });
            }
            let numbers = (rows + batch) * at.padded;
            if at.states.iter().any(|at| position(&work[*at..][..numbers]).is_some()) {
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

impl LstmPlaces {
    /// The first gate that is not finite, in so many rows.
    fn first_bad(&self, hp: usize, rows: usize, work: &[f32]) -> Option<usize> {
        let bad = position(&work[self.gates..][..rows * 4 * hp])?;
        Some(bad % (4 * hp) / hp)
    }
}

fn position(numbers: &[f32]) -> Option<usize> {
    numbers.iter().position(|number| !number.is_finite())
}
