//! What becomes of a cell's results: outputs and texts go in, messages that a notebook
//! shows come out, in order and bounded.

mod curve;
mod live;
mod mime;
mod page;
mod rate;
mod texts;

pub(crate) use mime::Mime;
pub(crate) use page::{Owner, Page};

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// How often what waits is looked at: texts, and what goes on.
const TICK: Duration = Duration::from_millis(50);

/// The page of a running cell, which a thread of its own keeps up to date while the cell
/// itself says nothing.
pub(crate) struct Show {
    page: Arc<Mutex<Page>>,
    clock: Option<Clock>,
}

/// The thread; it ends when the sender goes.
struct Clock {
    runs: Sender<()>,
    thread: JoinHandle<()>,
}

impl Show {
    /// Begins with an empty page.
    pub(crate) fn begin(page: Page) -> Show {
        Show { page: Arc::new(Mutex::new(page)), clock: None }
    }

    /// Writes on the page. Where something waits after that, the clock sees to it.
    pub(crate) fn write(&mut self, write: impl FnOnce(&mut Page)) {
        let mut page = lock(&self.page);
        write(&mut page);
        if self.clock.is_none() && page.waits() {
            let (runs, ended) = channel();
            let page = Arc::clone(&self.page);
            let thread = spawn(move || tick(&page, &ended));
            self.clock = Some(Clock { runs, thread });
        }
    }

    /// Publishes what still waits; the page says nothing after that. Gives the text of
    /// the cell's value.
    pub(crate) fn finish(self) -> String {
        if let Some(Clock { runs, thread }) = self.clock {
            drop(runs);
            // Whatever became of it, the page is finished below.
            let _ = thread.join();
        }
        lock(&self.page).finish()
    }
}

fn lock(page: &Mutex<Page>) -> MutexGuard<'_, Page> {
    page.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tick(page: &Mutex<Page>, ended: &Receiver<()>) {
    while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        lock(page).tick();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Stream;
    use crate::wire::{Iopub, Request};

    /// What a cell publishes while it says nothing more; it does not end.
    fn published(write: impl FnOnce(&mut Show)) -> Vec<String> {
        let (iopub, mut published) = Iopub::of_tests();
        let (request, count) = (Request::of_tests("execute_request"), 1);
        let owner = Owner { iopub, request, count, silent: false };
        let mut show = Show::begin(Page::new(owner));
        write(&mut show);
        std::thread::sleep(Duration::from_millis(700));
        let texts = std::iter::from_fn(|| published.try_recv().ok());
        texts.map(|message| format!("{:?}", message.content)).collect()
    }

    #[test]
    fn what_was_printed_last_does_not_wait_for_more() {
        let told = published(|show| {
            for text in ["first\n", "second\n"] {
                show.write(|page| page.print(Stream::Out, text));
            }
        });
        assert!(told.len() == 2 && told[1].contains("second"), "{told:?}");
    }

    #[test]
    fn what_takes_its_time_is_shown_though_it_says_so_once() {
        let busy = carousel::Output::Busy("preparing air".to_owned());
        let told = published(|show| show.write(|page| page.output(&busy, false)));
        assert!(told.len() >= 2 && told[0].contains("preparing air"), "{told:?}");
    }
}
