//! The page below a cell: what is published for it, in order. A display that shows what
//! goes on gives its place to what comes of it.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use carousel::{Output, Plots};
use carousel_plot::Theme;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::live::Live;
use super::of_bundle;
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
    rate: Rate,
    /// The text of the cell's value, which the history keeps.
    result: Option<String>,
}

/// A display that is drawn over and over.
struct Renewal {
    drawn: Instant,
    waiting: Option<Value>,
}

impl Page {
    /// An empty one.
    pub(crate) fn new(owner: Owner) -> Page {
        let (texts, live, renewals) = Default::default();
        let (display, result, rate) = (None, None, Rate::new(Instant::now()));
        Page {
            owner,
            dark: false,
            texts,
            live,
            display,
            renewals,
            room: MOST,
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
                if let Some(bundle) = output.bundle() {
                    self.settle_on(of_bundle(&bundle).into());
                }
            }
            _ => match output.bundle() {
                Some(bundle) if is_result => self.result(of_bundle(&bundle)),
                Some(bundle) => self.settle_on(of_bundle(&bundle).into()),
                None => {}
            },
        }
    }

    /// A statement has ended: nothing goes on.
    pub(crate) fn settle(&mut self) {
        self.keep();
        if let Some(id) = self.display.take() {
            self.show(Some((&id, true)), json!({ "text/plain": "", "text/html": "" }));
        }
    }

    /// Prints.
    pub(crate) fn print(&mut self, stream: Stream, text: &str) {
        let pieces = self.texts.print(stream, text, Instant::now());
        self.send(pieces);
    }

    /// Shows data, in a display of this name if it has one: a new one, or once more.
    #[cfg_attr(
        not(feature = "rust-cells"),
        expect(dead_code, reason = "Rust cells alone draw again")
    )]
    pub(crate) fn display(&mut self, data: Value, id: Option<&str>, update: bool) {
        let now = Instant::now();
        let Some(id) = id else { return self.show(None, data) };
        match self.renewals.get_mut(id) {
            Some(renewal) if update && now < renewal.drawn + RENEWED_EVERY => {
                renewal.waiting = Some(data);
            }
            _ => {
                let renewal = Renewal { drawn: now, waiting: None };
                self.renewals.insert(id.to_owned(), renewal);
                self.show(Some((id, update)), data);
            }
        }
    }

    /// Shows the value of the cell. It has one at most: what comes after it is shown
    /// below.
    pub(crate) fn result(&mut self, data: Map<String, Value>) {
        if self.result.is_some() {
            return self.settle_on(data.into());
        }
        let text = data.get("text/plain").and_then(Value::as_str).unwrap_or("");
        self.result = Some(text.to_owned());
        let count = self.owner.count;
        self.weighed(
            "execute_result",
            data.into(),
            |data| json!({ "execution_count": count, "data": data, "metadata": {} }),
        );
    }

    /// Takes away what the page shows, once something new comes.
    #[cfg_attr(
        not(feature = "rust-cells"),
        expect(dead_code, reason = "Rust cells alone draw again")
    )]
    pub(crate) fn clear(&mut self) {
        self.texts.take(Instant::now());
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
        if let Some(data) = self.live.due(now, theme) {
            let known = self.display.is_some();
            let id =
                self.display.get_or_insert_with(|| Uuid::new_v4().to_string()).clone();
            self.show(Some((&id, known)), data.into());
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
        if let Some(bundle) = plot.bundle() {
            self.settle_on(of_bundle(&bundle).into());
        }
    }

    /// Shows data in the place of what went on before it.
    fn settle_on(&mut self, data: Value) {
        match self.display.take() {
            Some(id) => self.show(Some((&id, true)), data),
            None => self.show(None, data),
        }
    }

    fn renew(&mut self, is_due: impl Fn(Instant) -> bool) {
        let now = Instant::now();
        let mut due = Vec::new();
        for (id, renewal) in &mut self.renewals {
            if is_due(renewal.drawn)
                && let Some(data) = renewal.waiting.take()
            {
                renewal.drawn = now;
                due.push((id.clone(), data));
            }
        }
        for (id, data) in due {
            self.show(Some((&id, true)), data);
        }
    }

    /// A display; with its name, and whether it is on the page already.
    fn show(&mut self, named: Option<(&str, bool)>, data: Value) {
        let (kind, transient) = match named {
            Some((id, true)) => ("update_display_data", json!({ "display_id": id })),
            Some((id, false)) => ("display_data", json!({ "display_id": id })),
            None => ("display_data", json!({})),
        };
        self.weighed(
            kind,
            data,
            |data| json!({ "data": data, "metadata": {}, "transient": transient }),
        );
    }

    /// Publishes data where there is room for it.
    fn weighed(&mut self, kind: &str, data: Value, content: impl Fn(Value) -> Value) {
        let size = |value: &Value| value.as_str().map_or(16, str::len);
        let size: usize =
            data.as_object().map_or(0, |data| data.values().map(size).sum());
        self.flush();
        if size <= self.room {
            self.room -= size;
            self.publish(kind, content(data));
        } else if self.room > 0 {
            self.room = 0;
            let told = "the results of this cell are over 64 MiB; the rest is left out\n";
            self.print(Stream::Err, told);
        }
    }

    fn flush(&mut self) {
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
