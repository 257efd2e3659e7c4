//! The script that `use` names: found, read, and told where its own paths begin.

use std::path::{Path, PathBuf};

use carousel_lang::Diagnostic;
use carousel_lang::ast::Command;

use super::Session;
use crate::statements;

/// How deep scripts may `use` each other.
const DEEPEST_USE: usize = 16;

/// A script that another one uses.
pub(super) struct Script {
    /// Its file as it was typed.
    pub(super) typed: String,
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Its folder, from that of the session.
    pub(super) within: PathBuf,
    /// What it says.
    pub(super) text: String,
}

impl Session {
    /// The script that `use` names, in a script that lies `within` a folder.
    ///
    /// # Errors
    /// Where it names none, cannot be read, or is being used already.
    pub(super) fn script(
        &self,
        command: &Command,
        within: &Path,
    ) -> Result<Script, Vec<Diagnostic>> {
        let (typed, span) = statements::used_file(command)?;
        let inner = within.join(&typed);
        let path = self.folder.join(&inner);
        let at = |title: String| vec![Diagnostic::error(title).label(span, "used here")];
        if self.using.contains(&path) || self.using.len() == DEEPEST_USE {
            return Err(at(format!("`{typed}` uses itself")));
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|error| at(statements::unreadable(&typed, &path, &error)))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        let within = inner.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Script { typed, path, within, text })
    }
}
