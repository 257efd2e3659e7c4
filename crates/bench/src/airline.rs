//! The training of the airline tutorial's five programs inside this process: two lines
//! per program come out, for the loop alone and for the whole line `train ...`, which
//! prepares data and predicts all parts too.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use carousel::Session;
use carousel_data::{Dataset, Recipe, Source, Step, StepKind};
use carousel_net::network::Cell;
use serde_json::{Value, json};

use crate::Lines;
use crate::options::Options;
use crate::timing::{Timing, milliseconds};
use crate::training::Training;

/// The five programs, in the tutorial's order.
const PROGRAMS: [&str; 5] =
    ["1-regression", "2-window", "3-time-steps", "4-stateful", "5-stacked"];

/// Epochs of each.
const EPOCHS: usize = 100;

/// Measures the five programs.
///
/// # Errors
/// Where a program cannot be read or run.
pub(crate) fn run(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    let folder = folder();
    for (config, name) in (1..).zip(PROGRAMS) {
        let mut line = training(config, EPOCHS)?.measure("airline", options.runs)?;
        line["config"] = config.into();
        line["name"] = name.into();
        emit(line)?;
        emit(whole_line(&folder, config, name, options.runs)?)?;
    }
    Ok(())
}

/// Carries out the training of one program, once and unmeasured.
///
/// # Errors
/// Where it cannot be done.
pub(crate) fn work(options: &Options) -> Lines {
    training(options.program, options.epochs)?.run().map(drop)
}

/// One of the tutorial's, counted from 1.
pub(crate) fn training(config: u8, epochs: usize) -> Result<Training, String> {
    let (steps, as_features) = match config {
        1 => (1, false),
        2 => (3, true),
        _ => (3, false),
    };
    let kinds = [
        StepKind::Scale { low: 0.0, high: 1.0, over_all: true },
        StepKind::Split { shares: vec![67.0], apart: true },
        StepKind::Window { steps, as_features, ahead: 1, stride: 1 },
        StepKind::SkipLast(1),
    ];
    let steps = kinds.map(|kind| Step { kind, span: Default::default() });
    let recipe = Recipe {
        source: Source::Airline,
        source_span: Default::default(),
        steps: steps.into(),
    };
    let dataset =
        Dataset::prepare(&recipe, Path::new("."), 0).map_err(|error| error.title)?;
    let layers = match config {
        4 => vec![(4, true)],
        5 => vec![(4, true), (4, true)],
        _ => vec![(4, false)],
    };
    Ok(Training { sequences: dataset.train, cell: Cell::Lstm, layers, epochs })
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/airline")
}

/// The line `train ...` of a script in a session. The statements before it prepare its
/// data and model and are not measured.
fn whole_line(
    folder: &Path,
    config: u8,
    name: &str,
    runs: usize,
) -> Result<Value, String> {
    let path = folder.join(format!("{name}.lstm"));
    let script = fs::read_to_string(&path)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let (before, train) =
        parts(&script).ok_or_else(|| format!("{name} trains nothing"))?;
    let mut wall_ms = Vec::new();
    for _ in 0..runs {
        let mut session = Session::in_folder(folder.to_owned());
        statements(&mut session, name, &before)?;
        let start = Instant::now();
        statements(&mut session, name, train)?;
        wall_ms.push(milliseconds(start.elapsed()));
    }
    let mut line = json!({
        "bench": "airline",
        "framework": "carousel",
        "variant": "line",
        "config": config,
        "name": name,
        "threads": 1,
        "version": env!("CARGO_PKG_VERSION"),
    });
    line.as_object_mut()
        .expect("an object is written above")
        .extend(Timing::new(wall_ms, None).fields());
    Ok(line)
}

/// What stands before the line that trains, and that line.
fn parts(script: &str) -> Option<(String, &str)> {
    let lines: Vec<&str> = script.lines().collect();
    let train = lines.iter().position(|line| line.starts_with("train "))?;
    Some((lines[..train].join("\n"), lines[train]))
}

fn statements(session: &mut Session, name: &str, text: &str) -> Lines {
    session
        .run_named(name, text, &mut |_| ControlFlow::Continue(()))
        .map_err(|errors| format!("{name}: {}", errors[0].title))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_training_is_measured() {
        let script = "# a train\ndata d = count 9\ntrain lstm 4 on d\nscore it\n";
        let (before, train) = parts(script).unwrap();
        assert_eq!(before, "# a train\ndata d = count 9");
        assert_eq!(train, "train lstm 4 on d");
        assert_eq!(parts("score it"), None);
    }

    #[test]
    fn the_loops_have_the_steps_of_the_tutorial() {
        for (config, samples) in [(1, 94), (2, 92), (3, 92), (4, 92), (5, 92)] {
            let training = training(config, 1).unwrap();
            assert_eq!(training.sequences.len(), samples, "program {config}");
            assert!(training.run().unwrap() > 0.0);
        }
    }
}
