//! A terminal that does nothing with what is typed while a statement runs: it would cut
//! the progress line in two, and take Ctrl-D and Ctrl-R as its own. Keys wait for the
//! next prompt as they are; Ctrl-C is heard at once.

use std::io;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Keeps the terminal still for as long as it lives.
pub(super) struct Still {
    /// What the terminal was set to; none where standard input is no terminal.
    before: Option<Termios>,
}

impl Still {
    /// Stops the echo, and the editing of lines that the system does by itself.
    pub(super) fn begin() -> Still {
        let before = tcgetattr(io::stdin()).ok();
        if let Some(before) = &before {
            let mut still = before.clone();
            let own = LocalModes::ECHO | LocalModes::ICANON | LocalModes::IEXTEN;
            still.local_modes.remove(own);
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
