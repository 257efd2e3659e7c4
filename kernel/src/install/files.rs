//! The files that Jupyter reads: the path of this program goes in, names and bytes come
//! out; and how they are put in place and taken away, each whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use carousel_lang::Diagnostic;
use serde_json::{Value, json};

use super::{COLOURS, KERNEL, colours};

/// A file below a folder of Jupyter's.
pub(super) struct File {
    /// Where, from that folder.
    pub(super) path: String,
    /// What stands in it.
    pub(super) bytes: Vec<u8>,
}

/// The files whose names no version changes.
pub(super) const NAMES: [&str; 6] = [
    "kernels/carousel/kernel.json",
    "kernels/carousel/logo-svg.svg",
    "kernels/carousel/logo-32x32.png",
    "kernels/carousel/logo-64x64.png",
    "labextensions/carousel-language/package.json",
    "labextensions/carousel-language/install.json",
];

/// Everything that Jupyter needs, for a kernel at that path.
///
/// # Errors
/// A path that JSON cannot hold.
pub(super) fn wanted(program: &Path) -> Result<Vec<File>, Diagnostic> {
    let script = colours::script();
    let script_name = format!("static/remoteEntry.{:016x}.js", digest(&script));
    let file = |folder: &str, name: &str, bytes: &[u8]| File {
        path: format!("{folder}/{name}"),
        bytes: bytes.to_vec(),
    };
    let [svg, small, large] = [
        include_bytes!("../../logos/logo-svg.svg").as_slice(),
        include_bytes!("../../logos/logo-32x32.png"),
        include_bytes!("../../logos/logo-64x64.png"),
    ];
    // What names another file comes after it.
    Ok(vec![
        file(COLOURS, &script_name, script.as_bytes()),
        file(COLOURS, "install.json", &pretty(&installed_by())),
        file(COLOURS, "package.json", &pretty(&package(&script_name))),
        file(KERNEL, "logo-svg.svg", svg),
        file(KERNEL, "logo-32x32.png", small),
        file(KERNEL, "logo-64x64.png", large),
        file(KERNEL, "kernel.json", &pretty(&kernelspec(program)?)),
    ])
}

fn kernelspec(program: &Path) -> Result<Value, Diagnostic> {
    let Some(program) = program.to_str() else {
        return Err(Diagnostic::error(format!(
            "`{}` is no text that Jupyter could read",
            program.display()
        ))
        .with_hint("move this program into a folder whose name is UTF-8"));
    };
    Ok(json!({
        "argv": [program, "run", "{connection_file}"],
        "display_name": "Carousel",
        "language": "carousel",
        "interrupt_mode": "message",
        "kernel_protocol_version": "5.5",
        "metadata": { "debugger": false },
    }))
}

/// What JupyterLab reads of an extension.
fn package(script: &str) -> Value {
    json!({
        "name": "carousel-language",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Highlights the Carousel language in notebooks and scripts",
        "license": env!("CARGO_PKG_LICENSE"),
        "jupyterlab": {
            "extension": true,
            "_build": { "load": script, "extension": "./extension" },
        },
    })
}

/// What JupyterLab says to somebody who wants to be rid of it.
fn installed_by() -> Value {
    json!({
        "packageManager": "cargo",
        "packageName": "carousel-kernel",
        "uninstallInstructions":
            "Say `carousel-kernel uninstall`, with the --sys-prefix or --prefix of its install",
    })
}

fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

/// FNV-1a, so that a browser never takes a script of yesterday for that of today.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The scripts that colour cells, of any version.
pub(super) fn scripts(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join(COLOURS).join("static"));
    let paths =
        entries.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("remoteEntry.") && name.ends_with(".js")
    };
    let mut scripts: Vec<PathBuf> = paths.filter(is_ours).collect();
    scripts.sort();
    scripts
}

/// Puts a file in place of what is there, whole; its folder is made.
///
/// # Errors
/// Why it cannot be written there.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let folder = path.parent().expect("every path is below a folder of Jupyter's");
    let written =
        fs::create_dir_all(folder).and_then(|()| carousel::files::replace(path, bytes));
    written.map_err(|error| failed("write", path, &error))
}

/// Takes a file away, and says whether there was one.
///
/// # Errors
/// Why it cannot be taken away.
pub(super) fn remove(path: &Path) -> Result<bool, Diagnostic> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        // A folder that is a file has nothing in it.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(false)
        }
        Err(error) => Err(failed("remove", path, &error)),
    }
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Diagnostic {
    let folder = path.parent().unwrap_or(path).display();
    let (reason, hint) = match error.kind() {
        io::ErrorKind::PermissionDenied => (
            format!("you may not change {folder}"),
            "say --user for your own folders, or --prefix DIR for another".to_owned(),
        ),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => (
            format!("a part of {folder} is a file, not a folder"),
            "move that file away, or say --prefix DIR for another folder".to_owned(),
        ),
        _ => (
            error.to_string(),
            format!("look after {folder}, or say --prefix DIR for another"),
        ),
    };
    Diagnostic::error(format!("cannot {what} `{}`: {reason}", path.display()))
        .with_hint(hint)
}
