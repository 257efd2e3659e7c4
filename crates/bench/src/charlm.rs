//! A character model in training: a text goes in, one line with the time of a step comes
//! out, with the fields that the peers' character models have.
//!
//! `embed 64 -> lstm 256 stateful -> dense` reads 64 streams of the text, 100 characters
//! a step, and learns what follows each by cross-entropy and Adam; memory is carried from
//! step to step. A step is one batch: forward, backward, and the change of the weights.

use std::time::Instant;

use carousel_cell::{Form, Optimiser};
use carousel_net::engine::{BatchShape, Engine, Feed, Goal, Loss, Settings};
use carousel_net::model::{Like, Model};
use carousel_net::network::{Activation, Cell, Layer, LayerKind, Network, Recurrent};
use carousel_net::shape::DataShape;
use serde_json::{Map, Value, json};

use crate::options::Options;
use crate::text::{Batch, Text};
use crate::timing::{Timing, milliseconds, round};
use crate::{Lines, system};

/// Streams, characters a step, numbers a character, units.
const SIZES: Sizes = Sizes { batch: 64, steps: 100, embed: 64, units: 256 };

/// Steps that are not measured.
const WARM_UP_STEPS: usize = 3;

/// How often each kernel is timed for its share of a step.
const REPEATS: usize = 5;

const ADAM: Optimiser = Optimiser::Adam {
    rate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    decay: 0.0,
    form: Form::PyTorch,
};

#[derive(Debug, Clone, Copy)]
struct Sizes {
    batch: usize,
    steps: usize,
    embed: usize,
    units: usize,
}

/// Measures the model on the text of the options, or on one that is made.
///
/// # Errors
/// Where the text cannot be read.
pub(crate) fn run(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    let length = (options.runs + WARM_UP_STEPS) * SIZES.steps;
    let text = match &options.text {
        Some(path) => Text::read(path, SIZES.batch, length)?,
        None => Text::made(SIZES.batch, length),
    };
    for &threads in &options.threads {
        emit(measure(SIZES, &text, options.runs, threads)?)?;
    }
    Ok(())
}

fn measure(
    sizes: Sizes,
    text: &Text,
    runs: usize,
    threads: usize,
) -> Result<Value, String> {
    let mut training = Training::new(sizes, text.kinds, threads)?;
    let batches: Vec<Batch> =
        (0..runs + WARM_UP_STEPS).map(|k| text.batch(k, sizes.steps)).collect();
    let mut losses = Vec::new();
    let mut step = |training: &mut Training, batch: &Batch| {
        let start = Instant::now();
        losses.push(training.step(batch));
        milliseconds(start.elapsed())
    };
    let (warm_up, measured) = batches.split_at(WARM_UP_STEPS);
    let first: Vec<f64> = warm_up.iter().map(|b| step(&mut training, b)).collect();
    system::reset_peak();
    let memory_before = system::own_mib();
    let (start, cpu_start) = (Instant::now(), system::own_cpu_ms());
    let wall_ms = measured.iter().map(|b| step(&mut training, b)).collect();
    let loop_ms = milliseconds(start.elapsed());
    let cpu_ms = cpu_start.zip(system::own_cpu_ms()).map(|(before, now)| now - before);
    let memory = [memory_before, system::peak_mib(std::process::id())];
    let timing = Timing::new(wall_ms, cpu_ms.map(|ms| ms / runs as f64));
    let median_ms = timing.median_ms();
    let kernels = training.kernels(&batches[0]);
    let mut line = json!({
        "bench": "charlm",
        "framework": "carousel",
        "variant": "plan",
        "shape": [sizes.batch, sizes.steps, sizes.embed, sizes.units, text.kinds],
        "threads": threads,
        "median_step_ms": round(median_ms),
        "chars_per_s": round((sizes.batch * sizes.steps) as f64 / median_ms * 1e3),
        "gflops": round(flops(sizes, text.kinds) / median_ms / 1e6),
        "loss_first": losses[0],
        "loss_last": losses[losses.len() - 1],
        "first_step_s": round(first[0] / 1e3),
        "loop_wall_s": round(loop_ms / 1e3),
        "loop_cpu_s": cpu_ms.map(|ms| round(ms / 1e3)),
        "rss_before_loop_mb": memory[0].map(round),
        "rss_peak_loop_mb": memory[1].map(round),
        "rss_loop_delta_mb": memory[0].zip(memory[1]).map(|(a, b)| round(b - a)),
        "lstm_share": lstm_share(&kernels),
        "kernels_ms": kernels,
        "version": env!("CARGO_PKG_VERSION"),
    });
    line.as_object_mut().expect("an object is written above").extend(timing.fields());
    Ok(line)
}

/// The part of the time of all kernels that those of the LSTM take.
fn lstm_share(kernels: &Map<String, Value>) -> f64 {
    let of = |is: fn(&str) -> bool| -> f64 {
        let chosen = kernels.iter().filter(|(name, _)| is(name));
        chosen.filter_map(|(_, ms)| ms.as_f64()).sum()
    };
    round(of(|name| name.contains("lstm")) / of(|_| true))
}

/// A model, what changes it, and what it remembers.
struct Training {
    model: Model,
    engine: Engine,
    gradients: Vec<f32>,
    moments: [Vec<f32>; 2],
    states: Vec<Vec<f32>>,
    /// The share of each character in the loss.
    weights: Vec<f32>,
    steps: u64,
}

impl Training {
    fn new(sizes: Sizes, kinds: usize, threads: usize) -> Result<Training, String> {
        let data = DataShape {
            steps: Some(sizes.steps),
            features: 1,
            symbols: Some(kinds),
            width: kinds,
            classes: Some(kinds),
            every: true,
        };
        let model = Model::new(&network(sizes), data, Like::PyTorch, 0)
            .map_err(|error| error.title)?;
        let shape = BatchShape { steps: sizes.steps, size: sizes.batch, masked: false };
        let settings = Settings { threads, ..Settings::DEFAULT };
        let goal = Goal::Train(Loss::CrossEntropy);
        let (network, flows, two) = (&model.network, &model.flows, model.two_biases());
        let engine = Engine::new(network, flows, shape, goal, two, settings)
            .map_err(|error| error.title)?;
        let len = model.weights.len();
        let characters = sizes.batch * sizes.steps;
        let state = vec![0.0; sizes.batch * sizes.units];
        Ok(Training {
            gradients: vec![0.0; len],
            moments: [vec![0.0; len], vec![0.0; len]],
            states: vec![state; engine.states.len()],
            weights: vec![1.0 / characters as f32; characters],
            steps: 0,
            model,
            engine,
        })
    }

    /// Learns from one batch; its loss before that.
    fn step(&mut self, batch: &Batch) -> f32 {
        let feed = feed(batch, &self.states, &self.weights);
        self.engine
            .run(&self.model.weights, &mut self.gradients, &feed)
            .expect("without a flag nothing interrupts a run");
        for (index, state) in self.states.iter_mut().enumerate() {
            state.copy_from_slice(self.engine.last_state(index));
        }
        self.steps += 1;
        let [first, second] = &mut self.moments;
        let (weights, gradients) = (&mut self.model.weights, &self.gradients);
        ADAM.update(self.steps, weights, gradients, first, second);
        self.engine.loss()
    }

    /// Milliseconds of the kernels by name, those of one name together.
    fn kernels(&mut self, batch: &Batch) -> Map<String, Value> {
        let feed = feed(batch, &self.states, &self.weights);
        let report = self.engine.report(&self.model.weights, &feed, REPEATS);
        let mut kernels = Map::new();
        for kernel in report.kernels {
            let before = kernels.get(&kernel.name).and_then(Value::as_f64).unwrap_or(0.0);
            let total = before + kernel.microseconds / 1e3;
            kernels.insert(kernel.name, json!(round(total)));
        }
        kernels
    }
}

fn feed<'a>(batch: &'a Batch, states: &'a [Vec<f32>], weights: &'a [f32]) -> Feed<'a> {
    Feed {
        inputs: &batch.inputs,
        mask: None,
        states,
        targets: &batch.targets,
        weights,
        dropouts: &[],
        interrupt: None,
    }
}

/// `embed E -> lstm H stateful -> dense`
fn network(sizes: Sizes) -> Network {
    let lstm = Recurrent {
        cell: Cell::Lstm,
        units: sizes.units,
        stateful: true,
        bidirectional: false,
        dropout: 0.0,
        recurrent_dropout: 0.0,
        output: None,
        frozen: false,
    };
    let kinds = [
        LayerKind::Embed { units: sizes.embed, frozen: false },
        LayerKind::Recurrent(lstm),
        LayerKind::Dense { units: None, activation: Activation::Linear, frozen: false },
    ];
    let layer = |kind| Layer { kind, span: Default::default() };
    Network { layers: kinds.map(layer).into() }
}

/// Operations of the matrix products, as the peers count them: the backward pass has
/// two products for each of the forward pass, and a table none.
fn flops(sizes: Sizes, kinds: usize) -> f64 {
    let Sizes { batch, steps, embed, units } = sizes;
    let a_character = 4 * units * (embed + units) + units * kinds;
    (3 * 2 * batch * steps * a_character) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_model_learns_and_its_time_is_told() {
        let sizes = Sizes { batch: 4, steps: 10, embed: 8, units: 16 };
        let steps = 1000;
        let text = Text::of("abcd", 4, sizes.steps * (steps + WARM_UP_STEPS)).unwrap();
        let line = measure(sizes, &text, steps, 1).unwrap();
        let loss = |name: &str| line[name].as_f64().unwrap();
        // Nothing known is ln 4; each letter follows from the one before it.
        assert!((loss("loss_first") - 4.0_f64.ln()).abs() < 0.2, "{line}");
        assert!(loss("loss_last") < 0.2, "{line}");
        assert!(loss("chars_per_s") > 0.0);
        let share = loss("lstm_share");
        assert!(share > 0.0 && share < 1.0, "{line}");
    }
}
