//! Whole layers of this crate's kernels against PyTorch in double precision.
//!
//! ```python
//! x, h0, c0 = ...                                # the numbers below
//! layer = torch.nn.LSTM(inputs, units, batch_first=True).double()   # or torch.nn.GRU
//! # with lengths: x = pack_padded_sequence(x, lengths, batch_first=True)
//! y, (hT, cT) = layer(x, (h0, c0))
//! loss = (y ** 2).sum()       # where it says so: + (hT ** 2).sum() + 0.5 * (cT ** 2).sum()
//! loss.backward()
//! ```

mod layer;
#[rustfmt::skip]
mod numbers;

use carousel_cell::{
    Instruction as I, LayerGradients, LayerInputs, LayerOutputs, LayerSeeds, Lstm,
    LstmTape, Program, ProgramTape, ScanShape, View, product,
};
use layer::{Layer, batch_major, near, scaled, transposed};

/// Of the largest number: what the reference cases allow in single precision.
const OUTPUT: f64 = 2e-5;
const GRADIENT: f64 = 1e-4;

#[test]
fn an_lstm_with_sequences_of_different_length_is_pytorchs() {
    use numbers::lstm_lengths as n;
    let lengths = [6, 2, 4];
    let mask: Vec<f32> =
        (0..18).map(|at| f32::from(u8::from(at / 3 < lengths[at % 3]))).collect();
    let layer = Layer::new([6, 3, 2, 3], 4, &n::X, &n::WEIGHT_IH_L0, &n::WEIGHT_HH_L0)
        .bias(&n::BIAS_IH_L0)
        .bias(&n::BIAS_HH_L0);
    let (y, [h, c], gradients) = lstm(&layer, Some(&mask), &n::H0, &n::C0, true);
    near(&y, &n::Y, OUTPUT);
    near(&h, &n::HT, OUTPUT);
    near(&c, &n::CT, OUTPUT);
    let [dxw, dh0, dc0, du] = gradients;
    near(&dh0, &n::D_H0, GRADIENT);
    near(&dc0, &n::D_C0, GRADIENT);
    near(&transposed(&du, 12), &n::D_WEIGHT_HH_L0, GRADIENT);
    let (dx, dw, db) = layer.input_gradients(&dxw);
    near(&dx, &n::D_X, GRADIENT);
    near(&dw, &n::D_WEIGHT_IH_L0, GRADIENT);
    near(&db, &n::D_BIAS_IH_L0, GRADIENT);
    near(&db, &n::D_BIAS_HH_L0, GRADIENT);
}

#[test]
fn a_saturated_lstm_is_pytorchs() {
    use numbers::lstm_saturated as n;
    let layer = Layer::new([4, 2, 2, 3], 4, &n::X, &n::WEIGHT_IH_L0, &n::WEIGHT_HH_L0)
        .bias(&n::BIAS_IH_L0)
        .bias(&n::BIAS_HH_L0);
    let (y, [h, c], gradients) = lstm(&layer, None, &n::H0, &n::C0, false);
    near(&y, &n::Y, OUTPUT);
    near(&h, &n::HT, OUTPUT);
    near(&c, &n::CT, OUTPUT);
    let [dxw, dh0, dc0, du] = gradients;
    near(&dh0, &n::D_H0, GRADIENT);
    near(&dc0, &n::D_C0, GRADIENT);
    near(&transposed(&du, 12), &n::D_WEIGHT_HH_L0, GRADIENT);
    near(&layer.input_gradients(&dxw).0, &n::D_X, GRADIENT);
}

/// y in batch-major order, the last states, and the gradients of xw, h0, c0 and U; the
/// loss counts the last states too if asked.
fn lstm(
    layer: &Layer,
    mask: Option<&[f32]>,
    h0: &[i16],
    c0: &[i16],
    states: bool,
) -> (Vec<f32>, [Vec<f32>; 2], [Vec<f32>; 4]) {
    let shape = layer.shape();
    let (h0, c0) = (scaled(h0), scaled(c0));
    let lstm = Lstm { shape, inputs: 0, gates: [0, 1, 2, 3] };
    let mut tape = LstmTape::new(&lstm, true);
    let xw = layer.projected();
    let (w, u, bias) = (&[][..], &layer.u[..], &[][..]);
    let inputs = LayerInputs { x: &xw, mask, h0: &h0, c0: &c0, w, u, bias };
    let mut y = vec![0.0; shape.steps * h0.len()];
    let (mut h, mut c) = (h0.clone(), h0.clone());
    let outputs = LayerOutputs { y: &mut y, h_last: &mut h, c_last: &mut c };
    lstm.forward(&inputs, &mut tape, outputs, None, None);
    let dy: Vec<f32> = y.iter().map(|y| 2.0 * y).collect();
    let dh: Vec<f32> = h.iter().map(|h| 2.0 * h).collect();
    let (dh_last, dc_last) = (states.then_some(&dh[..]), states.then_some(&c[..]));
    let seeds = LayerSeeds { dy: Some(&dy), dh_last, dc_last };
    let (mut dxw, mut du) = (xw.clone(), u.to_vec());
    let (mut dh0, mut dc0) = (h0.clone(), h0.clone());
    let gradients = LayerGradients {
        dx: Some(&mut dxw),
        dh0: &mut dh0,
        dc0: &mut dc0,
        dw: &mut [],
        dbias: &mut [],
        du: &mut du,
    };
    lstm.backward(&inputs, &mut tape, &seeds, gradients, None, None);
    (batch_major(&y, shape.batch, shape.units), [h, c], [dxw, dh0, dc0, du])
}

/// PyTorch's GRU: r, z, n with n = tanh(x + r (U h + b)); b is vector 0, the other
/// recurrent biases are in the projected input.
fn gru() -> Program {
    Program {
        instructions: vec![
            I::Carry { index: 0 },
            I::Input { block: 0 },
            I::Product { source: 0, matrix: 0, block: 0 },
            I::Add(1, 2),
            I::Sigmoid(3),
            I::Input { block: 1 },
            I::Product { source: 0, matrix: 0, block: 1 },
            I::Add(5, 6),
            I::Sigmoid(7),
            I::Product { source: 0, matrix: 0, block: 2 },
            I::Vector { index: 0 },
            I::Add(9, 10),
            I::Multiply(4, 11),
            I::Input { block: 2 },
            I::Add(12, 13),
            I::Tanh(14),
            I::Constant(-1.0),
            I::Multiply(15, 16),
            I::Add(0, 17),
            I::Multiply(8, 18),
            I::Add(15, 19),
        ],
        carries: 1,
        next: vec![20],
        output: 20,
        inputs: 3,
        vectors: 1,
        matrices: vec![3],
    }
}

#[test]
fn a_gru_as_a_program_is_pytorchs() {
    use numbers::gru_states as n;
    let mut recurrent_bias = n::BIAS_HH_L0;
    let inner_bias = scaled(&recurrent_bias[8..]);
    recurrent_bias[8..].fill(0);
    let layer = Layer::new([5, 2, 3, 4], 3, &n::X, &n::WEIGHT_IH_L0, &n::WEIGHT_HH_L0)
        .bias(&n::BIAS_IH_L0)
        .bias(&recurrent_bias);
    let (program, shape) = (gru(), layer.shape());
    assert_eq!(program.check(), Ok(()));
    let mut tape = ProgramTape::new(&program, shape);
    let (xw, h0) = (layer.projected(), scaled(&n::H0));
    let (mut y, mut last) = (vec![0.0; 40], vec![vec![0.0; 8]]);
    let (vectors, matrices) = ([&inner_bias[..]], [&layer.u[..]]);
    program.forward(
        shape,
        &xw,
        None,
        &[&h0],
        &vectors,
        &matrices,
        &mut tape,
        &mut y,
        &mut last,
        None,
    );
    near(&batch_major(&y, 2, 4), &n::Y, OUTPUT);
    near(&last[0], &n::HT, OUTPUT);

    let (dxw, dh0, db_inner, du) =
        gru_backward(shape, &xw, vectors, matrices, &mut tape, &y);
    near(&dh0, &n::D_H0, GRADIENT);
    near(&transposed(&du, 12), &n::D_WEIGHT_HH_L0, GRADIENT);
    let (dx, dw, db) = layer.input_gradients(&dxw);
    near(&dx, &n::D_X, GRADIENT);
    near(&dw, &n::D_WEIGHT_IH_L0, GRADIENT);
    near(&db, &n::D_BIAS_IH_L0, GRADIENT);
    near(&[&db[..8], &db_inner].concat(), &n::D_BIAS_HH_L0, GRADIENT);
}

/// The gradients of xw, h0, the inner bias and U.
fn gru_backward(
    shape: ScanShape,
    xw: &[f32],
    vectors: [&[f32]; 1],
    matrices: [&[f32]; 1],
    tape: &mut ProgramTape,
    y: &[f32],
) -> (Vec<f32>, Vec<f32>, Vec<f32>, Vec<f32>) {
    let dy: Vec<f32> = y.iter().map(|y| 2.0 * y).collect();
    let (mut dxw, mut du) = (xw.to_vec(), [matrices[0].to_vec()]);
    let (mut dh0, mut db_inner) = ([vec![0.0; 8]], vec![0.0; 4]);
    gru().backward(
        shape,
        xw,
        None,
        &vectors,
        &matrices,
        tape,
        Some(&dy),
        &[None],
        &mut dxw,
        &mut dh0,
        &mut [&mut db_inner],
        &mut du,
        None,
    );
    let ([dh0], [du]) = (dh0, du);
    (dxw, dh0, db_inner, du)
}
