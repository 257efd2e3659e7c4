//! One epoch: batch after batch, then the validation loss.

use std::ops::Range;

use carousel_data::Sequences;

use super::batch::{At, Bad};
use super::order::Order;
use super::run::{BeforeBatch, Task};
use super::state::Position;
use super::{Diverged, Options, Training, whole};
use crate::batches::Loader;
use crate::engine::{BatchShape, Goal, Interrupted, Loss};
use crate::engines::Engines;
use crate::lower::place;
use crate::model::Model;

/// What the batches of a call are worked on with.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    pub(super) engines: Engines,
    pub(super) predictors: Engines,
    pub(super) loader: Loader<'a>,
    pub(super) members: Vec<Option<usize>>,
    pub(super) gradients: Vec<f32>,
    /// The weights that training changes: all that are not frozen.
    pub(super) learned: Vec<Range<usize>>,
    /// The shape of all batches, if many of them may be done in one call.
    pub(super) many: Option<BatchShape>,
}

/// How far an epoch came.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pass {
    /// To its end, after so many changes of the weights.
    Finished { steps: usize, loss: f64, validation: Option<f64> },
    /// To the batch at which the interrupt flag was set.
    Interrupted,
    /// To the batch at which the time was over.
    Time,
}

impl<'a> Bench<'a> {
    pub(super) fn new(model: &Model, options: &Options, task: &Task<'a>) -> Bench<'a> {
        Bench {
            engines: Engines::new(model, Goal::Train(options.loss), task.settings),
            predictors: Engines::new(model, model.goal(), task.settings),
            loader: Loader::new(task.train),
            members: Vec::new(),
            gradients: vec![0.0; model.weights.len()],
            learned: learned(model),
            many: whole::shape(model, options, task.train),
        }
    }
}

/// The ranges of the arena that are not frozen, neighbours as one.
fn learned(model: &Model) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for parameter in model.parameters.iter().filter(|p| !p.frozen) {
        match ranges.last_mut() {
            Some(last) if last.end == parameter.offset => {
                last.end = parameter.range().end;
            }
            _ => ranges.push(parameter.range()),
        }
    }
    ranges
}

impl Training {
    /// Begins an epoch, or goes on with one, and tells its losses to the history.
    pub(super) fn epoch(
        &mut self,
        bench: &mut Bench<'_>,
        task: &Task<'_>,
        before_batch: BeforeBatch<'_>,
    ) -> Result<Pass, Diverged> {
        let epoch = self.history.train.len();
        let order = Order::new(&self.model, &self.options, task.train, epoch);
        let mut position = self.begin(task.train);
        let stopped = self.many(bench, task, &order, &mut position, &mut *before_batch);
        if let Some(pass) = stopped {
            self.pause(position);
            return Ok(pass);
        }
        while position.batch < order.len() {
            before_batch(epoch + 1, position.batch);
            let at = At { epoch, batch: position.batch };
            let interrupted = task.is_interrupted();
            if interrupted || task.is_over() {
                self.pause(position);
                return Ok(if interrupted { Pass::Interrupted } else { Pass::Time });
            }
            order.members(at.batch, &mut bench.members);
            match self.step(bench, task, at, &mut position) {
                Ok(()) => {}
                Err(Bad::Interrupted) => {
                    self.pause(position);
                    return Ok(Pass::Interrupted);
                }
                Err(Bad::NotFinite { tensor }) => {
                    return Err(self.diverge(at, order.len(), tensor));
                }
            }
        }
        self.end(bench, task, At { epoch, batch: order.len() - 1 }, position)
    }

    /// The epoch that was begun, or the next one; then this is the last good moment.
    pub(super) fn begin(&mut self, train: &Sequences) -> Position {
        match self.position.take() {
            Some(position) if position.fits(&self.options, train) => position,
            _ => {
                self.good = self.snapshot();
                Position::new(&self.options, train)
            }
        }
    }

    /// Keeps an unfinished epoch. One that has read nothing leaves the memory alone.
    pub(super) fn pause(&mut self, position: Position) {
        if position.batch > 0 {
            self.memory = position.memory();
        }
        self.position = Some(position);
    }

    /// After the last batch: are the weights sound, and what does the validation part
    /// say of them?
    fn end(
        &mut self,
        bench: &mut Bench<'_>,
        task: &Task<'_>,
        last: At,
        position: Position,
    ) -> Result<Pass, Diverged> {
        let steps = position.batch;
        if let Some(tensor) = first_bad_weight(&self.model) {
            return Err(self.diverge(last, steps, Some(tensor)));
        }
        self.memory = position.memory();
        let validation = match task.validation {
            Some(part) if !part.is_empty() => match self.validate(bench, task, part) {
                Ok(loss) => Some(loss),
                Err(Interrupted) => {
                    self.pause(position);
                    return Ok(Pass::Interrupted);
                }
            },
            _ => None,
        };
        if validation.is_some_and(|loss| !loss.is_finite()) {
            return Err(self.diverge(last, steps, None));
        }
        let loss = position.loss / position.rows as f64;
        self.history.push(loss, validation);
        Ok(Pass::Finished { steps, loss, validation })
    }

    /// The loss on the validation part; memory runs on from the train part.
    fn validate(
        &self,
        bench: &mut Bench<'_>,
        task: &Task<'_>,
        part: &Sequences,
    ) -> Result<f64, Interrupted> {
        let mut memory = self.memory.clone();
        let predictors = &mut bench.predictors;
        let outputs = self.model.predict_with(
            predictors,
            part,
            &mut memory,
            Some(task.interrupt),
        )?;
        Ok(mean_loss(self.options.loss, &outputs, &part.targets))
    }

    fn diverge(&mut self, at: At, batches: usize, tensor: Option<String>) -> Diverged {
        let norm_before = self.norm;
        self.restore(self.good.clone());
        let (epoch, batch) = (at.epoch + 1, at.batch + 1);
        Diverged { epoch, batch, batches, tensor, norm_before }
    }
}

/// The layer of the first weight that is not finite.
fn first_bad_weight(model: &Model) -> Option<String> {
    let bad = model
        .parameters
        .iter()
        .find(|p| model.weights[p.range()].iter().any(|weight| !weight.is_finite()))?;
    Some(place(&model.network, bad.layer))
}

/// Mean over all values, in double precision; over the targets where they are classes,
/// and the outputs their probabilities.
fn mean_loss(loss: Loss, outputs: &[f32], targets: &[f32]) -> f64 {
    if loss == Loss::CrossEntropy {
        return mean_cross_entropy(outputs, targets);
    }
    let one = |(output, target): (&f32, &f32)| {
        let (output, target) = (f64::from(*output), f64::from(*target));
        match loss {
            Loss::Mse => (output - target).powi(2),
            Loss::Mae => (output - target).abs(),
            Loss::CrossEntropy | Loss::SumOfSquares | Loss::SumOfSquaresAndStates => {
                output.powi(2)
            }
        }
    };
    outputs.iter().zip(targets).map(one).sum::<f64>() / outputs.len().max(1) as f64
}

/// A probability too small for single precision counts as the smallest that is not.
fn mean_cross_entropy(shares: &[f32], classes: &[f32]) -> f64 {
    let rows = classes.len().max(1);
    let one = |(shares, class): (&[f32], &f32)| {
        let share = shares.get(*class as usize).copied().unwrap_or(0.0);
        // `f32::max` would hide a NaN.
        let share = if share < f32::MIN_POSITIVE { f32::MIN_POSITIVE } else { share };
        -f64::from(share).ln()
    };
    let kinds = (shares.len() / rows).max(1);
    shares.chunks(kinds).zip(classes).map(one).sum::<f64>() / rows as f64
}
