//! The wish to stop: pressed on one thread, seen by the cell that runs on another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(feature = "rust-cells")]
use crate::rust::Interrupter;

/// Stops the cell that runs; while none runs it does nothing.
#[derive(Clone)]
pub(crate) struct Interrupt {
    /// What the session looks at, batch by batch; it takes the wish back when it stops.
    session: Arc<AtomicBool>,
    running: Arc<AtomicBool>,
    pressed: Arc<AtomicBool>,
    #[cfg(feature = "rust-cells")]
    rust: Interrupter,
}

impl Interrupt {
    /// Of a session, whose flag this is, and of its Rust cells.
    pub(crate) fn new(
        session: Arc<AtomicBool>,
        #[cfg(feature = "rust-cells")] rust: Interrupter,
    ) -> Interrupt {
        let (running, pressed) = Default::default();
        #[cfg(feature = "rust-cells")]
        return Interrupt { session, running, pressed, rust };
        #[cfg(not(feature = "rust-cells"))]
        Interrupt { session, running, pressed }
    }

    /// A cell begins.
    pub(crate) fn begin(&self) {
        self.pressed.store(false, Ordering::SeqCst);
        self.session.store(false, Ordering::SeqCst);
        self.running.store(true, Ordering::SeqCst);
    }

    /// The cell has ended.
    pub(crate) fn end(&self) {
        self.running.store(false, Ordering::SeqCst);
    }

    /// Somebody wants it to stop.
    pub(crate) fn press(&self) {
        if self.running.load(Ordering::SeqCst) {
            self.pressed.store(true, Ordering::SeqCst);
            self.session.store(true, Ordering::SeqCst);
            #[cfg(feature = "rust-cells")]
            self.rust.stop();
        }
    }

    /// Whether somebody wanted that since it began.
    pub(crate) fn is_pressed(&self) -> bool {
        self.pressed.load(Ordering::SeqCst)
    }
}
