//! Many batches of one sequence in one call, where the network is so small that the way
//! there and back would cost more than its arithmetic.

use carousel_cell::{Learned, Optimiser, TinyLesson};
use carousel_data::Sequences;

use super::epoch::{Bench, Pass};
use super::order::Order;
use super::run::{BeforeBatch, Task};
use super::state::Position;
use super::{Options, Training};
use crate::engine::{BatchShape, Loss};
use crate::model::Model;

/// How many batches are done between two looks at the clock.
const CLOCK: usize = 64;

/// The shape of all batches, if they may be done in one call: sequences of one length, a
/// target for each, all weights learned.
pub(super) fn shape(
    model: &Model,
    options: &Options,
    train: &Sequences,
) -> Option<BatchShape> {
    let steps = *train.lengths.first()?;
    let same = train.lengths.iter().all(|length| *length == steps);
    let frozen = model.parameters.iter().any(|parameter| parameter.frozen);
    // The padding of the kernels stays zero only where an epsilon keeps 0 / 0 away.
    let divides = match options.optimiser {
        Optimiser::Sgd { .. } => false,
        Optimiser::Adam { epsilon, .. }
        | Optimiser::RmsProp { epsilon, .. }
        | Optimiser::Adagrad { epsilon, .. } => (epsilon as f32) < f32::MIN_POSITIVE,
    };
    let fits = same && !train.every && !frozen && !divides && options.loss == Loss::Mse;
    fits.then_some(BatchShape { steps, size: 1, masked: false })
}

impl Training {
    /// Goes on with an epoch as far as it can in one call; gives why it stopped before
    /// the end. Where something is not finite, nothing has happened: single batches then
    /// find the place and name it.
    pub(super) fn many(
        &mut self,
        bench: &mut Bench<'_>,
        task: &Task<'_>,
        order: &Order,
        position: &mut Position,
        before_batch: BeforeBatch<'_>,
    ) -> Option<Pass> {
        let order = order.singles()?;
        let slot = bench.engines.slot(bench.many?);
        slot.engine.tiny()?;
        if position.states.is_empty() && self.model.network.is_stateful() {
            position.states.clone_from(&slot.engine.states);
            position.carried.clone_from(&slot.zeros);
        }
        let tiny = slot.engine.tiny()?;
        let carried = &mut position.carried;
        let states = if carried.is_empty() { &mut slot.zeros } else { carried };
        let (epoch, from) = (self.history.train.len(), position.batch);
        let mut stopped = None;
        let mut go_on = |done: usize| {
            before_batch(epoch + 1, from + done);
            if task.is_interrupted() {
                stopped = Some(Pass::Interrupted);
            } else if done.is_multiple_of(CLOCK) && task.is_over() {
                stopped = Some(Pass::Time);
            }
            stopped.is_none()
        };
        let lesson = TinyLesson {
            inputs: &task.train.inputs,
            targets: &task.train.targets,
            order: &order[from..],
            stateful: &[],
            optimiser: self.options.optimiser,
            clip: self.options.clip,
        };
        let mut learned = Learned {
            weights: &mut self.model.weights,
            first: &mut self.moments.first,
            second: &mut self.moments.second,
            step: &mut self.moments.step,
        };
        let progress = tiny.train(&lesson, &mut learned, states, &mut go_on);
        if !progress.finite {
            return None;
        }
        if progress.done > 0 {
            self.norm = Some(f64::from(progress.norm));
        }
        position.loss += progress.loss;
        position.rows += progress.done;
        position.batch += progress.done;
        stopped
    }
}
