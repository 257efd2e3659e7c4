//! The training of the airline tutorial's five programs inside this process: one line
//! per program comes out.
//!
//! The statements before `train` prepare its data and model and are not measured.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use carousel::Session;
use serde_json::{Value, json};

use crate::options::Options;
use crate::timing::{Timing, milliseconds};
use crate::{Lines, system};

/// The five programs, in the tutorial's order.
const PROGRAMS: [&str; 5] =
    ["1-regression", "2-window", "3-time-steps", "4-stateful", "5-stacked"];

/// Measures the five programs.
///
/// # Errors
/// Where a program cannot be read or run.
pub(crate) fn run(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/airline");
    for program in PROGRAMS {
        emit(measure(&folder, program, options.runs)?)?;
    }
    Ok(())
}

fn measure(folder: &Path, program: &str, runs: usize) -> Result<Value, String> {
    let path = folder.join(format!("{program}.lstm"));
    let script = fs::read_to_string(&path)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let (before, train) =
        parts(&script).ok_or_else(|| format!("{program} trains nothing"))?;
    let mut wall_ms = Vec::new();
    let mut cpu_ms = 0.0;
    for _ in 0..runs {
        let mut session = Session::in_folder(folder.to_owned());
        statements(&mut session, program, &before)?;
        let (start, cpu_start) = (Instant::now(), system::own_cpu_ms());
        statements(&mut session, program, train)?;
        wall_ms.push(milliseconds(start.elapsed()));
        cpu_ms += system::own_cpu_ms().unwrap_or(0.0) - cpu_start.unwrap_or(0.0);
    }
    let cpu_ms = system::own_cpu_ms().map(|_| cpu_ms / runs as f64);
    let mut line = json!({ "bench": "airline", "shape": program });
    line.as_object_mut()
        .expect("an object is written above")
        .extend(Timing::new(wall_ms, cpu_ms).fields());
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
        .run(name, text, &mut |_| ControlFlow::Continue(()))
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
}
