//! `carousel watch`: a script goes in and runs; each time it or a file that it reads is
//! saved, the statements from the first changed one on run again. Those before it keep
//! their results.

mod plan;
mod stamps;

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use carousel::{Checkpoint, Session};
use carousel_lang::{Diagnostic, Sources, parse};
use console::style;

use crate::args::{RunArgs, WatchArgs};
use crate::interrupt::{self, Interrupt};
use crate::report;
use crate::run::{self, Ended};
use crate::screen::Screen;
use crate::script::{self, Script};
use plan::{Planned, plan};
use stamps::{Stamped, changed, stamp, wait_for_change};

/// Runs the script now and after each change, until Ctrl-C.
pub(crate) fn run(args: &WatchArgs) -> ExitCode {
    if args.file == Path::new("-") {
        let error = Diagnostic::error("standard input cannot be watched")
            .with_hint("carousel watch lesson.lstm");
        return report::one(&error).code();
    }
    let options = RunArgs {
        plots: args.plots.clone(),
        seed: args.seed,
        quiet: args.quiet,
        ..RunArgs::default()
    };
    let mut file = stamp(args.file.clone());
    let script = match script::read(&args.file) {
        Ok(script) => script,
        Err(diagnostic) => return report::one(&diagnostic).code(),
    };
    let mut watch = Watch::new(&options, &script);
    let mut reading = Ok(script);
    let mut cause = Vec::new();
    loop {
        watch.interrupt.begin();
        let ended = match &reading {
            Ok(script) => watch.pass(script, &cause),
            Err(diagnostic) => report::one(diagnostic),
        };
        let waiting = "== waiting for a change; Ctrl-C ends";
        if ended == Ended::BrokenPipe || watch.say(waiting).is_break() {
            return Ended::BrokenPipe.code();
        }
        watch.interrupt.wait();
        loop {
            let files: Vec<Stamped> =
                std::iter::once(file.clone()).chain(watch.files()).collect();
            wait_for_change(&files);
            cause = changed(&files);
            file = stamp(args.file.clone());
            // An editor may take a file away before it puts the new one there.
            if args.file.exists() {
                break;
            }
        }
        reading = script::read(&args.file);
    }
}

/// A statement that was carried out.
struct Done {
    planned: Planned,
    after: Checkpoint,
    /// How many plots there were after it.
    plots: usize,
}

/// A script that is being watched.
struct Watch {
    session: Session,
    screen: Screen,
    interrupt: Interrupt,
    start: Checkpoint,
    /// The statements that were carried out, from the first on.
    done: Vec<Done>,
    /// The one after them, if it could not be carried out.
    failed: Option<Planned>,
}

impl Watch {
    fn new(options: &RunArgs, script: &Script) -> Watch {
        let session = run::session(&script.folder, options);
        Watch {
            interrupt: interrupt::watch_file(session.interrupt()),
            screen: Screen::new(options, &script.stem),
            start: session.checkpoint(),
            session,
            done: Vec::new(),
            failed: None,
        }
    }

    /// The files that its statements read.
    fn files(&self) -> impl Iterator<Item = Stamped> {
        let planned = self.done.iter().map(|done| &done.planned).chain(&self.failed);
        planned.flat_map(|planned| planned.files.clone())
    }

    /// Runs what has changed; `cause` names the files that have.
    fn pass(&mut self, script: &Script, cause: &[PathBuf]) -> Ended {
        let mut scratch = Sources::default();
        let source = scratch.add(&script.name, &script.text).clone();
        let (program, errors) = parse(&source);
        if !errors.is_empty() {
            let head = format!("== {}: nothing is run", script.name);
            if self.say(&head).is_break() {
                return Ended::BrokenPipe;
            }
            return report::all(&errors, &scratch);
        }
        let planned = plan(&source, &program, &script.folder);
        let is_same = |(done, planned): &(&Done, &Planned)| done.planned == **planned;
        let same = self.done.iter().zip(&planned).take_while(is_same).count();
        let first = program.statements.get(same).map(|statement| {
            let before = &script.text[..statement.span.range().start];
            (1 + before.matches('\n').count(), planned[same].text.as_str())
        });
        if self.say(&heading(script, cause, first)).is_break() {
            return Ended::BrokenPipe;
        }
        self.go_back_to(same);
        match self.session.read(&script.name, &script.text) {
            Ok(program) => {
                let rest = program.statements.iter().zip(planned).skip(same);
                for (statement, planned) in rest {
                    if let ControlFlow::Break(ended) = self.carry_out(statement, planned)
                    {
                        return ended;
                    }
                }
                Ended::Well
            }
            Err(errors) => report::all(&errors, self.session.sources()),
        }
    }

    /// Forgets all but the first `same` statements.
    fn go_back_to(&mut self, same: usize) {
        self.done.truncate(same);
        self.failed = None;
        let (to, plots) =
            self.done.last().map_or((&self.start, 0), |done| (&done.after, done.plots));
        self.session.rewind(to);
        self.screen.set_plots(plots);
    }

    /// Runs one statement. One that fails or is stopped is the last that runs, and it
    /// runs again after the next change.
    fn carry_out(
        &mut self,
        statement: &carousel_lang::ast::Statement,
        planned: Planned,
    ) -> ControlFlow<Ended> {
        let screen = &mut self.screen;
        let outcome =
            self.session.carry_out(statement, &mut |output| screen.show(&output));
        let shown = self.screen.finish();
        if shown == Ended::BrokenPipe {
            return ControlFlow::Break(shown);
        }
        match outcome {
            Ok(ControlFlow::Continue(())) if !self.interrupt.was_pressed() => {
                let after = self.session.checkpoint();
                let plots = self.screen.plots();
                self.done.push(Done { planned, after, plots });
                ControlFlow::Continue(())
            }
            Ok(_) => {
                self.failed = Some(planned);
                ControlFlow::Break(shown)
            }
            Err(diagnostics) => {
                self.failed = Some(planned);
                ControlFlow::Break(report::all(&diagnostics, self.session.sources()))
            }
        }
    }

    /// Prints a line between results.
    fn say(&self, line: &str) -> ControlFlow<()> {
        let mut stdout = io::stdout().lock();
        let written = writeln!(stdout, "{}", style(line).bold());
        match written.and_then(|()| stdout.flush()) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

/// `== air.csv has changed; lesson.lstm from line 3 on: train m on air epochs 50`
fn heading(script: &Script, cause: &[PathBuf], first: Option<(usize, &str)>) -> String {
    let name = &script.name;
    let others = cause.iter().filter(|path| path.display().to_string() != *name);
    let others: Vec<String> = others.map(|path| path.display().to_string()).collect();
    let cause = match &others[..] {
        [] => String::new(),
        [one] => format!("{one} has changed; "),
        several => format!("{} have changed; ", several.join(", ")),
    };
    match first {
        Some((line, text)) => {
            let text = text.lines().next().unwrap_or_default();
            format!("== {cause}{name} from line {line} on: {text}")
        }
        None => format!("== {cause}{name}: no statement has changed"),
    }
}
