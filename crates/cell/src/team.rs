//! A fixed team of threads for one kernel at a time: work in, done when all are done.
//!
//! Members wait for work by spinning, so that a pass of some microseconds can be shared,
//! and after a while by sleeping, so that an idle program costs nothing. On a machine that
//! has more to do than cores they may wait for a member that does not run: where that
//! costs more than sharing gains, the team leaves the work to the caller for a while.
#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::num::NonZero;
use std::ops::Range;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

/// How often a member looks for work before it sleeps: about a millisecond.
const SPINS: u32 = 30_000;

/// How often a member looks for the others at a barrier before it lets other threads
/// of the machine go first.
const BARRIER_SPINS: u32 = 5_000;

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

/// One member's view of a piece of work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    index: usize,
    count: usize,
    shared: Option<&'a Shared>,
}

/// What is kept on cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Apart<T>(T);

/// A function and what it closes over, without their types and lifetimes.
type Job = (*const (), unsafe fn(*const (), Member<'_>));

#[derive(Debug)]
struct Shared {
    /// Counts pieces of work.
    epoch: Apart<AtomicUsize>,
    /// Workers that have finished the present piece.
    done: Apart<AtomicUsize>,
    /// Arrivals at barriers, of all times.
    arrived: Apart<AtomicUsize>,
    /// Nanoseconds that the first member has waited for others in the present piece.
    waited: Apart<AtomicU64>,
    asleep: Apart<AtomicBool>,
    quit: AtomicBool,
    /// The present piece, and how many members take part in it.
    job: UnsafeCell<Option<(Job, usize)>>,
}

// SAFETY: all but `job` are atomics. `job` is written by whoever holds the lock of the
// workers, while no worker reads it: after all have added to `done` and before the next
// `epoch`; those two atomics order the accesses. The pointer in it is sent to workers to
// call a function that is `Sync`.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

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
        let shared = Arc::new(Shared {
            epoch: Apart::default(),
            done: Apart::default(),
            arrived: Apart::default(),
            waited: Apart::default(),
            asleep: Apart::default(),
            quit: AtomicBool::new(false),
            job: UnsafeCell::new(None),
        });
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

impl Member<'_> {
    /// One without others.
    const ALONE: Self = Member { index: 0, count: 1, shared: None };

    /// Whether there is nobody else.
    #[cfg(test)]
    pub(crate) fn alone(&self) -> bool {
        self.count == 1
    }

    /// The first member does what must be done once.
    pub(crate) fn is_first(&self) -> bool {
        self.index == 0
    }

    /// This member's share of `0..n`.
    pub(crate) fn share(&self, n: usize) -> Range<usize> {
        n * self.index / self.count..n * (self.index + 1) / self.count
    }

    /// All members arrive before any leaves, and then see what the others wrote.
    pub(crate) fn meet(&self) {
        let Some(shared) = self.shared.filter(|_| self.count > 1) else { return };
        let before = shared.arrived.0.fetch_add(1, Ordering::AcqRel);
        let round = (before / self.count + 1) * self.count;
        let waited = wait_until(|| shared.arrived.0.load(Ordering::Acquire) >= round);
        if self.is_first() {
            shared.waited.0.fetch_add(waited.as_nanos() as u64, Ordering::Relaxed);
        }
    }
}

impl Shared {
    fn kick(&self, workers: &[(Thread, JoinHandle<()>)]) {
        self.epoch.0.fetch_add(1, Ordering::SeqCst);
        if self.asleep.0.swap(false, Ordering::SeqCst) {
            workers.iter().for_each(|(thread, _)| thread.unpark());
        }
    }
}

/// A worker's life.
fn work(shared: &Shared, index: usize) {
    let mut seen = 0;
    loop {
        let mut spins = 0;
        while shared.epoch.0.load(Ordering::Acquire) == seen {
            std::hint::spin_loop();
            spins += 1;
            if spins > SPINS {
                shared.asleep.0.store(true, Ordering::SeqCst);
                if shared.epoch.0.load(Ordering::SeqCst) == seen {
                    std::thread::park();
                }
            }
        }
        seen += 1;
        if shared.quit.load(Ordering::Acquire) {
            return;
        }
        // SAFETY: it was written before the epoch that was just seen, and is not written
        // again before this worker adds to `done`.
        let job = unsafe { *shared.job.get() };
        let ((data, call), count) = job.expect("an epoch has a piece of work");
        if index < count {
            let guard = AbortOnUnwind;
            // SAFETY: data and function come from one `F`, which `Team::share` keeps on
            // its stack until this worker has added to `done`.
            unsafe { call(data, Member { index, count, shared: Some(shared) }) };
            std::mem::forget(guard);
        }
        shared.done.0.fetch_add(1, Ordering::Release);
    }
}

/// # Safety
/// `data` must point to an `F` that lives through the call.
unsafe fn call<F: Fn(Member<'_>)>(data: *const (), member: Member<'_>) {
    // SAFETY: the caller promises it.
    unsafe { (*data.cast::<F>())(member) }
}

/// Waits until something holds, and gives how long. It spins at first; on a machine with
/// more to do than cores, others go first then.
fn wait_until(holds: impl Fn() -> bool) -> Duration {
    if holds() {
        return Duration::ZERO;
    }
    let (start, mut spins) = (Instant::now(), 0);
    while !holds() {
        spins += 1;
        if spins < BARRIER_SPINS {
            std::hint::spin_loop();
        } else {
            std::thread::yield_now();
        }
    }
    start.elapsed()
}

/// Other members would wait for ever for one that panicked, or borrow what is gone.
struct AbortOnUnwind;

impl Drop for AbortOnUnwind {
    fn drop(&mut self) {
        process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_works_once_on_its_own_share_and_all_meet() {
        let team = Team::new(3);
        for n in [1, 2, 7, 100] {
            for most in [1, 2, 3, 9] {
                let counts: Vec<AtomicUsize> = (0..n).map(|_| 0.into()).collect();
                let met = AtomicUsize::new(0);
                Team::run(Some(&team), most, |member| {
                    for k in member.share(n) {
                        counts[k].fetch_add(1, Ordering::Relaxed);
                    }
                    member.meet();
                    let all = counts.iter().all(|k| k.load(Ordering::Relaxed) == 1);
                    met.fetch_add(usize::from(all), Ordering::Relaxed);
                    member.meet();
                });
                assert_eq!(met.into_inner(), most.min(3));
            }
        }
    }

    #[test]
    fn a_team_that_is_busy_leaves_the_work_to_the_caller() {
        let team = Team::new(2);
        Team::run(Some(&team), 2, |member| {
            if member.is_first() {
                Team::run(Some(&team), 2, |inner| assert!(inner.alone()));
            }
        });
    }

    #[test]
    fn what_did_not_pay_is_left_to_the_caller_for_a_while() {
        let long = Duration::from_millis(20);
        let is_left = |team: &Team| {
            let left = AtomicBool::new(false);
            Team::run(Some(team), 2, |member| {
                left.fetch_or(member.alone(), Ordering::Relaxed);
            });
            left.into_inner()
        };
        for adapts in [true, false] {
            let team = Team::made(2, adapts);
            Team::run(Some(&team), 2, |member| {
                // The first member does nothing but wait for the other.
                if !member.is_first() {
                    std::thread::sleep(long);
                }
                member.meet();
            });
            assert_eq!(is_left(&team), adapts);
            let start = Instant::now();
            while is_left(&team) {
                std::thread::sleep(Duration::from_millis(1));
                assert!(start.elapsed() < 10 * PAUSE * long, "it never tries again");
            }
        }
    }

    #[test]
    fn a_team_is_shared_as_long_as_somebody_has_it() {
        assert!(Team::of(1).is_none());
        // A machine with one core has no teams.
        if let (Some(a), Some(b)) = (Team::of(2), Team::of(2)) {
            assert!(Arc::ptr_eq(&a, &b));
        }
    }

    #[test]
    fn a_member_that_sleeps_wakes_for_work() {
        let team = Team::new(2);
        for _ in 0..3 {
            std::thread::sleep(std::time::Duration::from_millis(20));
            let ran = AtomicUsize::new(0);
            Team::run(Some(&team), 2, |_| {
                ran.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(ran.into_inner(), 2);
        }
    }
}
