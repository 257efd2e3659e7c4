//! How fast LSTM layers are on this machine, as `carousel bench` tells: nothing goes in
//! but a number of threads, a [`Table`] comes out.

use std::time::{Duration, Instant};

use carousel_cell::{cores, peak_gflops};
use carousel_lang::Diagnostic;
use carousel_net::network::Cell;
use carousel_net::trial::{Pass, Trial};

use crate::need;
use crate::output::{Table, figure};

/// Batch, steps, features and units of the layers: from one of a few units to those that
/// fill a processor.
const SHAPES: [[usize; 4]; 6] = [
    [1, 3, 1, 4],
    [1, 100, 1, 32],
    [32, 50, 16, 64],
    [32, 100, 64, 128],
    [64, 100, 256, 256],
    [128, 20, 64, 512],
];

const COLUMNS: [&str; 10] = [
    ">batch",
    ">steps",
    ">features",
    ">units",
    ">train ms",
    ">GFLOP/s",
    ">of peak",
    ">predict ms",
    ">GFLOP/s",
    ">of peak",
];

const NOTE: &str = "training is forward and backward, without an optimiser; only matrix \
                    products are counted";

/// Each is repeated for this long, and a few times at least; the median counts.
const TIME: Duration = Duration::from_millis(400);
const LEAST: usize = 5;

/// Measures the peak of the machine, and training and prediction of layers on at most so
/// many threads, all cores if no number is given; `watch` is told what is measured next.
///
/// # Errors
/// None that these layers are known to give.
pub fn layers(
    threads: Option<usize>,
    watch: &mut dyn FnMut(&str),
) -> Result<Table, Diagnostic> {
    measure(&SHAPES, threads.unwrap_or_else(cores), watch)
}

fn measure(
    shapes: &[[usize; 4]],
    threads: usize,
    watch: &mut dyn FnMut(&str),
) -> Result<Table, Diagnostic> {
    watch("the peak");
    let peak = peak_gflops();
    let title = format!(
        "one LSTM layer on at most {}, each of which reaches {} GFLOP/s in multiply-adds alone",
        need::count(threads, "thread"),
        figure(peak)
    );
    let mut table = Table::new(title, &COLUMNS);
    for shape in shapes {
        let [b, t, i, h] = *shape;
        let [rows, steps, values, units] =
            [(b, "row"), (t, "step"), (i, "value"), (h, "unit")]
                .map(|(n, noun)| need::count(n, noun));
        watch(&format!("{rows} of {steps} of {values}, {units}"));
        let mut row: Vec<String> = shape.iter().map(usize::to_string).collect();
        for pass in [Pass::Train, Pass::Infer] {
            let mut trial = Trial::new(&Cell::Lstm, *shape, pass, threads)?;
            let seconds = median(&mut trial);
            let gflops = trial.flops() / seconds / 1e9;
            let share = 100.0 * gflops / (peak * threads as f64);
            row.extend([figure(seconds * 1e3), figure(gflops), format!("{share:.0}%")]);
        }
        table.rows.push(row);
    }
    table.notes.push(NOTE.to_owned());
    Ok(table)
}

/// Seconds of one run.
fn median(trial: &mut Trial) -> f64 {
    trial.run();
    let start = Instant::now();
    let mut seconds = Vec::new();
    while seconds.len() < LEAST || start.elapsed() < TIME {
        let run = Instant::now();
        trial.run();
        seconds.push(run.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_times_and_shares() {
        let mut told = Vec::new();
        let mut watch = |what: &str| told.push(what.to_owned());
        let table = measure(&[[1, 3, 1, 4]], 1, &mut watch).unwrap();
        assert_eq!(told, ["the peak", "1 row of 3 steps of 1 value, 4 units"]);
        let row = &table.rows[0];
        assert_eq!(row.len(), table.columns.len());
        assert_eq!(row[..4], ["1", "3", "1", "4"]);
        assert!(row[4].parse::<f64>().unwrap() > 0.0, "{row:?}");
        assert!(row[6].ends_with('%'), "{row:?}");
    }
}
