//! Predicting again and again: what the model's graph was compiled to is kept.

use std::sync::atomic::AtomicBool;

use carousel_data::Sequences;

use crate::engine::{Interrupted, Settings};
use crate::engines::Engines;
use crate::memory::Memory;
use crate::model::Model;

/// A model and the engines that it has predicted with so far, one for each batch shape.
#[derive(Debug)]
pub struct Predictor<'a> {
    model: &'a Model,
    engines: Engines,
}

impl<'a> Predictor<'a> {
    /// One that has compiled nothing yet.
    pub fn new(model: &'a Model, settings: Settings) -> Predictor<'a> {
        Predictor { model, engines: Engines::new(model, model.goal(), settings) }
    }

    /// Whose predictions these are.
    pub fn model(&self) -> &'a Model {
        self.model
    }

    /// As [`Model::predict`].
    ///
    /// # Errors
    /// When the interrupt flag was set; `memory` is as it was.
    pub fn predict(
        &mut self,
        sequences: &Sequences,
        memory: &mut Memory,
        interrupt: Option<&AtomicBool>,
    ) -> Result<Vec<f32>, Interrupted> {
        self.model.predict_with(&mut self.engines, sequences, memory, interrupt)
    }
}
