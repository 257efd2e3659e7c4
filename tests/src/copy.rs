//! A copy of what scripts read, so that a script that writes does so elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scripts::root;

/// What scripts and documents read and write beside themselves.
const COPIED: [&str; 4] = ["README.md", "docs", "examples", "tests/errors"];

/// Copies the documents, the examples and the error scripts to `to`, which is emptied
/// first, and gives its path.
///
/// # Panics
/// Where the files cannot be copied: there is nothing to test then.
pub fn copy_of_repository(to: &Path) -> PathBuf {
    if to.exists() {
        fs::remove_dir_all(to).expect("an earlier copy can be removed");
    }
    for name in COPIED {
        let from = root().join(name);
        if from.exists() {
            copy(&from, &to.join(name));
        }
    }
    to.to_owned()
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder can be made for the copy");
        for entry in fs::read_dir(from).expect("the repository can be read") {
            let entry = entry.expect("the repository can be read");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        let folder = to.parent().expect("a copied file stands in a folder");
        fs::create_dir_all(folder).expect("a folder can be made for the copy");
        fs::copy(from, to).expect("a file of the repository can be copied");
    }
}
