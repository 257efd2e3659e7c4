//! `carousel fmt`: scripts go in, the same scripts as Carousel writes them come out.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use carousel::files::replace;
use carousel_lang::{Diagnostic, Sources, parse, print};

use crate::args::FmtArgs;
use crate::report;
use crate::run::Ended;
use crate::script;

/// Rewrites the files, or standard input to standard output. One that has an error is
/// left alone, and those after it are rewritten all the same.
pub(crate) fn run(args: &FmtArgs) -> ExitCode {
    let mut worst = Ended::Well;
    for file in &args.files {
        match scripts(file) {
            Ok(scripts) => {
                for script in scripts {
                    worst = worse(worst, one(&script, args.check));
                }
            }
            Err(diagnostic) => worst = worse(worst, report::one(&diagnostic)),
        }
    }
    worst.code()
}

/// Errors weigh more than files that would change.
fn worse(a: Ended, b: Ended) -> Ended {
    match (a, b) {
        (Ended::Error, _) | (_, Ended::Error) => Ended::Error,
        (Ended::Well, b) => b,
        (a, _) => a,
    }
}

/// A script, or all of those in a folder and the folders in it.
fn scripts(path: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    collect(path, &mut found).map_err(|error| {
        let (path, reason) = (path.display(), script::reason(&error));
        Diagnostic::error(format!("cannot look into `{path}`: {reason}"))
    })?;
    if found.is_empty() {
        let title = format!("no file in `{}` ends with .lstm", path.display());
        return Err(Diagnostic::error(title));
    }
    Ok(found)
}

/// Folders whose names begin with a dot belong to other programs, and one that is a link
/// may lead back to where it came from.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let hidden = name.to_string_lossy().starts_with('.');
        if entry.file_type()?.is_dir() {
            if !hidden {
                collect(&path, found)?;
            }
        } else if !hidden && path.extension().is_some_and(|ending| ending == "lstm") {
            found.push(path);
        }
    }
    Ok(())
}

fn one(path: &Path, check_only: bool) -> Ended {
    let script = match script::read(path) {
        Ok(script) => script,
        Err(diagnostic) => return report::one(&diagnostic),
    };
    let mut sources = Sources::default();
    let source = sources.add(&script.name, &script.text).clone();
    let (program, diagnostics) = parse(&source);
    if !diagnostics.is_empty() {
        return report::all(&diagnostics, &sources);
    }
    let printed = print(&program);
    if check_only {
        return check(&script.name, printed == script.text);
    }
    if path == Path::new("-") {
        return Ended::from(io::stdout().write_all(printed.as_bytes()));
    }
    if printed == script.text {
        return Ended::Well;
    }
    match replace(path, printed.as_bytes()) {
        Ok(()) => Ended::Well,
        Err(error) => report::one(&Diagnostic::error(format!(
            "cannot write `{}`: {error}",
            script.name
        ))),
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
