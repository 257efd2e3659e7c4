//! A fixed team of threads for one kernel at a time: work in, done when all are done.
//!
//! Members wait for work by spinning, so that a pass of some microseconds can be shared,
//! and after a while by sleeping, so that an idle program costs nothing. On a machine that
//! has more to do than cores they may wait for a member that does not run: where that
//! costs more than sharing gains, the team leaves the work to the caller for a while.
#![allow(unsafe_code)]

mod shared;

use std::num::NonZero;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

pub(crate) use shared::Member;
use shared::{AbortOnUnwind, Job, Shared, call, wait_until, work};

/// For how many times as long as was lost by sharing nothing is shared: trying costs a
/// twentieth of the time at most.
const PAUSE: u32 = 20;

/// How much of what was gained may be lost again: a moment in which the machine does
/// something else does not count, and one that stays busy is noticed soon.
const CREDIT: Duration = Duration::from_millis(20);

/// Threads that share the work of one kernel. The thread that calls is one of them.
#[derive(Debug)]
pub struct Team {
    shared: Arc<Shared>,
    /// The others, and whoever holds the lock gives them work.
    workers: Mutex<Workers>,
}

#[derive(Debug)]
struct Workers {
    threads: Vec<(Thread, JoinHandle<()>)>,
    /// Whether work is left to the caller where sharing does not pay.
    adapts: bool,
    /// Until when it is.
    alone_until: Option<Instant>,
    /// What sharing has gained, up to [`CREDIT`].
    gained: Duration,
}

/// How many threads the machine runs at once.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

impl Team {
    /// The team of this many threads, but no more than the machine runs at once: started
    /// when first asked for and shared by all who ask; none for a single thread. Where a
    /// piece of work would have been done sooner alone, since a thread did not run, it
    /// leaves the next ones to the caller, and then tries again.
    pub fn of(threads: usize) -> Option<Arc<Team>> {
        static TEAMS: Mutex<Vec<(usize, Weak<Team>)>> = Mutex::new(Vec::new());
        let threads = threads.min(cores());
        if threads < 2 {
            return None;
        }
        let mut teams = TEAMS.lock().unwrap_or_else(PoisonError::into_inner);
        teams.retain(|(_, team)| team.strong_count() > 0);
        let known = teams.iter().find(|(size, _)| *size == threads);
        if let Some(team) = known.and_then(|(_, team)| team.upgrade()) {
            return Some(team);
        }
        let team = Arc::new(Team::made(threads, true));
        teams.push((threads, Arc::downgrade(&team)));
        Some(team)
    }

    /// How many threads it has.
    pub fn size(&self) -> usize {
        1 + self.workers.lock().unwrap_or_else(PoisonError::into_inner).threads.len()
    }

    /// A team of its own, which shares all work that it is given. Where the system gives
    /// fewer threads, it is smaller.
    pub fn new(threads: usize) -> Team {
        Team::made(threads, false)
    }

    fn made(threads: usize, adapts: bool) -> Team {
        let shared = Arc::new(Shared::default());
        let threads = (1..threads)
            .map_while(|index| {
                let shared = Arc::clone(&shared);
                let worker = std::thread::Builder::new().name(format!("kernel {index}"));
                let handle = worker.spawn(move || work(&shared, index)).ok()?;
                Some((handle.thread().clone(), handle))
            })
            .collect();
        let gained = Duration::ZERO;
        let workers = Workers { threads, adapts, alone_until: None, gained };
        Team { shared, workers: Mutex::new(workers) }
    }

    /// Runs `f` on at most `most` threads of a team, and returns when all have finished.
    /// Without a team, or while it works for somebody else or sharing does not pay, `f`
    /// runs on this thread.
    pub(crate) fn run(team: Option<&Team>, most: usize, f: impl Fn(Member<'_>) + Sync) {
        match team.filter(|_| most > 1) {
            Some(team) => team.share(most, f),
            None => f(Member::ALONE),
        }
    }

    fn share<F: Fn(Member<'_>) + Sync>(&self, most: usize, f: F) {
        let Ok(mut workers) = self.workers.try_lock() else { return f(Member::ALONE) };
        let start = Instant::now();
        if workers.alone_until.is_some_and(|until| start < until) {
            drop(workers);
            return f(Member::ALONE);
        }
        let count = most.min(workers.threads.len() + 1);
        let job: Job = ((&raw const f).cast(), call::<F>);
        self.shared.arrived.0.store(0, Ordering::Relaxed);
        self.shared.done.0.store(0, Ordering::Relaxed);
        self.shared.waited.0.store(0, Ordering::Relaxed);
        // SAFETY: the lock is held, so nobody else writes it; and no worker reads it:
        // whoever held the lock before waited until all had added to `done`.
        unsafe { *self.shared.job.get() = Some((job, count)) };
        // Workers borrow `f`, so nothing may unwind past it while they work.
        let guard = AbortOnUnwind;
        self.shared.kick(&workers.threads);
        f(Member { index: 0, count, shared: Some(&self.shared) });
        let all = workers.threads.len();
        let last = wait_until(|| self.shared.done.0.load(Ordering::Acquire) == all);
        std::mem::forget(guard);
        let waited = Duration::from_nanos(self.shared.waited.0.load(Ordering::Relaxed));
        workers.learn(start, waited + last, count);
    }
}

impl Workers {
    /// Adds up what work has gained or lost that began then, of which the caller spent
    /// `waited` on waiting, and that so many members shared: alone, the caller would have
    /// done the parts of all of them.
    fn learn(&mut self, start: Instant, waited: Duration, count: usize) {
        let now = Instant::now();
        let took = now - start;
        let alone = took.saturating_sub(waited) * count as u32;
        let all = self.gained + alone;
        self.gained = all.saturating_sub(took).min(CREDIT);
        let lost = took.saturating_sub(all);
        let pause = (self.adapts && !lost.is_zero()).then(|| lost * PAUSE);
        self.alone_until = pause.map(|pause| now + pause);
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        let workers = self.workers.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.shared.quit.store(true, Ordering::Release);
        self.shared.kick(&workers.threads);
        for (_, handle) in workers.threads.drain(..) {
            // A worker that panics ends the process, so joining cannot fail.
            let _ = handle.join();
        }
    }
}

#[cfg(test)]
mod tests;
