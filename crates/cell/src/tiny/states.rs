//! The states of a tiny network: in and out, in rows without padding.

use super::{Tiny, table};

impl Tiny {
    /// Sets the first state h, or c, of a layer: `[B, H]`.
    pub fn set_state(&mut self, layer: usize, c: bool, numbers: &[f32]) {
        let (units, hp) =
            (self.shape.units[layer], table::padded(self.shape.units[layer]));
        let at = self.state(layer, c);
        let rows = self.work.all_mut()[at..].chunks_mut(hp);
        for (row, numbers) in rows.zip(numbers.chunks(units)) {
            row[..units].copy_from_slice(numbers);
        }
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

    fn copy_state(&self, layer: usize, c: bool, row: usize, numbers: &mut [f32]) {
        let (units, hp) =
            (self.shape.units[layer], table::padded(self.shape.units[layer]));
        let at = self.state(layer, c) + row * hp;
        let rows = self.work.all()[at..].chunks(hp);
        for (row, numbers) in rows.zip(numbers.chunks_mut(units)) {
            numbers.copy_from_slice(&row[..units]);
        }
    }

    fn state(&self, layer: usize, c: bool) -> usize {
        let layer = &self.layout.layers[layer];
        if c { layer.c } else { layer.h }
    }
}
