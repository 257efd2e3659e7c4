//! The training of one model, which can stop after any batch and go on.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use carousel_data::Sequences;

use super::epoch::{Bench, Pass};
use super::state::{Best, Moments, Position, Snapshot};
use super::{Diverged, Epoch, History, Options, Stopped};
use crate::engine::Settings;
use crate::memory::Memory;
use crate::model::Model;

/// A model in training: all that has to be known to go on with the same digits.
#[derive(Debug, Clone)]
pub struct Training {
    /// With the weights so far.
    pub model: Model,
    /// How it is trained.
    pub options: Options,
    /// The losses of the finished epochs.
    pub history: History,
    /// What stateful layers remember of the end of the train part, as the last epoch
    /// (or what was done of it) read it.
    pub memory: Memory,
    pub(super) moments: Moments,
    /// Of an epoch that was begun and not finished.
    pub(super) position: Option<Position>,
    /// The end of the epoch before.
    pub(super) good: Snapshot,
    best: Option<Best>,
    /// Epochs since the best one.
    waited: usize,
    /// The norm of the last gradient.
    pub(super) norm: Option<f64>,
}

/// What a call trains on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) train: &'a Sequences,
    pub(super) validation: Option<&'a Sequences>,
    pub(super) settings: Settings,
    pub(super) interrupt: &'a AtomicBool,
    /// When the time is over.
    pub(super) end: Option<Instant>,
}

impl Task<'_> {
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }

    pub(super) fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }
}

/// Called before each batch with the numbers of its epoch (from 1) and batch (from 0);
/// tests interrupt there.
pub(super) type BeforeBatch<'a> = &'a mut dyn FnMut(usize, usize);

impl Training {
    /// A model before its first epoch.
    pub fn new(model: Model, options: Options) -> Training {
        let moments = Moments::new(&model);
        let good = Snapshot {
            weights: model.weights.clone(),
            moments: moments.clone(),
            memory: Memory::default(),
        };
        Training {
            model,
            options,
            history: History::default(),
            memory: Memory::default(),
            moments,
            position: None,
            good,
            best: None,
            waited: 0,
            norm: None,
        }
    }

    /// Trains `epochs` more epochs. One that was interrupted is finished first, at the
    /// batch where it stopped and with the same digits as if it had never stopped.
    ///
    /// `watch` is told of every epoch; if it breaks, training stops there as if it had
    /// been interrupted before the first batch of the next epoch.
    ///
    /// # Errors
    /// When a loss, a gradient or a weight is not finite; the training is then as it was
    /// after the last good epoch.
    pub fn run(
        &mut self,
        epochs: usize,
        train: &Sequences,
        validation: Option<&Sequences>,
        settings: Settings,
        interrupt: &AtomicBool,
        watch: &mut dyn FnMut(&Epoch) -> ControlFlow<()>,
    ) -> Result<Stopped, Diverged> {
        let end = self.options.time.and_then(|time| Instant::now().checked_add(time));
        let task = Task { train, validation, settings, interrupt, end };
        self.run_task(epochs, &task, watch, &mut |_, _| {})
    }

    pub(super) fn run_task(
        &mut self,
        epochs: usize,
        task: &Task<'_>,
        watch: &mut dyn FnMut(&Epoch) -> ControlFlow<()>,
        before_batch: BeforeBatch<'_>,
    ) -> Result<Stopped, Diverged> {
        if task.train.is_empty() {
            return Ok(Stopped::Done);
        }
        let mut bench = Bench::new(&self.model, &self.options, task);
        let begun = usize::from(self.position.is_some());
        let of = self.history.train.len() + begun + epochs;
        let stopped = loop {
            let number = self.history.train.len() + 1;
            if number > of {
                break Stopped::Done;
            }
            if self.position.is_none() && task.is_over() {
                break Stopped::Time;
            }
            match self.epoch(&mut bench, task, before_batch)? {
                Pass::Interrupted => {
                    return Ok(Stopped::Interrupted { epoch: number, of });
                }
                Pass::Time => break Stopped::Time,
                Pass::Finished { steps, loss, validation } => {
                    let epoch = Epoch { number, of, loss, validation, steps };
                    let watched = watch(&epoch);
                    if let Some(stopped) = self.enough(&epoch) {
                        break stopped;
                    }
                    if watched.is_break() && number < of {
                        let next = self.begin(task.train);
                        self.pause(next);
                        return Ok(Stopped::Interrupted { epoch: number + 1, of });
                    }
                }
            }
        };
        self.put_back_best();
        Ok(stopped)
    }

    /// Whether training may end after this epoch.
    fn enough(&mut self, epoch: &Epoch) -> Option<Stopped> {
        let patient = epoch.validation.and_then(|loss| self.patience(epoch.number, loss));
        let good_enough = self.options.until.is_some_and(|until| epoch.loss <= until);
        if good_enough { Some(Stopped::Until) } else { patient }
    }

    /// Keeps the best epoch, and counts those after it.
    fn patience(&mut self, epoch: usize, loss: f64) -> Option<Stopped> {
        match &self.best {
            Some(best) if best.loss <= loss => self.waited += 1,
            _ => {
                let snapshot = self.options.keep_best.then(|| self.snapshot());
                self.best = Some(Best { epoch, loss, snapshot });
                self.waited = 0;
            }
        }
        let best = self.best.as_ref().map_or(epoch, |best| best.epoch);
        let patience = self.options.patience?;
        if self.waited < patience {
            return None;
        }
        self.waited = 0;
        Some(Stopped::Patience { best })
    }

    fn put_back_best(&mut self) {
        let kept = self.best.as_ref().and_then(|best| best.snapshot.clone());
        if let (true, Some(snapshot)) = (self.options.keep_best, kept) {
            self.restore(snapshot);
        }
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            weights: self.model.weights.clone(),
            moments: self.moments.clone(),
            memory: self.memory.clone(),
        }
    }

    pub(super) fn restore(&mut self, snapshot: Snapshot) {
        self.model.weights = snapshot.weights;
        self.moments = snapshot.moments;
        self.memory = snapshot.memory;
        self.position = None;
    }
}
