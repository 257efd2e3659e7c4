//! One recurrent layer through the engine: shapes go in, one line per shape and mode
//! comes out, with the fields that the peers' micro benchmarks have.
//!
//! `train` is a forward and a backward pass with the gradients of the inputs, the
//! weights and the first states, and no optimiser; `infer` gives the states of all
//! steps.

use std::time::{Duration, Instant};

use carousel_net::network::Cell;
use carousel_net::trial::{Pass, Trial};
use serde_json::{Value, json};

use crate::Lines;
use crate::cells;
use crate::options::Options;
use crate::timing::{self, round};

/// Each shape is repeated for at least this long.
const LEAST: Duration = Duration::from_millis(600);

/// Shapes at which cells are compared: a few units, a few rows, and what fills a
/// processor.
const SHAPES: [[usize; 4]; 4] =
    [[1, 3, 1, 4], [32, 50, 16, 64], [32, 100, 64, 128], [64, 100, 256, 256]];

/// Measures every shape in every mode.
///
/// # Errors
/// What the engine or the output says.
pub(crate) fn run(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    for &threads in &options.threads {
        for &shape in &options.shapes {
            for cell in &options.cells {
                for &pass in &options.modes {
                    emit(measure(shape, cell, pass, threads, options.runs)?)?;
                }
            }
        }
    }
    Ok(())
}

/// Measures all cells on one thread.
///
/// # Errors
/// What the engine or the output says.
pub(crate) fn cells(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    for shape in SHAPES {
        for word in cells::ALL {
            for pass in [Pass::Train, Pass::Infer] {
                emit(measure(shape, &cells::cell(word)?, pass, 1, options.runs)?)?;
            }
        }
    }
    Ok(())
}

fn measure(
    shape: [usize; 4],
    cell: &Cell,
    pass: Pass,
    threads: usize,
    runs: usize,
) -> Result<Value, String> {
    let mut trial =
        Trial::new(cell, shape, pass, threads).map_err(|error| error.title)?;
    let first = Instant::now();
    trial.run();
    let first_call_s = first.elapsed().as_secs_f64();
    let timing = timing::repeat(runs, LEAST, || trial.run());
    let mut line = json!({
        "bench": "micro",
        "framework": "carousel",
        "variant": cell.word(),
        "mode": match pass { Pass::Train => "train", Pass::Infer => "infer" },
        "shape": shape,
        "threads": threads,
        "gflops": round(trial.flops() / timing.median_ms() / 1e6),
        "first_call_s": round(first_call_s),
        "version": env!("CARGO_PKG_VERSION"),
    });
    line.as_object_mut().expect("an object is written above").extend(timing.fields());
    Ok(line)
}
