//! Where the threads of Rust cells meet: the child's lines and evcxr's end of a cell go
//! in, the executor takes them out in order, and another thread may say stop.

use std::fs;
use std::path::PathBuf;
use std::process::Child;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};

use super::events::{Event, Events};
use super::marks::{Kind, Piece, pieces};
use super::prelude::Signs;
use super::worker::{Ended, Job};
use crate::stream::Stream;

/// What evcxr does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
    /// No Rust cell has been seen yet.
    Asleep,
    Starting,
    Idle,
    Completing,
    /// It compiles or runs a cell.
    Running,
    /// A cell has ended; what it left is put in order.
    Settling,
    /// It has panicked, and its thread has ended.
    Gone,
}

/// What came of waiting for evcxr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is there for this cell alone.
    Taken,
    /// Somebody said stop.
    Stopped,
    /// It does not come any more.
    Gone,
}

/// Where the threads meet.
pub(super) struct Stage {
    word: String,
    /// Where letters lie.
    letters: PathBuf,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    phase: Phase,
    events: Events,
    /// Whether the executor has a Rust cell to run.
    raised: bool,
    /// Whether that cell has its turn, and its events are served.
    serving: bool,
    stopped: bool,
    /// How the cell said its end on each stream, if it did.
    said: [Option<Kind>; 2],
    child: Option<Arc<Mutex<Child>>>,
    /// Where evcxr compiles.
    folder: Option<PathBuf>,
    jobs: Option<Sender<Job>>,
}

impl Stage {
    pub(super) fn new(signs: &Signs) -> Stage {
        let state = State {
            phase: Phase::Asleep,
            events: Events::default(),
            raised: false,
            serving: false,
            stopped: false,
            said: [None, None],
            child: None,
            folder: None,
            jobs: None,
        };
        Stage {
            word: signs.word.clone(),
            letters: signs.folder.clone(),
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// A panic with the lock held would be a mistake of this file alone; the state is
    /// whole at every step.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker takes the place of the one before it, if there was one. The first one
    /// sleeps.
    pub(super) fn enter(&self, jobs: Sender<Job>) {
        let mut state = self.state();
        if state.phase != Phase::Asleep {
            state.phase = Phase::Starting;
        }
        state.jobs = Some(jobs);
        state.child = None;
    }

    /// A Rust cell has been seen: evcxr is to start, if it has not.
    pub(super) fn wake(&self) {
        let mut state = self.state();
        if state.phase == Phase::Asleep {
            state.phase = Phase::Starting;
            self.changed.notify_all();
        }
    }

    /// Lets the worker go, and with it evcxr and its child.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.jobs = None;
        // With it goes what cells have started and left running.
        state.kill();
        self.changed.notify_all();
    }

    /// Where evcxr compiles, if it has started.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        self.state().folder.clone()
    }

    // The executor's side.

    /// A Rust cell begins.
    pub(super) fn raise(&self) {
        let mut state = self.state();
        state.raised = true;
        state.stopped = false;
    }

    /// The Rust cell is over for the executor, even if evcxr still compiles it.
    pub(super) fn lower(&self) {
        let mut state = self.state();
        state.raised = false;
        state.serving = false;
        while let Some(event) = state.events.take() {
            if let Event::Letter(number) | Event::Panic(number) = event {
                self.refuse(number);
            }
        }
        state.events = Events::default();
    }

    /// Takes a letter away that nobody will answer: who has written it waits for that.
    fn refuse(&self, number: usize) {
        let _ = fs::remove_dir_all(self.letters.join(number.to_string()));
    }

    /// Waits until evcxr is idle.
    pub(super) fn wait_for_turn(&self) -> Turn {
        let mut state = self.state();
        loop {
            match state.phase {
                _ if state.stopped => return Turn::Stopped,
                Phase::Gone => return Turn::Gone,
                Phase::Idle => break,
                _ => state = self.wait(state, None),
            }
        }
        state.phase = Phase::Running;
        state.serving = true;
        state.said = [None, None];
        Turn::Taken
    }

    /// The next event; `None` when none has come before `end`, or somebody said stop.
    pub(super) fn next(&self, end: Option<Instant>) -> Option<Event> {
        let mut state = self.state();
        loop {
            if let Some(event) = state.events.take() {
                return Some(event);
            }
            let over = match end {
                Some(end) => Instant::now() >= end,
                None => state.stopped,
            };
            if over {
                return None;
            }
            state = self.wait(state, end);
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    pub(super) fn phase(&self) -> Phase {
        self.state().phase.clone()
    }

    /// Hands the worker something to do.
    pub(super) fn send(&self, job: Job) {
        if let Some(jobs) = &self.state().jobs {
            // A worker that has ended says so by itself.
            let _ = jobs.send(job);
        }
    }

    /// Hands the worker something to do where it is in the phase `from`.
    pub(super) fn send_if(&self, from: Phase, to: Phase, job: Job) {
        let mut state = self.state();
        if state.phase == from
            && let Some(jobs) = &state.jobs
            && jobs.send(job).is_ok()
        {
            state.phase = to;
        }
    }

    /// Somebody wants the running cell to end.
    pub(super) fn stop(&self) {
        let mut state = self.state();
        if !state.raised || state.stopped {
            return;
        }
        state.stopped = true;
        if state.phase == Phase::Running {
            state.kill();
        }
        self.changed.notify_all();
    }

    // The worker's side.

    /// Waits until evcxr is to start; false where the notebook ends before that.
    pub(super) fn sleep(&self) -> bool {
        let mut state = self.state();
        while state.phase == Phase::Asleep && state.jobs.is_some() {
            state = self.wait(state, None);
        }
        state.jobs.is_some()
    }

    pub(super) fn set_phase(&self, phase: Phase) {
        self.state().phase = phase;
        self.changed.notify_all();
    }

    /// evcxr is there: its child, and where it compiles.
    pub(super) fn set_child(&self, child: Arc<Mutex<Child>>, folder: Option<PathBuf>) {
        let mut state = self.state();
        (state.child, state.folder) = (Some(child), folder);
    }

    /// evcxr has ended, and its child with it.
    pub(super) fn forget_child(&self) {
        let mut state = self.state();
        (state.child, state.folder) = (None, None);
    }

    /// evcxr has come back from the cell: from here on nothing stops it. Whether somebody
    /// did before.
    pub(super) fn settle(&self) -> bool {
        let mut state = self.state();
        let stopped = state.stopped || !state.serving;
        state.phase = Phase::Settling;
        stopped
    }

    /// The cell has ended, and evcxr is idle or gone.
    pub(super) fn end(&self, ended: Ended, phase: Phase) {
        let mut state = self.state();
        state.phase = phase;
        if state.serving {
            state.events.add(Event::Ended(Box::new(ended)));
        }
        self.changed.notify_all();
    }

    /// Has the executor ask the person; an empty line where nobody is there.
    pub(super) fn ask(&self, prompt: String, secret: bool) -> String {
        let (sender, answer) = std::sync::mpsc::channel();
        {
            let mut state = self.state();
            if !state.serving || state.stopped {
                return String::new();
            }
            state.events.add(Event::Question { prompt, secret, answer: sender });
            self.changed.notify_all();
        }
        answer.recv().unwrap_or_default()
    }

    /// Waits until the cell has said its end on both streams, and so has said everything
    /// before that; returns whether it ended by a panic.
    pub(super) fn wait_until_said(&self, end: Instant) -> bool {
        let mut state = self.state();
        while state.said.contains(&None) && Instant::now() < end {
            state = self.wait(state, Some(end));
        }
        state.said.contains(&Some(Kind::Failed))
    }

    // The side of the child's lines.

    /// The child has written a line.
    pub(super) fn line(&self, stream: Stream, line: &str) {
        let mut state = self.state();
        for piece in pieces(line, &self.word) {
            match piece {
                Piece::Line(text) => state.events.text(stream, text, "\n"),
                Piece::Part(text) => state.events.text(stream, text, ""),
                Piece::Mark(Kind::Letter, number) if state.serving => {
                    state.events.add(Event::Letter(number));
                }
                Piece::Mark(Kind::Panic, number) if state.serving => {
                    state.events.add(Event::Panic(number));
                }
                Piece::Mark(Kind::Letter | Kind::Panic, number) => self.refuse(number),
                Piece::Mark(kind, _) => {
                    let said = usize::from(stream == Stream::Err);
                    state.said[said] = Some(kind);
                }
            }
        }
        self.changed.notify_all();
    }

    fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        end: Option<Instant>,
    ) -> MutexGuard<'a, State> {
        // Without an end a minute is as good as any other time to look again.
        let wait = end.map_or(Duration::from_secs(60), |end| {
            end.saturating_duration_since(Instant::now())
        });
        match self.changed.wait_timeout(state, wait) {
            Ok((state, _)) => state,
            Err(poisoned) => poisoned.into_inner().0,
        }
    }
}

impl State {
    /// Ends the child and all that it has started, which may hold its streams open. evcxr
    /// holds its lock where the child has ended by itself; then there is nothing left to
    /// do.
    fn kill(&self) {
        if let Some(child) = &self.child
            && let Ok(mut child) = child.try_lock()
        {
            // It leads a group from its first cell on.
            #[cfg(unix)]
            let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
            // A child that has ended cannot be killed, and need not.
            let _ = child.kill();
        }
    }
}

#[cfg(test)]
mod tests;
