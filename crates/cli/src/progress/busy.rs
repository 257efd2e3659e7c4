//! A line for what has no epochs: what is being done goes in; after half a second the
//! line shows it, and that it goes on.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use super::drawn::Drawn;
use crate::terminal;

/// What is done sooner than this needs no line.
const SHOWN_AFTER: Duration = Duration::from_millis(500);

/// From one sign to the next.
const TURNED_EVERY: Duration = Duration::from_millis(250);

/// They take turns before the text.
const SIGNS: [char; 4] = ['⠏', '⠹', '⠼', '⠧'];

/// A line that is there until it is dropped, where lines can be drawn over.
#[derive(Debug)]
pub(crate) struct Busy {
    /// Its thread ends when this goes.
    said: Option<Sender<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Busy {
    /// A line of which nothing is seen yet.
    pub(crate) fn new() -> Busy {
        if !terminal::can_move() {
            return Busy { said: None, thread: None };
        }
        let (said, hear) = channel::<String>();
        let turn = move || {
            let mut drawn = Drawn::default();
            let (mut text, mut turns, mut wait) = (String::new(), 0, SHOWN_AFTER);
            loop {
                match hear.recv_timeout(wait) {
                    Ok(new) => text = new,
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => {
                        let sign = SIGNS[turns % SIGNS.len()];
                        turns += 1;
                        wait = TURNED_EVERY;
                        let line = format!("{sign} {text} ...");
                        drawn.show(&terminal::cut(&line, terminal::columns()));
                    }
                }
            }
        };
        Busy { said: Some(said), thread: Some(spawn(turn)) }
    }

    /// Says what is being done now.
    pub(crate) fn say(&self, doing: &str) {
        if let Some(said) = &self.said {
            // The thread hears until the sender is gone.
            let _ = said.send(doing.to_owned());
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.said = None;
        if let Some(thread) = self.thread.take() {
            // Whatever became of it, there is nothing to say about it.
            let _ = thread.join();
        }
    }
}
