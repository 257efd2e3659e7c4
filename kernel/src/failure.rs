//! Why a cell was not carried out: an error's name, title and full text, as notebooks
//! show them.

use carousel_lang::{Diagnostic, Sources};
use serde_json::{Value, json};

/// What replies and notebooks are told of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// A short name: `E1`, `Interrupted`, `RustPanic`.
    pub(crate) name: &'static str,
    /// The error in one line.
    pub(crate) value: String,
    /// The whole of it, line by line, with a terminal's colours.
    pub(crate) traceback: Vec<String>,
}

impl Failure {
    /// An error that is told in one line.
    pub(crate) fn new(name: &'static str, value: impl Into<String>) -> Failure {
        let value = value.into();
        let traceback = vec![format!("\u{1b}[31m{name}\u{1b}[0m: {value}")];
        Failure { name, value, traceback }
    }

    /// What is wrong with a text of the language; there is at least one error.
    pub(crate) fn of(errors: &[Diagnostic], sources: &Sources) -> Failure {
        let code = errors.first().and_then(|error| error.code);
        Failure::named(code.unwrap_or("error"), errors, sources)
    }

    /// The same under a name of its own.
    pub(crate) fn named(
        name: &'static str,
        errors: &[Diagnostic],
        sources: &Sources,
    ) -> Failure {
        let value = errors.first().map_or(String::new(), |error| error.title.clone());
        let text: String =
            errors.iter().map(|error| error.render(sources, true)).collect();
        Failure { name, value, traceback: text.lines().map(str::to_owned).collect() }
    }

    /// The fields of an `error` message and of an error's reply.
    pub(crate) fn content(&self) -> Value {
        json!({
            "ename": self.name, "evalue": self.value, "traceback": self.traceback,
        })
    }
}
