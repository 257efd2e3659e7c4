//! Which program a kernelspec starts: a folder of Jupyter's goes in, a path comes out.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::install::KERNEL;

/// The program, whether it is there or not.
///
/// # Errors
/// What is wrong with the kernelspec.
pub(super) fn program(folder: &Path) -> Result<PathBuf, String> {
    let path = folder.join(KERNEL).join("kernel.json");
    let bytes = fs::read(path).map_err(|error| format!("it cannot be read: {error}"))?;
    let spec: Value = serde_json::from_slice(&bytes)
        .map_err(|error| format!("it is not JSON: {error}"))?;
    match spec["argv"][0].as_str() {
        // A wheel does not know where it will be, and Jupyter puts its own Python here.
        Some("python" | "python3") => Ok(beside_python(folder)),
        Some(program) => Ok(PathBuf::from(program)),
        None => Err("it has no `argv`".to_owned()),
    }
}

/// Where pip puts the program of a wheel whose kernelspec stands in PREFIX/share/jupyter.
fn beside_python(folder: &Path) -> PathBuf {
    let prefix = folder.parent().and_then(Path::parent).unwrap_or(folder);
    if cfg!(windows) {
        prefix.join("Scripts").join("carousel-kernel.exe")
    } else {
        prefix.join("bin").join("carousel-kernel")
    }
}
