//! What proves the project, in one command: `cargo xtask test`.
//!
//! A few habits, formatting, lints, tests and documents are checked in that order, and
//! the first that fails ends it. The last line says how many tests ran: `120 passed, 0
//! failed`. Rust is all that it needs; where Python is there too, the Jupyter kernel is
//! tried with it. `--all` adds what takes long: Rust cells, notebooks and JupyterLab in a
//! browser. The other commands need more: one makes the book, two look at the memory that
//! the kernels touch.

mod book;
mod count;
mod jupyter;
mod levels;
mod links;
mod miri;
mod test;
mod tidy;
mod valgrind;

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode};

const USAGE: &str = "usage: cargo xtask test, tidy, book, miri or valgrind

  test       tidiness, formatting, lints, tests and documents: all that must hold
  test --all the Jupyter kernel too with Rust cells, as a wheel, and in JupyterLab
  tidy       the heads and lengths of files alone, in a moment
  book       the book into target/book, and all its links; needs mdbook
  miri       the portable kernels under Miri; says which nightly it needs
  valgrind   trainings by the release command under valgrind";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ended = match words[..] {
        ["test"] => test::run(root(), false),
        ["test", "--all"] => test::run(root(), true),
        ["tidy"] => test::is_tidy(root()),
        ["book"] => book::run(root()),
        ["miri"] => miri::run(root()),
        ["valgrind"] => valgrind::run(root()),
        _ => {
            say(USAGE);
            return ExitCode::from(2);
        }
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(format_args!("cargo xtask {} cannot go on: {error}", words[0]));
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace")
}

/// The cargo that runs this program, with its words; says the step.
fn cargo(root: &Path, words: &[&str]) -> Command {
    say(format_args!("== cargo {}", words.join(" ")));
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.args(words).current_dir(root);
    command
}

/// Writes one line for whoever runs this.
fn say(line: impl Display) {
    // A closed pipe is no reason to stop checking; the exit code still tells.
    let _ = writeln!(io::stdout().lock(), "{line}");
}
