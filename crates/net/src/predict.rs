//! Prediction: a model and sequences go in, what it says of each comes out.

mod predictor;
#[cfg(test)]
mod tests;
mod whole;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use carousel_data::Sequences;
use carousel_lang::Diagnostic;

pub use predictor::Predictor;

use crate::batches::{Loader, starts};
use crate::engine::{
    BatchShape, Engine, Feed, Goal, Interrupted, KernelReport, Loss, Settings,
};
use crate::engines::{Engines, Slot};
use crate::memory::Memory;
use crate::model::Model;
use crate::network::LayerKind;

/// Sequences predicted at once: enough to fill vector units, few enough for caches.
pub(crate) const AT_ONCE: usize = 64;

/// How often each kernel is timed; the least time counts.
const REPEATS: usize = 20;

impl Model {
    /// The outputs for all sequences in their order, laid out as their targets:
    /// `[n, O]`, or `[sum of lengths, O]` where each step has one. Where the target is a
    /// class these are the probabilities of all classes.
    ///
    /// A stateful network reads the sequences one after another as one lane: it starts
    /// from `memory` and leaves there what it remembers at the end. Any other reads
    /// several at once, which changes nothing. Targets are not looked at and may be
    /// empty; all else must be as [`Model::check`] has it. Who predicts more than once
    /// keeps a [`Predictor`].
    ///
    /// # Errors
    /// When the interrupt flag was set; `memory` is as it was.
    pub fn predict(
        &self,
        sequences: &Sequences,
        memory: &mut Memory,
        settings: Settings,
        interrupt: Option<&AtomicBool>,
    ) -> Result<Vec<f32>, Interrupted> {
        Predictor::new(self, settings).predict(sequences, memory, interrupt)
    }

    /// The same with engines that are kept from call to call.
    pub(crate) fn predict_with(
        &self,
        engines: &mut Engines,
        sequences: &Sequences,
        memory: &mut Memory,
        interrupt: Option<&AtomicBool>,
    ) -> Result<Vec<f32>, Interrupted> {
        if sequences.is_empty() {
            return Ok(Vec::new());
        }
        let with_targets;
        let sequences = if sequences.targets.is_empty() {
            with_targets = self.with_targets(sequences);
            &with_targets
        } else {
            sequences
        };
        let mut reader = Reader { model: self, engines, sequences, interrupt };
        if let Some(outputs) = reader.whole(memory) {
            return outputs;
        }
        if self.network.is_stateful() {
            reader.one_lane(memory)
        } else {
            reader.side_by_side()
        }
    }

    /// The same sequences with targets of zeros.
    fn with_targets(&self, sequences: &Sequences) -> Sequences {
        let (width, every) = (self.data.target_width(), self.data.every);
        let steps = sequences.lengths.iter().sum();
        let rows = if every { steps } else { sequences.len() };
        let targets = vec![0.0; rows * width];
        Sequences { width, every, targets, ..sequences.clone() }
    }

    /// Whether the model can read these sequences, and learn from their targets if they
    /// have any.
    ///
    /// # Errors
    /// If it was sized for others, and which.
    pub fn check(&self, sequences: &Sequences) -> Result<(), Diagnostic> {
        let mut numbers = vec![("values a step", self.data.features, sequences.features)];
        if !sequences.targets.is_empty() {
            let width = self.data.target_width();
            numbers.push(("values a target", width, sequences.width));
            let every = [self.data.every, sequences.every].map(usize::from);
            numbers.push(("targets at each step", every[0], every[1]));
        }
        if let (true, Some(steps)) = (self.has_flat(), self.data.steps) {
            let other = sequences.lengths.iter().find(|length| **length != steps);
            numbers.push(("steps", steps, other.copied().unwrap_or(steps)));
        }
        match numbers.into_iter().find(|(_, model, data)| model != data) {
            None => self.check_names(sequences),
            Some((what, model, data)) => Err(Diagnostic::error(format!(
                "the model was trained on other data: {what} are {model} there and \
                 {data} here"
            ))),
        }
    }

    /// Whether symbols and classes are of the kinds that the model knows.
    fn check_names(&self, sequences: &Sequences) -> Result<(), Diagnostic> {
        let all = [
            ("symbols", self.data.symbols, &sequences.inputs),
            ("classes", self.data.classes, &sequences.targets),
        ];
        for (what, kinds, numbers) in all {
            let Some(kinds) = kinds else { continue };
            let is_known = |x: &f32| x.fract() == 0.0 && *x >= 0.0 && *x < kinds as f32;
            if let Some(other) = numbers.iter().find(|x| !is_known(x)) {
                return Err(Diagnostic::error(format!(
                    "the model knows {kinds} {what}, numbered from 0, and {other} is \
                     none of them"
                )));
            }
        }
        Ok(())
    }

    /// What predicting asks of an engine.
    pub(crate) fn goal(&self) -> Goal {
        if self.data.classes.is_some() { Goal::Classify } else { Goal::Predict }
    }

    /// Whether its width depends on the number of steps.
    pub(crate) fn has_flat(&self) -> bool {
        self.network.layers.iter().any(|layer| matches!(layer.kind, LayerKind::Flat))
    }

    /// What the passes make of the graph that trains on a batch of these sequences, and
    /// the time of each of its kernels.
    ///
    /// # Errors
    /// If there is no sequence.
    pub fn report(
        &self,
        sequences: &Sequences,
        batch: usize,
        loss: Loss,
        settings: Settings,
    ) -> Result<KernelReport, Diagnostic> {
        if sequences.is_empty() {
            return Err(Diagnostic::error("the train part has no sequence to time on"));
        }
        let members: Vec<_> = (0..batch.clamp(1, sequences.len())).map(Some).collect();
        let mut loader = Loader::new(sequences);
        let loaded = loader.load(&members);
        let (shape, goal, two) = (loaded.shape, Goal::Train(loss), self.two_biases());
        let (network, flows) = (&self.network, &self.flows);
        let engine = Engine::new(network, flows, shape, goal, two, settings)?;
        let mut slot = Slot::new(engine, shape.size);
        let feed = Feed {
            inputs: loaded.inputs,
            mask: loaded.mask,
            states: &slot.zeros,
            targets: loaded.targets,
            weights: loaded.shares,
            dropouts: &slot.dropouts,
            interrupt: None,
        };
        Ok(slot.engine.report(&self.weights, &feed, REPEATS))
    }
}

struct Reader<'a> {
    model: &'a Model,
    engines: &'a mut Engines,
    sequences: &'a Sequences,
    interrupt: Option<&'a AtomicBool>,
}

impl Reader<'_> {
    fn one_lane(&mut self, memory: &mut Memory) -> Result<Vec<f32>, Interrupted> {
        let width = self.model.data.width;
        let mut loader = Loader::new(self.sequences);
        let mut outputs = Vec::with_capacity(self.sequences.targets.len());
        let mut states: Option<Vec<Vec<f32>>> = None;
        let mut remembered = Memory::default();
        for member in 0..self.sequences.len() {
            let loaded = loader.load(&[Some(member)]);
            let engine = &mut self.engines.slot(loaded.shape).engine;
            let states = states.get_or_insert_with(|| memory.first_states(engine));
            let feed = Feed {
                inputs: loaded.inputs,
                mask: loaded.mask,
                states,
                targets: &[],
                weights: &[],
                dropouts: &[],
                interrupt: self.interrupt,
            };
            engine.run(&self.model.weights, &mut [], &feed)?;
            outputs.extend_from_slice(&engine.output()[..loaded.real * width]);
            carry(engine, states);
            if member + 1 == self.sequences.len() {
                remembered = Memory::of_lane(&engine.states, states, 0);
            }
        }
        *memory = remembered;
        Ok(outputs)
    }

    /// Sequences of like length are laid side by side, so that little is padding.
    fn side_by_side(&mut self) -> Result<Vec<f32>, Interrupted> {
        let (width, every) = (self.model.data.width, self.sequences.every);
        let lengths = &self.sequences.lengths;
        let starts = starts(self.sequences);
        let mut loader = Loader::new(self.sequences);
        let order = by_length(self.sequences);
        let rows = if every { lengths.iter().sum() } else { lengths.len() };
        let mut outputs = vec![0.0; rows * width];
        for chunk in order.chunks(AT_ONCE) {
            let members: Vec<_> = chunk.iter().copied().map(Some).collect();
            let output = self.run(&mut loader, &members)?;
            for (row, member) in chunk.iter().enumerate() {
                let (first, count) = if every {
                    (starts[*member], lengths[*member])
                } else {
                    (*member, 1)
                };
                for t in 0..count {
                    let from = &output[(t * chunk.len() + row) * width..][..width];
                    outputs[(first + t) * width..][..width].copy_from_slice(from);
                }
            }
        }
        Ok(outputs)
    }

    /// `[B, O]` or `[T, B, O]`
    fn run(
        &mut self,
        loader: &mut Loader<'_>,
        members: &[Option<usize>],
    ) -> Result<&[f32], Interrupted> {
        let loaded = loader.load(members);
        let slot = self.engines.slot(loaded.shape);
        let feed = Feed {
            inputs: loaded.inputs,
            mask: loaded.mask,
            states: &slot.zeros,
            targets: &[],
            weights: &[],
            dropouts: &[],
            interrupt: self.interrupt,
        };
        slot.engine.run(&self.model.weights, &mut [], &feed)?;
        Ok(slot.engine.output())
    }
}

/// The shapes of the batches in which sequences are predicted, in the order of size, mask
/// and steps.
pub(crate) fn shapes(model: &Model, sequences: &Sequences) -> Vec<BatchShape> {
    let loader = Loader::new(sequences);
    let order = by_length(sequences);
    let at_once = if model.network.is_stateful() { 1 } else { AT_ONCE };
    let shape = |members: &[usize]| {
        let members: Vec<_> = members.iter().copied().map(Some).collect();
        let shape = loader.shape(&members);
        ((shape.size, shape.masked, shape.steps), shape)
    };
    let shapes: BTreeMap<_, _> = order.chunks(at_once).map(shape).collect();
    shapes.into_values().collect()
}

/// The sequences from the shortest to the longest.
fn by_length(sequences: &Sequences) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sequences.len()).collect();
    order.sort_by_key(|member| sequences.lengths[*member]);
    order
}

/// What stateful layers hand to the batch that follows; the others begin at zero.
pub(crate) fn carry(engine: &Engine, states: &mut [Vec<f32>]) {
    for (index, state) in states.iter_mut().enumerate() {
        if engine.states[index].stateful {
            state.copy_from_slice(engine.last_state(index));
        }
    }
}
