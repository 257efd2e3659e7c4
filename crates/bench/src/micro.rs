//! One recurrent layer through the engine: shapes go in, one line per shape and mode comes
//! out, with the fields that the peers' micro benchmarks have.
//!
//! `train` is a forward and a backward pass with the gradients of the inputs, the
//! weights and the first states, and no optimiser; `infer` gives the states of all
//! steps.

use std::time::{Duration, Instant};

use carousel_net::engine::{BatchShape, Engine, Feed, Goal, Loss, Settings};
use carousel_net::network::{Cell, Layer, LayerKind, Network, Output, Recurrent};
use carousel_net::parameters::{Parameter, parameters};
use carousel_net::shape::{DataShape, flows};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::Lines;
use crate::options::{Mode, Options};
use crate::timing::{self, round};

/// Each shape is repeated for at least this long.
const LEAST: Duration = Duration::from_secs(1);

/// Measures every shape in every mode.
///
/// # Errors
/// What the engine or the output says.
pub(crate) fn run(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    for &shape in &options.shapes {
        for cell in &options.cells {
            for &mode in &options.modes {
                emit(measure(shape, cell, mode, options)?)?;
            }
        }
    }
    Ok(())
}

fn measure(
    shape: [usize; 4],
    cell: &Cell,
    mode: Mode,
    options: &Options,
) -> Result<Value, String> {
    let mut layer = prepare(shape, cell, mode, options.threads)?;
    let first = Instant::now();
    layer.run();
    let first_call_s = first.elapsed().as_secs_f64();
    let timing = timing::repeat(options.runs, LEAST, || layer.run());
    let mut line = json!({
        "bench": "micro",
        "framework": "carousel",
        "variant": "plan",
        "cell": cell.word(),
        "mode": match mode { Mode::Train => "train", Mode::Infer => "infer" },
        "shape": shape,
        "threads": options.threads,
        "gflops": round(flops(shape, cell, mode) / timing.median_ms() / 1e6),
        "first_call_s": round(first_call_s),
        "version": env!("CARGO_PKG_VERSION"),
    });
    line.as_object_mut().expect("an object is written above").extend(timing.fields());
    Ok(line)
}

/// A compiled layer and all that a run is fed.
struct Prepared {
    engine: Engine,
    parameters: Vec<f32>,
    gradients: Vec<f32>,
    inputs: Vec<f32>,
    states: Vec<Vec<f32>>,
}

impl Prepared {
    fn run(&mut self) {
        let feed = Feed {
            inputs: &self.inputs,
            mask: None,
            states: &self.states,
            targets: &[],
            weights: &[],
            dropouts: &[],
            interrupt: None,
        };
        self.engine
            .run(&self.parameters, &mut self.gradients, &feed)
            .expect("without a flag nothing interrupts a run");
    }
}

fn prepare(
    [b, t, i, h]: [usize; 4],
    cell: &Cell,
    mode: Mode,
    threads: usize,
) -> Result<Prepared, String> {
    let network = network(cell, h);
    let data = DataShape {
        steps: Some(t),
        features: i,
        width: h,
        every: true,
        ..DataShape::default()
    };
    let flows = flows(&network, data).map_err(|error| error.title)?;
    let tensors = parameters(&network, &flows, false).map_err(|error| error.title)?;
    let goal = match mode {
        Mode::Train => Goal::Train(Loss::SumOfSquares),
        Mode::Infer => Goal::Predict,
    };
    let settings = Settings { threads, ..Settings::DEFAULT };
    let shape = BatchShape { steps: t, size: b, masked: false };
    let engine = Engine::new(&network, &flows, shape, goal, false, settings)
        .map_err(|error| error.title)?;
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let len = tensors.iter().map(Parameter::len).sum();
    // PyTorch's start values, so that the gates are neither open nor shut.
    let bound = 1.0 / (h as f32).sqrt();
    let mut numbers = |n: usize, bound: f32| -> Vec<f32> {
        (0..n).map(|_| random.random_range(-bound..bound)).collect()
    };
    Ok(Prepared {
        states: engine.states.iter().map(|state| vec![0.0; b * state.units]).collect(),
        parameters: numbers(len, bound),
        gradients: vec![0.0; len],
        inputs: numbers(t * b * i, 1.0),
        engine,
    })
}

/// `lstm H every`, or another cell.
fn network(cell: &Cell, units: usize) -> Network {
    let recurrent = Recurrent {
        cell: cell.clone(),
        units,
        stateful: false,
        bidirectional: false,
        dropout: 0.0,
        recurrent_dropout: 0.0,
        output: Some(Output::Every),
        frozen: false,
    };
    let kind = LayerKind::Recurrent(recurrent);
    Network { layers: vec![Layer { kind, span: Default::default() }] }
}

/// Operations of the matrix products alone, as the peers count them: the backward pass
/// has two products for each of the forward pass.
fn flops([b, t, i, h]: [usize; 4], cell: &Cell, mode: Mode) -> f64 {
    let blocks = match cell {
        Cell::Lstm | Cell::User(_) => 4,
        Cell::Gru => 3,
        Cell::Rnn => 1,
    };
    let forward = 2.0 * (b * t * blocks * h * (i + h)) as f64;
    match mode {
        Mode::Train => 3.0 * forward,
        Mode::Infer => forward,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells;

    #[test]
    fn a_layer_gives_its_state_at_every_step() {
        for mode in [Mode::Train, Mode::Infer] {
            for cell in [Cell::Lstm, Cell::Gru, Cell::Rnn, cells::peephole()] {
                let mut layer = prepare([2, 3, 1, 4], &cell, mode, 1).unwrap();
                layer.run();
                assert_eq!(layer.engine.output().len(), 3 * 2 * 4);
            }
        }
        assert_eq!(flops([1, 3, 1, 4], &Cell::Lstm, Mode::Infer), 480.0);
        assert_eq!(flops([1, 3, 1, 4], &Cell::Gru, Mode::Infer), 360.0);
    }
}
