//! One recurrent layer on made numbers, to be timed: a cell and a shape go in, something
//! that can be run again and again comes out.
//!
//! It takes the way of every model: lowered, fused, and run by a plan.

use carousel_lang::{Diagnostic, Span};

use crate::engine::{BatchShape, Engine, Feed, Goal, Settings};
use crate::network::{Cell, Layer, LayerKind, Network, Output, Recurrent};
use crate::parameters::{Parameter, parameters};
use crate::random::{Purpose, Random};
use crate::shape::{DataShape, flows};

/// What is done with the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Forward and backward: the gradients of inputs, weights and first states, given
    /// those of the outputs. No loss, no optimiser.
    Train,
    /// Forward: the states after all steps.
    Infer,
}

/// A compiled layer and all that a run is fed.
#[derive(Debug)]
pub struct Trial {
    engine: Engine,
    parameters: Vec<f32>,
    gradients: Vec<f32>,
    inputs: Vec<f32>,
    states: Vec<Vec<f32>>,
    /// The gradients of the outputs, `[T, B, H]`, in training.
    pulled: Vec<f32>,
    flops: f64,
}

impl Trial {
    /// A layer of `[B, T, I, H]` that gives all its steps.
    ///
    /// # Errors
    /// What the equations of a cell of the user's lack.
    pub fn new(
        cell: &Cell,
        [b, t, i, h]: [usize; 4],
        pass: Pass,
        threads: usize,
    ) -> Result<Trial, Diagnostic> {
        let network = network(cell, h);
        let data = DataShape {
            steps: Some(t),
            features: i,
            width: h,
            every: true,
            ..DataShape::default()
        };
        let flows = flows(&network, data)?;
        let tensors = parameters(&network, &flows, false)?;
        let goal = match pass {
            Pass::Train => Goal::Pullback,
            Pass::Infer => Goal::Predict,
        };
        let settings = Settings { threads, ..Settings::DEFAULT };
        let shape = BatchShape { steps: t, size: b, masked: false };
        let engine = Engine::new(&network, &flows, shape, goal, false, settings)?;
        let weights = tensors.iter().map(Parameter::len).sum();
        // PyTorch's start values, so that the gates are neither open nor shut.
        let limit = 1.0 / (h as f64).sqrt();
        let mut random = Random::new(0, Purpose::Comparison);
        let mut numbers =
            |n: usize, limit: f64| (0..n).map(|_| random.within(limit)).collect();
        Ok(Trial {
            states: engine
                .states
                .iter()
                .map(|state| vec![0.0; b * state.units])
                .collect(),
            parameters: numbers(weights, limit),
            gradients: vec![0.0; weights],
            inputs: numbers(t * b * i, 1.0),
            pulled: numbers(t * b * h, 1.0),
            flops: flops(&tensors, t * b, pass),
            engine,
        })
    }

    /// Does all of it once.
    pub fn run(&mut self) {
        let feed = Feed {
            inputs: &self.inputs,
            mask: None,
            states: &self.states,
            targets: &self.pulled,
            weights: &[],
            dropouts: &[],
            interrupt: None,
        };
        self.engine
            .run(&self.parameters, &mut self.gradients, &feed)
            .expect("without a flag nothing interrupts a run");
    }

    /// The states after all steps of the last run, `[T, B, H]`.
    pub fn output(&self) -> &[f32] {
        self.engine.output()
    }

    /// Bytes that the passes take: buffers and what is kept for the way back, without
    /// weights and inputs.
    pub fn bytes(&self) -> usize {
        self.engine.bytes()
    }

    /// Floating point operations of one run, those of matrix products alone: for an LSTM
    /// `2 T B 4H (I + H)`, and three times that for [`Pass::Train`], since each product
    /// has two on the way back.
    pub fn flops(&self) -> f64 {
        self.flops
    }
}

/// Each number of a matrix is used once for each step of each row.
fn flops(tensors: &[Parameter], rows: usize, pass: Pass) -> f64 {
    let matrices = tensors.iter().filter(|tensor| tensor.dims.len() == 2);
    let numbers: usize = matrices.map(Parameter::len).sum();
    let forward = 2.0 * (rows * numbers) as f64;
    match pass {
        Pass::Train => 3.0 * forward,
        Pass::Infer => forward,
    }
}

/// `lstm H every`, or another cell.
fn network(cell: &Cell, units: usize) -> Network {
    let recurrent = Recurrent {
        cell: cell.clone(),
        units,
        stateful: false,
        bidirectional: false,
        dropout: 0.0,
        recurrent_dropout: 0.0,
        output: Some(Output::Every),
        frozen: false,
    };
    let kind = LayerKind::Recurrent(recurrent);
    Network { layers: vec![Layer { kind, span: Span::default() }] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_gives_its_state_at_every_step() {
        for pass in [Pass::Train, Pass::Infer] {
            for cell in [Cell::Lstm, Cell::Gru, Cell::Rnn] {
                let mut trial = Trial::new(&cell, [2, 3, 1, 4], pass, 1).unwrap();
                trial.run();
                assert_eq!(trial.output().len(), 3 * 2 * 4);
                assert!(trial.output().iter().all(|h| *h != 0.0 && h.abs() < 1.0));
            }
        }
    }

    #[test]
    fn products_alone_are_counted() {
        let of = |cell, pass| Trial::new(cell, [1, 3, 1, 4], pass, 1).unwrap().flops();
        assert_eq!(of(&Cell::Lstm, Pass::Infer), 480.0);
        assert_eq!(of(&Cell::Lstm, Pass::Train), 1440.0);
        assert_eq!(of(&Cell::Gru, Pass::Infer), 360.0);
        assert_eq!(of(&Cell::Rnn, Pass::Infer), 120.0);
    }
}
