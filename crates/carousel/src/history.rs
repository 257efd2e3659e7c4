//! The lines of earlier sessions: a file in the folder that the system keeps for the
//! state of programs, which its owner alone may read.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

/// How many lines are kept.
pub const LINES: usize = 10_000;

/// A longer text is not kept: it was pasted, and its file has it.
pub const LONGEST: usize = 10_000;

/// The file, in a folder that is made if it is not there.
///
/// # Errors
/// Where the folder cannot be made, and where the system does not say whose home this is.
pub fn file() -> io::Result<PathBuf> {
    let folder = match std::env::var_os("CAROUSEL_STATE") {
        Some(folder) => PathBuf::from(folder),
        None => folder_of_system()?,
    };
    make_private(&folder)?;
    Ok(folder.join("history"))
}

fn folder_of_system() -> io::Result<PathBuf> {
    let system = etcetera::choose_base_strategy().map_err(io::Error::other)?;
    let base = system.state_dir().unwrap_or_else(|| system.data_dir());
    Ok(base.join("carousel"))
}

/// Makes a folder that nobody else may look into; one that is there stays as it is.
fn make_private(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above)?;
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
