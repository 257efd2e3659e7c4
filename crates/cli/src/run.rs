//! `carousel FILE`: a script goes in, its results and how it ended come out.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use carousel::Session;

use crate::args::RunArgs;
use crate::screen::Screen;
use crate::script::{self, Script};
use crate::{interrupt, repl, report};

/// How a text ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All well.
    Well,
    /// Nobody reads the output any more, as in `carousel a.lstm | head`: no fault.
    BrokenPipe,
    /// An `expect` failed.
    Failed,
    /// A statement was not carried out.
    Error,
    /// Ctrl-C.
    Interrupted,
}

impl Ended {
    /// What the process ends with.
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Ended::Well | Ended::BrokenPipe => 0,
            Ended::Failed => 1,
            Ended::Error => 2,
            Ended::Interrupted => interrupt::STOPPED,
        })
    }
}

impl From<io::Result<()>> for Ended {
    fn from(written: io::Result<()>) -> Ended {
        match written {
            Ok(()) => Ended::Well,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ended::BrokenPipe,
            Err(_) => Ended::Error,
        }
    }
}

/// Runs a file, the `-e` lines, standard input, or the prompt where that is a terminal.
pub(crate) fn run(args: &RunArgs) -> ExitCode {
    if args.lines.is_empty() && args.file.is_none() && io::stdin().is_terminal() {
        return repl::run(args);
    }
    match read(args) {
        Ok(script) => run_script(args, &script).code(),
        Err(diagnostic) => report::one(&diagnostic).code(),
    }
}

fn read(args: &RunArgs) -> Result<Script, carousel_lang::Diagnostic> {
    match &args.file {
        _ if !args.lines.is_empty() => Ok(script::from_lines(&args.lines)),
        Some(path) => script::read(path),
        None => script::read_input(),
    }
}

fn run_script(args: &RunArgs, script: &Script) -> Ended {
    let mut session = session(&script.folder, args);
    let interrupt = interrupt::watch(session.interrupt());
    let mut screen = Screen::new(args, &script.stem);
    let ended = text(&mut session, &mut screen, &script.name, &script.text);
    if ended == Ended::Well && interrupt.was_pressed() {
        Ended::Interrupted
    } else {
        ended
    }
}

/// A session as the options ask for.
pub(crate) fn session(folder: &Path, args: &RunArgs) -> Session {
    let mut session = Session::in_folder(folder);
    if let Some(seed) = args.seed {
        session.set_seed(seed);
    }
    session
}

/// Runs a text in a session and shows what comes out of it.
pub(crate) fn text(
    session: &mut Session,
    screen: &mut Screen,
    name: &str,
    text: &str,
) -> Ended {
    let result = session.run_named(name, text, &mut |output| screen.show(&output));
    let shown = screen.finish();
    match result {
        _ if shown == Ended::BrokenPipe => Ended::BrokenPipe,
        Err(diagnostics) => report::all(&diagnostics, session.sources()),
        Ok(()) => shown,
    }
}
