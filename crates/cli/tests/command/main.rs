//! The real `carousel` command: words, scripts and pipes go in; exit codes, results,
//! messages and files are looked at.

mod book;
mod ends;
mod formats;
mod lsp;
mod same_digits;
mod shell;
#[cfg(unix)]
mod stops;
mod streams;
mod watch;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A program that trains for an instant.
const SMALL: &str = "\
data air = airline | split 67% | scale 0..1 | window 3
model m = lstm 2 -> dense 1
train m on air epochs 2 batch 16
score m
";

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an earlier folder can be removed");
    }
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// The command, in a folder.
fn carousel(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carousel"));
    command.current_dir(folder).args(words).stdin(Stdio::null());
    command.env_remove("NO_COLOR").env_remove("COLUMNS");
    command
}

/// What the command prints.
fn run(folder: &Path, words: &[&str]) -> Output {
    carousel(folder, words).output().expect("the command starts")
}

/// What the command prints with a text on standard input.
fn run_with_input(folder: &Path, words: &[&str], input: &str) -> Output {
    let mut command = carousel(folder, words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is a pipe");
    stdin.write_all(input.as_bytes()).expect("the command reads its input");
    drop(stdin);
    child.wait_with_output().expect("the command ends")
}

/// What the command prints with a text as its script.
fn run_script(folder: &Path, script: &str, words: &[&str]) -> Output {
    fs::write(folder.join("script.lstm"), script).expect("a script can be written");
    run(folder, &[&["script.lstm"], words].concat())
}

/// Its results.
fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("it is text")
}

/// Its messages.
fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("it is text")
}

/// Asserts how it ended; shows what it printed if it did not.
fn ends_with(output: &Output, code: i32) {
    let shown = (stdout(output), stderr(output));
    assert_eq!(output.status.code(), Some(code), "{}\n{}", shown.0, shown.1);
}
