//! One file for each kind of statement: the syntax tree and the state go in, results
//! and a new state come out.

mod bind;
mod check;
mod compare;
mod continue_training;
mod expect;
mod forecast;
mod help;
mod inside;
mod load;
mod plot;
mod predict;
mod reset;
mod runs;
mod save;
mod score;
mod seed;
mod set;
mod show;
mod step;
mod train;
mod trained;
mod value;

pub(crate) use help::answer;
pub(crate) use show::of_cell;

use std::io;
use std::path::Path;

use carousel_lang::ast::{
    ArgKind, Command, PartKind, Statement, StatementKind, Value, Verb, Word,
};
use carousel_lang::vocabulary;
use carousel_lang::{Diagnostic, Span};

use crate::need;
use crate::work::{Outcome, Work};

/// Carries a statement out.
///
/// # Errors
/// What is wrong with it; the work's state is not to be used then.
pub(crate) fn carry_out(work: &mut Work<'_>, statement: &Statement) -> Outcome {
    match &statement.kind {
        StatementKind::Binding(binding) => bind::run(work, binding),
        StatementKind::Cell(cell) => bind::cell(work, cell),
        StatementKind::Value(value) => value::run(work, value),
        StatementKind::Command(command) => run(work, command, None),
    }
}

/// Whether a statement leaves something that `undo` can take back: a name, a model, a
/// setting.
pub(crate) fn changes(statement: &Statement) -> bool {
    let StatementKind::Command(command) = &statement.kind else { return true };
    match command.verb {
        Verb::Train | Verb::Continue | Verb::Compare => true,
        Verb::Use | Verb::Seed | Verb::Set | Verb::Reset => true,
        Verb::Score | Verb::Plot | Verb::Show | Verb::Step | Verb::Predict => false,
        Verb::Forecast | Verb::Generate | Verb::Save | Verb::Expect => false,
        Verb::Runs | Verb::Undo | Verb::Check | Verb::Help => false,
    }
}

/// Carries a command out; `name` is what its result is to be called.
fn run(work: &mut Work<'_>, command: &Command, name: Option<&Word>) -> Outcome {
    need::all_is_read(command)?;
    match command.verb {
        Verb::Train => train::run(work, command, name),
        Verb::Continue => continue_training::run(work, command),
        Verb::Score => score::run(work, command),
        Verb::Compare => compare::run(work, command),
        Verb::Plot => plot::run(work, command),
        Verb::Show => show::run(work, command),
        Verb::Predict => predict::run(work, command),
        Verb::Forecast => forecast::run(work, command),
        Verb::Save => save::run(work, command),
        Verb::Expect => expect::run(work, command),
        Verb::Seed => seed::run(work, command),
        Verb::Set => set::run(work, command),
        Verb::Runs => runs::run(work, command),
        Verb::Reset => reset::run(work, command),
        Verb::Check => check::run(work, command),
        Verb::Help => help::run(work, command),
        // The session itself carries out these two; `check` has nothing to do for them.
        Verb::Use | Verb::Undo => Ok(()),
        Verb::Step => step::run(work, command),
        Verb::Generate => Err(not_ready(command).into()),
    }
}

/// `generate`: a word of the language that this version does not carry out.
fn not_ready(command: &Command) -> Diagnostic {
    let word = vocabulary::verb_word(command.verb);
    Diagnostic::error(format!("`{word}` is not built into this version"))
        .label(command.verb_span, "a word of the language, still to come")
}

/// Verbs that stand alone: `runs`, `undo`.
///
/// # Errors
/// Where something follows.
pub(crate) fn takes_nothing(command: &Command) -> Result<(), Vec<Diagnostic>> {
    let word = vocabulary::verb_word(command.verb);
    if command.span == command.verb_span {
        return Ok(());
    }
    let rest = Span { start: command.verb_span.end, ..command.span };
    Err(vec![
        Diagnostic::error(format!("`{word}` stands alone"))
            .label(rest, "not needed")
            .with_hint(word),
    ])
}

/// The file of `use "common.lstm"`, as typed, and where it stands.
///
/// # Errors
/// Where no file is named.
pub(crate) fn used_file(command: &Command) -> Result<(String, Span), Vec<Diagnostic>> {
    if let [value] = &command.subjects[..]
        && let (PartKind::Literal(arg), true) = (&value.first.kind, value.rest.is_empty())
        && let ArgKind::String(file) = &arg.kind
    {
        return Ok((file.clone(), arg.span));
    }
    Err(vec![
        Diagnostic::error("`use` needs the name of one script, in quotes")
            .label(command.span, "no file in quotes")
            .with_hint("use \"common.lstm\""),
    ])
}

/// Why a script could not be read, as a title.
pub(crate) fn unreadable(typed: &str, path: &Path, error: &io::Error) -> String {
    if path.is_dir() {
        return format!("`{typed}` is a folder, not a script");
    }
    match error.kind() {
        io::ErrorKind::NotFound => format!("cannot read `{typed}`: no such file"),
        io::ErrorKind::InvalidData => format!("`{typed}` is not a text file in UTF-8"),
        io::ErrorKind::PermissionDenied => format!("`{typed}` may not be read"),
        _ => format!("cannot read `{typed}`: {error}"),
    }
}

/// The name, where a value is nothing but a name or a word.
fn lone_name(value: &Value) -> Option<&str> {
    let alone = value.rest.is_empty() && value.first.repeat.is_none();
    match &value.first.kind {
        PartKind::Word { word, args } if alone && args.is_empty() => Some(&word.text),
        PartKind::Word { .. }
        | PartKind::Group(_)
        | PartKind::List(_)
        | PartKind::Literal(_) => None,
    }
}

/// Ctrl-C came before a result was whole; nothing has changed.
fn interrupted(command: &Command) -> Diagnostic {
    let word = vocabulary::verb_word(command.verb);
    Diagnostic::error(format!("`{word}` was interrupted"))
        .label(command.span, "stopped here")
}
