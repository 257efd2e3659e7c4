//! Messages for a person: diagnostics go in, text on standard error comes out.

use std::io::{self, Write};

use carousel_lang::{Diagnostic, Severity, Sources};

use crate::run::Ended;
use crate::terminal;

/// Reports a message that points into no text.
pub(crate) fn one(diagnostic: &Diagnostic) -> Ended {
    all(std::slice::from_ref(diagnostic), &Sources::default())
}

/// Reports messages; the end is [`Ended::Error`] if one of them is an error.
pub(crate) fn all(diagnostics: &[Diagnostic], sources: &Sources) -> Ended {
    let colour = terminal::has_colour(&io::stderr());
    for diagnostic in diagnostics {
        let text = if terminal::is_plain() {
            diagnostic.render_plain(sources)
        } else {
            diagnostic.render(sources, colour)
        };
        // There is nowhere left to tell a failure to write to standard error.
        let _ = writeln!(io::stderr(), "{}", text.trim_end());
    }
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        Ended::Error
    } else {
        Ended::Well
    }
}
