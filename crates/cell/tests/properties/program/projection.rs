//! What is projected into the inputs of a program, in plain loops and double precision.

use carousel_cell::Features;

use super::ProgramShape;
use crate::draw::Dice;

/// Inputs, their matrix and the bias of the projection.
pub(crate) struct Projection {
    pub(crate) inputs: usize,
    /// Whether x is zeros and a single one, so that a symbol can stand for them.
    pub(crate) symbols: bool,
    pub(crate) x: Vec<f64>,
    pub(crate) w: Vec<f64>,
    pub(crate) bias: Vec<f64>,
}

impl Projection {
    pub(super) fn new(shape: &ProgramShape) -> Projection {
        let mut dice = Dice::new(shape.seed, 1);
        let (rows, wide) =
            (shape.steps * shape.batch, shape.cell.program.inputs * shape.units);
        let (inputs, symbols) = (dice.size(20), dice.coin());
        let x = if symbols {
            dice.single_ones(rows, inputs)
        } else {
            dice.numbers(rows * inputs)
        };
        Projection {
            inputs,
            symbols,
            x,
            w: dice.weights(inputs * wide, inputs),
            bias: dice.numbers(wide),
        }
    }

    pub(super) fn features(&self) -> Features {
        if self.symbols {
            Features::Symbol(self.inputs)
        } else {
            Features::Numbers(self.inputs)
        }
    }

    /// `[T, B, inputs * H]`
    pub(crate) fn projected(&self, wide: usize) -> Vec<f64> {
        let row = |x: &[f64]| -> Vec<f64> {
            let sum = |column: usize| {
                let terms = x.iter().zip(self.w[column..].iter().step_by(wide));
                self.bias[column] + terms.map(|(x, w)| x * w).sum::<f64>()
            };
            (0..wide).map(sum).collect()
        };
        self.x.chunks_exact(self.inputs).flat_map(row).collect()
    }

    /// The gradients of x, w and the bias, given that of the projected inputs.
    pub(crate) fn gradients(&self, dz: &[f64], wide: usize) -> [Vec<f64>; 3] {
        let (mut dw, mut dbias) = (vec![0.0; self.w.len()], vec![0.0; wide]);
        let mut dx = Vec::new();
        for (x, dz) in self.x.chunks_exact(self.inputs).zip(dz.chunks_exact(wide)) {
            for (k, x) in x.iter().enumerate() {
                let w = &self.w[k * wide..][..wide];
                dx.push(w.iter().zip(dz).map(|(w, dz)| w * dz).sum());
                let dw = dw[k * wide..][..wide].iter_mut();
                dw.zip(dz).for_each(|(dw, dz)| *dw += x * dz);
            }
            dbias.iter_mut().zip(dz).for_each(|(sum, dz)| *sum += dz);
        }
        [dx, dw, dbias]
    }
}
