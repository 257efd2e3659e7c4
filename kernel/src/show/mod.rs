//! What becomes of a cell's results: [`Output`]s and texts go in, messages that a notebook
//! shows come out, in order and bounded.

mod curve;
mod live;
mod mime;
mod page;
mod rate;
mod texts;

pub(crate) use mime::of_bundle;
pub(crate) use page::{Page, Place};
#[cfg(feature = "rust-cells")]
pub(crate) use texts::Stream;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// How often what waits is looked at: texts, and what goes on.
const TICK: Duration = Duration::from_millis(50);

/// The page of a running cell, which a thread of its own keeps up to date while the cell
/// itself says nothing.
pub(crate) struct Show {
    shared: Arc<Shared>,
    ticker: Option<JoinHandle<()>>,
}

struct Shared {
    page: Mutex<Page>,
    over: Mutex<bool>,
    end: Condvar,
}

impl Show {
    /// Begins with an empty page.
    pub(crate) fn begin(page: Page) -> Show {
        let (over, end) = Default::default();
        Show {
            shared: Arc::new(Shared { page: Mutex::new(page), over, end }),
            ticker: None,
        }
    }

    /// The page, to write on.
    pub(crate) fn page(&mut self) -> MutexGuard<'_, Page> {
        let shared = &self.shared;
        let page = shared.page.lock().unwrap_or_else(PoisonError::into_inner);
        if self.ticker.is_none() && page.waits() {
            let shared = Arc::clone(shared);
            self.ticker = Some(spawn(move || shared.tick()));
        }
        page
    }

    /// Publishes what still waits; the page says nothing after that.
    pub(crate) fn finish(mut self) -> String {
        if let Some(ticker) = self.ticker.take() {
            *self.shared.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
            self.shared.end.notify_all();
            // Whatever became of it, the page is finished below.
            let _ = ticker.join();
        }
        self.page().finish()
    }
}

impl Shared {
    fn tick(&self) {
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        while !*over {
            let waited = self.end.wait_timeout(over, TICK);
            over = waited.unwrap_or_else(PoisonError::into_inner).0;
            self.page.lock().unwrap_or_else(PoisonError::into_inner).tick();
        }
    }
}
