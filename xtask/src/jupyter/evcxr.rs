//! The stock Jupyter kernel of evcxr, which the library also works in.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::cargo;

/// The version that the notebook is tried with.
const VERSION: &str = "0.22.0";

/// Where it is put, once for many runs.
const FOLDER: &str = "target/tools";

/// The program, and what installs it where it is not there yet.
pub(super) struct Evcxr {
    program: PathBuf,
    installs: Option<Child>,
}

impl Evcxr {
    /// Begins to install it, behind everything else that the machine does.
    ///
    /// # Errors
    /// Where cargo cannot be started.
    pub(super) fn begin(root: &Path) -> io::Result<Evcxr> {
        let program = root.join(FOLDER).join("bin").join("evcxr_jupyter");
        let installs = if is_right(&program) { None } else { Some(install(root)?) };
        Ok(Evcxr { program, installs })
    }

    /// Waits until it is there; nothing where that fails, which cargo has told.
    ///
    /// # Errors
    /// Where cargo cannot be waited for.
    pub(super) fn ready(self) -> io::Result<Option<PathBuf>> {
        let installed = match self.installs {
            Some(mut cargo) => cargo.wait()?.success(),
            None => true,
        };
        Ok(installed.then_some(self.program))
    }
}

fn install(root: &Path) -> io::Result<Child> {
    // Optimised, it takes four times as long to build, and what it runs is compiled by
    // rustc all the same.
    let words = [
        "install",
        "--quiet",
        "evcxr_jupyter",
        "--version",
        VERSION,
        "--locked",
        "--debug",
        "--force",
        "--root",
        FOLDER,
    ];
    let mut command = cargo(root, &words);
    if cfg!(unix) {
        let mut nice = Command::new("nice");
        nice.arg("-n19").arg(command.get_program()).args(command.get_args());
        nice.current_dir(root);
        command = nice;
    }
    command.stdin(Stdio::null()).spawn()
}

fn is_right(program: &Path) -> bool {
    let version = Command::new(program).arg("--version").stderr(Stdio::null()).output();
    version.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout).trim().ends_with(VERSION)
    })
}
