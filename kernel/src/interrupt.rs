//! The wish to stop: pressed on one thread, seen by the cell that runs on another.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(feature = "rust-cells")]
use crate::rust::Interrupter;

/// Stops the cell that runs, or the next one of those that wait; while there is none it
/// does nothing.
#[derive(Clone)]
pub(crate) struct Interrupt {
    /// What the session looks at, batch by batch; it takes the wish back when it stops.
    session: Arc<AtomicBool>,
    state: Arc<Mutex<State>>,
    #[cfg(feature = "rust-cells")]
    rust: Interrupter,
}

impl Interrupt {
    /// Of a session, whose flag this is, and of its Rust cells.
    pub(crate) fn new(
        session: Arc<AtomicBool>,
        #[cfg(feature = "rust-cells")] rust: Interrupter,
    ) -> Interrupt {
        let state = Arc::default();
        #[cfg(feature = "rust-cells")]
        return Interrupt { session, state, rust };
        #[cfg(not(feature = "rust-cells"))]
        Interrupt { session, state }
    }

    /// A cell has come in, and waits for its turn.
    pub(crate) fn expect(&self) {
        self.state().waiting += 1;
    }

    /// Cells that have waited are not run.
    pub(crate) fn forgo(&self, cells: usize) {
        let mut state = self.state();
        state.waiting = state.waiting.saturating_sub(cells);
        state.pressed &= state.running || state.waiting > 0;
    }

    /// A cell that has waited begins. Where somebody wanted it to stop before, it is to
    /// stop at once.
    pub(crate) fn begin(&self) {
        let mut state = self.state();
        state.waiting = state.waiting.saturating_sub(1);
        state.running = true;
        self.session.store(state.pressed, Ordering::SeqCst);
    }

    /// The cell has ended. A wish that came too late for it is for the next one, if one
    /// waits, unless it `failed`: then those do not run.
    pub(crate) fn end(&self, failed: bool) {
        let mut state = self.state();
        state.running = false;
        state.pressed &= !failed && state.waiting > 0;
        self.session.store(false, Ordering::SeqCst);
    }

    /// Somebody wants it to stop.
    pub(crate) fn press(&self) {
        let mut state = self.state();
        state.pressed = state.running || state.waiting > 0;
        if state.running {
            self.session.store(true, Ordering::SeqCst);
            #[cfg(feature = "rust-cells")]
            self.rust.stop();
        }
    }

    /// Whether somebody wants that.
    pub(crate) fn is_pressed(&self) -> bool {
        self.state().pressed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The state of all cells; under one lock, so that a wish reaches the cell it is meant for.
#[derive(Debug, Default)]
struct State {
    running: bool,
    /// Cells that have come in and have not begun.
    waiting: usize,
    pressed: bool,
}

#[cfg(all(test, not(feature = "rust-cells")))]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_for_the_cell_that_runs_or_the_next_one() {
        let session = Arc::new(AtomicBool::new(false));
        let interrupt = Interrupt::new(Arc::clone(&session));
        let wanted = || (interrupt.is_pressed(), session.load(Ordering::SeqCst));
        interrupt.press();
        assert_eq!(wanted(), (false, false), "nothing runs");
        interrupt.expect();
        interrupt.press();
        assert_eq!(wanted(), (true, false), "a cell waits");
        interrupt.begin();
        assert_eq!(wanted(), (true, true), "it stops at once");
        interrupt.end(true);
        assert_eq!(wanted(), (false, false), "it has ended");
        (0..3).for_each(|_| interrupt.expect());
        interrupt.begin();
        interrupt.press();
        assert_eq!(wanted(), (true, true), "it runs");
        interrupt.end(false);
        assert_eq!(wanted(), (true, false), "it was done already: the next one stops");
        interrupt.begin();
        interrupt.end(true);
        interrupt.press();
        interrupt.forgo(1);
        assert_eq!(wanted(), (false, false), "the last one does not run");
    }
}
