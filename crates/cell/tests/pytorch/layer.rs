//! A layer's input side, and the orders that PyTorch keeps numbers in.

use carousel_cell::ScanShape;

use crate::{View, product};

/// The input and the weights of a layer, in this crate's order.
pub(crate) struct Layer {
    steps: usize,
    batch: usize,
    inputs: usize,
    units: usize,
    width: usize,
    /// `[T, B, I]`.
    x: Vec<f32>,
    /// `[I, width]`.
    w: Vec<f32>,
    /// `[H, width]`.
    pub(crate) u: Vec<f32>,
    /// `[width]`.
    bias: Vec<f32>,
}

impl Layer {
    /// `[T, B, I, H]`, how many gates, and PyTorch's numbers.
    pub(crate) fn new(
        [steps, batch, inputs, units]: [usize; 4],
        gates: usize,
        x: &[i16],
        w_ih: &[i16],
        w_hh: &[i16],
    ) -> Layer {
        let x = time_major(&scaled(x), batch, inputs);
        let w = transposed(&scaled(w_ih), inputs);
        let u = transposed(&scaled(w_hh), units);
        let width = gates * units;
        Layer { steps, batch, inputs, units, width, x, w, u, bias: vec![0.0; width] }
    }

    /// With one bias more.
    pub(crate) fn bias(mut self, bias: &[i16]) -> Layer {
        for (sum, bias) in self.bias.iter_mut().zip(scaled(bias)) {
            *sum += bias;
        }
        self
    }

    pub(crate) fn shape(&self) -> ScanShape {
        let Layer { steps, batch, units, .. } = *self;
        ScanShape { steps, batch, units, reverse: false }
    }

    /// x W + b: `[T, B, width]`.
    pub(crate) fn projected(&self) -> Vec<f32> {
        let rows = self.steps * self.batch;
        let mut xw = self.bias.repeat(rows);
        let x = View::new(&self.x, rows, self.inputs);
        product(x, View::new(&self.w, self.inputs, self.width), &mut xw, true);
        xw
    }

    /// The gradients of x, W and b, in PyTorch's order.
    pub(crate) fn input_gradients(&self, dxw: &[f32]) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
        let rows = self.steps * self.batch;
        let (mut dx, mut dw) = (vec![0.0; self.x.len()], vec![0.0; self.w.len()]);
        let dz = View::new(dxw, rows, self.width);
        let w = View::new(&self.w, self.inputs, self.width);
        product(dz, w.transposed(), &mut dx, false);
        let x = View::new(&self.x, rows, self.inputs);
        product(x.transposed(), dz, &mut dw, false);
        let column = |c: usize| dxw.iter().skip(c).step_by(self.width).sum();
        let db = (0..self.width).map(column).collect();
        (batch_major(&dx, self.batch, self.inputs), transposed(&dw, self.width), db)
    }
}

/// Units of 1/1024 as numbers.
pub(crate) fn scaled(numbers: &[i16]) -> Vec<f32> {
    numbers.iter().map(|x| f32::from(*x) / 1024.0).collect()
}

/// `[rows, columns]` as `[columns, rows]`.
pub(crate) fn transposed(a: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|c| a.iter().skip(c).step_by(columns).copied()).collect()
}

/// `[B, T, width]` as `[T, B, width]`.
pub(crate) fn time_major(x: &[f32], batch: usize, width: usize) -> Vec<f32> {
    let rows: Vec<&[f32]> = x.chunks(width).collect();
    let steps = rows.len() / batch;
    let at = |at: usize| rows[at % batch * steps + at / batch];
    (0..rows.len()).flat_map(at).copied().collect()
}

/// `[T, B, width]` as `[B, T, width]`.
pub(crate) fn batch_major(x: &[f32], batch: usize, width: usize) -> Vec<f32> {
    time_major(x, x.len() / width / batch, width)
}

pub(crate) fn near(got: &[f32], want: &[f64], tolerance: f64) {
    let largest = want.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    assert_eq!(got.len(), want.len());
    for (k, (got, want)) in got.iter().zip(want).enumerate() {
        let error = (f64::from(*got) - want).abs();
        assert!(error <= tolerance * largest, "{k}: {got} for {want}");
    }
}
