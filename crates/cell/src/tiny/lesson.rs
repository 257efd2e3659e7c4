//! Many batches of one sample in one call: order and optimiser in, changed weights out.

use super::change::Arenas;
use super::output::Aim;
use super::place::Place;
use super::{Tiny, TinyShape, pack, unpack};
use crate::optimiser::{Optimiser, Schedule, clip, norm};

/// What is learned from, and how.
#[derive(Debug, Clone, Copy)]
pub struct TinyLesson<'a> {
    /// Windows, `[n, T, I]`.
    pub inputs: &'a [f32],
    /// `[n, O]`
    pub targets: &'a [f32],
    /// The windows in their order.
    pub order: &'a [usize],
    /// Which layers hand their states from window to window.
    pub stateful: &'a [bool],
    /// How a gradient changes a weight. Where an epsilon is 0, padding would not stay
    /// zero: there it must not be.
    pub optimiser: Optimiser,
    /// The largest norm of a gradient.
    pub clip: Option<f32>,
}

/// What a lesson changes, as the caller's arena of weights.
#[derive(Debug)]
pub struct Learned<'a> {
    /// The weights.
    pub weights: &'a mut [f32],
    /// What the optimiser remembers, as in [`Optimiser::update`].
    pub first: &'a mut [f32],
    /// The other thing it remembers.
    pub second: &'a mut [f32],
    /// Changes of the weights so far.
    pub step: &'a mut u64,
}

/// How far a lesson came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TinyProgress {
    /// Windows done.
    pub done: usize,
    /// The sum of their losses, each taken before its change of the weights.
    pub loss: f64,
    /// The norm of the last gradient, before it was clipped.
    pub norm: f32,
    /// Whether all was finite. If not, nothing has changed outside, and window `done` of
    /// the order, or a change of the weights before it, is what went wrong.
    pub finite: bool,
}

impl Tiny {
    /// Learns from the windows in their order, from the first states that were set;
    /// stops before a window where `go_on`, told how many are done, says so.
    ///
    /// # Panics
    /// If the batch is not 1, or a length differs from what the shape says.
    pub fn train(
        &mut self,
        lesson: &TinyLesson<'_>,
        learned: &mut Learned<'_>,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> TinyProgress {
        self.check(lesson);
        self.set_weights(learned.weights);
        pack(&self.pieces, learned.first, self.first.all_mut());
        pack(&self.pieces, learned.second, self.second.all_mut());
        let mut progress = self.learn(lesson, *learned.step, go_on);
        let sound = self.parameters.all().iter().all(|weight| weight.is_finite());
        progress.finite &= sound;
        if progress.finite {
            if lesson.clip.is_none() {
                progress.norm = norm(self.gradients.all());
            }
            unpack(&self.pieces, self.parameters.all(), learned.weights);
            unpack(&self.pieces, self.first.all(), learned.first);
            unpack(&self.pieces, self.second.all(), learned.second);
            *learned.step += progress.done as u64;
        } else {
            self.forget();
        }
        progress
    }

    /// Panics unless every window that the loop may touch lies in the slices.
    fn check(&self, lesson: &TinyLesson<'_>) {
        let TinyShape { steps, batch, features, .. } = self.shape;
        let outputs = self.shape.outputs.expect("a lesson is for a dense layer");
        assert_eq!(batch, 1, "a lesson has batches of one");
        let windows = lesson.targets.len() / outputs;
        assert_eq!(lesson.targets.len(), windows * outputs, "targets are whole");
        assert_eq!(lesson.inputs.len(), windows * steps * features, "inputs fit");
        assert!(lesson.order.iter().all(|window| *window < windows), "the order fits");
    }

    fn learn(
        &mut self,
        lesson: &TinyLesson<'_>,
        step: u64,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> TinyProgress {
        let TinyShape { steps, features, .. } = self.shape;
        let outputs = self.shape.output_len(1);
        let share = [(1.0 / outputs as f64) as f32];
        let carried = lesson.stateful.contains(&true);
        let mut run = self.prepare(1, Place::of(lesson.inputs), carried);
        let arenas = Arenas {
            parameters: run.parameters,
            gradients: run.gradients,
            first: Place::of_mut(self.first.all_mut()),
            second: Place::of_mut(self.second.all_mut()),
            len: self.layout.parameters,
        };
        let kept = self.schedule.take().filter(|kept| kept.is_of(lesson.optimiser));
        let mut schedule = kept.unwrap_or_else(|| Schedule::long(lesson.optimiser));
        let mut progress = TinyProgress { done: 0, loss: 0.0, norm: 0.0, finite: true };
        for window in lesson.order {
            if !go_on(progress.done) {
                break;
            }
            // Its divisions are done while the network runs.
            let rule = schedule.rule(step + progress.done as u64 + 1);
            let inputs = &lesson.inputs[window * steps * features..][..steps * features];
            let targets = &lesson.targets[window * outputs..][..outputs];
            run.inputs = Place::of(inputs);
            let aim = Aim { targets: Place::of(targets), shares: Place::of(&share) };
            // SAFETY: `prepare` made the places of arenas as long as the layout says;
            // inputs and targets are those of one window; `Tiny::on` found the level's
            // features on this machine. `self` is borrowed alone.
            let loss = unsafe { self.differentiate(&run, Some(&aim)) };
            progress.finite = loss.is_finite();
            if let Some(limit) = lesson.clip {
                // SAFETY: the arena of gradients is as long as that of parameters, and
                // no kernel runs while the slice lives.
                let gradients = unsafe { run.gradients.slice_mut(arenas.len) };
                progress.norm = clip(gradients, limit);
                progress.finite &= progress.norm.is_finite();
            }
            if !progress.finite {
                break;
            }
            // SAFETY: four arenas of the length of the parameters, each a vector of its
            // own; the level as before.
            unsafe {
                (self.output.change)(&rule, &arenas);
                self.carry(&run, lesson.stateful);
            }
            progress.loss += f64::from(loss);
            progress.done += 1;
        }
        self.schedule = Some(schedule);
        progress
    }
}
