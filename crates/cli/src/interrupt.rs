//! Ctrl-C: the first one asks the session to stop; in a script the second one ends the
//! process, at the prompt it does not, since that would lose the session. Where a script
//! is watched, one ends the process while nothing runs.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a process that was stopped by Ctrl-C ends with: 128 plus the number of SIGINT.
pub(crate) const STOPPED: u8 = 130;

/// What the handler of Ctrl-C and the rest of the program know of each other.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    /// Asks the session to stop; it keeps the weights of the last finished batch.
    asked: Arc<AtomicBool>,
    /// Whether a line or a change is waited for, so that there is nothing to stop.
    waiting: Arc<AtomicBool>,
    /// Whether Ctrl-C was pressed since the last [`Interrupt::begin`].
    pressed: Arc<AtomicBool>,
    place: Place,
}

/// Where the session of a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A script, which ends by itself.
    Script,
    /// A prompt, which ends by Ctrl-D.
    Prompt,
    /// A script that is watched, which ends by Ctrl-C.
    Watched,
}

/// Watches Ctrl-C for the session of a script, whose interrupt flag this is.
pub(crate) fn watch(asked: Arc<AtomicBool>) -> Interrupt {
    start(asked, Place::Script)
}

/// Watches Ctrl-C for the session of a prompt.
pub(crate) fn watch_prompt(asked: Arc<AtomicBool>) -> Interrupt {
    start(asked, Place::Prompt)
}

/// Watches Ctrl-C for the session of a script that is watched.
pub(crate) fn watch_file(asked: Arc<AtomicBool>) -> Interrupt {
    start(asked, Place::Watched)
}

fn start(asked: Arc<AtomicBool>, place: Place) -> Interrupt {
    let (waiting, pressed) = Default::default();
    let interrupt = Interrupt { asked, waiting, pressed, place };
    let handler = interrupt.clone();
    // Without a handler Ctrl-C ends the process at once, as in any other program.
    let _ = ctrlc::set_handler(move || handler.press());
    interrupt
}

impl Interrupt {
    /// A text starts to run.
    pub(crate) fn begin(&self) {
        self.waiting.store(false, Ordering::SeqCst);
        self.pressed.store(false, Ordering::SeqCst);
        self.asked.store(false, Ordering::SeqCst);
    }

    /// The prompt waits for a line, or a watched script for a change.
    pub(crate) fn wait(&self) {
        self.pressed.store(false, Ordering::SeqCst);
        self.waiting.store(true, Ordering::SeqCst);
    }

    /// Whether Ctrl-C was pressed since the text started.
    pub(crate) fn was_pressed(&self) -> bool {
        self.pressed.load(Ordering::SeqCst)
    }

    fn press(&self) {
        let again = self.pressed.swap(true, Ordering::SeqCst);
        let waits = self.waiting.load(Ordering::SeqCst);
        match self.place {
            Place::Script | Place::Watched if again => end(),
            Place::Watched if waits => end(),
            Place::Script | Place::Watched | Place::Prompt => {}
        }
        self.asked.store(true, Ordering::SeqCst);
        let told = match waits {
            true => "Ctrl-D ends carousel",
            false if again => "stopping after the running batch; the weights are kept",
            false => return,
        };
        // There is nowhere left to tell a failure to write to standard error.
        let _ = writeln!(io::stderr(), "\n{told}");
    }
}

/// Ends the process while the main thread is inside something that does not stop, or
/// waits for a change.
/// Files are written beside and renamed, so none is left half written.
#[expect(
    clippy::disallowed_methods,
    reason = "the main thread does not look at Ctrl-C there, so it cannot return a code"
)]
fn end() -> ! {
    std::process::exit(i32::from(STOPPED))
}
