//! Rust cells: the text of a cell goes in, what it prints and shows comes out while it
//! runs, and the value of its last expression at the end.
//!
//! evcxr compiles a cell and runs it in a child process. It starts when the first Rust cell
//! is seen, for it takes seconds of both cores and hundreds of MB, and lives on a thread of
//! its own ([`worker`]), for it blocks until a cell has ended; two threads carry the child's
//! lines to the [`stage`], where the executor's thread waits for them, so that a running
//! cell can ask for values of the session that the executor owns. What a cell asks for
//! comes as [`letters`], which the module `carousel` writes that [`prelude`] puts into
//! cells; [`errors`] says in terms of the cell what rustc and panics say of the code that
//! evcxr made of it.

mod cell;
mod errors;
mod events;
pub(crate) mod folder;
mod letters;
mod marks;
mod prelude;
mod stage;
mod worker;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::stream::Stream;
use events::Event;
use letters::Letterbox;
use prelude::Signs;
use stage::{Phase, Stage, Turn};
use worker::{Ended, Job, Worker};

/// How long a stopped cell may take to end. A running one needs less; one that is being
/// compiled is left to itself.
const GRACE: Duration = Duration::from_millis(60);

/// How long a completion may take; evcxr's take a third of a second, the first one more.
const COMPLETION: Duration = Duration::from_secs(3);

/// How long evcxr may take to clear away its folder when the kernel ends. One that still
/// starts takes longer, and is not waited for.
const FAREWELL: Duration = Duration::from_millis(400);

/// Something that a cell shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Display {
    /// The name under which it can be replaced.
    pub(crate) id: Option<String>,
    /// Whether it replaces what was shown under this name.
    pub(crate) update: bool,
    pub(crate) mime: String,
    pub(crate) data: String,
}

/// What a running cell reaches: the notebook and the session. Calls come on the thread
/// that runs the cell, in the order of the cell's own doing.
pub(crate) trait World {
    fn print(&mut self, stream: Stream, text: &str);
    fn display(&mut self, display: Display);
    /// Clears what the cell has shown and printed.
    fn clear(&mut self);
    fn get(&mut self, name: &str) -> Result<Vec<f64>, String>;
    fn names(&mut self) -> Vec<String>;
    fn put(&mut self, name: &str, values: &[f64]) -> Result<(), String>;
    /// Asks for a line; one that is not to be seen, where it is secret.
    fn ask(&mut self, prompt: &str, secret: bool) -> Result<String, String>;
    /// Whether somebody wants the cell to stop, from before it began.
    fn is_stopped(&self) -> bool;
}

/// The Rust of a notebook.
pub(crate) struct RustCells {
    stage: Arc<Stage>,
    worker: Worker,
    letters: Letterbox,
}

impl RustCells {
    /// Those of a notebook that has not shown one yet.
    pub(crate) fn new() -> RustCells {
        let signs = Signs::new();
        let stage = Arc::new(Stage::new(&signs));
        let letters = Letterbox::new(&signs);
        let worker = Worker::start(&stage, &signs);
        RustCells { stage, worker, letters }
    }

    /// Runs a cell, without its `%%rust` line: the value of its last expression comes
    /// back, MIME type by MIME type.
    pub(crate) fn run(
        &mut self,
        code: &str,
        world: &mut dyn World,
    ) -> Result<BTreeMap<String, String>, Failure> {
        if let Some(failure) = prelude::refused(code) {
            return Err(failure);
        }
        self.stage.wake();
        self.stage.raise();
        if world.is_stopped() {
            self.stage.stop();
        }
        let ended = self.wait_for_turn().and_then(|()| self.perform(code, world));
        self.stage.lower();
        ended
    }

    /// What stops the running cell from another thread.
    pub(crate) fn interrupter(&self) -> Interrupter {
        Interrupter { stage: Arc::clone(&self.stage) }
    }

    /// What completes Rust from another thread.
    pub(crate) fn completer(&self) -> Completer {
        Completer { stage: Arc::clone(&self.stage) }
    }

    /// Waits until evcxr has started, or has ended a cell that was stopped while it was
    /// being compiled. One that is gone is started anew, once.
    fn wait_for_turn(&mut self) -> Result<(), Failure> {
        let mut turn = self.stage.wait_for_turn();
        if turn == Turn::Gone {
            self.worker = Worker::start(&self.stage, self.letters.signs());
            turn = self.stage.wait_for_turn();
        }
        match turn {
            Turn::Taken => Ok(()),
            Turn::Stopped => Err(errors::stopped_before(&self.stage.phase())),
            Turn::Gone => Err(errors::evcxr_failed()),
        }
    }

    /// Has the worker run the cell, and serves it until it has ended.
    fn perform(
        &mut self,
        code: &str,
        world: &mut dyn World,
    ) -> Result<BTreeMap<String, String>, Failure> {
        self.letters.begin();
        self.stage.send(Job::Run(code.to_owned()));
        let mut given_up = None;
        loop {
            let event = self.stage.next(given_up);
            given_up = given_up
                .or_else(|| self.stage.is_stopped().then(|| Instant::now() + GRACE));
            let is_over = given_up.is_some_and(|end| Instant::now() >= end);
            match event {
                Some(Event::Ended(ended)) => return self.ended(*ended, code),
                // Whatever comes of a cell that does not end comes too late.
                _ if is_over => return Err(errors::stopped()),
                Some(Event::Text(stream, text)) => world.print(stream, &text),
                Some(Event::Letter(number)) => self.letters.serve(number, world),
                Some(Event::Panic(number)) => {
                    if let Some((thread, told)) = self.letters.panic(number) {
                        world.print(Stream::Err, &format!("thread `{thread}`: {told}\n"));
                    }
                }
                Some(Event::Question { prompt, secret, answer }) => {
                    // Who asked has gone where the answer cannot be sent.
                    let _ = answer.send(world.ask(&prompt, secret).unwrap_or_default());
                }
                None => {}
            }
        }
    }

    fn ended(
        &mut self,
        ended: Ended,
        code: &str,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let panic = self.letters.take_panic();
        match ended {
            Ended::Well(value) => Ok(value),
            Ended::Panicked { lib } => Err(errors::panicked(panic, code, &lib)),
            Ended::Died(how) => {
                self.letters.sweep_all();
                Err(errors::died(&how, panic))
            }
            Ended::Stopped => {
                self.letters.sweep_all();
                Err(errors::stopped())
            }
            Ended::Failed(failure) => Err(failure),
        }
    }
}

impl Drop for RustCells {
    fn drop(&mut self) {
        self.stage.close();
        self.letters.close();
        let end = Instant::now() + FAREWELL;
        while !self.worker.is_finished() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        if !self.worker.is_finished()
            && let Some(folder) = self.stage.folder()
        {
            // evcxr will not come to it: the kernel ends now.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Stops the running Rust cell.
#[derive(Clone)]
pub(crate) struct Interrupter {
    stage: Arc<Stage>,
}

impl Interrupter {
    /// Ends the process of the running cell, or its waiting for evcxr to start; does
    /// nothing when no Rust cell runs.
    pub(crate) fn stop(&self) {
        self.stage.stop();
    }
}

/// Completes Rust while no cell runs.
#[derive(Clone)]
pub(crate) struct Completer {
    stage: Arc<Stage>,
}

/// What a completion replaces (bytes of the code), and by which texts of which kinds.
pub(crate) type Completions = (Range<usize>, Vec<(String, String)>);

impl Completer {
    /// Says that there is a Rust cell; the first time this starts evcxr, in the background.
    pub(crate) fn wake(&self) {
        self.stage.wake();
    }

    /// What can stand at byte `cursor` of a cell, without its `%%rust` line. Nothing where
    /// evcxr has not started or runs a cell.
    pub(crate) fn completions(&self, code: &str, cursor: usize) -> Option<Completions> {
        let (answer, completions) = mpsc::channel();
        let job = Job::Complete { code: code.to_owned(), cursor, answer };
        self.stage.send_if(Phase::Idle, Phase::Completing, job);
        completions.recv_timeout(COMPLETION).ok().flatten()
    }
}
