//! A Python of the tests' own, in target/tools/jupyter: files of pinned packages go in,
//! and what runs test modules comes out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::say;

/// The folder of the lists of packages.
const TESTS: &str = "kernel/tests";

/// Where the packages are put, once for many runs.
const FOLDER: &str = "target/tools/jupyter";

/// A virtual environment that holds the packages.
pub(super) struct Python {
    folder: PathBuf,
}

impl Python {
    /// The environment with all packages of the lists; it is made, and filled, where the
    /// lists have changed since. Nothing where there is no Python, or where a package
    /// cannot be had; which of them, it has said.
    ///
    /// # Errors
    /// Where a list cannot be read, or a folder not be made.
    pub(super) fn ready(root: &Path, lists: &[&str]) -> io::Result<Option<Python>> {
        let python = Python { folder: root.join(FOLDER) };
        if !python.python().exists() && !python.make()? {
            return Ok(None);
        }
        let lists: Vec<PathBuf> =
            lists.iter().map(|list| root.join(TESTS).join(list)).collect();
        if !python.holds(&lists)? && !python.fill(&lists)? {
            return Ok(None);
        }
        Ok(Some(python))
    }

    /// The environment's Python with its words, as in an environment that is active: the
    /// programs of its packages are found.
    ///
    /// # Errors
    /// Where a folder on the path of programs has a name that cannot be on it.
    pub(super) fn run(&self, words: &[&str]) -> io::Result<Command> {
        let mut command = Command::new(self.python());
        let known = std::env::var_os("PATH").unwrap_or_default();
        let folders =
            std::iter::once(self.programs()).chain(std::env::split_paths(&known));
        command
            .args(words)
            .env("PATH", std::env::join_paths(folders).map_err(io::Error::other)?);
        Ok(command)
    }

    /// The runner of tests, for some modules of them.
    ///
    /// # Errors
    /// As [`Python::run`].
    pub(super) fn tests(&self, root: &Path, modules: &[&str]) -> io::Result<Command> {
        say(format_args!("== the kernel's Python tests: {}", modules.join(" ")));
        let mut command = self.run(&["kernel/tests/python/run.py"])?;
        command.args(modules).current_dir(root);
        Ok(command)
    }

    fn programs(&self) -> PathBuf {
        self.folder.join(if cfg!(windows) { "Scripts" } else { "bin" })
    }

    fn python(&self) -> PathBuf {
        self.programs().join("python")
    }

    /// Puts a wheel into the environment, in place of one that is there.
    ///
    /// # Errors
    /// Where pip cannot be started.
    pub(super) fn install_wheel(&self, wheel: &Path) -> io::Result<bool> {
        say(format_args!("== pip install {}", wheel.display()));
        let mut pip = self.pip();
        pip.args(["--force-reinstall", "--no-deps"]).arg(wheel);
        Ok(pip.status()?.success())
    }

    fn make(&self) -> io::Result<bool> {
        say(format_args!("== python3 -m venv {FOLDER}"));
        let mut venv = Command::new("python3");
        match venv.args(["-m", "venv"]).arg(&self.folder).status() {
            Ok(status) if status.success() => return Ok(true),
            Ok(_) => say("python3 cannot make a virtual environment."),
            Err(_) => say("There is no python3."),
        }
        // Half of one would be taken for a whole one the next time.
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        Ok(false)
    }

    /// Whether the environment was filled from these very lists.
    fn holds(&self, lists: &[PathBuf]) -> io::Result<bool> {
        for list in lists {
            match fs::read(self.stamp(list)) {
                Ok(stamp) if stamp == fs::read(list)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    fn fill(&self, lists: &[PathBuf]) -> io::Result<bool> {
        let mut pip = self.pip();
        for list in lists {
            say(format_args!("== pip install -r {}", list.display()));
            pip.arg("-r").arg(list);
        }
        if !pip.status()?.success() {
            say("pip could not install what the tests need; its reason stands above.");
            return Ok(false);
        }
        for list in lists {
            fs::copy(list, self.stamp(list))?;
        }
        Ok(true)
    }

    fn pip(&self) -> Command {
        let mut pip = Command::new(self.python());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        // Questions have nobody to answer them.
        pip.arg("--no-input").stdin(Stdio::null());
        pip
    }

    /// A copy of the list that the environment was last filled from.
    fn stamp(&self, list: &Path) -> PathBuf {
        self.folder.join(list.file_name().expect("a list is a file"))
    }
}
