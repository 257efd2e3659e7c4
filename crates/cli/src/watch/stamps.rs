//! Whether files have changed: paths go in, stamps come out that differ where a file was
//! written, replaced, made or removed.
//!
//! Files are looked at from time to time rather than by the system's own means, which
//! differ for editors that replace a file, for folders in the net, and for files that are
//! not there yet. There are few of them.

use std::fs::Metadata;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

/// How long between two looks.
const LOOK: Duration = Duration::from_millis(150);

/// A file that changes is left alone until it has rested so long: it may be half written.
const REST: Duration = Duration::from_millis(40);

/// A file and what was seen of it; nothing of one that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamped {
    /// Where it is.
    pub(super) path: PathBuf,
    seen: Option<Seen>,
}

/// What tells one content of a file from the next without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    modified: Option<SystemTime>,
    bytes: u64,
    /// Another file that took the place of this one within one tick of the clock.
    identity: u64,
}

/// A file as it is now.
pub(super) fn stamp(path: PathBuf) -> Stamped {
    let seen = path.metadata().ok().map(|file| Seen {
        modified: file.modified().ok(),
        bytes: file.len(),
        identity: identity(&file),
    });
    Stamped { path, seen }
}

#[cfg(unix)]
fn identity(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(file)
}

#[cfg(not(unix))]
fn identity(_file: &Metadata) -> u64 {
    0
}

/// Those of the files that are no longer as they were.
pub(super) fn changed(files: &[Stamped]) -> Vec<PathBuf> {
    let differs = |file: &&Stamped| stamp(file.path.clone()) != **file;
    files.iter().filter(differs).map(|file| file.path.clone()).collect()
}

/// Waits until one of the files is no longer as it was, and has come to rest.
pub(super) fn wait_for_change(files: &[Stamped]) {
    while changed(files).is_empty() {
        thread::sleep(LOOK);
    }
    let now = || files.iter().map(|file| stamp(file.path.clone())).collect::<Vec<_>>();
    let mut seen = now();
    loop {
        thread::sleep(REST);
        let next = now();
        if next == seen {
            return;
        }
        seen = next;
    }
}
