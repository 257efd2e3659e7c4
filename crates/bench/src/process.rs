//! The whole command on the airline's third program: wall time, processor time, memory.
//!
//! Times and memory are measured in separate runs, since reading the memory of a
//! running process takes time from it.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::command;
use crate::options::Options;
use crate::timing::{Timing, milliseconds, round};
use crate::{Lines, system};

/// How long the reading of memory sleeps between two looks: short beside a run, so that
/// little is allocated after the last look.
const LOOK_EVERY: Duration = Duration::from_micros(200);

/// Runs in which memory is read; the largest reading counts.
const MEMORY_RUNS: usize = 5;

/// Measures the start of the command alone and the third program.
///
/// # Errors
/// Where the command is not there or does not end well.
pub(crate) fn run(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    let carousel = command(options)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples/airline/3-time-steps.lstm");
    let plots =
        std::env::temp_dir().join(format!("carousel-bench-{}", std::process::id()));
    let run_script =
        [script.as_os_str().to_owned(), "--plots".into(), plots.clone().into_os_string()];
    let start = measure(&carousel, &["--version".into()], "start", options.runs);
    let whole = measure(&carousel, &run_script, "airline 3", options.runs);
    // The folder is not there where the command failed before its plot.
    let _ = std::fs::remove_dir_all(&plots);
    emit(start?)?;
    emit(whole?)
}

fn measure(
    carousel: &Path,
    words: &[OsString],
    shape: &str,
    runs: usize,
) -> Result<Value, String> {
    run_once(carousel, words)?;
    let cpu_start = system::children_cpu_ms();
    let mut wall_ms = Vec::new();
    for _ in 0..runs {
        wall_ms.push(run_once(carousel, words)?);
    }
    let cpu_ms = cpu_start
        .zip(system::children_cpu_ms())
        .map(|(before, after)| (after - before) / runs as f64);
    let mut peak = None;
    for _ in 0..MEMORY_RUNS {
        let seen = peak_of(carousel, words)?;
        peak = if seen > peak { seen } else { peak };
    }
    let mut line = json!({ "bench": "process", "framework": "carousel", "label": shape, "peak_rss_mib": peak.map(round) });
    line.as_object_mut()
        .expect("an object is written above")
        .extend(Timing::new(wall_ms, cpu_ms).fields());
    Ok(line)
}

/// Wall time in milliseconds.
fn run_once(carousel: &Path, words: &[OsString]) -> Result<f64, String> {
    let start = Instant::now();
    let status = child(carousel, words).status().map_err(|error| at(carousel, &error))?;
    let wall_ms = milliseconds(start.elapsed());
    if status.success() {
        Ok(wall_ms)
    } else {
        Err(format!("{} {words:?} ended with {status}", carousel.display()))
    }
}

/// The most memory that one run was seen to hold, in MiB.
fn peak_of(carousel: &Path, words: &[OsString]) -> Result<Option<f64>, String> {
    let mut running =
        child(carousel, words).spawn().map_err(|error| at(carousel, &error))?;
    let mut peak = None;
    while running.try_wait().map_err(|error| at(carousel, &error))?.is_none() {
        peak = system::peak_mib(running.id()).or(peak);
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(peak)
}

fn child(carousel: &Path, words: &[OsString]) -> Command {
    let mut command = Command::new(carousel);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn at(carousel: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", carousel.display())
}
