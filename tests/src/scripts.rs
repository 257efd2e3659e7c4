//! The files of the repository that tests run: a folder goes in, paths come out, sorted.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests stand in a folder of the repository")
        .to_owned()
}

/// All files under `folder`, however deep, whose names end with `ending`; none where
/// there is no such folder.
pub fn files_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("the repository can be read").path();
        if path.is_dir() {
            files.extend(files_ending(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The chapters of the book, under `docs` of the repository or of a copy of it.
pub fn documents(root: &Path) -> Vec<PathBuf> {
    files_ending(&root.join("docs"), ".md")
}
