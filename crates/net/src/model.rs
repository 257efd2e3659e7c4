//! A network with sizes and weights: plain data, free to move between threads.

use carousel_lang::Diagnostic;

pub use crate::memory::Memory;
use crate::network::Network;
use crate::parameters::{Parameter, parameters};
use crate::shape::{DataShape, Flow, flows};
use crate::start::start;

/// Whose start values, epsilon and biases: `like pytorch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Like {
    /// Glorot, orthogonal, forget bias 1; epsilon 1e-7; one bias.
    #[default]
    Keras,
    /// Uniform within 1 / sqrt(H); epsilon 1e-8; two biases.
    PyTorch,
}

/// A network that has met its data: its sizes and its weights.
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

impl Model {
    /// A model with fresh weights, made from the seed.
    ///
    /// # Errors
    /// As [`flows`] and [`parameters`]: layers that do not fit the data or each other,
    /// and what is wrong with a user's cell.
    pub fn new(
        network: &Network,
        data: DataShape,
        like: Like,
        seed: u64,
    ) -> Result<Model, Diagnostic> {
        let mut model = Model::outline(network, data, like)?;
        model.weights = start(network, &model.parameters, like, seed)?;
        Ok(model)
    }

    /// A model whose weights are all zero: for those who look at its sizes alone.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn blank(
        network: &Network,
        data: DataShape,
        like: Like,
    ) -> Result<Model, Diagnostic> {
        let mut model = Model::outline(network, data, like)?;
        let end = model.parameters.last().map_or(0, |last| last.range().end);
        model.weights = vec![0.0; end];
        Ok(model)
    }

    /// A model that has its sizes and no weights.
    pub(crate) fn outline(
        network: &Network,
        data: DataShape,
        like: Like,
    ) -> Result<Model, Diagnostic> {
        let flows = flows(network, data)?;
        let parameters = parameters(network, &flows, like == Like::PyTorch)?;
        let (network, weights) = (network.clone(), Vec::new());
        Ok(Model { network, data, flows, like, parameters, weights })
    }

    /// Whether LSTM and RNN layers have a second bias vector.
    pub fn two_biases(&self) -> bool {
        self.like == Like::PyTorch
    }

    /// What its stateful layers remember before they have read anything.
    pub fn memory(&self) -> Memory {
        Memory::default()
    }
}
