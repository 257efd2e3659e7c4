//! The benchmarks of Carousel: options go in, one JSON line per result comes out.
//!
//! ```text
//! cargo run --release --locked -p carousel-bench -- all
//! cargo run --release --locked -p carousel-bench -- micro --shapes 32,100,64,128
//! ```
//!
//! There is a file for each group. Every line has `bench` and says what was measured, by
//! the names that the scripts of other frameworks give: `shape` is `[B, T, I, H]`,
//! `gflops` counts matrix products only. Nothing here asserts a speed.

mod airline;
mod cells;
mod charlm;
mod command;
mod curves;
mod instructions;
mod micro;
mod options;
mod peak;
mod process;
#[cfg(unix)]
mod prompt;
mod step;
mod system;
mod text;
mod timing;
mod training;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use serde_json::Value;

use crate::options::{Group, Options};

/// What every group returns: its lines, or why there are none.
type Lines = Result<(), String>;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // There is nowhere left to tell a failure to write to standard error.
            let _ = writeln!(io::stderr().lock(), "{message}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Lines {
    let mut emit = |line: Value| {
        writeln!(io::stdout().lock(), "{line}").map_err(|error| error.to_string())
    };
    for group in options.chosen() {
        match group {
            Group::All => unreachable!("`chosen` has replaced it"),
            Group::Peak => peak::run(options, &mut emit)?,
            Group::Process => process::run(options, &mut emit)?,
            #[cfg(unix)]
            Group::Prompt => prompt::run(options, &mut emit)?,
            #[cfg(not(unix))]
            Group::Prompt => {}
            Group::Airline => airline::run(options, &mut emit)?,
            Group::Step => step::run(options, &mut emit)?,
            Group::Micro => micro::run(options, &mut emit)?,
            Group::Cells => micro::cells(options, &mut emit)?,
            Group::Charlm => charlm::run(options, &mut emit)?,
            Group::Curves => curves::run(options, &mut emit)?,
            Group::Instructions => instructions::run(options, &mut emit)?,
            Group::Work => airline::work(options)?,
        }
    }
    Ok(())
}
