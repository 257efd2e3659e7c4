//! What Jupyter needs to know of the kernel: a place goes in; its kernelspec, its logos
//! and its colours in JupyterLab are written there, or taken away.

mod colours;
mod files;
pub(crate) mod folders;
pub(crate) mod python;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use carousel_lang::{Diagnostic, Sources};
use serde_json::Value;

use crate::args::Place;

/// The folder of the kernelspec in a folder of Jupyter's.
pub(crate) const KERNEL: &str = "kernels/carousel";
/// The folder of what colours cells in JupyterLab.
pub(crate) const COLOURS: &str = "labextensions/carousel-language";

/// Writes it, and says where. The exit code is 2 where it cannot.
pub(crate) fn install(place: &Place) -> ExitCode {
    tell(installed(place))
}

/// Takes it away, and says from where. The exit code is 2 where it cannot.
pub(crate) fn uninstall(place: &Place) -> ExitCode {
    tell(uninstalled(place))
}

fn tell(done: Result<String, Diagnostic>) -> ExitCode {
    // Where nobody listens, nobody misses the words.
    match done {
        Ok(said) => {
            let _ = writeln!(io::stdout().lock(), "{said}");
            ExitCode::SUCCESS
        }
        Err(diagnostic) => {
            let message = diagnostic.render(&Sources::default(), false);
            let _ = writeln!(io::stderr().lock(), "{}", message.trim_end());
            ExitCode::from(2)
        }
    }
}

fn installed(place: &Place) -> Result<String, Diagnostic> {
    let folder = folders::of(place)?;
    not_of_a_wheel(&folder, "take the wheel away first: pip uninstall carousel-kernel")?;
    let program = std::env::current_exe().map_err(|error| {
        Diagnostic::error(format!("cannot tell where this program is: {error}"))
            .with_hint("start it by its path: /where/it/is/carousel-kernel install")
    })?;
    write(&folder, &program)?;
    Ok(format!(
        "Jupyter finds the kernel Carousel in {}, and its colours in {}.\n\
         It runs {}; where that file moves, install again.",
        folder.join(KERNEL).display(),
        folder.join(COLOURS).display(),
        program.display()
    ))
}

/// Everything, for a program at that path.
fn write(folder: &Path, program: &Path) -> Result<(), Diagnostic> {
    let wanted = files::wanted(program)?;
    for file in &wanted {
        files::replace(&folder.join(&file.path), &file.bytes)?;
    }
    // A version before this one had colours of another name.
    for old in files::scripts(folder) {
        if !wanted.iter().any(|file| folder.join(&file.path) == old) {
            files::remove(&old)?;
        }
    }
    Ok(())
}

fn uninstalled(place: &Place) -> Result<String, Diagnostic> {
    let folder = folders::of(place)?;
    not_of_a_wheel(&folder, "pip uninstall carousel-kernel")?;
    let removed = remove(&folder)?;
    let kernel = folder.join(KERNEL);
    Ok(match removed {
        0 => format!(
            "There is nothing to take away: no kernel stands in {}.\n\
             `carousel-kernel doctor` says where there is one; `uninstall` takes the words \
             of `install`.",
            kernel.display()
        ),
        _ => format!(
            "The kernel Carousel is taken away from {}, and its colours from {}.",
            kernel.display(),
            folder.join(COLOURS).display()
        ),
    })
}

/// Refuses to touch what pip has put into a folder, and keeps a list of.
fn not_of_a_wheel(folder: &Path, way_out: &str) -> Result<(), Diagnostic> {
    let told = std::fs::read(folder.join(COLOURS).join("install.json")).ok();
    let told = told.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    if told.is_some_and(|told| told["packageManager"] == "python") {
        let folder = folder.display();
        return Err(Diagnostic::error(format!("pip has put the kernel into {folder}"))
            .with_hint(way_out));
    }
    Ok(())
}

/// How many files were taken away. What somebody has put beside them stays.
fn remove(folder: &Path) -> Result<usize, Diagnostic> {
    let known = files::NAMES.iter().map(|name| folder.join(name));
    let mut removed = 0;
    for path in known.chain(files::scripts(folder)) {
        removed += usize::from(files::remove(&path)?);
    }
    for empty in [KERNEL, "labextensions/carousel-language/static", COLOURS] {
        // A folder that is not empty is somebody's, and stays.
        let _ = std::fs::remove_dir(folder.join(empty));
    }
    Ok(removed)
}

#[cfg(test)]
mod tests;
