//! `carousel fmt`: a script goes in, the same script as Carousel writes it comes out.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use carousel_lang::{Diagnostic, Sources, parse, print};

use crate::args::FmtArgs;
use crate::report;
use crate::run::Ended;
use crate::script;

/// Rewrites the file, or standard input to standard output.
pub(crate) fn run(args: &FmtArgs) -> ExitCode {
    let script = match script::read(&args.file) {
        Ok(script) => script,
        Err(diagnostic) => return report::one(&diagnostic).code(),
    };
    let mut sources = Sources::default();
    let source = sources.add(&script.name, &script.text).clone();
    let (program, diagnostics) = parse(&source);
    if !diagnostics.is_empty() {
        return report::all(&diagnostics, &sources).code();
    }
    let printed = print(&program);
    if args.check {
        return check(&script.name, printed == script.text).code();
    }
    if args.file == Path::new("-") {
        return Ended::from(io::stdout().write_all(printed.as_bytes())).code();
    }
    if printed == script.text {
        return Ended::Well.code();
    }
    match replace(&args.file, &printed) {
        Ok(()) => Ended::Well.code(),
        Err(error) => report::one(&Diagnostic::error(format!(
            "cannot write `{}`: {error}",
            script.name
        )))
        .code(),
    }
}

fn check(name: &str, same: bool) -> Ended {
    if same {
        return Ended::Well;
    }
    // There is nowhere left to tell a failure to write to standard error.
    let _ = writeln!(io::stderr(), "{name} is not formatted: carousel fmt {name}");
    Ended::Failed
}

/// Writes a file beside the old one and puts it in its place, so that a full disk
/// loses nothing.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(name);
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The error that is reported is the one that matters.
        let _ = fs::remove_file(&beside);
    }
    written
}
