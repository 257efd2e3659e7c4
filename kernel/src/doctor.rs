//! What is missing: nothing goes in; a line for each thing that notebooks need comes out,
//! with the way to get it where it is not there.

mod kernelspec;

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::install::folders::{self, Searched};
use crate::install::python::{self, Python};
use crate::install::{COLOURS, KERNEL};

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    /// What is so.
    text: String,
    /// How to get it, where it is missing.
    way_out: Option<String>,
}

impl Finding {
    fn good(text: impl Into<String>) -> Self {
        Finding { text: text.into(), way_out: None }
    }

    fn missing(text: impl Into<String>, way_out: impl Into<String>) -> Self {
        Finding { text: text.into(), way_out: Some(way_out.into()) }
    }

    fn is_good(&self) -> bool {
        self.way_out.is_none()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way_out {
            None => write!(f, "ok       {}", self.text),
            Some(way_out) => write!(f, "missing  {}\n         {way_out}", self.text),
        }
    }
}

/// Says it. The exit code is 0 where a front end of Jupyter can start the kernel, and 1
/// where it cannot.
pub(crate) fn run() -> ExitCode {
    let python = python::on_path();
    let (installed, can_run) = installed(&folders::searched(python.as_ref()));
    let mut findings = vec![this_program()];
    findings.extend(installed);
    findings.push(jupyter());
    findings.push(lexer(python.as_ref()));
    findings.push(rust_cells(cfg!(feature = "rust-cells")));
    findings.extend(["cargo", "rustc"].map(rust_tool));
    findings.push(rust_source());
    #[cfg(feature = "rust-cells")]
    findings.extend(crate::rust::folder::with_space().map(|folder| {
        Finding::missing(
            format!(
                "a folder without a space for %%rust cells, which {} is not",
                folder.display()
            ),
            "set EVCXR_TMPDIR to another folder",
        )
    }));
    let text: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
    // Where nobody listens, nobody misses the words.
    let _ = io::stdout().lock().write_all(text.as_bytes());
    if can_run { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn this_program() -> Finding {
    let version = env!("CARGO_PKG_VERSION");
    match std::env::current_exe() {
        Ok(path) => {
            Finding::good(format!("carousel-kernel {version} is {}", path.display()))
        }
        Err(error) => Finding::missing(
            format!("carousel-kernel {version} cannot tell where it is: {error}"),
            "start it by its path",
        ),
    }
}

/// What stands in each folder in which Jupyter looks, and whether a kernel there can be
/// started; what is nowhere is missing.
fn installed(searched: &[Searched]) -> (Vec<Finding>, bool) {
    let (mut found, mut can_run) = (Vec::new(), false);
    for place in searched {
        if place.folder.join(KERNEL).join("kernel.json").is_file() {
            let kernel = kernel(place);
            can_run |= kernel.is_good();
            found.push(kernel);
            found.push(colours(place));
        }
    }
    if found.is_empty() {
        let looked: Vec<String> =
            searched.iter().map(|place| place.folder.display().to_string()).collect();
        let text = format!("the kernel, for Jupyter; it looks in {}", looked.join(", "));
        found.push(Finding::missing(text, install_again(None)));
    }
    (found, can_run)
}

fn kernel(place: &Searched) -> Finding {
    let folder = place.folder.join(KERNEL);
    match kernelspec::program(&place.folder) {
        Ok(program) if program.is_file() => Finding::good(format!(
            "Jupyter finds the kernel in {}, and it runs {}",
            folder.display(),
            program.display()
        )),
        Ok(program) => Finding::missing(
            format!("{}, which {} runs", program.display(), folder.display()),
            install_again(place.words),
        ),
        Err(trouble) => Finding::missing(
            format!("what {} runs: {trouble}", folder.join("kernel.json").display()),
            install_again(place.words),
        ),
    }
}

fn colours(place: &Searched) -> Finding {
    let folder = place.folder.join(COLOURS);
    if folder.join("package.json").is_file() {
        Finding::good(format!("JupyterLab finds its colours in {}", folder.display()))
    } else {
        Finding::missing(
            format!("its colours in JupyterLab, in {}", folder.display()),
            install_again(place.words),
        )
    }
}

fn install_again(words: Option<&str>) -> String {
    format!("carousel-kernel install {}", words.unwrap_or_default()).trim_end().to_owned()
}

fn jupyter() -> Finding {
    let way_out = "pip install jupyterlab";
    if let Some(version) = first_line("jupyter-lab") {
        return Finding::good(format!("JupyterLab {version}"));
    }
    if let Some(version) = first_line("jupyter-notebook") {
        return Finding::good(format!("Jupyter Notebook {version}"));
    }
    match first_line("jupyter") {
        Some(_) => Finding::missing("JupyterLab; Jupyter is here without it", way_out),
        None => Finding::missing(
            "Jupyter on the path; VS Code and JupyterLab Desktop bring their own",
            way_out,
        ),
    }
}

fn lexer(python: Option<&Python>) -> Finding {
    let use_of_it = "which colours programs in pages that nbconvert makes";
    match python {
        None => Finding::missing(
            format!("Python on the path, for Pygments, {use_of_it}"),
            "nothing else needs it",
        ),
        Some(python) if python.has_lexer => Finding::good(format!(
            "Pygments of {} knows the language",
            python.program.display()
        )),
        Some(python) => Finding::missing(
            format!(
                "the language in Pygments of {}, {use_of_it}",
                python.program.display()
            ),
            "pip install docs/editors/pygments, in the folder of Carousel's source",
        ),
    }
}

fn rust_cells(has_them: bool) -> Finding {
    if has_them {
        Finding::good("this program has %%rust cells")
    } else {
        Finding::missing(
            "%%rust cells, which this program was built without",
            "cargo install --locked --path kernel, without --no-default-features",
        )
    }
}

fn rust_tool(name: &str) -> Finding {
    match first_line(name) {
        Some(version) => Finding::good(version),
        None => Finding::missing(
            format!("{name}, which %%rust cells need; other cells do not"),
            "https://rustup.rs installs it; Jupyter must then have it on its path",
        ),
    }
}

/// Without it evcxr knows no type of the standard library, not even that of `vec![1]`.
fn rust_source() -> Finding {
    let library = |root: String| Path::new(&root).join("lib/rustlib/src/rust/library");
    match answer("rustc", &["--print", "sysroot"]).map(library) {
        Some(library) if library.is_dir() => Finding::good(format!(
            "the source of Rust's library in {}",
            library.display()
        )),
        Some(_) | None => Finding::missing(
            "the source of Rust's library, which %%rust cells need",
            "rustup component add rust-src; the first %%rust cell then needs a network",
        ),
    }
}

/// The first line that `NAME --version` prints, where it runs.
fn first_line(name: &str) -> Option<String> {
    answer(name, &["--version"])
}

/// The first line that a program prints, where it runs.
fn answer(name: &str, words: &[&str]) -> Option<String> {
    let mut command = Command::new(name);
    let answer = command.args(words).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&answer.stdout);
    let line = text.lines().next()?.trim().to_owned();
    answer.status.success().then_some(line)
}

#[cfg(test)]
mod tests;
