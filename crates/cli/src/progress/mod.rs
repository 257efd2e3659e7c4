//! What a person sees who waits: epochs, and words for what has none, go in; one line
//! that is drawn over comes out on standard error, and nothing is left of it.

mod busy;
mod drawn;

use std::time::{Duration, Instant};

use carousel::{Epoch, Progress as Line};

use crate::terminal;
pub(crate) use busy::Busy;
use drawn::Drawn;

/// A training shorter than this shows no line: it would only flicker.
const SHOWN_AFTER: Duration = Duration::from_millis(300);

/// From one drawing of the line to the next.
const DRAWN_EVERY: Duration = Duration::from_millis(100);

/// The line, while there is one.
#[derive(Debug)]
pub(crate) struct Progress {
    wanted: bool,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Nothing,
    Busy(Busy),
    Training(Box<Training>),
}

/// The line of a training.
#[derive(Debug)]
struct Training {
    drawn: Drawn,
    line: Line,
    since: Instant,
    next: Instant,
}

impl Progress {
    /// A line that appears once something takes its time, if it is wanted.
    pub(crate) fn new(wanted: bool) -> Progress {
        Progress { wanted, shown: Shown::Nothing }
    }

    /// Says what goes on now.
    pub(crate) fn busy(&mut self, doing: &str) {
        if !self.wanted {
            return;
        }
        if !matches!(self.shown, Shown::Busy(_)) {
            self.clear();
            self.shown = Shown::Busy(Busy::new());
        }
        if let Shown::Busy(busy) = &self.shown {
            busy.say(doing);
        }
    }

    /// Shows an epoch.
    pub(crate) fn epoch(&mut self, epoch: &Epoch) {
        if !self.wanted {
            return;
        }
        if !matches!(self.shown, Shown::Training(_)) {
            self.clear();
            self.shown = Shown::Training(Box::new(Training::new()));
        }
        if let Shown::Training(training) = &mut self.shown {
            training.show(epoch);
        }
    }

    /// Takes the line away, so that something else can be printed.
    pub(crate) fn clear(&mut self) {
        self.shown = Shown::Nothing;
    }
}

impl Training {
    fn new() -> Training {
        let now = Instant::now();
        let (drawn, line) = (Drawn::default(), Line::default());
        Training { drawn, line, since: now, next: now + SHOWN_AFTER }
    }

    /// Tiny networks have thousands of epochs a second, and nobody reads as many.
    fn show(&mut self, epoch: &Epoch) {
        self.line.add(epoch);
        let now = Instant::now();
        if now >= self.next {
            self.next = now + DRAWN_EVERY;
            self.drawn.show(&self.line.text(now - self.since, terminal::columns()));
        }
    }
}
