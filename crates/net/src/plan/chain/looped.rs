//! One recurrent layer of a chain: its projection, its loop and its learned tensors.

use carousel_cell::{TinyCell, TinyLayer, TinyProgram, TinyTensor};
use luminal::graph::NodeIndex;

use super::reader::{Linear, Port, Reader};
use crate::graph::is_plain;
use crate::operations::{FusedCell, FusedScan, Operation};

/// One layer: its projection and its loop.
pub(super) struct Loop<'a> {
    pub(super) projection: Linear,
    pub(super) scan: &'a FusedScan,
    pub(super) cell: TinyCell,
    pub(super) node: NodeIndex,
    /// The leaves of the states before the first step.
    pub(super) first: Vec<NodeIndex>,
    /// Those of the recurrent matrices.
    pub(super) hidden: Vec<NodeIndex>,
    /// Those of the cell's own vectors, each of so many.
    pub(super) vectors: Vec<(NodeIndex, usize)>,
}

impl Loop<'_> {
    pub(super) fn layer(&self) -> TinyLayer {
        TinyLayer { units: self.scan.shape.units, cell: self.cell.clone() }
    }

    /// How many learned tensors it reads.
    pub(super) fn tensors(&self) -> usize {
        1 + self.projection.biases.len() + self.hidden.len() + self.vectors.len()
    }

    /// What a leaf is in this layer, if it is one of its learned tensors.
    pub(super) fn role(&self, layer: usize, leaf: NodeIndex) -> Option<TinyTensor> {
        if leaf == self.projection.weight {
            return Some(TinyTensor::Input { layer });
        }
        if let Some(matrix) = self.hidden.iter().position(|hidden| *hidden == leaf) {
            return Some(TinyTensor::Hidden { layer, matrix });
        }
        let mut biases = self.projection.biases.iter();
        if let Some(second) = biases.position(|bias| *bias == leaf) {
            return Some(TinyTensor::Bias { layer, second: second > 0 });
        }
        let at = self.vectors.iter().position(|(vectors, _)| *vectors == leaf)?;
        let first = self.vectors[..at].iter().map(|(_, count)| count).sum();
        Some(TinyTensor::Vectors { layer, first, count: self.vectors[at].1 })
    }
}

impl<'a> Reader<'a> {
    /// The loop behind one of its outputs: 0 for all steps, 1 for the last.
    pub(super) fn recurrent(&self, (node, output): Port, wanted: u8) -> Option<Loop<'a>> {
        let Operation::FusedScan(scan) = self.operation(node)? else { return None };
        let shape = &scan.shape;
        if output != wanted || shape.reverse || shape.masked {
            return None;
        }
        let mut read = self.sources(node).into_iter();
        let (projected, _) = read.next().filter(|(_, view)| is_plain(view))?;
        let leaves = read.map(|source| self.leaf(source)).collect::<Option<Vec<_>>>()?;
        let (first, learned) = leaves.split_at(shape.states());
        let (hidden, vectors) = learned.split_at(shape.form.groups.len());
        let lens = shape.invariant_lens();
        let counts = lens[hidden.len()..].iter().map(|len| len / shape.units);
        let (projection, cell) = match &scan.cell {
            FusedCell::Lstm(gates) => {
                let ([_, _], [_], []) = (first, hidden, vectors) else { return None };
                let projection = self.linear(projected.0)?;
                let two_biases = projection.biases.len() == 2;
                (projection, TinyCell::Lstm { gates: *gates, two_biases })
            }
            FusedCell::Program(program) => {
                let biased = self.linear(projected.0);
                let projection = biased.or_else(|| self.product(projected.0))?;
                let cell = TinyProgram::new(program, projection.biases.len())?;
                (projection, TinyCell::Program(cell))
            }
        };
        Some(Loop {
            projection,
            scan,
            cell,
            node,
            first: first.to_vec(),
            hidden: hidden.to_vec(),
            vectors: vectors.iter().copied().zip(counts).collect(),
        })
    }
}
