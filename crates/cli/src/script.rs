//! The text to run: a file, standard input or `-e` lines go in, a [`Script`] comes out.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use carousel_lang::Diagnostic;

/// A text, what messages call it, and the folder that its files are looked for in.
#[derive(Debug)]
pub(crate) struct Script {
    /// What messages call it.
    pub(crate) name: String,
    /// What its plots are called.
    pub(crate) stem: String,
    /// Where its relative paths begin.
    pub(crate) folder: PathBuf,
    /// The text itself.
    pub(crate) text: String,
}

/// Reads a file, or standard input where the path is `-`.
///
/// # Errors
/// A missing file, a folder, a file that is not text.
pub(crate) fn read(path: &Path) -> Result<Script, Diagnostic> {
    if path == Path::new("-") {
        return read_input();
    }
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Script { text: text(&name, bytes)?, name, stem, folder })
}

/// Reads standard input to its end.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_input() -> Result<Script, Diagnostic> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(|error| {
        Diagnostic::error(format!("cannot read standard input: {}", reason(&error)))
    })?;
    Ok(Script {
        text: text("standard input", bytes)?,
        name: "<input>".to_owned(),
        stem: "input".to_owned(),
        folder: PathBuf::new(),
    })
}

/// The lines given with `-e`, as one script.
pub(crate) fn from_lines(lines: &[String]) -> Script {
    Script {
        name: "<line>".to_owned(),
        stem: "line".to_owned(),
        folder: PathBuf::new(),
        text: lines.join("\n"),
    }
}

/// The text of a file without its byte-order mark.
fn text(name: &str, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    let not_text = |note: String| {
        Diagnostic::error(format!("`{name}` is not a text file"))
            .note(note)
            .with_hint("save the script as text in UTF-8")
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(not_text("it begins as UTF-16 does; a script is UTF-8".to_owned()));
    }
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return Err(not_text(format!("byte {} is zero, as in a binary file", at + 1)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        Err(error) => {
            let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()]
                .iter()
                .filter(|&&byte| byte == b'\n')
                .count();
            Err(not_text(format!("line {line} holds bytes that are not UTF-8")))
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    let shown = path.display();
    if path.is_dir() {
        let diagnostic =
            Diagnostic::error(format!("`{shown}` is a folder, not a script"));
        return match scripts_in(path).first() {
            Some(script) => {
                diagnostic.with_hint(format!("carousel {}", path.join(script).display()))
            }
            None => diagnostic.note("no file in it ends with .lstm"),
        };
    }
    let diagnostic =
        Diagnostic::error(format!("cannot read `{shown}`: {}", reason(error)));
    match nearest(path) {
        Some(near) => diagnostic.with_hint(format!("carousel {}", near.display())),
        None => diagnostic,
    }
}

/// The script beside a missing one whose name is most like it.
fn nearest(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let wanted = path.file_name()?.to_str()?;
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let scripts = scripts_in(here);
    let near =
        carousel_lang::vocabulary::suggest(wanted, scripts.iter().map(String::as_str))?;
    Some(folder.join(near))
}

/// The names of the scripts of a folder, sorted.
fn scripts_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".lstm"))
        .collect();
    names.sort();
    names
}

/// Why a file could not be used, in words of the language rather than the system's.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_loses_its_byte_order_mark() {
        assert_eq!(text("s", b"\xef\xbb\xbfruns\n".to_vec()).unwrap(), "runs\n");
        assert_eq!(text("s", b"runs\n".to_vec()).unwrap(), "runs\n");
    }

    #[test]
    fn what_is_not_text_is_refused_with_its_place() {
        let note = |bytes: &[u8]| text("s", bytes.to_vec()).unwrap_err().notes.remove(0);
        assert!(note(b"runs\nab\xff").starts_with("line 2 holds"));
        assert!(note(b"a\0").starts_with("byte 2 is zero"));
        assert!(note(b"\xff\xfea\0").contains("UTF-16"));
    }
}
