//! A network with sizes and weights: plain data, free to move between threads.

use carousel_lang::Diagnostic;

use crate::network::Network;
use crate::parameters::Parameter;
use crate::shape::{DataShape, Flow};

/// Whose start values, epsilon and biases: `like pytorch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Like {
    /// Glorot, orthogonal, forget bias 1; epsilon 1e-7; one bias.
    #[default]
    Keras,
    /// Uniform within 1 / sqrt(H); epsilon 1e-8; two biases.
    PyTorch,
}

/// A network that has met its data: sizes, weights, and what its stateful layers
/// remember.
#[derive(Debug, Clone)]
pub struct Model {
    /// The layers.
    pub network: Network,
    /// The data that it was sized for.
    pub data: DataShape,
    /// What flows between the layers.
    pub flows: Vec<Flow>,
    /// Whose start values and biases it has.
    pub like: Like,
    /// Where each learned tensor lies in `weights`.
    pub parameters: Vec<Parameter>,
    /// All learned numbers.
    pub weights: Vec<f32>,
}
