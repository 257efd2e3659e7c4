//! What proves the project, in one command: `cargo xtask test`.
//!
//! Formatting, lints, tests, documents and a few habits are checked in that order, and
//! the first that fails ends it. The last line says how many tests ran: `120 passed, 0
//! failed`. Rust is all that it needs.

mod count;
mod test;
mod tidy;

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask test

  test   formatting, lints, tests, documents and tidiness: all that must hold";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words != ["test"] {
        say(USAGE);
        return ExitCode::from(2);
    }
    match test::run(root()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(format_args!("cargo xtask test cannot go on: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace")
}

/// Writes one line for whoever runs this.
fn say(line: impl Display) {
    // A closed pipe is no reason to stop checking; the exit code still tells.
    let _ = writeln!(io::stdout().lock(), "{line}");
}
