//! What the members of a team share: the present piece of work, and where they wait for
//! each other.
#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::ops::Range;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

/// How often a member looks for work before it sleeps: about a millisecond.
const SPINS: u32 = 30_000;

/// How often a member looks for the others at a barrier before it lets other threads
/// of the machine go first.
const BARRIER_SPINS: u32 = 5_000;

/// One member's view of a piece of work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    pub(super) index: usize,
    pub(super) count: usize,
    pub(super) shared: Option<&'a Shared>,
}

/// What is kept on cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct Apart<T>(pub(super) T);

/// A function and what it closes over, without their types and lifetimes.
pub(super) type Job = (*const (), unsafe fn(*const (), Member<'_>));

#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Counts pieces of work.
    pub(super) epoch: Apart<AtomicUsize>,
    /// Workers that have finished the present piece.
    pub(super) done: Apart<AtomicUsize>,
    /// Arrivals at barriers, of all times.
    pub(super) arrived: Apart<AtomicUsize>,
    /// Nanoseconds that the first member has waited for others in the present piece.
    pub(super) waited: Apart<AtomicU64>,
    pub(super) asleep: Apart<AtomicBool>,
    pub(super) quit: AtomicBool,
    /// The present piece, and how many members take part in it.
    pub(super) job: UnsafeCell<Option<(Job, usize)>>,
}

// SAFETY: all but `job` are atomics. `job` is written by whoever holds the lock of the
// workers, while no worker reads it: after all have added to `done` and before the next
// `epoch`; those two atomics order the accesses. The pointer in it is sent to workers to
// call a function that is `Sync`.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Member<'_> {
    /// One without others.
    pub(super) const ALONE: Self = Member { index: 0, count: 1, shared: None };

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
    pub(super) fn kick(&self, workers: &[(Thread, JoinHandle<()>)]) {
        self.epoch.0.fetch_add(1, Ordering::SeqCst);
        if self.asleep.0.swap(false, Ordering::SeqCst) {
            workers.iter().for_each(|(thread, _)| thread.unpark());
        }
    }
}

/// A worker's life.
pub(super) fn work(shared: &Shared, index: usize) {
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
pub(super) unsafe fn call<F: Fn(Member<'_>)>(data: *const (), member: Member<'_>) {
    // SAFETY: the caller promises it.
    unsafe { (*data.cast::<F>())(member) }
}

/// Waits until something holds, and gives how long. It spins at first; on a machine with
/// more to do than cores, others go first then.
pub(super) fn wait_until(holds: impl Fn() -> bool) -> Duration {
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
pub(super) struct AbortOnUnwind;

impl Drop for AbortOnUnwind {
    fn drop(&mut self) {
        process::abort();
    }
}
