//! The texts that an editor has open: their names go in, their text and what is known of
//! it come out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use carousel::{Analysis, Session};
use carousel_lang::{Source, Span};
use lsp_types::{Range, TextDocumentIdentifier, TextDocumentPositionParams, Uri};

use super::Refusal;
use super::positions::Lines;

/// An open text.
pub(super) struct Document {
    pub(super) uri: Uri,
    pub(super) version: i32,
    pub(super) text: String,
    pub(super) lines: Lines,
    pub(super) analysis: Analysis,
    /// What its paths and names are looked up in; nothing was ever run in it.
    pub(super) session: Session,
    /// Where its relative paths begin.
    pub(super) folder: PathBuf,
}

impl Document {
    fn new(uri: Uri, version: i32, text: String) -> Document {
        let path = path(&uri);
        let folder = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let mut session = Session::in_folder(folder);
        let lines = Lines::of(&text);
        let analysis = session.analyse(NAME, &text);
        let folder = folder.to_owned();
        Document { uri, version, text, lines, analysis, session, folder }
    }

    /// Looks at the text again: a file that it reads may be another one now.
    pub(super) fn refresh(&mut self) {
        self.analysis = self.session.analyse(NAME, &self.text);
    }

    /// The text as the language knows it.
    pub(super) fn source(&self) -> Source {
        let name = NAME.to_owned();
        Source { id: self.analysis.source, name, text: self.text.clone() }
    }

    /// The places of a span of this text; none of another text's.
    pub(super) fn range(&self, span: Span) -> Option<Range> {
        let here = span.source == self.analysis.source;
        here.then(|| self.lines.range(&self.text, span.range()))
    }
}

/// What messages call a text; an editor never shows it.
const NAME: &str = "<editor>";

/// All open texts.
#[derive(Default)]
pub(super) struct Documents {
    open: BTreeMap<String, Document>,
}

impl Documents {
    /// Takes a text in the place of what was open by that name.
    pub(super) fn put(&mut self, uri: Uri, version: i32, text: String) -> &Document {
        let name = uri.as_str().to_owned();
        match self.open.get_mut(&name) {
            // The session keeps data that it has read.
            Some(document) => {
                (document.version, document.lines) = (version, Lines::of(&text));
                document.text = text;
                document.refresh();
            }
            None => {
                let document = Document::new(uri, version, text);
                self.open.insert(name.clone(), document);
            }
        }
        &self.open[&name]
    }

    /// Forgets a text.
    pub(super) fn close(&mut self, uri: &Uri) {
        self.open.remove(uri.as_str());
    }

    /// All of them.
    pub(super) fn all(&mut self) -> impl Iterator<Item = &mut Document> {
        self.open.values_mut()
    }

    /// An open text.
    ///
    /// # Errors
    /// Where no text of that name is open.
    pub(super) fn get(
        &mut self,
        named: &TextDocumentIdentifier,
    ) -> Result<&mut Document, Refusal> {
        let name = named.uri.as_str();
        let unknown = || Refusal(format!("`{name}` is not open"));
        self.open.get_mut(name).ok_or_else(unknown)
    }

    /// An open text and the byte of a place in it.
    ///
    /// # Errors
    /// As [`Documents::get`].
    pub(super) fn at(
        &mut self,
        place: &TextDocumentPositionParams,
    ) -> Result<(&mut Document, usize), Refusal> {
        let document = self.get(&place.text_document)?;
        let byte = document.lines.byte(&document.text, place.position);
        Ok((document, byte))
    }
}

/// The path of a `file:` name.
fn path(uri: &Uri) -> Option<PathBuf> {
    if uri.scheme()?.as_str() != "file" {
        return None;
    }
    let path = uri.path().as_estr().decode().into_string_lossy().into_owned();
    // `file:///c:/lesson.lstm` on Windows.
    let is_drive = |path: &&str| path.get(1..).is_some_and(|rest| rest.starts_with(':'));
    let drive = path.strip_prefix('/').filter(is_drive);
    Some(PathBuf::from(drive.unwrap_or(&path)))
}

/// The name of a path, absolute or from the current folder.
pub(super) fn uri(path: &Path) -> Option<Uri> {
    let path = std::path::absolute(path).ok()?;
    let mut name = String::from("file://");
    let shown = path.to_str()?.replace('\\', "/");
    if !shown.starts_with('/') {
        name.push('/');
    }
    for byte in shown.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'/'
            | b'-'
            | b'.'
            | b'_'
            | b'~' => {
                name.push(char::from(byte));
            }
            _ => name += &format!("%{byte:02X}"),
        }
    }
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_become_paths_and_names_again() {
        for (name, expected) in [
            ("file:///a/b%20c/%E6%A8%A1.lstm", Some("/a/b c/模.lstm")),
            ("file:///c:/a.lstm", Some("c:/a.lstm")),
            ("file:///c%3A/a.lstm", Some("c:/a.lstm")),
            ("file:///é", None),
            ("file:///%E6%A8%A1.lstm", Some("/模.lstm")),
            ("untitled:Untitled-1", None),
            ("file:///", Some("/")),
        ] {
            let found = name.parse().ok().and_then(|uri: Uri| path(&uri));
            assert_eq!(found, expected.map(PathBuf::from), "{name}");
        }
        let name = "file:///a/b%20c/%E6%A8%A1.lstm";
        #[cfg(unix)]
        assert_eq!(uri(Path::new("/a/b c/模.lstm")).unwrap().as_str(), name);
        assert!(uri(Path::new("a.lstm")).unwrap().as_str().ends_with("/a.lstm"));
    }
}
