//! What the machine can do, beside which all else is read.

use carousel_cell::peak_gflops;
use serde_json::{Value, json};

use crate::Lines;
use crate::options::Options;
use crate::timing::round;

/// Measures independent multiply-adds on one thread, `--runs` times; the best counts.
///
/// # Errors
/// What the output says.
pub(crate) fn run(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    let best = (0..options.runs).map(|_| peak_gflops()).fold(0.0, f64::max);
    emit(
        json!({ "bench": "peak", "framework": "carousel", "threads": 1, "gflops": round(best) }),
    )
}
