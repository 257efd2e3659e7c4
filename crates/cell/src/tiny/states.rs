//! The states of a tiny network: in and out, in rows without padding.

use super::layer::Layer;
use super::{Tiny, TinyShape, table};

impl Tiny {
    /// Sets the first state h, or c, of a layer: `[B, H]`.
    pub fn set_state(&mut self, layer: usize, c: bool, numbers: &[f32]) {
        let (at, units) = (self.state(layer, c), self.shape.units[layer]);
        self.put(at, units, numbers);
    }

    /// The states h, or c, of a layer after the last run: `[B, H]`.
    pub fn last_state(&self, layer: usize, c: bool, numbers: &mut [f32]) {
        let at = self.shape.steps * self.shape.batch;
        self.copy_state(layer, c, at, numbers);
    }

    /// The first states as [`Tiny::set_state`] or a stateful epoch left them.
    pub fn first_state(&self, layer: usize, c: bool, numbers: &mut [f32]) {
        self.copy_state(layer, c, 0, numbers);
    }

    /// Takes in the gradients of the last layer's states, `[T, B, H]`.
    pub(super) fn pull(&mut self, slopes: &[f32]) {
        assert!(self.shape.outputs.is_none(), "the states are the output");
        assert_eq!(slopes.len(), self.shape.output_len(self.shape.batch), "slopes fit");
        self.put(self.top().dy, self.shape.width(), slopes);
    }

    /// Takes the padding out of the states that are the output of a batch.
    pub(super) fn gather(&mut self, batch: usize) {
        if self.layout.dense.is_some() || !self.is_padded() {
            return;
        }
        let (units, to) = (self.shape.width(), self.layout.states);
        let hp = table::padded(units);
        let from = self.top().h + batch * hp;
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

    /// The gradient of the first state h, or c, of a layer, likewise: `[B, H]`.
    ///
    /// # Panics
    /// If the network has a dense layer.
    pub fn first_gradient(&self, layer: usize, c: bool, numbers: &mut [f32]) {
        let first = self.layout.layers[layer].first.expect("the states are the output");
        self.copy(first[usize::from(c)], self.shape.units[layer], numbers);
    }

    /// Whether the rows of the last layer's states are longer than its units.
    pub(super) fn is_padded(&self) -> bool {
        table::padded(self.shape.width()) != self.shape.width()
    }

    pub(super) fn top(&self) -> &Layer {
        self.layout.layers.last().expect("a network has a layer")
    }

    fn copy_state(&self, layer: usize, c: bool, row: usize, numbers: &mut [f32]) {
        let units = self.shape.units[layer];
        let at = self.state(layer, c) + row * table::padded(units);
        self.copy(at, units, numbers);
    }

    /// Rows of so many units from this place of the work on, without their padding.
    fn copy(&self, at: usize, units: usize, numbers: &mut [f32]) {
        let (work, hp) = (&self.work.all()[at..], table::padded(units));
        if hp == units {
            // Row by row would take as long as a step of four units.
            return numbers.copy_from_slice(&work[..numbers.len()]);
        }
        for (row, numbers) in work.chunks(hp).zip(numbers.chunks_mut(units)) {
            numbers.copy_from_slice(&row[..units]);
        }
    }

    /// The reverse.
    fn put(&mut self, at: usize, units: usize, numbers: &[f32]) {
        let (work, hp) = (&mut self.work.all_mut()[at..], table::padded(units));
        if hp == units {
            return work[..numbers.len()].copy_from_slice(numbers);
        }
        for (row, numbers) in work.chunks_mut(hp).zip(numbers.chunks(units)) {
            row[..units].copy_from_slice(numbers);
        }
    }

    fn state(&self, layer: usize, c: bool) -> usize {
        let layer = &self.layout.layers[layer];
        if c { layer.c } else { layer.h }
    }
}
