//! What training makes small, in primitives.

use super::Lowered;
use crate::engine::Loss;
use crate::graph::Tensor;

impl Lowered {
    pub(super) fn add_loss(&mut self, loss: Loss) {
        let total = match loss {
            Loss::Mse | Loss::Mae => self.mean_error(loss),
            Loss::CrossEntropy => self.mean_cross_entropy(),
            Loss::SumOfSquares => {
                let output = self.output;
                self.sum_of_squares(output)
            }
            Loss::SumOfSquaresAndStates => self.squares_and_states(),
        };
        self.loss = Some(total);
    }

    /// Sum over rows of weight times the row's summed errors; the weights make it a
    /// mean, and leave out rows that are padding.
    fn mean_error(&mut self, loss: Loss) -> Tensor {
        let dims = self.output.dims();
        let (width, row_dims) = dims.split_last().expect("outputs have an axis");
        let rows = row_dims.iter().product();
        let targets = self.builder.input("targets", &dims);
        let weights = self.builder.input("weights of rows", row_dims);
        self.targets = Some((targets, weights));
        let targets = self.builder.reshape(targets, &[rows, *width]);
        let output = self.builder.reshape(self.output, &[rows, *width]);
        let error = self.builder.sub(output, targets);
        let size = match loss {
            Loss::Mae => self.builder.abs(error),
            Loss::Mse
            | Loss::CrossEntropy
            | Loss::SumOfSquares
            | Loss::SumOfSquaresAndStates => self.builder.mul(error, error),
        };
        let row = self.builder.sum(size, 1);
        let weights = self.builder.reshape(weights, &[rows]);
        let weighted = self.builder.mul(row, weights);
        self.builder.sum(weighted, 0)
    }

    fn squares_and_states(&mut self) -> Tensor {
        let output = self.output;
        let mut total = self.sum_of_squares(output);
        for (index, state) in self.last_states.clone().into_iter().enumerate() {
            let squares = self.sum_of_squares(state);
            let is_output = self.states[index].0.name == "h";
            let share = self.builder.scale(squares, if is_output { 1.0 } else { 0.5 });
            total = self.builder.add(total, share);
        }
        total
    }

    fn sum_of_squares(&mut self, value: Tensor) -> Tensor {
        let flat = self.builder.reshape(value, &[value.len()]);
        let squares = self.builder.mul(flat, flat);
        self.builder.sum(squares, 0)
    }
}
