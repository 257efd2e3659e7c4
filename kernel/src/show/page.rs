//! The page below a cell: what is published for it, in order. A display that shows what
//! goes on gives its place to what comes of it.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use carousel::{Output, Plots};
use carousel_plot::Theme;
use serde_json::{Value, json};
use uuid::Uuid;

use super::live::Live;
use super::mime::Mime;
use super::rate::Rate;
use super::texts::{Piece, Texts};
use crate::failure::Failure;
use crate::stream::Stream;
use crate::wire::{Iopub, Request};

/// What the results of one cell may weigh: a notebook file keeps all of them.
const MOST: usize = 64 << 20;

/// From one renewal of a display to the next; of more the last one is shown.
const RENEWED_EVERY: Duration = Duration::from_millis(100);

/// Columns of results in characters.
const COLUMNS: usize = 100;

/// Whose page it is: a cell, and the way to those who read it.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    pub(crate) iopub: Iopub,
    pub(crate) request: Request,
    /// The number of the cell.
    pub(crate) count: usize,
    /// Whether nobody is to see it.
    pub(crate) silent: bool,
}

/// What is on the page, and what waits to be.
pub(crate) struct Page {
    owner: Owner,
    /// Whether figures stand on a dark ground.
    pub(crate) dark: bool,
    texts: Texts,
    live: Live,
    /// The display that shows what goes on, while it is there.
    display: Option<String>,
    renewals: BTreeMap<String, Renewal>,
    room: usize,
    /// What each display weighs, by its name: an update takes the place of it.
    weights: BTreeMap<String, usize>,
    rate: Rate,
    /// The text of the cell's value, which the history keeps.
    result: Option<String>,
}

/// A display that is drawn over and over.
struct Renewal {
    drawn: Instant,
    waiting: Option<Mime>,
}

impl Page {
    /// An empty one.
    pub(crate) fn new(owner: Owner) -> Page {
        let (texts, live, renewals, weights) = Default::default();
        let (display, result, rate) = (None, None, Rate::new(Instant::now()));
        Page {
            owner,
            dark: false,
            texts,
            live,
            display,
            renewals,
            room: MOST,
            weights,
            rate,
            result,
        }
    }

    /// Shows one result; `is_result` where it is the value of the cell.
    pub(crate) fn output(&mut self, output: &Output, is_result: bool) {
        match output {
            Output::Epoch(epoch) => return self.live.epoch(epoch, Instant::now()),
            Output::Busy(doing) => {
                return self.live.busy(doing.clone(), Instant::now());
            }
            _ => {}
        }
        self.keep();
        match output {
            Output::Text(_) | Output::Saved { .. } => {
                self.print(Stream::Out, &output.to_text(COLUMNS, false));
            }
            // On standard error it would stand on red, as if something had failed.
            Output::Hint(_) => {
                if let Some(mime) = Mime::of_output(output) {
                    self.settle_on(mime);
                }
            }
            _ => match Mime::of_output(output) {
                Some(mime) if is_result => self.result(mime),
                Some(mime) => self.settle_on(mime),
                None => {}
            },
        }
    }

    /// A statement has ended: nothing goes on.
    pub(crate) fn settle(&mut self) {
        self.keep();
        if let Some(id) = self.display.take() {
            let nothing = ["text/plain", "text/html"].map(|kind| (kind, String::new()));
            self.show(Some((&id, true)), Mime::of_texts(nothing));
        }
    }

    /// Prints.
    pub(crate) fn print(&mut self, stream: Stream, text: &str) {
        let pieces = self.texts.print(stream, text, Instant::now());
        self.send(pieces);
    }

    /// Shows something, in a display of this name if it has one: a new one, or once more.
    #[cfg_attr(
        not(feature = "rust-cells"),
        expect(dead_code, reason = "Rust cells alone draw again")
    )]
    pub(crate) fn display(&mut self, mime: Mime, id: Option<&str>, update: bool) {
        let now = Instant::now();
        let Some(id) = id else { return self.show(None, mime) };
        match self.renewals.get_mut(id) {
            Some(renewal) if update && now < renewal.drawn + RENEWED_EVERY => {
                renewal.waiting = Some(mime);
            }
            _ => {
                let renewal = Renewal { drawn: now, waiting: None };
                self.renewals.insert(id.to_owned(), renewal);
                self.show(Some((id, update)), mime);
            }
        }
    }

    /// Shows the value of the cell. It has one at most: what comes after it is shown
    /// below.
    pub(crate) fn result(&mut self, mime: Mime) {
        if self.result.is_some() {
            return self.settle_on(mime);
        }
        self.result = Some(mime.text().to_owned());
        let count = json!({ "execution_count": self.owner.count });
        self.weighed("execute_result", None, mime, count);
    }

    /// Takes away what the page shows, once something new comes.
    #[cfg_attr(
        not(feature = "rust-cells"),
        expect(dead_code, reason = "Rust cells alone draw again")
    )]
    pub(crate) fn clear(&mut self) {
        (self.texts, self.room) = (Texts::default(), MOST);
        self.weights.clear();
        self.publish("clear_output", json!({ "wait": true }));
    }

    /// Says why the cell was not carried out.
    pub(crate) fn error(&mut self, failure: &Failure) {
        self.settle();
        self.flush();
        self.publish("error", failure.content());
    }

    /// Whether something is to be shown later even if the cell says nothing until then.
    pub(crate) fn waits(&self) -> bool {
        let renewals = || self.renewals.values().any(|renewal| renewal.waiting.is_some());
        self.texts.waits() || self.live.waits() || renewals()
    }

    /// Shows what has waited long enough.
    pub(crate) fn tick(&mut self) {
        let now = Instant::now();
        let pieces = self.texts.due(now);
        self.send(pieces);
        let theme = self.theme();
        if let Some(mime) = self.live.due(now, theme) {
            let known = self.display.is_some();
            let id =
                self.display.get_or_insert_with(|| Uuid::new_v4().to_string()).clone();
            self.show(Some((&id, known)), mime);
        }
        self.renew(|drawn| now >= drawn + RENEWED_EVERY);
    }

    /// Shows all that waits; gives the text of the cell's value.
    pub(crate) fn finish(&mut self) -> String {
        self.settle();
        self.flush();
        self.renew(|_| true);
        if let Some(piece) = self.texts.end() {
            self.send(vec![piece]);
        }
        self.result.take().unwrap_or_default()
    }

    fn theme(&self) -> Theme {
        if self.dark { Theme::Dark } else { Theme::Light }
    }

    /// Shows the curve of a training that has ended, where it stood while it went on.
    fn keep(&mut self) {
        let Some(figure) = self.live.end() else { return };
        let (name, dark) = (figure.title.clone(), self.dark);
        let plot = Output::Plot { name, figure, dark, plots: Plots::Auto };
        if let Some(mime) = Mime::of_output(&plot) {
            self.settle_on(mime);
        }
    }

    /// Shows a result in the place of what went on before it.
    fn settle_on(&mut self, mime: Mime) {
        match self.display.take() {
            Some(id) => self.show(Some((&id, true)), mime),
            None => self.show(None, mime),
        }
    }

    fn renew(&mut self, is_due: impl Fn(Instant) -> bool) {
        let now = Instant::now();
        let mut due = Vec::new();
        for (id, renewal) in &mut self.renewals {
            if is_due(renewal.drawn)
                && let Some(mime) = renewal.waiting.take()
            {
                renewal.drawn = now;
                due.push((id.clone(), mime));
            }
        }
        for (id, mime) in due {
            self.show(Some((&id, true)), mime);
        }
    }

    /// A display; with its name, and whether it is on the page already.
    fn show(&mut self, named: Option<(&str, bool)>, mime: Mime) {
        let (kind, transient) = match named {
            Some((id, true)) => ("update_display_data", json!({ "display_id": id })),
            Some((id, false)) => ("display_data", json!({ "display_id": id })),
            None => ("display_data", json!({})),
        };
        let id = named.map(|(id, _)| id);
        self.weighed(kind, id, mime, json!({ "transient": transient }));
    }

    /// Publishes something with the other fields of its message, where there is room for
    /// it; the display of that name, if it has one, makes room for itself.
    fn weighed(&mut self, kind: &str, id: Option<&str>, mime: Mime, mut content: Value) {
        let weight = mime.weight();
        self.flush();
        let before = id.and_then(|id| self.weights.get(id)).copied().unwrap_or(0);
        if weight <= self.room + before {
            self.room = self.room + before - weight;
            if let Some(id) = id {
                self.weights.insert(id.to_owned(), weight);
            }
            content["data"] = mime.data.into();
            content["metadata"] = mime.metadata.into();
            self.publish(kind, content);
        } else if self.room > 0 {
            self.room = 0;
            let told = "the results of this cell are over 64 MiB; the rest is left out\n";
            self.print(Stream::Err, told);
        }
    }

    /// Prints what waits.
    pub(crate) fn flush(&mut self) {
        let pieces = self.texts.take(Instant::now());
        self.send(pieces);
    }

    fn send(&mut self, pieces: Vec<Piece>) {
        for (stream, text) in pieces {
            self.publish("stream", json!({ "name": stream.name(), "text": text }));
        }
    }

    fn publish(&mut self, kind: &str, content: Value) {
        if !self.owner.silent {
            sleep(self.rate.take(Instant::now()));
            self.owner.iopub.publish(kind, content, &self.owner.request);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_that_is_drawn_anew_leaves_room_for_what_comes_after_it() {
        let (iopub, mut published) = Iopub::of_tests();
        let (request, count) = (Request::of_tests("execute_request"), 1);
        let mut page = Page::new(Owner { iopub, request, count, silent: false });
        let drawing = |weight: usize| Mime::of_texts([("text/html", "x".repeat(weight))]);
        for known in [false, true, true, true, true] {
            page.show(Some(("curve", known)), drawing(MOST / 4));
        }
        page.show(None, drawing(MOST / 2));
        assert_eq!(std::iter::from_fn(|| published.try_recv().ok()).count(), 6);
        page.show(None, drawing(MOST / 2));
        page.finish();
        let told = published.try_recv().expect("what is left out is told");
        assert!(format!("{:?}", told.content).contains("over 64 MiB"));
    }
}
