//! From a path to text: what can be wrong with a file before its values are looked at.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use carousel_lang::{Diagnostic, vocabulary};

use crate::Csv;

/// The text of the file, without its byte-order mark.
pub(super) fn read(csv: &Csv, folder: &Path) -> Result<String, Diagnostic> {
    let path = csv.file(folder);
    let shown = csv.path.display();
    if path.is_dir() {
        return Err(Diagnostic::error(format!("`{shown}` is a folder, not a file"))
            .label(csv.path_span, "a folder")
            .note(listing(&files(&path))));
    }
    let bytes = fs::read(&path).map_err(|error| unreadable(csv, &path, &error))?;
    let text = decode(csv, bytes)?;
    if text.trim().is_empty() {
        return Err(Diagnostic::error(format!("`{shown}` is empty"))
            .label(csv.path_span, "nothing to read"));
    }
    Ok(text)
}

fn decode(csv: &Csv, mut bytes: Vec<u8>) -> Result<String, Diagnostic> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    let line = |at: usize| 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
    let shown = csv.path.display();
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(Diagnostic::error(format!("`{shown}` is not a text file"))
            .label(csv.path_span, format!("line {} has a zero byte", line(at)))
            .note("`csv` reads text; save a spreadsheet as CSV first"));
    }
    if let Err(error) = std::str::from_utf8(&bytes) {
        let line = line(error.valid_up_to());
        return Err(Diagnostic::error(format!("`{shown}` is not UTF-8 text"))
            .label(csv.path_span, format!("line {line} has other bytes"))
            .note("save it as UTF-8, which every editor and spreadsheet offers"));
    }
    Ok(String::from_utf8(bytes).expect("it was checked"))
}

fn unreadable(csv: &Csv, path: &Path, error: &std::io::Error) -> Diagnostic {
    let shown = csv.path.display();
    if error.kind() != ErrorKind::NotFound {
        let reason = match error.kind() {
            ErrorKind::PermissionDenied => "it may not be read".to_owned(),
            _ => error.to_string(),
        };
        return Diagnostic::error(format!("cannot read `{shown}`: {reason}"))
            .label(csv.path_span, "this file");
    }
    let error = Diagnostic::error(format!("cannot read `{shown}`: no such file"));
    let here = |folder| if folder == Path::new("") { Path::new(".") } else { folder };
    let folder = path.parent().map(here).filter(|folder| folder.is_dir());
    let Some(folder) = folder else {
        return error.label(csv.path_span, "there is no such folder");
    };
    let files = files(folder);
    let name = super::name(csv);
    let error = error.note(format!("looked in `{}`", folder.display()));
    match vocabulary::suggest(&name, files.iter().map(String::as_str)) {
        Some(near) => error
            .label(csv.path_span, format!("did you mean `{near}`?"))
            .with_hint(format!("csv \"{}\"", csv.path.with_file_name(near).display())),
        None => error.label(csv.path_span, "not there").note(listing(&files)),
    }
}

/// The names of the files in a folder, in order.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn listing(files: &[String]) -> String {
    /// A message is no place for a whole folder.
    const MOST: usize = 8;
    let is_table = |name: &&String| name.ends_with(".csv") || name.ends_with(".tsv");
    let (first, others): (Vec<&String>, Vec<&String>) = files.iter().partition(is_table);
    let shown: Vec<String> =
        first.iter().chain(&others).take(MOST).map(|name| format!("`{name}`")).collect();
    match shown.len() {
        0 => "that folder has no files".to_owned(),
        _ if files.len() > MOST => format!("that folder has {}, ...", shown.join(", ")),
        _ => format!("that folder has {}", shown.join(", ")),
    }
}
