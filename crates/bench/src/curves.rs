//! What one LSTM layer costs against the number of steps, rows and units: one line per
//! point comes out, time and memory of a training pass on one thread.

use std::time::Duration;

use carousel_net::network::Cell;
use carousel_net::trial::{Pass, Trial};
use serde_json::{Value, json};

use crate::Lines;
use crate::options::Options;
use crate::timing::{self, round};

/// The shape that one axis after another leaves.
const CENTRE: [usize; 4] = [32, 100, 64, 128];

/// An axis of the shape and the points on it.
const AXES: [(&str, usize, [usize; 6]); 3] = [
    ("T", 1, [25, 50, 100, 200, 400, 800]),
    ("B", 0, [8, 16, 32, 64, 128, 256]),
    ("H", 3, [16, 32, 64, 128, 256, 512]),
];

/// Each point is repeated for at least this long.
const LEAST: Duration = Duration::from_millis(300);

/// Measures all points.
///
/// # Errors
/// What the engine or the output says.
pub(crate) fn run(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    for (name, axis, points) in AXES {
        for point in points {
            let mut shape = CENTRE;
            shape[axis] = point;
            let mut trial = Trial::new(&Cell::Lstm, shape, Pass::Train, 1)
                .map_err(|error| error.title)?;
            let timing = timing::repeat(options.runs, LEAST, || trial.run());
            let mut line = json!({
                "bench": "curve",
                "framework": "carousel",
                "axis": name,
                "mode": "train",
                "shape": shape,
                "threads": 1,
                "gflops": round(trial.flops() / timing.median_ms() / 1e6),
                "mib": round(trial.bytes() as f64 / f64::from(1 << 20)),
            });
            line.as_object_mut()
                .expect("an object is written above")
                .extend(timing.fields());
            emit(line)?;
        }
    }
    Ok(())
}
