//! `cargo xtask miri`: the kernels that any machine runs, under an interpreter that sees
//! each access outside its bounds, each alias that may not be and each race.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::say;

/// Miri is a part of nightly toolchains; one of them, so that it says the same tomorrow.
const TOOLCHAIN: &str = "nightly-2026-05-20";

/// The room that has `unsafe`: what its threads and pointers do by themselves, and all
/// kernels on a few small shapes.
const RUNS: [&[&str]; 2] = [
    &["--lib", "--", "team::", "buffer::", "place::", "pack", "columns"],
    &["--test", "properties"],
];

/// Runs them, and says whether all is well.
///
/// # Errors
/// Where `rustup` cannot be started.
pub(crate) fn run(root: &Path) -> io::Result<bool> {
    let mut version = cargo(root, &["--version"]);
    if !version.stdout(Stdio::null()).stderr(Stdio::null()).status()?.success() {
        say(format_args!(
            "cargo xtask miri needs {TOOLCHAIN} with two components:\n  rustup toolchain \
             install {TOOLCHAIN} --profile minimal --component miri,rust-src"
        ));
        return Ok(false);
    }
    for words in RUNS {
        let words = [&["test", "--locked", "-p", "carousel-cell"], words].concat();
        say(format_args!("== cargo +{TOOLCHAIN} miri {}", words.join(" ")));
        if !cargo(root, &words).status()?.success() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn cargo(root: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", TOOLCHAIN, "cargo", "miri"]).args(words).current_dir(root);
    // These name the toolchain that runs this program.
    for name in ["CARGO", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    command
}
