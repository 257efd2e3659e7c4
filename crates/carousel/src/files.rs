//! Files that statements write: bytes go in, a whole file or none comes out.

use std::fs;
use std::io;
use std::path::Path;

use carousel_lang::{Diagnostic, Span};

/// Puts a file in place of what is there, if anything is: it is written beside it and
/// renamed, so that nobody ever finds half of it, and a full disk loses nothing.
///
/// # Errors
/// Why it cannot be written there.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is left of the attempt is of no use; that it cannot be removed either is
        // no news.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The same for a file that a statement names.
///
/// # Errors
/// Why it cannot be written there, at `span`.
pub(crate) fn save(
    path: &Path,
    typed: &str,
    bytes: &[u8],
    span: Span,
) -> Result<(), Diagnostic> {
    writable(path, typed, span)?;
    replace(path, bytes).map_err(|error| failed(typed, &error, span))
}

/// A file can have this name: its folder is there, and it is no folder itself.
///
/// # Errors
/// What is missing, at `span`.
pub(crate) fn writable(path: &Path, typed: &str, span: Span) -> Result<(), Diagnostic> {
    let error = |title: String| Err(Diagnostic::error(title).label(span, "saved here"));
    if path.is_dir() {
        return error(format!("`{typed}` is a folder"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => {
            let parent = Path::new(typed).parent().unwrap_or(Path::new(""));
            error(format!(
                "cannot save `{typed}`: there is no folder `{}`",
                parent.display()
            ))
        }
        Some(_) | None => Ok(()),
    }
}

fn failed(typed: &str, error: &io::Error, span: Span) -> Diagnostic {
    let title = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            format!("cannot save `{typed}`: its folder may not be written to")
        }
        io::ErrorKind::StorageFull => format!("cannot save `{typed}`: the disk is full"),
        _ => format!("cannot save `{typed}`: {error}"),
    };
    Diagnostic::error(title).label(span, "saved here")
}
