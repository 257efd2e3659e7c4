//! `carousel check`: a script goes in, all its errors and hints come out, and what its
//! models and data would be; nothing is trained.

use std::io::{self, Write};
use std::process::ExitCode;

use carousel::{Analysis, Session};

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
    let analysis = session.inspect(&script.name, &script.text);
    let shapes = shapes(&script.name, &script.text, &analysis);
    let shown = Ended::from(io::stdout().write_all(shapes.as_bytes()));
    let ended = report::all(&analysis.diagnostics, &analysis.sources);
    if ended == Ended::Well && args.strict && !analysis.diagnostics.is_empty() {
        return Ended::Failed.code();
    }
    if ended == Ended::Well { shown.code() } else { ended.code() }
}

/// `lesson.lstm:3: 3x1 -> 4 -> 1, 101 weights`: a line for each model and each data set,
/// led by its place as editors and terminals know it.
fn shapes(name: &str, text: &str, analysis: &Analysis) -> String {
    let line = |start: usize| 1 + text[..start].matches('\n').count();
    let ghosts = analysis.ghosts.iter();
    ghosts
        .map(|ghost| {
            format!("{name}:{}: {}\n", line(ghost.span.range().start), ghost.text)
        })
        .collect()
}
