//! LSTM -> linear on the last step, mean squared error, made of this crate's kernels.

use std::ops::Range;

use carousel_cell::{
    LayerGradients, LayerInputs, LayerOutputs, LayerSeeds, Lstm, LstmTape, Optimiser,
    ScanShape, View, clip, product,
};

use crate::numbers;

const STEPS: usize = 5;
const BATCH: usize = 4;
const INPUTS: usize = 2;
const UNITS: usize = 4;
const WIDE: usize = 4 * UNITS;

// Where each parameter lies: W `[I, 4H]`, U `[H, 4H]`, the two biases, the linear
// layer's weights and bias.
const W: Range<usize> = 0..INPUTS * WIDE;
const U: Range<usize> = W.end..W.end + UNITS * WIDE;
const B_IH: Range<usize> = U.end..U.end + WIDE;
const B_HH: Range<usize> = B_IH.end..B_IH.end + WIDE;
const V: Range<usize> = B_HH.end..B_HH.end + UNITS;
const B_OUT: usize = V.end;

/// The model and its data.
pub(crate) struct Model {
    parameters: Vec<f32>,
    /// `[T, B, I]`.
    x: Vec<f32>,
    /// `[B]`.
    target: Vec<f32>,
    /// Whether there are two biases, each with its gradient, or only the first.
    two_biases: bool,
}

impl Model {
    pub(crate) fn pytorch() -> Model {
        let w = transposed(&scaled(&numbers::W_IH), INPUTS);
        let u = transposed(&scaled(&numbers::W_HH), UNITS);
        let rest = [&numbers::B_IH[..], &numbers::B_HH, &numbers::W_OUT, &numbers::B_OUT];
        let parameters = [w, u].into_iter().chain(rest.map(scaled)).flatten().collect();
        Model {
            parameters,
            x: time_major(&scaled(&numbers::X)),
            target: scaled(&numbers::TARGET),
            two_biases: true,
        }
    }

    pub(crate) fn keras() -> Model {
        let parts = [
            &numbers::KERAS_KERNEL[..],
            &numbers::KERAS_RECURRENT,
            &numbers::KERAS_BIAS,
            &[0; WIDE],
            &numbers::KERAS_OUT,
            &numbers::KERAS_OUT_BIAS,
        ];
        Model {
            parameters: parts.into_iter().flat_map(scaled).collect(),
            x: time_major(&scaled(&numbers::KERAS_X)),
            target: scaled(&numbers::KERAS_TARGET),
            two_biases: false,
        }
    }

    /// The losses before each step, as many as asked.
    pub(crate) fn train(
        mut self,
        optimiser: &Optimiser,
        limit: Option<f32>,
        losses: usize,
    ) -> Vec<f64> {
        let mut first = vec![0.0; self.parameters.len()];
        let mut second = first.clone();
        let mut step = |step: usize| {
            let (loss, mut gradients) = self.gradients();
            if let Some(limit) = limit {
                clip(&mut gradients, limit);
            }
            let (m, v) = (&mut first, &mut second);
            optimiser.update(step as u64 + 1, &mut self.parameters, &gradients, m, v);
            loss
        };
        (0..losses).map(&mut step).collect()
    }

    /// The loss and its gradient of each parameter.
    fn gradients(&self) -> (f64, Vec<f32>) {
        let p = &self.parameters;
        let shape =
            ScanShape { steps: STEPS, batch: BATCH, units: UNITS, reverse: false };
        let lstm = Lstm { shape, inputs: INPUTS, gates: [0, 1, 2, 3] };
        let mut tape = LstmTape::new(&lstm, true);
        let (bias, zero) = (self.bias(), vec![0.0; BATCH * UNITS]);
        let inputs = LayerInputs {
            x: &self.x,
            mask: None,
            h0: &zero,
            c0: &zero,
            w: &p[W],
            u: &p[U],
            bias: &bias,
        };
        let (mut y, mut h) = (vec![0.0; STEPS * zero.len()], zero.clone());
        let mut c = zero.clone();
        let outputs = LayerOutputs { y: &mut y, h_last: &mut h, c_last: &mut c };
        lstm.forward(&inputs, &mut tape, outputs, None, None);
        let mut g = vec![0.0; p.len()];
        let (loss, dh) = self.output(&h, &mut g);
        let seeds = LayerSeeds { dh_last: Some(&dh), ..LayerSeeds::default() };
        let (weights, rest) = g.split_at_mut(B_IH.start);
        let (dw, du) = weights.split_at_mut(U.start);
        let (dbias, dh0, dc0) = (&mut rest[..WIDE], &mut h, &mut c);
        let gradients = LayerGradients { dx: None, dh0, dc0, dw, dbias, du };
        lstm.backward(&inputs, &mut tape, &seeds, gradients, None, None);
        if self.two_biases {
            g.copy_within(B_IH, B_HH.start);
        }
        (loss, g)
    }

    /// The sum of both biases, `[4H]`.
    fn bias(&self) -> Vec<f32> {
        let biases = self.parameters[B_IH].iter().zip(&self.parameters[B_HH]);
        biases.map(|(a, b)| a + b).collect()
    }

    /// The loss and its gradient of the last hidden state; those of the linear layer go
    /// to g.
    fn output(&self, h: &[f32], g: &mut [f32]) -> (f64, Vec<f32>) {
        let p = &self.parameters;
        let h = View::new(h, BATCH, UNITS);
        let mut out = vec![p[B_OUT]; BATCH];
        product(h, View::new(&p[V], UNITS, 1), &mut out, true);
        let errors: Vec<f32> = out.iter().zip(&self.target).map(|(a, b)| a - b).collect();
        let squares = errors.iter().map(|error| f64::from(*error).powi(2));
        let loss = squares.sum::<f64>() / BATCH as f64;
        let dout: Vec<f32> = errors.iter().map(|e| 2.0 * e / BATCH as f32).collect();
        let dout = View::new(&dout, BATCH, 1);
        product(h.transposed(), dout, &mut g[V], false);
        g[B_OUT] = dout.data.iter().sum();
        let mut dh = vec![0.0; BATCH * UNITS];
        product(dout, View::new(&p[V], 1, UNITS), &mut dh, false);
        (loss, dh)
    }
}

fn scaled(numbers: &[i16]) -> Vec<f32> {
    numbers.iter().map(|x| f32::from(*x) / 1024.0).collect()
}

/// `[4H, columns]` as `[columns, 4H]`.
fn transposed(w: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|c| w.iter().skip(c).step_by(columns).copied()).collect()
}

/// `[B, T, I]` as `[T, B, I]`.
fn time_major(x: &[f32]) -> Vec<f32> {
    let rows: Vec<&[f32]> = x.chunks(INPUTS).collect();
    (0..STEPS * BATCH)
        .flat_map(|at| rows[at % BATCH * STEPS + at / BATCH])
        .copied()
        .collect()
}
