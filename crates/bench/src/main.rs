//! The benchmarks of Carousel: options go in, one JSON line per result comes out.
//!
//! ```text
//! cargo run --release --locked -p carousel-bench -- --only micro --runs 20
//! ```
//!
//! Four groups: `process` is the whole command on the airline's third program,
//! `airline` the training of the five programs inside this process, `micro` one LSTM
//! layer forward, and forward and backward, `charlm` the training of a character model,
//! on a text that is made or on `--text FILE`. Every line has `bench`, `shape` and
//! `median_ms`. Nothing here asserts a speed.

mod airline;
mod cells;
mod charlm;
mod micro;
mod options;
mod process;
mod system;
mod text;
mod timing;

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::Value;

use crate::options::{Group, Options};

/// What every group returns: its lines, or why there are none.
type Lines = Result<(), String>;

fn main() -> ExitCode {
    let options = match options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => return fail(&format!("{message}\n{}", options::USAGE)),
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

fn run(options: &Options) -> Lines {
    let mut emit = |line: Value| {
        writeln!(io::stdout().lock(), "{line}").map_err(|error| error.to_string())
    };
    for group in Group::ALL {
        if options.only.is_none_or(|only| only == group) {
            match group {
                Group::Process => process::run(options, &mut emit)?,
                Group::Airline => airline::run(options, &mut emit)?,
                Group::Micro => micro::run(options, &mut emit)?,
                Group::Charlm => charlm::run(options, &mut emit)?,
            }
        }
    }
    Ok(())
}

fn fail(message: &str) -> ExitCode {
    // There is nowhere left to tell a failure to write to standard error.
    let _ = writeln!(io::stderr().lock(), "{message}");
    ExitCode::from(2)
}
