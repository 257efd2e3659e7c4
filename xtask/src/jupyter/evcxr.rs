//! The stock Jupyter kernel of evcxr, which the library also works in.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cargo;

/// The version that the notebook is tried with.
const VERSION: &str = "0.22.0";

/// Where it is put, once for many runs.
const FOLDER: &str = "target/tools";

/// The program, installed where it is not there yet; nothing where that fails, which
/// cargo has told.
///
/// # Errors
/// Where cargo cannot be started.
pub(super) fn ready(root: &Path) -> io::Result<Option<PathBuf>> {
    let program = root.join(FOLDER).join("bin").join("evcxr_jupyter");
    if is_right(&program) {
        return Ok(Some(program));
    }
    // Optimised, it takes four times as long to build, and what it runs is compiled by
    // rustc all the same.
    let words = [
        "install",
        "evcxr_jupyter",
        "--version",
        VERSION,
        "--locked",
        "--debug",
        "--force",
        "--root",
        FOLDER,
    ];
    Ok(cargo(root, &words).status()?.success().then_some(program))
}

fn is_right(program: &Path) -> bool {
    let version = Command::new(program).arg("--version").stderr(Stdio::null()).output();
    version.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout).trim().ends_with(VERSION)
    })
}
