//! The kernel as Jupyter runs it: it is built and installed into a folder of its own, and
//! Python tests speak to it as notebooks do. How many passed comes out.

mod evcxr;
mod python;
mod wheel;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::count::Count;
use crate::test::counted;
use crate::{cargo, say};
use evcxr::Evcxr;
use python::Python;

/// The kernel without Rust cells, in the features that the workspace's own tests have, so
/// that nothing is compiled for it alone.
const BUILD: &[&str] = &[
    "build",
    "--workspace",
    "--no-default-features",
    "--locked",
    "--bin=carousel-kernel",
];

/// Where the kernel under test is installed: kernelspec and colours.
const PREFIX: &str = "target/jupyter";

/// What any build of the kernel must pass.
const PROTOCOL: &[&str] =
    &["test_protocol", "test_cells", "test_training", "test_life", "test_wire"];

/// What a build with Rust cells must pass beside that; the protocol once more, by the test
/// of Jupyter's own.
const WHEEL: &[&str] =
    &["test_protocol", "test_life", "test_rust", "test_wheel", "test_notebooks"];

/// What shows that a browser can be driven.
const BROWSER: &str = "/usr/bin/chromium";

/// Builds the kernel without Rust cells and runs the protocol tests against it. Where
/// there is no Python, or it cannot be given its packages, they are left out.
///
/// # Errors
/// Where a program that is there cannot be started, or a folder not be made.
pub(crate) fn protocol(root: &Path, count: &mut Count) -> io::Result<bool> {
    let Some(python) = Python::ready(root, &["requirements.txt"])? else {
        say("The protocol tests of the kernel are left out.");
        return Ok(true);
    };
    if !cargo(root, BUILD).status()?.success() {
        return Ok(false);
    }
    let prefix = root.join(PREFIX);
    if prefix.exists() {
        fs::remove_dir_all(&prefix)?;
    }
    let kernel = target(root).join("debug").join("carousel-kernel");
    let mut install = Command::new(kernel);
    install.arg("install").arg("--prefix").arg(&prefix);
    if !install.status()?.success() {
        return Ok(false);
    }
    let mut tests = python.tests(root, PROTOCOL)?;
    tests.env("JUPYTER_PATH", prefix.join("share").join("jupyter"));
    counted(&mut tests, count)
}

/// Builds the wheel, Rust cells included, and runs against it what takes minutes: Rust
/// cells, notebooks, JupyterLab and the stock kernel of evcxr.
///
/// # Errors
/// As [`protocol`].
pub(crate) fn all(root: &Path, count: &mut Count) -> io::Result<bool> {
    let files = ["requirements.txt", "requirements-lab.txt"];
    let Some(python) = Python::ready(root, &files)? else {
        say(
            "The wheel, Rust cells, notebooks, JupyterLab and evcxr's kernel are left out.",
        );
        return Ok(true);
    };
    let Some(wheel) = wheel::build(root, &python)? else { return Ok(false) };
    if !wheel::unit_tests(root, count)? || !python.install_wheel(&wheel)? {
        return Ok(false);
    }
    let mut modules = WHEEL.to_vec();
    if has_browser() {
        modules.push("test_lab");
    } else {
        say(format_args!("JupyterLab is left out: there is no {BROWSER}"));
    }
    let stock = Evcxr::begin(root)?;
    let mut tests = python.tests(root, &modules)?;
    // The wheel stands in the environment of the tests, where Jupyter finds it.
    tests.env_remove("JUPYTER_PATH").env("CAROUSEL_RUST_CELLS", "1");
    let pass = counted(tests.env("CAROUSEL_WHEEL", &wheel), count)?;
    let Some(stock) = stock.ready()? else {
        say("The notebook for evcxr's own kernel is left out.");
        return Ok(pass);
    };
    let mut tests = python.tests(root, &["test_stock"])?;
    Ok(counted(tests.env("EVCXR_JUPYTER", stock), count)? && pass)
}

fn has_browser() -> bool {
    let version = Command::new(BROWSER).arg("--version").stdout(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// Where cargo puts what it builds.
fn target(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("target"),
    }
}
