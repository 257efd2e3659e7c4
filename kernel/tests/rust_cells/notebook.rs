//! A notebook with Rust cells, and a session of which they know some numbers.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::rust::{Display, Interrupter, RustCells, World};
use crate::stream::Stream;

/// What cells do is written down here.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) out: String,
    pub(crate) err: String,
    /// Everything that the cell did, in order: `out x`, `display ...`, `get series`. Text
    /// comes in parts of any size, which are put together.
    pub(crate) doings: Vec<String>,
    pub(crate) values: BTreeMap<String, Vec<f64>>,
    /// Tells when the cell first printed.
    pub(crate) printed: Option<Instant>,
    /// Stops the cell at its first print.
    pub(crate) stop_at_print: Option<Interrupter>,
}

pub(crate) struct Notebook {
    pub(crate) cells: RustCells,
    pub(crate) page: Page,
}

pub(crate) type Ran = Result<BTreeMap<String, String>, Failure>;

impl Notebook {
    pub(crate) fn open() -> Notebook {
        Notebook { cells: RustCells::new(), page: Page::default() }
    }

    /// Runs a cell on an empty page; the session stays.
    pub(crate) fn run(&mut self, code: &str) -> Ran {
        let values = std::mem::take(&mut self.page.values);
        let stop_at_print = self.page.stop_at_print.take();
        self.page = Page { values, stop_at_print, ..Page::default() };
        self.cells.run(code, &mut self.page)
    }

    /// The value of a cell that ends well, as plain text.
    pub(crate) fn value(&mut self, code: &str) -> String {
        match self.run(code) {
            Ok(value) => value.get("text/plain").cloned().unwrap_or_default(),
            Err(failure) => panic!("{}", text(&failure)),
        }
    }

    /// How a cell fails.
    pub(crate) fn failure(&mut self, code: &str) -> Failure {
        self.run(code).expect_err("the cell fails")
    }

    /// Runs a cell that is stopped after a while, or when it first prints; how it failed
    /// and how long that took from the stop on.
    pub(crate) fn stopped(
        &mut self,
        code: &str,
        after: Option<Duration>,
    ) -> (Failure, Duration) {
        let interrupter = self.cells.interrupter();
        let begun = Instant::now();
        match after {
            Some(after) => {
                thread::spawn(move || {
                    thread::sleep(after);
                    interrupter.stop();
                });
            }
            None => self.page.stop_at_print = Some(interrupter),
        }
        let failure = self.failure(code);
        let since = match after {
            Some(after) => begun + after,
            None => self.page.printed.expect("the cell prints"),
        };
        (failure, since.elapsed())
    }
}

/// The traceback without its colours.
pub(crate) fn text(failure: &Failure) -> String {
    let coloured = failure.traceback.join("\n");
    let mut plain = String::new();
    for (index, part) in coloured.split("\u{1b}[").enumerate() {
        let part =
            if index == 0 { Some(part) } else { part.split_once('m').map(|p| p.1) };
        plain.push_str(part.unwrap_or_default());
    }
    plain
}

impl World for Page {
    fn print(&mut self, stream: Stream, text: &str) {
        let (all, name) = match stream {
            Stream::Out => (&mut self.out, "out"),
            Stream::Err => (&mut self.err, "err"),
        };
        all.push_str(text);
        match self.doings.last_mut().filter(|last| last.starts_with(name)) {
            Some(last) => last.push_str(text),
            None => self.doings.push(format!("{name} {text}")),
        }
        self.printed.get_or_insert_with(Instant::now);
        if let Some(interrupter) = self.stop_at_print.take() {
            interrupter.stop();
        }
    }

    fn display(&mut self, display: Display) {
        let Display { id, update, mime, data } = display;
        // Behind the name of a drawing stands what is each cell's own.
        let id = id.unwrap_or_default();
        let id = id.split_once('-').map_or(id.clone(), |(name, _)| format!("{name}-…"));
        self.doings.push(format!("display {id} {update} {mime} {data}"));
    }

    fn clear(&mut self) {
        self.doings.push("clear".to_owned());
    }

    fn get(&mut self, name: &str) -> Result<Vec<f64>, String> {
        self.doings.push(format!("get {name}"));
        let missing = || format!("nothing is called `{name}`\nthere are: a, b");
        self.values.get(name).cloned().ok_or_else(missing)
    }

    fn names(&mut self) -> Vec<String> {
        self.values.keys().cloned().collect()
    }

    fn put(&mut self, name: &str, values: &[f64]) -> Result<(), String> {
        if name.contains(' ') {
            return Err(format!("`{name}` is no name"));
        }
        self.values.insert(name.to_owned(), values.to_vec());
        Ok(())
    }

    fn ask(&mut self, prompt: &str, secret: bool) -> Result<String, String> {
        Ok(format!("you said: {prompt}{}", if secret { " (secret)" } else { "" }))
    }

    fn is_stopped(&self) -> bool {
        false
    }
}
