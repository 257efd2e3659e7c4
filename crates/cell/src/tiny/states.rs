//! The states of a tiny network: in and out, in rows without padding.

use super::layer::Layer;
use super::{Tiny, TinyShape};

impl Tiny {
    /// Sets a first state of a layer, an LSTM's h being 0 and its c 1: `[B, H]`, of the
    /// batch of the shape or a smaller one.
    ///
    /// # Panics
    /// If there are more numbers.
    pub fn set_state(&mut self, layer: usize, state: usize, numbers: &[f32]) {
        let at = &self.layout.layers[layer];
        assert!(numbers.len() <= self.shape.batch * at.units, "the states fit");
        self.put(at.states[state], layer, numbers);
    }

    /// A state of a layer after the last run: `[B, H]`.
    pub fn last_state(&self, layer: usize, state: usize, numbers: &mut [f32]) {
        let at = &self.layout.layers[layer];
        let row = self.shape.steps * self.shape.batch;
        self.copy(at.states[state] + row * at.padded, layer, numbers);
    }

    /// The first states as [`Tiny::set_state`] or a stateful epoch left them.
    pub fn first_state(&self, layer: usize, state: usize, numbers: &mut [f32]) {
        self.copy(self.layout.layers[layer].states[state], layer, numbers);
    }

    /// Takes in the gradients of the last layer's states, `[T, B, H]`.
    pub(super) fn pull(&mut self, slopes: &[f32]) {
        assert!(self.shape.outputs.is_none(), "the states are the output");
        assert_eq!(slopes.len(), self.shape.output_len(self.shape.batch), "slopes fit");
        self.put(self.top().dy, self.layout.layers.len() - 1, slopes);
    }

    /// Takes the padding out of the states that are the output of a batch.
    pub(super) fn gather(&mut self, batch: usize) {
        if self.layout.dense.is_some() || !self.is_padded() {
            return;
        }
        let (units, to) = (self.shape.width(), self.layout.states);
        let hp = self.top().padded;
        let from = self.top().states[0] + batch * hp;
        let work = self.work.all_mut();
        for row in 0..self.shape.steps * batch {
            work.copy_within(from + row * hp..from + row * hp + units, to + row * units);
        }
    }

    /// The gradient of the inputs in the last run, `[T, B, I]`, for gradients of states.
    ///
    /// # Panics
    /// If the network has a dense layer.
    pub fn input_gradient(&self) -> &[f32] {
        let TinyShape { steps, batch, features, .. } = self.shape;
        let at = self.layout.layers[0].dx.expect("the states are the output");
        &self.work.all()[at..][..steps * batch * features]
    }

    /// The gradient of a first state of a layer, likewise: `[B, H]`.
    ///
    /// # Panics
    /// If the network has a dense layer.
    pub fn first_gradient(&self, layer: usize, state: usize, numbers: &mut [f32]) {
        let first = self.layout.layers[layer].first.get(state);
        self.copy(*first.expect("the states are the output"), layer, numbers);
    }

    /// Whether the rows of the last layer's states are longer than its units.
    pub(super) fn is_padded(&self) -> bool {
        self.top().padded != self.top().units
    }

    pub(super) fn top(&self) -> &Layer {
        self.layout.layers.last().expect("a network has a layer")
    }

    /// Rows as wide as a layer from this place of the work on, without their padding.
    fn copy(&self, at: usize, layer: usize, numbers: &mut [f32]) {
        let Layer { units, padded, .. } = self.layout.layers[layer];
        let work = &self.work.all()[at..];
        if padded == units {
            // Row by row would take as long as a step of four units.
            return numbers.copy_from_slice(&work[..numbers.len()]);
        }
        for (row, numbers) in work.chunks(padded).zip(numbers.chunks_mut(units)) {
            numbers.copy_from_slice(&row[..units]);
        }
    }

    /// The reverse.
    fn put(&mut self, at: usize, layer: usize, numbers: &[f32]) {
        let Layer { units, padded, .. } = self.layout.layers[layer];
        let work = &mut self.work.all_mut()[at..];
        if padded == units {
            return work[..numbers.len()].copy_from_slice(numbers);
        }
        for (row, numbers) in work.chunks_mut(padded).zip(numbers.chunks(units)) {
            row[..units].copy_from_slice(numbers);
            // An epoch hands padding on, too.
            row[units..].fill(0.0);
        }
    }
}
