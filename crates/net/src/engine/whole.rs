//! An engine whose network is so small that one kernel runs all of it.

use std::sync::atomic::Ordering;

use super::{Compiled, Engine, Evaluator, Feed, Interrupted, Outputs};
use crate::lower::Lowered;
use crate::plan::TinyRun;

impl Engine {
    /// A tiny network, which needs neither a list of kernels nor a graph of gradients.
    /// `last` is the last of the graph's results.
    pub(super) fn whole(
        lowered: Lowered,
        last: usize,
        tiny: TinyRun,
        compiled: Compiled,
    ) -> Engine {
        let loss = lowered.loss.map(|_| last);
        let inputs = tiny.is_pulled().then_some(last + 1);
        Engine {
            states: lowered.states.into_iter().map(|(state, _)| state).collect(),
            dropouts: Vec::new(),
            parameters: lowered.described,
            masked: false,
            targets: lowered.targets.is_some(),
            pulled: tiny.is_pulled(),
            evaluator: Evaluator::Tiny(Box::new(tiny)),
            outputs: Outputs { loss, inputs, ..Outputs::default() },
            compiled,
        }
    }

    /// What runs the network whole, if it is so small.
    pub(crate) fn tiny(&mut self) -> Option<&mut TinyRun> {
        match &mut self.evaluator {
            Evaluator::Tiny(tiny) => Some(tiny),
            Evaluator::Plan(_) | Evaluator::Luminal(_) => None,
        }
    }

    /// As [`Engine::run`]; a run is so short that the flag is looked at once.
    pub(super) fn run_whole(
        &mut self,
        parameters: &[f32],
        gradients: &mut [f32],
        feed: &Feed<'_>,
    ) -> Result<(), Interrupted> {
        if feed.interrupt.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Err(Interrupted);
        }
        let tiny = self.tiny().expect("the caller has asked");
        tiny.run(parameters, gradients, feed);
        let frozen = self.parameters.iter().filter(|parameter| parameter.frozen);
        for parameter in frozen.filter(|_| self.targets || self.pulled) {
            gradients[parameter.range()].fill(0.0);
        }
        Ok(())
    }
}
