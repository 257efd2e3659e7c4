//! `save session to "lesson.lstm"`: the statements that still matter, as a script.

use std::path::Path;

use carousel_lang::{Diagnostic, Span};

use crate::session::SEED;
use crate::work::{Outcome, Work};
use crate::{Output, files};

/// Writes the script.
pub(super) fn run(work: &mut Work<'_>, typed: &str, span: Span) -> Outcome {
    let ending = Path::new(typed).extension().unwrap_or_default();
    if !ending.eq_ignore_ascii_case("lstm") {
        let stem = Path::new(typed).with_extension("lstm");
        return Err(Diagnostic::error("a session is saved as a script")
            .label(span, "does not end with `.lstm`")
            .with_hint(format!("save session to \"{}\"", stem.display()))
            .into());
    }
    let path = work.path(typed);
    files::writable(&path, typed, span)?;
    if work.dry {
        return Ok(());
    }
    let seed = (work.default_seed != SEED).then_some(work.default_seed);
    let script = work.journal.script(seed).map_err(|error| error.or_label(span, ""))?;
    if script.is_empty() {
        return Err(Diagnostic::error("there is nothing to save yet")
            .label(span, "would be empty")
            .note(
                "a session is its statements, without questions and what was taken back",
            )
            .into());
    }
    if path.exists() {
        work.say(format!("the older `{typed}` is replaced"))?;
    }
    files::save(&path, typed, script.as_bytes(), span)?;
    work.show(Output::Saved { file: path, what: "the session".to_owned() })
}
