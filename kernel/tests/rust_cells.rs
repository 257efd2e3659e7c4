//! Rust cells with the real evcxr: what they print, show, read and write, and what stops
//! them.
//!
//! evcxr runs the program it is part of once more as its child, so this has no test
//! harness: the first line of `main` is the child's. A name as argument runs the tests
//! that hold it.

// Without a harness their own tests are not run here, and what they import is not used.
#[path = "../src/failure.rs"]
#[allow(dead_code)]
mod failure;
#[path = "../src/rust/mod.rs"]
#[allow(dead_code, unused_imports)]
mod rust;
#[path = "../src/stream.rs"]
#[allow(dead_code)]
mod stream;

#[path = "rust_cells/crossing.rs"]
mod crossing;
#[path = "rust_cells/ending.rs"]
mod ending;
#[path = "rust_cells/notebook.rs"]
mod notebook;
#[path = "rust_cells/printing.rs"]
mod printing;

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::time::Instant;

use notebook::Notebook;

type Test = (&'static str, fn(&mut Notebook));

fn main() -> ExitCode {
    evcxr::runtime_hook();
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let wanted = wanted.unwrap_or_default();
    let tests: Vec<&Test> = [printing::TESTS, crossing::TESTS, ending::TESTS]
        .into_iter()
        .flatten()
        .filter(|(name, _)| name.contains(&wanted))
        .collect();
    let begun = Instant::now();
    let mut out = io::stdout().lock();
    // Nobody reads on where this cannot be written.
    let mut say = |line: String| drop(writeln!(out, "{line}"));
    say(format!("\nrunning {} tests", tests.len()));
    let mut notebook = Notebook::open();
    let mut failed = 0;
    for (name, test) in &tests {
        let ended = panic::catch_unwind(AssertUnwindSafe(|| test(&mut notebook)));
        failed += usize::from(ended.is_err());
        let how = if ended.is_ok() { "ok" } else { "FAILED" };
        say(format!("test {name} ... {how}"));
    }
    let (passed, took) = (tests.len() - failed, begun.elapsed().as_secs_f64());
    let how = if failed == 0 { "ok" } else { "FAILED" };
    say(format!(
        "\ntest result: {how}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 \
         filtered out; finished in {took:.2}s\n"
    ));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
