//! A session: texts go in, each statement is carried out on a copy of the state, and
//! the copy takes the place of the state if nothing went wrong.

mod check;
mod script;
mod steps;
mod values;

pub(crate) use check::DryRun;
pub use steps::Checkpoint;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use carousel_lang::ast::{Command, Statement, StatementKind, Verb};
use carousel_lang::{Diagnostic, Sources, Span, parse};
use carousel_net::network::Network;
use carousel_net::train::Stopped;

use crate::datasets::Datasets;
use crate::journal::{self, Journal};
use crate::state::{Named, State};
use crate::work::{Halt, Work};
use crate::{Output, Results, level, statements};

/// The seed of the language: what holds where nothing is said.
pub(crate) const SEED: u64 = 7;

/// How many statements `undo` can take back.
const UNDO: usize = 100;

/// Where results go: `Break` says that nobody reads them any more.
type Emit<'a> = &'a mut dyn FnMut(Output) -> ControlFlow<()>;

/// What was said so far, and what came of it.
///
/// A clone goes its own way from where the session stands, with a flag of its own for
/// interruptions. It is cheap, since what is heavy is shared, and may live on another
/// thread: what answers while a model trains.
#[derive(Debug)]
pub struct Session {
    sources: Sources,
    folder: PathBuf,
    default_seed: u64,
    state: State,
    before: Vec<Before>,
    told: BTreeSet<&'static str>,
    journal: Journal,
    datasets: Datasets,
    interrupt: Arc<AtomicBool>,
    /// The scripts that are being used, from the outermost.
    using: Vec<PathBuf>,
}

impl Default for Session {
    fn default() -> Self {
        Session::new()
    }
}

impl Clone for Session {
    fn clone(&self) -> Session {
        Session {
            sources: self.sources.clone(),
            folder: self.folder.clone(),
            default_seed: self.default_seed,
            state: self.state.clone(),
            before: self.before.clone(),
            told: self.told.clone(),
            journal: self.journal.clone(),
            datasets: self.datasets.clone(),
            interrupt: Arc::default(),
            using: self.using.clone(),
        }
    }
}

/// What `undo` goes back to.
#[derive(Debug, Clone)]
struct Before {
    state: State,
    /// The statement that came after it, in one line.
    line: String,
    /// How many statements there were in the journal.
    journal: usize,
}

/// How a text ended.
enum End {
    /// All statements were carried out.
    Whole,
    /// Nobody reads the results any more, or training was interrupted.
    Early,
}

impl Session {
    /// A session whose relative paths begin in the current folder.
    pub fn new() -> Session {
        Session::in_folder("")
    }

    /// A session whose relative paths begin in `folder`.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Session {
        Session {
            sources: Sources::default(),
            folder: folder.into(),
            default_seed: SEED,
            state: State::default(),
            before: Vec::new(),
            told: BTreeSet::new(),
            journal: Journal::default(),
            datasets: Datasets::default(),
            interrupt: Arc::default(),
            using: Vec::new(),
        }
    }

    /// Takes another seed than 7 where no statement names one.
    pub fn set_seed(&mut self, seed: u64) {
        self.default_seed = seed;
    }

    /// Setting it stops a training after the running batch; its weights are kept, and
    /// what comes after it in the text does not run.
    pub fn interrupt(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.interrupt)
    }

    /// Whether `set theme dark` holds.
    pub fn is_dark(&self) -> bool {
        self.state.settings.dark
    }

    /// The layers of a model that a text has named, or of `it`.
    pub fn network(&self, name: &str) -> Option<&Network> {
        let named = match name {
            "it" => self.state.it_model.as_ref()?,
            _ => self.state.names.get(name)?,
        };
        match named {
            Named::Described(described) => Some(&described.network),
            Named::Trained(trained) => Some(&trained.described.network),
            Named::Data(_) | Named::Cell(_) => None,
        }
    }

    /// All texts so far: what messages point into.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Runs the statements of a text in order and gives all that came of it: the results,
    /// and what went wrong. Messages call the text by its number: `<text 1>`.
    ///
    /// ```
    /// let mut session = carousel::Session::new();
    /// let results = session.run("lstm 4 -> dense 1");
    /// assert!(results.is_ok(), "{results}");
    /// assert!(results.to_string().contains("101 weights"));
    /// ```
    pub fn run(&mut self, text: &str) -> Results {
        let name = format!("<text {}>", self.sources.count() + 1);
        let mut outputs = Vec::new();
        let ended = self.run_named(&name, text, &mut |output| {
            if !output.is_progress() {
                outputs.push(output);
            }
            ControlFlow::Continue(())
        });
        let errors = ended.err().unwrap_or_default();
        Results { outputs, errors, sources: self.sources.clone() }
    }

    /// Runs the statements of a text in order and hands their results to `emit` as they
    /// come, which may break off. `name` is what messages call the text.
    ///
    /// # Errors
    /// All that is wrong with the text, and then nothing of it runs; or what is wrong
    /// with the first statement that cannot be carried out. Statements before it keep
    /// their effect, it itself has none.
    pub fn run_named(
        &mut self,
        name: &str,
        text: &str,
        emit: Emit<'_>,
    ) -> Result<(), Vec<Diagnostic>> {
        level::check().map_err(|error| vec![error])?;
        self.run_text(name, text, emit).map(|_| ())
    }

    fn run_text(
        &mut self,
        name: &str,
        text: &str,
        emit: Emit<'_>,
    ) -> Result<End, Vec<Diagnostic>> {
        let source = self.sources.add(name, text).clone();
        let (program, errors) = parse(&source);
        if !errors.is_empty() {
            return Err(errors);
        }
        for statement in &program.statements {
            if let End::Early = self.run_statement(statement, emit)? {
                return Ok(End::Early);
            }
        }
        Ok(End::Whole)
    }

    fn run_statement(
        &mut self,
        statement: &Statement,
        emit: Emit<'_>,
    ) -> Result<End, Vec<Diagnostic>> {
        match &statement.kind {
            StatementKind::Command(command) if command.verb == Verb::Use => {
                return self.use_script(statement, command, emit);
            }
            StatementKind::Command(command) if command.verb == Verb::Undo => {
                return self.undo(command, emit);
            }
            StatementKind::Binding(_)
            | StatementKind::Cell(_)
            | StatementKind::Command(_)
            | StatementKind::Value(_) => {}
        }
        let mut told = std::mem::take(&mut self.told);
        let mut work = self.work(&mut told, self.state.clone(), false, emit);
        let outcome = statements::carry_out(&mut work, statement);
        let (state, interrupted) = (work.state, work.interrupted);
        self.told = told;
        let end = match &outcome {
            Err(Halt::Errors(_) | Halt::Quit) => None,
            Err(Halt::Kept(_)) => Some(journal::End::Failed),
            Ok(()) => Some(how_it_ended(&self.state, &state)),
        };
        let journal = self.journal.len();
        if let Some(end) = end.filter(|_| self.using.is_empty()) {
            self.journal.remember(statement, &self.state, &state, end);
        }
        match outcome {
            Ok(()) => {
                if statements::changes(statement) {
                    self.replace_state(state, statement.span, journal);
                } else {
                    self.state = state;
                }
                if interrupted {
                    self.interrupt.store(false, Ordering::SeqCst);
                    return Ok(End::Early);
                }
                Ok(End::Whole)
            }
            Err(Halt::Errors(errors)) => Err(errors),
            Err(Halt::Kept(errors)) => {
                self.replace_state(state, statement.span, journal);
                Err(errors)
            }
            Err(Halt::Quit) => Ok(End::Early),
        }
    }

    /// The same, to be added to.
    pub(crate) fn sources_mut(&mut self) -> &mut Sources {
        &mut self.sources
    }

    /// What it knows.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// A statement at work on a state.
    pub(crate) fn work<'a>(
        &'a mut self,
        told: &'a mut BTreeSet<&'static str>,
        state: State,
        dry: bool,
        emit: Emit<'a>,
    ) -> Work<'a> {
        Work {
            state,
            folder: &self.folder,
            default_seed: self.default_seed,
            interrupt: &self.interrupt,
            interrupted: false,
            dry,
            light: false,
            told,
            journal: &self.journal,
            datasets: &mut self.datasets,
            emit,
        }
    }

    /// Takes the state that the statement at `span` has left, before which there were so
    /// many statements in the journal.
    fn replace_state(&mut self, state: State, span: Span, journal: usize) {
        let text = self.sources.get(span.source).and_then(|s| s.text.get(span.range()));
        let line = text.unwrap_or_default().lines().next().unwrap_or_default().to_owned();
        let state = std::mem::replace(&mut self.state, state);
        if self.before.len() == UNDO {
            self.before.remove(0);
        }
        self.before.push(Before { state, line, journal });
    }

    /// `undo`: the state before the last statement that changed something.
    fn undo(
        &mut self,
        command: &Command,
        emit: Emit<'_>,
    ) -> Result<End, Vec<Diagnostic>> {
        statements::takes_nothing(command)?;
        let Some(before) = self.before.pop() else {
            return Err(vec![
                Diagnostic::error("there is nothing to take back")
                    .label(command.span, "no statement before this one"),
            ]);
        };
        let within = self.state.within.clone();
        self.state = State { within, ..before.state };
        self.journal.forget(before.journal);
        let text = format!("taken back: {}", before.line);
        Ok(early_if(emit(Output::Text(text)).is_break()))
    }

    /// `use "common.lstm"`: its statements run as if they stood here; if one of them
    /// fails, none has an effect.
    fn use_script(
        &mut self,
        statement: &Statement,
        command: &Command,
        emit: Emit<'_>,
    ) -> Result<End, Vec<Diagnostic>> {
        let script = self.script(command, &self.state.within)?;
        let (state, before) = (self.state.clone(), self.before.clone());
        self.state.within = script.within;
        self.using.push(script.path);
        let outcome = self.run_text(&script.typed, &script.text, emit);
        self.using.pop();
        self.before = before;
        match outcome {
            Ok(end) => {
                let within = state.within.clone();
                let after = std::mem::replace(&mut self.state, state);
                let after = State { within, ..after };
                let journal = self.journal.len();
                if self.using.is_empty() {
                    let whole = journal::End::Whole;
                    self.journal.remember(statement, &self.state, &after, whole);
                }
                self.replace_state(after, command.span, journal);
                Ok(end)
            }
            Err(errors) => {
                self.state = state;
                Err(errors)
            }
        }
    }
}

/// How a statement ended that was carried out: as its training did, if it was one.
fn how_it_ended(before: &State, after: &State) -> journal::End {
    let trained = match after.runs.last() {
        Some(run) if after.runs.len() > before.runs.len() => &run.trained,
        Some(_) | None => return journal::End::Whole,
    };
    match trained.stopped {
        Stopped::Interrupted { epoch, of } => journal::End::Stopped { epoch, of },
        Stopped::Time => journal::End::Timed,
        Stopped::Done | Stopped::Patience { .. } | Stopped::Until => journal::End::Whole,
    }
}

fn early_if(stop: bool) -> End {
    if stop { End::Early } else { End::Whole }
}
