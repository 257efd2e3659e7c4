//! One line of standard error that is drawn over and over: texts go in, and when it is
//! dropped the line is empty again.

use std::io;

use console::Term;

/// The line and whether there is anything on it.
#[derive(Debug)]
pub(super) struct Drawn {
    terminal: Term,
    empty: bool,
}

impl Default for Drawn {
    fn default() -> Drawn {
        Drawn { terminal: Term::buffered_stderr(), empty: true }
    }
}

impl Drawn {
    /// Draws a text that fits the terminal's width. The cursor goes back to where the
    /// line starts: what the terminal itself prints, such as `^C`, then stays on it.
    pub(super) fn show(&mut self, text: &str) {
        self.empty = false;
        // A terminal that has gone away misses nothing.
        let _ = self.draw(&format!("{text}\r"));
    }

    fn draw(&self, text: &str) -> io::Result<()> {
        self.terminal.clear_line()?;
        self.terminal.write_str(text)?;
        self.terminal.flush()
    }
}

impl Drop for Drawn {
    fn drop(&mut self) {
        if !self.empty {
            let _ = self.draw("");
        }
    }
}
