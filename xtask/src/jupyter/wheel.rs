//! The wheel that `pip install` takes: kernel, kernelspec, colours for JupyterLab and
//! Pygments in one file. Building it compiles evcxr, once for all tests that need it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Python;
use crate::count::Count;
use crate::test::counted;
use crate::{cargo, say};

/// Where wheels are put.
const FOLDER: &str = "target/wheels";

/// The profile of the wheel under test is that of all tests, so that much of it is there
/// already.
const PROFILE: &str = "--profile=dev";

/// The unit tests of the kernel with Rust cells; the dependencies are those that were built
/// for the wheel.
const TESTS: &[&str] =
    &["test", PROFILE, "--locked", "--no-fail-fast", "-p", "carousel-kernel"];

/// Builds the wheel; nothing where that fails, which pip has told.
///
/// # Errors
/// Where pip cannot be started, or a folder not be read.
pub(super) fn build(root: &Path, python: &Python) -> io::Result<Option<PathBuf>> {
    let folder = root.join(FOLDER);
    // Of an older version nothing may be left.
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    say("== pip wheel ./kernel");
    let mut pip = python.run(&["-m", "pip", "wheel", "--no-deps"])?;
    // maturin is there, with its version pinned.
    pip.args(["--no-build-isolation", "--wheel-dir"]).arg(&folder).arg("./kernel");
    pip.arg(format!("--config-settings=build-args={PROFILE}"));
    if !pip.current_dir(root).status()?.success() {
        return Ok(None);
    }
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "whl") {
            return Ok(Some(path));
        }
    }
    say(format_args!("pip left no wheel in {FOLDER}"));
    Ok(None)
}

/// Runs the unit tests of the kernel as it is in the wheel.
///
/// # Errors
/// Where cargo cannot be started.
pub(super) fn unit_tests(root: &Path, count: &mut Count) -> io::Result<bool> {
    counted(&mut cargo(root, TESTS), count)
}
