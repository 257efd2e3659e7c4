//! `carousel check`: a script goes in, all its errors and hints come out; nothing is
//! trained.

use std::process::ExitCode;

use carousel::Session;

use crate::args::CheckArgs;
use crate::report;
use crate::run::Ended;
use crate::script;

/// Checks the file. Errors end with 2; with `--strict` a hint ends with 1.
pub(crate) fn run(args: &CheckArgs) -> ExitCode {
    let script = match script::read(&args.file) {
        Ok(script) => script,
        Err(diagnostic) => return report::one(&diagnostic).code(),
    };
    let mut session = Session::in_folder(&script.folder);
    let diagnostics = session.check(&script.name, &script.text);
    let ended = report::all(&diagnostics, session.sources());
    if ended == Ended::Well && args.strict && !diagnostics.is_empty() {
        return Ended::Failed.code();
    }
    ended.code()
}
