//! All sequences in one call, where the network is so small that one kernel runs it.

use std::sync::atomic::Ordering;

use super::{AT_ONCE, Reader};
use crate::engine::{BatchShape, Interrupted};
use crate::memory::Memory;

impl Reader<'_> {
    /// The outputs, as [`super::Model::predict`] has them; `None` if the sequences or
    /// the network are not such.
    pub(super) fn whole(
        &mut self,
        memory: &mut Memory,
    ) -> Option<Result<Vec<f32>, Interrupted>> {
        let lengths = &self.sequences.lengths;
        let steps = *lengths.first()?;
        if self.sequences.every || lengths.iter().any(|length| *length != steps) {
            return None;
        }
        let lane = self.model.network.is_stateful();
        // The kernel reads one sequence after another whatever the batch; its size only
        // says whether it is the fastest.
        let size = if lane { 1 } else { lengths.len().min(AT_ONCE) };
        let slot = self.engines.slot(BatchShape { steps, size, masked: false });
        slot.engine.tiny()?;
        let mut states = memory.first_states(&slot.engine);
        if !lane {
            states.iter_mut().for_each(|state| state.fill(0.0));
        }
        let mut outputs = vec![0.0; lengths.len() * self.sequences.width];
        let interrupt = self.interrupt;
        let mut go_on = |_| !interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed));
        let inputs = &self.sequences.inputs;
        let weights = &self.model.weights;
        let tiny = slot.engine.tiny()?;
        if !tiny.predict(weights, inputs, &mut states, &mut outputs, &mut go_on) {
            return Some(Err(Interrupted));
        }
        if lane {
            *memory = Memory::of_lane(&slot.engine.states, &states, 0);
        }
        Some(Ok(outputs))
    }
}
