//! Ten full-batch steps of LSTM -> linear on the last step, mean squared error, by each
//! optimiser: the losses against PyTorch's and Keras's.
//!
//! ```python
//! lstm, out = torch.nn.LSTM(2, 4, batch_first=True), torch.nn.Linear(4, 1)
//! # ... the parameters below, and e.g. opt = torch.optim.Adam(parameters, lr=0.01)
//! for step in range(10):
//!     loss = ((out(lstm(x)[0][:, -1]) - target) ** 2).mean()   # losses[step]
//!     opt.zero_grad(); loss.backward()
//!     opt.step()            # after clip_grad_norm_(parameters, 0.25) where it says so
//! ```

mod model;
#[rustfmt::skip]
mod numbers;

use carousel_cell::Form::{Keras, PyTorch};
use carousel_cell::Optimiser::{self, Adagrad, Adam, RmsProp, Sgd};
use model::Model;

/// Of a loss of order 1, after ten steps in single precision; PyTorch's own single
/// precision is off by 2e-7. The other form of an optimiser is off by more.
const LOSS: f64 = 1.5e-6;

/// RMSprop with a long memory steps by the gradient's sign at first, and so makes much of small
/// ones: PyTorch's own single precision is off by 7e-6.
const SIGN_LOSS: f64 = 2e-5;

fn check(model: Model, optimiser: Optimiser, clip: Option<f32>, want: &[f64]) {
    check_within(LOSS, model, optimiser, clip, want);
}

fn check_within(
    tolerance: f64,
    model: Model,
    optimiser: Optimiser,
    clip: Option<f32>,
    want: &[f64],
) {
    let got = model.train(&optimiser, clip, want.len());
    for (step, (got, want)) in got.into_iter().zip(want).enumerate() {
        assert!(
            (got - want).abs() < tolerance,
            "{optimiser:?}, step {step}: {got} for {want}"
        );
    }
}

#[test]
fn gradient_descent_is_pytorchs() {
    let sgd = |rate, momentum, nesterov| Sgd { rate, momentum, nesterov };
    check(Model::pytorch(), sgd(0.1, 0.0, false), None, &numbers::SGD);
    check(Model::pytorch(), sgd(0.05, 0.9, false), None, &numbers::SGD_MOMENTUM);
    check(Model::pytorch(), sgd(0.05, 0.9, true), None, &numbers::SGD_NESTEROV);
}

#[test]
fn adam_is_pytorchs() {
    let adam = |rate, epsilon, decay| Adam {
        rate,
        beta1: 0.9,
        beta2: 0.999,
        epsilon,
        decay,
        form: PyTorch,
    };
    check(Model::pytorch(), adam(0.01, 1e-8, 0.0), None, &numbers::ADAM);
    check(Model::pytorch(), adam(0.001, 1e-7, 0.0), None, &numbers::ADAM_EPS_1E_7);
    check(Model::pytorch(), adam(0.01, 1e-8, 0.05), None, &numbers::ADAMW);
    check(Model::pytorch(), adam(0.01, 1e-8, 0.0), Some(0.25), &numbers::ADAM_CLIPNORM);
}

#[test]
fn rmsprop_and_adagrad_are_pytorchs() {
    let rms = |rate, rho, momentum| RmsProp {
        rate,
        rho,
        epsilon: 1e-8,
        momentum,
        form: PyTorch,
    };
    check_within(
        SIGN_LOSS,
        Model::pytorch(),
        rms(0.01, 0.99, 0.0),
        None,
        &numbers::RMSPROP,
    );
    check(Model::pytorch(), rms(0.005, 0.9, 0.5), None, &numbers::RMSPROP_MOMENTUM);
    let adagrad = Adagrad { rate: 0.05, epsilon: 1e-10 };
    check(Model::pytorch(), adagrad, None, &numbers::ADAGRAD);
}

/// `keras.layers.LSTM(4)` and `Dense(1)`, `keras.optimizers.Adam(0.01)` and so on.
#[test]
fn the_forms_of_keras_are_kerass() {
    let adam = Adam {
        rate: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-7,
        decay: 0.0,
        form: Keras,
    };
    check(Model::keras(), adam, None, &numbers::KERAS_ADAM);
    let rms = RmsProp { rate: 0.01, rho: 0.9, epsilon: 1e-7, momentum: 0.0, form: Keras };
    check(Model::keras(), rms, None, &numbers::KERAS_RMSPROP);
    let sgd = |rate, momentum| Sgd { rate, momentum, nesterov: false };
    check(Model::keras(), sgd(0.1, 0.0), None, &numbers::KERAS_SGD);
    check(Model::keras(), sgd(0.05, 0.9), None, &numbers::KERAS_SGD_MOMENTUM);
}
