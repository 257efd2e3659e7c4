//! Lines that a running cell asks the person for.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use serde_json::json;

use crate::interrupt::Interrupt;
use crate::wire::{Replies, Request};

/// How often the wish to stop is looked at while a line is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The way to the person and back.
pub(crate) struct Stdin {
    pub(crate) requests: Replies,
    pub(crate) lines: Receiver<String>,
}

impl Stdin {
    /// Asks the client that has sent the cell for a line, one that is not shown where it
    /// is secret.
    ///
    /// # Errors
    /// Where that client cannot ask, as when a notebook is run as a whole, and where the
    /// cell is interrupted.
    pub(crate) fn ask(
        &self,
        prompt: &str,
        secret: bool,
        cell: &Request,
        interrupt: &Interrupt,
    ) -> Result<String, String> {
        if !cell.flag("allow_stdin", false) {
            return Err(
                "nobody can be asked here: the notebook runs as a whole".to_owned()
            );
        }
        // What was answered too late to an earlier question is no answer to this one.
        while self.lines.try_recv().is_ok() {}
        let asked = json!({ "prompt": prompt, "password": secret });
        self.requests.send(cell.answer("input_request", asked));
        loop {
            match self.lines.recv_timeout(LOOK_EVERY) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err("nobody answers".to_owned());
                }
                Err(RecvTimeoutError::Timeout) if interrupt.is_pressed() => {
                    return Err("interrupted while a line was waited for".to_owned());
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}
