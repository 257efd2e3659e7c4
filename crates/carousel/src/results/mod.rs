//! All that came of a text at once: what Rust programs get, and cells of the stock evcxr
//! kernel show.

mod evcxr;

use std::fmt::{self, Display, Formatter};

use carousel_lang::{Diagnostic, Sources};

use crate::Output;

/// The widest line of a result as text, where its words can be cut.
pub(crate) const WIDTH: usize = 100;

/// What [`Session::run`](crate::Session::run) gives: printed with `{}`, it is the text
/// that a person reads, errors included.
#[must_use = "it holds the results, and what went wrong"]
#[derive(Debug, Clone)]
pub struct Results {
    /// The results, in order.
    pub outputs: Vec<Output>,
    /// What is wrong with the text, or with the statement that could not be carried out.
    pub errors: Vec<Diagnostic>,
    /// What the errors point into.
    pub(crate) sources: Sources,
}

impl Results {
    /// Whether all statements were carried out. An `expect` that does not hold is no
    /// error: its [`Output::Expect`] says so.
    pub fn is_ok(&self) -> bool {
        self.errors.is_empty()
    }

    /// The errors as a person reads them, with the lines that they point at.
    fn errors_text(&self) -> String {
        let texts = self.errors.iter().map(|error| error.render(&self.sources, false));
        texts.collect::<Vec<_>>().join("\n")
    }
}

impl Display for Results {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for output in &self.outputs {
            f.write_str(&output.to_text(WIDTH, false))?;
        }
        f.write_str(&self.errors_text())
    }
}
