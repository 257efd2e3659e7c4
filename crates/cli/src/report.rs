//! Messages for a person: diagnostics go in, text on standard error comes out.

use std::io::{self, IsTerminal, Write};

use carousel_lang::{Diagnostic, Severity, Sources};

use crate::run::Ended;

/// Reports a message that points into no text.
pub(crate) fn one(diagnostic: &Diagnostic) -> Ended {
    all(std::slice::from_ref(diagnostic), &Sources::default())
}

/// Reports messages; the end is [`Ended::Error`] if one of them is an error.
pub(crate) fn all(diagnostics: &[Diagnostic], sources: &Sources) -> Ended {
    let colour = colour(&io::stderr());
    for diagnostic in diagnostics {
        // There is nowhere left to tell a failure to write to standard error.
        let _ =
            writeln!(io::stderr(), "{}", diagnostic.render(sources, colour).trim_end());
    }
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        Ended::Error
    } else {
        Ended::Well
    }
}

/// Whether to write in colour: on a terminal, unless <https://no-color.org> is asked for.
pub(crate) fn colour(stream: &impl IsTerminal) -> bool {
    let asked_not_to =
        std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let plain = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    stream.is_terminal() && !asked_not_to && !plain
}
