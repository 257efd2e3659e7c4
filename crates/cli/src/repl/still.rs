//! A terminal that shows nothing of what is typed while a statement runs: keys would
//! cut the progress line in two. They wait for the next prompt.

use std::io;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Keeps the terminal still for as long as it lives.
pub(super) struct Still {
    /// What the terminal was set to; none where standard input is no terminal.
    before: Option<Termios>,
}

impl Still {
    /// Stops the echo.
    pub(super) fn begin() -> Still {
        let before = tcgetattr(io::stdin()).ok();
        if let Some(before) = &before {
            let mut still = before.clone();
            still.local_modes.remove(LocalModes::ECHO);
            set(&still);
        }
        Still { before }
    }
}

impl Drop for Still {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            set(before);
        }
    }
}

/// A terminal that cannot be set shows what is typed, which does no harm.
fn set(to: &Termios) {
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, to);
}
