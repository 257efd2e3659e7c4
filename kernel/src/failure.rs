//! Why a cell was not carried out: an error's name, title and full text, as notebooks
//! show them.

use carousel_lang::{Diagnostic, Sources};
use serde_json::{Value, json};

/// What replies and notebooks are told of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// A short name: `E1`, `Interrupted`.
    pub(crate) name: String,
    /// The error in one line.
    pub(crate) value: String,
    /// The whole of it, line by line, with a terminal's colours.
    pub(crate) traceback: Vec<String>,
}

impl Failure {
    /// An error that is told in one line.
    pub(crate) fn new(name: &str, value: impl Into<String>) -> Failure {
        let value = value.into();
        let traceback = vec![format!("\u{1b}[31m{name}\u{1b}[0m: {value}")];
        Failure { name: name.to_owned(), value, traceback }
    }

    /// What is wrong with a text of the language; there is at least one error.
    pub(crate) fn of(errors: &[Diagnostic], sources: &Sources) -> Failure {
        let first = errors.first();
        let name = first.and_then(|error| error.code).unwrap_or("error");
        let value = first.map_or(String::new(), |error| error.title.clone());
        let text: String =
            errors.iter().map(|error| error.render(sources, true)).collect();
        let traceback = text.lines().map(str::to_owned).collect();
        Failure { name: name.to_owned(), value, traceback }
    }

    /// The fields of an `error` message and of an error's reply.
    pub(crate) fn content(&self) -> Value {
        json!({
            "ename": self.name, "evalue": self.value, "traceback": self.traceback,
        })
    }
}
