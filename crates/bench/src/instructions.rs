//! Instructions of a training step of the airline programs, counted by valgrind's
//! callgrind: unlike times, they are the same in each run, however busy the machine is.
//!
//! This program runs itself twice with different numbers of epochs; the difference is
//! what the epochs take, and start and end fall out. valgrind knows no AVX-512, so the
//! kernels for AVX2 are counted.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::options::Options;
use crate::timing::round;
use crate::{Lines, airline};

/// Epochs of the two runs.
const EPOCHS: [usize; 2] = [10, 60];

/// Counts the steps of the five programs.
///
/// # Errors
/// Where valgrind is not there, or does not tell.
pub(crate) fn run(_: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    for program in 1..=5 {
        // Batches of one: as many steps as samples.
        let samples = airline::training(program, 0)?.sequences.len();
        let [few, many] = [count(program, EPOCHS[0])?, count(program, EPOCHS[1])?];
        let steps = (EPOCHS[1] - EPOCHS[0]) * samples;
        emit(json!({
            "bench": "instructions",
            "framework": "carousel",
            "config": program,
            "level": "avx2",
            "instructions_per_step": round((many - few) / steps as f64),
        }))?;
    }
    Ok(())
}

/// The instructions of one run of this program.
fn count(program: u8, epochs: usize) -> Result<f64, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(own)
        .args(["work", "--program", &program.to_string()])
        .args(["--epochs", &epochs.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`instructions` needs valgrind: {error}"))?;
    let told = String::from_utf8_lossy(&run.stderr);
    collected(&told).ok_or_else(|| format!("valgrind counted nothing:\n{told}"))
}

/// The number after `Collected :`.
fn collected(told: &str) -> Option<f64> {
    let (_, behind) = told.rsplit_once("Collected :")?;
    behind.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read() {
        let told = "==7== Events    : Ir\n==7== Collected : 123456\n==7== \n";
        assert_eq!(collected(told), Some(123_456.0));
        assert_eq!(collected("==7== nothing"), None);
    }
}
