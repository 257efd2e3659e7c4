//! What the threads of the kernel share: a copy of the session that is looked at while a
//! cell runs, the history, and the wish to stop.

use std::sync::{Mutex, MutexGuard, PoisonError};

use carousel::Session;

#[cfg(feature = "rust-cells")]
use crate::cell::Cell;
use crate::history::History;
use crate::interrupt::Interrupt;
#[cfg(feature = "rust-cells")]
use crate::rust::Completer;

/// See the head of this file.
pub(crate) struct Desk {
    onlooker: Mutex<Session>,
    history: Mutex<History>,
    pub(crate) interrupt: Interrupt,
    #[cfg(feature = "rust-cells")]
    pub(crate) completer: Completer,
}

impl Desk {
    /// For a session that has just begun.
    pub(crate) fn new(
        session: &Session,
        interrupt: Interrupt,
        #[cfg(feature = "rust-cells")] completer: Completer,
    ) -> Desk {
        Desk {
            onlooker: Mutex::new(session.clone()),
            history: Mutex::new(History::open()),
            interrupt,
            #[cfg(feature = "rust-cells")]
            completer,
        }
    }

    /// A cell has come, to be run or only looked at. Where it is the first one in Rust,
    /// evcxr starts, so that it is there when the cell has its turn.
    #[cfg_attr(
        not(feature = "rust-cells"),
        expect(unused_variables, clippy::unused_self, reason = "nothing has to start")
    )]
    pub(crate) fn see(&self, code: &str) {
        #[cfg(feature = "rust-cells")]
        if matches!(Cell::of(code), Cell::Rust { .. }) {
            self.completer.wake();
        }
    }

    /// The session as it stood after the last statement.
    pub(crate) fn onlooker(&self) -> MutexGuard<'_, Session> {
        self.onlooker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was typed.
    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
