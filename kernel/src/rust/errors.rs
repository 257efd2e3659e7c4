//! What is wrong, in terms of the cell: rustc's errors, panics, and the ends of evcxr and
//! of its child, laid out like all messages of Carousel.

use std::collections::BTreeSet;
use std::sync::Mutex;

use carousel_lang::{Diagnostic, Sources};
use evcxr::CompilationError;
use serde_json::Value;

use super::cell::Cell;
use super::folder;
use super::letters::Panic;
use super::prelude::Prepared;
use super::stage::Phase;
use super::worker::on_path;
use crate::failure::Failure;

/// Errors that are told of one cell. What follows is mostly theirs.
const ERRORS: usize = 12;

/// Remarks that are told of one error.
const REMARKS: usize = 6;

/// Lines of what evcxr says of its own failure; a linker's say the same over and over.
const WHY: usize = 8;

/// What a stopped or ended process takes with it.
const LOSS: &str = "the variables of Rust cells are lost; functions, types and \
                    dependencies stay, and so does the session of the other cells";

/// A failure that has no place.
pub(super) fn plain(name: &'static str, title: &str, notes: &[&str]) -> Failure {
    let error = notes.iter().fold(Diagnostic::error(title), |e, note| e.note(*note));
    Failure::named(name, &[error], &Sources::default())
}

/// evcxr did not start.
pub(super) fn unavailable(why: &str) -> Failure {
    let missing = !on_path("cargo") || !on_path("rustc");
    let at_home = std::env::home_dir()
        .map(|home| home.join(".cargo").join("bin"))
        .filter(|bin| missing && bin.is_dir());
    let title = if missing {
        "Rust cells need `cargo` and `rustc`, which are not on the PATH of Jupyter"
    } else {
        "Rust cells are not available: evcxr, which runs them, did not start"
    };
    let mut notes = Vec::new();
    if !why.starts_with("Cannot find") {
        notes.push(why.trim().lines().take(WHY).collect::<Vec<_>>().join("\n"));
    }
    if let Some(space) = folder::with_space() {
        notes.push(format!(
            "evcxr cannot work in {}, for the space in it: set EVCXR_TMPDIR to \
             another folder",
            space.display()
        ));
    }
    notes.push(match at_home {
        Some(bin) => format!("put {} on the PATH and start Jupyter again", bin.display()),
        None if missing => "install Rust from https://rustup.rs, or put the folder of \
                            cargo on the PATH, and start Jupyter again"
            .to_owned(),
        None => "Rust is installed from https://rustup.rs, with a linker".to_owned(),
    });
    notes.push("`carousel-kernel doctor` says what is missing".to_owned());
    notes.push("cells of the language do without it".to_owned());
    plain("RustUnavailable", title, &notes.iter().map(String::as_str).collect::<Vec<_>>())
}

/// evcxr itself panicked.
pub(super) fn evcxr_failed() -> Failure {
    let title = "evcxr, which runs Rust cells, failed at this one";
    let notes = ["it starts anew with the next cell; what Rust cells made is lost"];
    plain("RustError", title, &notes)
}

/// Somebody stopped the cell.
pub(super) fn stopped() -> Failure {
    plain("Interrupted", "stopped; the process of the Rust cells was ended", &[LOSS])
}

/// Somebody stopped the cell before it had its turn.
pub(super) fn stopped_before(phase: &Phase) -> Failure {
    let (title, note) = match phase {
        Phase::Asleep | Phase::Starting => (
            "stopped before the cell began: evcxr was still starting",
            "it goes on starting; run the cell again in some seconds",
        ),
        Phase::Running | Phase::Settling => (
            "stopped before the cell began: an earlier one was still being compiled",
            "that goes on in the background; run the cell again later",
        ),
        Phase::Idle | Phase::Completing | Phase::Gone => {
            return plain("Interrupted", "stopped before the cell began", &[]);
        }
    };
    plain("Interrupted", title, &[note])
}

/// The child has ended by itself. evcxr says how in `how`.
pub(super) fn died(how: &str, panic: Option<Panic>) -> Failure {
    let status = how.rsplit("terminated with status: ").next().unwrap_or(how).trim();
    let title = format!("the process of the Rust cells ended ({status})");
    let panic = panic.map(|panic| format!("it panicked: {}", panic.message));
    let notes: Vec<&str> = panic.as_deref().into_iter().chain([LOSS]).collect();
    plain("RustError", &title, &notes)
}

/// Types were defined anew of which there were variables.
pub(super) fn lost(names: &[String]) -> Failure {
    let title =
        format!("variables are lost whose types have changed: {}", names.join(", "));
    plain("RustError", &title, &[])
}

/// The cell panicked; `lib` is the file that was compiled of it.
pub(super) fn panicked(panic: Option<Panic>, code: &str, lib: &str) -> Failure {
    let cell = Cell::new(code);
    let panic = panic.unwrap_or_default();
    let mut lines = panic.message.lines();
    let title = match lines.next() {
        Some(line) if !line.is_empty() => format!("panicked: {line}"),
        Some(_) | None => "panicked without a message".to_owned(),
    };
    let mut error = Diagnostic::error(title);
    let rest = lines.collect::<Vec<_>>().join("\n");
    if !rest.is_empty() {
        error = error.note(rest);
    }
    let ours = panic.file.replace('\\', "/") == "src/lib.rs";
    match cell.compiled(lib, panic.line, panic.column).filter(|_| ours) {
        Some(span) => error = error.label(span, ""),
        None if ours => error = error.note("in code of an earlier cell"),
        None if panic.line > 0 => {
            error = error.note(format!("at {}, line {}", panic.file, panic.line));
        }
        None => {}
    }
    error =
        error.note("the variables of earlier cells are kept, those new in this are not");
    Failure::named("RustPanic", &[error], &cell.sources)
}

/// What evcxr says of a cell that it has not run.
pub(super) fn compile_message(text: &str) -> Failure {
    let (title, rest) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
    let mut notes = Vec::from_iter((!rest.is_empty()).then_some(rest));
    if title.starts_with("Couldn't automatically determine type") {
        notes.push(
            "where this happens to all types of the standard library, its source is \
             missing: `rustup component add rust-src`, and one start with a network",
        );
    }
    plain("RustCompileError", title, &notes)
}

/// What rustc says of a cell.
pub(super) fn compile(
    errors: &[CompilationError],
    code: &str,
    prepared: &Prepared,
) -> Failure {
    let cell = Cell::new(code);
    let real = errors.iter().filter(|error| error.level() != "warning");
    let mut told_of: Vec<Diagnostic> = Vec::new();
    for error in real {
        let error = diagnostic(error, &cell, prepared);
        // rustc may say the same of two versions of what evcxr made of the cell.
        if !told_of.contains(&error) {
            told_of.push(error);
        }
    }
    let more = told_of.len().saturating_sub(ERRORS);
    told_of.truncate(ERRORS);
    if more > 0 {
        told_of.push(Diagnostic::error(format!("{more} more errors")));
    }
    Failure::named("RustCompileError", &told_of, &cell.sources)
}

fn diagnostic(error: &CompilationError, cell: &Cell, prepared: &Prepared) -> Diagnostic {
    let message = error.message();
    let (title, rest) = message.split_once('\n').unwrap_or((&message, ""));
    // Of an error in what evcxr has added, rustc's help may be all that is told.
    let title = match error.level() {
        "help" | "note" => format!("this cannot be compiled: {title}"),
        _ => title.to_owned(),
    };
    let mut told = Diagnostic::error(title);
    told.code = error.code().map(lasting);
    let primary = error.spanned_messages().iter().filter(|said| said.is_primary);
    let others = error.spanned_messages().iter().filter(|said| !said.is_primary);
    for said in primary.chain(others) {
        if let Some(span) = said.span {
            let start = (span.start_line - 1, span.start_column - 1);
            let end = (span.end_line - 1, span.end_column - 1);
            // evcxr puts the title where rustc has said nothing of the place.
            let own = said.label.split_once(": ").is_none_or(|(_, said)| said != message);
            let text = if own { said.label.as_str() } else { "" };
            told = told.label(cell.span(prepared, start, end), text);
        }
    }
    if !rest.is_empty() {
        told = told.note(rest);
    }
    if told.labels.is_empty() {
        let elsewhere = lines_of(&error.json);
        told.notes.extend(elsewhere.map(|line| format!("in an earlier cell: {line}")));
    }
    told.notes.extend(remarks(&error.json).take(REMARKS));
    told.notes.extend(error.evcxr_extra_hint().map(str::to_owned));
    told
}

/// The lines that rustc points at.
fn lines_of(json: &Value) -> impl Iterator<Item = &str> {
    let spans = json["spans"].as_array().into_iter().flatten();
    spans.filter_map(|span| span["text"][0]["text"].as_str()).map(str::trim)
}

/// rustc's notes and helps: `help: use this: `x``.
fn remarks(json: &Value) -> impl Iterator<Item = String> {
    let children = json["children"].as_array().into_iter().flatten();
    children.filter_map(|child| {
        let (level, message) = (child["level"].as_str()?, child["message"].as_str()?);
        let replacement = match child["spans"].as_array().map(Vec::as_slice) {
            Some([span]) => span["suggested_replacement"].as_str(),
            Some(_) | None => None,
        };
        let replacement = replacement.map(str::trim).filter(|text| !text.is_empty());
        let replacement = replacement.map(|text| format!(": `{text}`"));
        Some(format!("{level}: {message}{}", replacement.unwrap_or_default()))
    })
}

/// The same text for as long as the program runs: rustc has some hundred codes.
fn lasting(code: &str) -> &'static str {
    static SEEN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut seen = SEEN.lock().expect("nothing panics that holds it");
    if let Some(code) = seen.get(code) {
        return code;
    }
    let code: &'static str = Box::leak(code.into());
    seen.insert(code);
    code
}
