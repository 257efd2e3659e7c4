//! Where the numbers of the caller's tensors lie among the parameters.

use super::super::TinyTensor;
use super::super::layer::Layer;
use super::{PANEL, ProgramPlaces, Vector, width};

impl ProgramPlaces {
    /// Where the numbers of a tensor of the layer lie, in its order: starts and lengths.
    /// The layer reads so many numbers, without padding.
    pub(in super::super) fn rows(
        &self,
        layer: &Layer,
        inputs: usize,
        tensor: TinyTensor,
    ) -> Vec<(usize, usize)> {
        match tensor {
            TinyTensor::Input { .. } => self.matrix_rows(layer, 0, inputs),
            TinyTensor::Hidden { matrix, .. } => {
                self.matrix_rows(layer, 1 + matrix, layer.units)
            }
            TinyTensor::Bias { second, .. } => {
                let blocks = 0..self.program.cell.blocks[0];
                let block = |block| Vector::Projection { block, second };
                blocks.flat_map(|at| self.vector_rows(layer, block(at))).collect()
            }
            TinyTensor::Vectors { first, count, .. } => (first..first + count)
                .flat_map(|vector| self.vector_rows(layer, Vector::Own(vector)))
                .collect(),
            TinyTensor::Weight | TinyTensor::OutputBias => {
                unreachable!("a dense tensor is of a dense layer")
            }
        }
    }

    fn matrix_rows(&self, layer: &Layer, of: usize, rows: usize) -> Vec<(usize, usize)> {
        let (matrix, blocks) = (self.matrices[of], &self.program.terms[of].blocks);
        let place = |block| blocks.iter().position(|other| *other == block);
        let mut pieces = Vec::new();
        for row in 0..rows {
            for block in 0..blocks.len() {
                let column = place(block).expect("each block has a sum");
                for p in 0..self.panels {
                    let at = (p * matrix.rows + row) * blocks.len() + column;
                    pieces.push((matrix.at + at * PANEL, width(layer, p)));
                }
            }
        }
        pieces
    }

    fn vector_rows(&self, layer: &Layer, vector: Vector) -> Vec<(usize, usize)> {
        let found = self.program.biases.iter().position(|bias| bias.vector == vector);
        let bias = found.expect("each vector is in a sum");
        let piece = |p: usize| (self.at_bias(bias, p), width(layer, p));
        (0..self.panels).map(piece).collect()
    }

    fn at_bias(&self, bias: usize, p: usize) -> usize {
        self.biases + (bias * self.panels + p) * PANEL
    }
}
