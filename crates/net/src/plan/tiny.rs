//! A tiny network run whole by one kernel of carousel-cell instead of a list of them.

use std::time::Instant;

use carousel_cell::{
    Learned, Tiny, TinyAim, TinyFeed, TinyLesson, TinyPart, TinyProgress,
};

use super::chain::{self, Chain};
use crate::engine::{Feed, Goal};
use crate::lower::Lowered;

/// A tiny network and where its states and names stand.
#[derive(Debug)]
pub(crate) struct TinyRun {
    /// Made for the first run.
    tiny: Option<Tiny>,
    chain: Chain,
    /// The last states `[B, H]` of the last run, in the engine's order.
    states: Vec<Vec<f32>>,
    /// Which layers keep their states from batch to batch.
    stateful: Vec<bool>,
    loss: [f32; 1],
    /// The gradients of the first states, likewise, where those of states are given.
    first: Vec<Vec<f32>>,
    goal: Goal,
}

/// Told how many windows are done, whether to go on.
pub(crate) type GoOn<'a> = &'a mut dyn FnMut(usize) -> bool;

impl TinyRun {
    /// What runs this graph whole, if it is a tiny network and nothing else.
    pub(crate) fn new(lowered: &Lowered, goal: Goal) -> Option<TinyRun> {
        let chain = chain::find(lowered, goal)?;
        let shape = &chain.shape;
        let mut stateful = vec![false; shape.layers.len()];
        for ((layer, _), (state, _)) in chain.states.iter().zip(&lowered.states) {
            stateful[*layer] = state.stateful;
        }
        let zeros = |(layer, _): &(usize, usize)| {
            vec![0.0; shape.batch * shape.layers[*layer].units]
        };
        let states: Vec<_> = chain.states.iter().map(zeros).collect();
        let first = if goal == Goal::Pullback { states.clone() } else { Vec::new() };
        Some(TinyRun { tiny: None, states, stateful, chain, loss: [0.0], first, goal })
    }

    /// How many bytes it takes when it runs.
    pub(crate) fn bytes(&self) -> usize {
        let numbers: usize = self.states.iter().chain(&self.first).map(Vec::len).sum();
        let tiny = self.tiny.as_ref().map_or(self.chain.shape.bytes(), Tiny::bytes);
        tiny + numbers * size_of::<f32>()
    }

    /// Runs the network once; when training, `gradients` receives those of all
    /// parameters.
    pub(crate) fn run(
        &mut self,
        parameters: &[f32],
        gradients: &mut [f32],
        feed: &Feed<'_>,
    ) {
        let tiny = started(&mut self.tiny, &self.chain, feed.states);
        tiny.set_weights(parameters);
        let aim = match self.goal {
            Goal::Predict | Goal::Classify => None,
            Goal::Train(_) => {
                Some(TinyAim::Loss { targets: feed.targets, shares: feed.weights })
            }
            Goal::Pullback => Some(TinyAim::States(feed.targets)),
        };
        self.loss = [tiny.run(&TinyFeed { inputs: feed.inputs, aim })];
        if aim.is_some() {
            tiny.gradients(gradients);
        }
        for ((layer, state), first) in self.chain.states.iter().zip(&mut self.first) {
            tiny.first_gradient(*layer, *state, first);
        }
        for ((layer, state), last) in self.chain.states.iter().zip(&mut self.states) {
            tiny.last_state(*layer, *state, last);
        }
    }

    /// An output of the last run: the prediction, the last states, the loss; where
    /// gradients of states are given, those of the inputs and of the first states stand in
    /// the loss's place.
    pub(crate) fn output(&self, index: usize) -> &[f32] {
        let Some(tiny) = &self.tiny else { return &[] };
        let states = &self.states;
        match index.checked_sub(1) {
            None => tiny.outputs(),
            Some(state) if state < states.len() => &states[state],
            Some(_) if self.goal != Goal::Pullback => &self.loss,
            Some(at) => match (at - states.len()).checked_sub(1) {
                None => tiny.input_gradient(),
                Some(state) => &self.first[state],
            },
        }
    }

    /// Whether gradients of states are given.
    pub(crate) fn is_pulled(&self) -> bool {
        self.goal == Goal::Pullback
    }

    /// Learns from many windows, one after another. `states` are the first ones, and
    /// afterwards those of the window that comes next, where layers are stateful.
    pub(crate) fn train(
        &mut self,
        lesson: &TinyLesson<'_>,
        learned: &mut Learned<'_>,
        states: &mut [Vec<f32>],
        go_on: GoOn<'_>,
    ) -> TinyProgress {
        let tiny = started(&mut self.tiny, &self.chain, states);
        let lesson = TinyLesson { stateful: &self.stateful, ..*lesson };
        let progress = tiny.train(&lesson, learned, go_on);
        if progress.finite {
            self.first_states(states);
        }
        progress
    }

    /// Predicts windows one after another, whatever the batch; states likewise, `[H]`
    /// each. False where `go_on` said so.
    pub(crate) fn predict(
        &mut self,
        parameters: &[f32],
        inputs: &[f32],
        states: &mut [Vec<f32>],
        outputs: &mut [f32],
        go_on: GoOn<'_>,
    ) -> bool {
        let tiny = started(&mut self.tiny, &self.chain, states);
        tiny.set_weights(parameters);
        let done = tiny.predict(inputs, &self.stateful, outputs, go_on);
        if done {
            self.first_states(states);
        }
        done
    }

    fn first_states(&self, states: &mut [Vec<f32>]) {
        let Some(tiny) = &self.tiny else { return };
        for ((layer, state), first) in self.chain.states.iter().zip(states) {
            if self.stateful[*layer] {
                tiny.first_state(*layer, *state, first);
            }
        }
    }

    /// Floating point operations of one run, those of matrix products alone.
    pub(crate) fn flops(&self) -> f64 {
        let shape = &self.chain.shape;
        let mut below = shape.features;
        let mut weights = 0;
        for layer in &shape.layers {
            weights += shape.steps * layer.multiplications(below);
            below = layer.units;
        }
        weights += below * shape.outputs.unwrap_or(0);
        let passes = if self.trains() { 3 } else { 1 };
        2.0 * (passes * shape.batch * weights) as f64
    }

    fn trains(&self) -> bool {
        matches!(self.goal, Goal::Train(_) | Goal::Pullback)
    }

    /// The layers from the first to the last, in words a person knows.
    pub(crate) fn place(&self) -> String {
        let names: Vec<&str> =
            self.chain.places.iter().map(|(place, _)| place.as_str()).collect();
        names.join(", ")
    }

    /// The first tensor of the last run that is not finite: `lstm 1, gate g`.
    pub(crate) fn first_not_finite(&self) -> Option<String> {
        let name = |layer: usize| self.chain.places[layer].0.clone();
        Some(match self.tiny.as_ref()?.first_not_finite(self.trains())? {
            TinyPart::Gate { layer, gate } => {
                format!("{}, gate {}", name(layer), self.chain.places[layer].1[gate])
            }
            TinyPart::States { layer } => name(layer),
            TinyPart::Outputs => name(self.chain.places.len() - 1),
            TinyPart::Gradients { layer } => format!("gradient of {}", name(layer)),
        })
    }

    /// Seconds that one run takes, the least of several.
    pub(crate) fn time(
        &mut self,
        parameters: &[f32],
        feed: &Feed<'_>,
        repeats: usize,
    ) -> f64 {
        let mut gradients = vec![0.0; parameters.len()];
        let mut least = f64::INFINITY;
        for _ in 0..repeats.max(1) {
            let start = Instant::now();
            self.run(parameters, &mut gradients, feed);
            least = least.min(start.elapsed().as_secs_f64());
        }
        least
    }
}

/// The kernel with its first states, `[B, H]` each, in the engine's order; it is made for
/// the first run.
fn started<'a>(
    tiny: &'a mut Option<Tiny>,
    chain: &Chain,
    states: &[Vec<f32>],
) -> &'a mut Tiny {
    let tiny = tiny.get_or_insert_with(|| Tiny::new(chain.shape.clone(), &chain.tensors));
    for ((layer, state), first) in chain.states.iter().zip(states) {
        tiny.set_state(*layer, *state, first);
    }
    tiny
}
