//! The thread on which evcxr lives: jobs go in, and how cells ended comes out on the
//! stage.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use evcxr::{CommandContext, Error, EvalCallbacks, EvalContextOutputs, EvalOutputs};

use super::prelude::{self, Prepared, Signs};
use super::stage::{Phase, Stage};
use super::{Completions, errors, folder};
use crate::failure::Failure;
use crate::stream::Stream;

/// How long the end of a cell's output may take to come once evcxr says that it has ended.
const LAST_LINES: Duration = Duration::from_secs(1);

/// How long it lasts that evcxr could not start: who waited for it need not wait again.
const FAILED_FOR: Duration = Duration::from_secs(2);

/// What evcxr is to do.
pub(super) enum Job {
    Run(String),
    Complete { code: String, cursor: usize, answer: Sender<Option<Completions>> },
}

/// How a cell ended.
pub(super) enum Ended {
    /// With the value of its last expression, MIME type by MIME type.
    Well(BTreeMap<String, String>),
    /// By a panic; `lib` is the file that was compiled.
    Panicked { lib: String },
    /// With its process, in evcxr's words.
    Died(String),
    /// Because somebody wanted so.
    Stopped,
    /// Before it began.
    Failed(Failure),
}

/// A thread with an evcxr of its own.
pub(super) struct Worker(JoinHandle<()>);

impl Worker {
    pub(super) fn start(stage: &Arc<Stage>, signs: &Signs) -> Worker {
        let (sender, jobs) = mpsc::channel();
        stage.enter(sender);
        let (stage, signs) = (Arc::clone(stage), signs.clone());
        Worker(thread::spawn(move || work(&stage, &signs, &jobs)))
    }

    pub(super) fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

fn work(stage: &Arc<Stage>, signs: &Signs, jobs: &Receiver<Job>) {
    // Where evcxr itself panics the executor hears of it, and begins with a new worker.
    let _fall = Fall(stage);
    if !stage.sleep() {
        return;
    }
    let mut rust = start(stage, signs);
    let mut tried = Instant::now();
    stage.set_phase(Phase::Idle);
    for job in jobs {
        if rust.is_err() && matches!(job, Job::Run(_)) && tried.elapsed() > FAILED_FOR {
            // Somebody may have installed Rust in the meantime.
            rust = start(stage, signs);
            tried = Instant::now();
        }
        match (&mut rust, job) {
            (Ok(rust), Job::Run(code)) => {
                let ended = rust.run(stage, &code);
                stage.end(ended, Phase::Idle);
            }
            (Err(failure), Job::Run(_)) => {
                stage.end(Ended::Failed(failure.clone()), Phase::Idle);
            }
            (Ok(rust), Job::Complete { code, cursor, answer }) => {
                let found = rust.complete(&code, cursor);
                stage.set_phase(Phase::Idle);
                // Who asked may have stopped waiting.
                let _ = answer.send(found);
            }
            (Err(_), Job::Complete { .. }) => stage.set_phase(Phase::Idle),
        }
    }
}

/// Starts evcxr; one that has not started has no child any more.
fn start(stage: &Arc<Stage>, signs: &Signs) -> Result<Rust, Failure> {
    Rust::start(stage, signs).inspect_err(|_| stage.forget_child())
}

/// Says that a cell has ended where the worker ends in its middle.
struct Fall<'a>(&'a Stage);

impl Drop for Fall<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.forget_child();
            self.0.end(Ended::Failed(errors::evcxr_failed()), Phase::Gone);
        }
    }
}

/// evcxr and its child.
struct Rust {
    context: CommandContext,
    outputs: EvalContextOutputs,
    signs: Signs,
    /// Whether the library is a dependency of the cells.
    has_library: bool,
}

impl Rust {
    fn start(stage: &Arc<Stage>, signs: &Signs) -> Result<Rust, Failure> {
        let unavailable = |error: Error| errors::unavailable(&error.to_string());
        let (mut context, outputs) = CommandContext::new().map_err(unavailable)?;
        for (stream, lines) in
            [(Stream::Out, outputs.stdout.clone()), (Stream::Err, outputs.stderr.clone())]
        {
            let stage = Arc::clone(stage);
            thread::spawn(move || {
                for line in lines {
                    stage.line(stream, &line);
                }
            });
        }
        let folder = context.execute(":last_compile_dir").ok();
        let folder = folder.and_then(|told| folder::own(told.get("text/plain")?));
        if let Some(folder) = &folder {
            folder::hide(folder);
        }
        stage.set_child(context.process_handle(), folder);
        context.execute(&prelude::modules(signs, false)).map_err(unavailable)?;
        Ok(Rust { context, outputs, signs: signs.clone(), has_library: false })
    }

    fn run(&mut self, stage: &Stage, code: &str) -> Ended {
        let prepared = self.prepare(code);
        let mut callbacks = EvalCallbacks {
            input_reader: &|request| stage.ask(request.prompt, request.is_password),
        };
        let result = self.context.execute_with_callbacks(&prepared.text, &mut callbacks);
        let end = Instant::now() + LAST_LINES;
        let ran = result.is_ok() && prepared.guarded;
        let panicked = ran && stage.wait_until_said(end);
        self.wait_for_lines(end);
        let stopped = stage.settle();
        self.revive(&result);
        match result {
            _ if stopped => Ended::Stopped,
            Ok(_) if panicked => {
                Ended::Panicked { lib: self.context.last_source().unwrap_or_default() }
            }
            Ok(outputs) => Ended::Well(value(outputs)),
            Err(Error::SubprocessTerminated(how)) => Ended::Died(how),
            Err(error) => Ended::Failed(failure(&error, code, &prepared)),
        }
    }

    /// The cell as evcxr gets it. Its modules are put in again where `:clear` takes them
    /// away, and change when the library becomes a dependency.
    fn prepare(&mut self, code: &str) -> Prepared {
        let name = prelude::HOST_NAME;
        let there = self.context.defined_item_names().any(|item| item == name);
        let clear = prelude::clears(code) || !there;
        let brings = prelude::brings_library(code);
        self.has_library = brings || self.has_library && !clear;
        let again = clear || brings;
        let modules = again.then(|| prelude::modules(&self.signs, self.has_library));
        prelude::prepare(code, modules.as_deref())
    }

    /// Waits until all lines of the child are on the stage.
    fn wait_for_lines(&self, end: Instant) {
        let outputs = &self.outputs;
        while !(outputs.stdout.is_empty() && outputs.stderr.is_empty())
            && Instant::now() < end
        {
            thread::sleep(Duration::from_millis(1));
        }
        // The last of them may be in the hands of the thread that carries it.
        thread::sleep(Duration::from_millis(1));
    }

    /// Starts the child again where it has ended and evcxr has not noticed: it was stopped
    /// while a cell was compiled that turned out to be wrong.
    fn revive(&mut self, result: &Result<EvalOutputs, Error>) {
        if matches!(result, Err(Error::SubprocessTerminated(_))) {
            return;
        }
        let child = self.context.process_handle();
        let alive = |child: &Mutex<std::process::Child>| match child.lock() {
            Ok(mut child) => matches!(child.try_wait(), Ok(None)),
            Err(_) => false,
        };
        if !alive(&child) {
            // The next cell says so where this fails.
            let _ = self.context.execute(":restart");
        }
    }

    fn complete(&mut self, code: &str, cursor: usize) -> Option<Completions> {
        let text = prelude::without_commands(code, cursor);
        let found = self.context.completions(&text, cursor).ok()?;
        let range: Range<usize> = found.start_offset..found.end_offset;
        let hidden = |text: &str| text.starts_with(prelude::HOST_NAME);
        let items = found.completions.into_iter();
        let items = items.filter(|item| !hidden(&item.code));
        let items = items.map(|item| (item.code, item.kind.to_owned()));
        code.get(range.clone()).is_some().then(|| (range, items.collect()))
    }
}

/// What the last expression is, and what was shown in evcxr's own way.
fn value(outputs: EvalOutputs) -> BTreeMap<String, String> {
    outputs.content_by_mime_type.into_iter().collect()
}

fn failure(error: &Error, code: &str, prepared: &Prepared) -> Failure {
    match error {
        Error::CompilationErrors(errors) => errors::compile(errors, code, prepared),
        Error::TypeRedefinedVariablesLost(names) => errors::lost(names),
        Error::Message(text) | Error::SubprocessTerminated(text) => {
            errors::compile_message(text)
        }
    }
}

/// Whether a program is on the path of this process.
pub(super) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder: std::path::PathBuf| {
        let file: &Path = &folder.join(program);
        file.with_extension(std::env::consts::EXE_EXTENSION).is_file()
    })
}
