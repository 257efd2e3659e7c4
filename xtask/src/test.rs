//! The steps of `cargo xtask test`: the tidy check, which takes a moment, cargo's own, run
//! one after the other, and the kernel in Jupyter's hands.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};

use crate::count::Count;
use crate::{cargo, jupyter, levels, say, tidy};

const FORMAT: &[&str] = &["fmt", "--all", "--check"];
/// Without the default features, of which the kernel alone has one: `rust-cells`, minutes
/// to build.
const LINTS: &[&str] = &[
    "clippy",
    "--workspace",
    "--no-default-features",
    "--all-targets",
    "--locked",
    "--",
    "-D",
    "warnings",
];
/// The kernel with Rust cells, and all else.
const ALL_LINTS: &[&str] =
    &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
/// Doc tests are part of it. One failing crate does not hide those after it.
const TESTS: &[&str] =
    &["test", "--workspace", "--no-default-features", "--locked", "--no-fail-fast"];
/// The kernels and the reference numbers, once more at each slower instruction set; of the
/// whole workspace, since with the features of some of its crates all would be compiled
/// again.
const KERNELS: &[&str] = &[
    "test",
    "--workspace",
    "--no-default-features",
    "--locked",
    "--no-fail-fast",
    "--lib",
    "--test=optimisers",
    "--test=properties",
    "--test=pytorch",
    "--test=goldens",
];
/// The libraries alone: the library `carousel` and the command `carousel` would both
/// write to the folder of that name.
const DOCUMENTS: &[&str] =
    &["doc", "--workspace", "--no-default-features", "--lib", "--no-deps", "--locked"];

/// Runs all steps up to the first that fails, and says whether none did; with `all`, those
/// too that take many minutes and a browser.
///
/// The line with the number of tests is the last one, also where a test has failed.
///
/// # Errors
/// Where cargo cannot be started, or a file not be read.
pub(crate) fn run(root: &Path, all: bool) -> io::Result<bool> {
    let lints = if all { ALL_LINTS } else { LINTS };
    if !is_tidy(root)? || !passes(root, FORMAT)? || !passes(root, lints)? {
        return Ok(false);
    }
    let (tests_pass, count) = tests(root, all)?;
    if !tests_pass {
        say(count);
        return Ok(false);
    }
    let mut documents = cargo(root, DOCUMENTS);
    documents.env("RUSTDOCFLAGS", "-D warnings");
    if !documents.status()?.success() {
        return Ok(false);
    }
    say(count);
    Ok(true)
}

/// Runs one of cargo's commands to its end.
fn passes(root: &Path, words: &[&str]) -> io::Result<bool> {
    Ok(cargo(root, words).status()?.success())
}

/// Runs all tests, those of kernels at each level and those in Python, and counts them.
fn tests(root: &Path, all: bool) -> io::Result<(bool, Count)> {
    let mut count = Count::default();
    let mut pass = counted(&mut cargo(root, TESTS), &mut count)?;
    for level in levels::slower() {
        say(format_args!("== at the level {level}"));
        let mut kernels = cargo(root, KERNELS);
        pass &= counted(kernels.env("CAROUSEL_LEVEL", level), &mut count)?;
    }
    pass &= jupyter::protocol(root, &mut count)?;
    if all {
        pass &= jupyter::all(root, &mut count)?;
    }
    Ok((pass, count))
}

/// Runs tests, passes on what they print, and counts them.
///
/// # Errors
/// Where the program cannot be started.
pub(crate) fn counted(command: &mut Command, count: &mut Count) -> io::Result<bool> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().expect("it was asked to be piped");
    pass_on(output, count)?;
    Ok(child.wait()?.success())
}

fn pass_on(output: ChildStdout, count: &mut Count) -> io::Result<()> {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    // Lines are bytes here: a test may print what is no UTF-8.
    while output.read_until(b'\n', &mut line)? > 0 {
        io::stdout().lock().write_all(&line)?;
        count.read(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(())
}

/// Says what is not tidy, and whether nothing is.
///
/// # Errors
/// Where a file cannot be read.
pub(crate) fn is_tidy(root: &Path) -> io::Result<bool> {
    say("== tidy: the heads and lengths of files");
    let complaints = tidy::complaints(root)?;
    complaints.iter().for_each(say);
    Ok(complaints.is_empty())
}
