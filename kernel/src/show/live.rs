//! What goes on while a cell runs: epochs and words for what has none go in; after a while
//! one display shows them, renewed some times a second, and at the end it is a figure that
//! stays.

use std::time::{Duration, Instant};

use carousel::{Epoch, Output, Progress};
use carousel_plot::{Figure, Theme};
use serde_json::Value;

use super::curve::Curve;
use super::mime::Mime;

/// What is done sooner than this needs no display: it would only flicker.
const SHOWN_AFTER: Duration = Duration::from_millis(300);

/// From one drawing to the next: 5 a second, which notebooks can follow.
const DRAWN_EVERY: Duration = Duration::from_millis(200);

/// Columns of the line below the curve.
const COLUMNS: usize = 100;

/// What goes on.
#[derive(Debug, Default)]
pub(super) struct Live {
    training: Option<Training>,
    /// Something that has no epochs, in words, and since when; it may come before a
    /// training, between two, and after one.
    busy: Option<(String, Instant)>,
    next: Option<Instant>,
}

#[derive(Debug)]
struct Training {
    curve: Curve,
    progress: Progress,
    since: Instant,
}

impl Live {
    /// An epoch of a training.
    pub(super) fn epoch(&mut self, epoch: &Epoch, now: Instant) {
        self.begin(now);
        let training = self.training.get_or_insert_with(|| {
            let (curve, progress) = Default::default();
            Training { curve, progress, since: now }
        });
        if self.busy.take().is_some() {
            (training.progress, training.since) = (Progress::default(), now);
        }
        training.curve.add(epoch);
        training.progress.add(epoch);
    }

    /// Something that may take its time.
    pub(super) fn busy(&mut self, what: String, now: Instant) {
        self.begin(now);
        self.busy = Some((what, now));
    }

    fn begin(&mut self, now: Instant) {
        self.next.get_or_insert(now + SHOWN_AFTER);
    }

    /// Nothing goes on any more. The figure of the trainings comes back.
    pub(super) fn end(&mut self) -> Option<Figure> {
        (self.next, self.busy) = (None, None);
        self.training.take().map(|training| training.curve.figure())
    }

    /// Whether there is something to draw later.
    pub(super) fn waits(&self) -> bool {
        self.next.is_some()
    }

    /// What is to be drawn now.
    pub(super) fn due(&mut self, now: Instant, theme: Theme) -> Option<Mime> {
        if self.next.is_none_or(|next| now < next) {
            return None;
        }
        self.next = Some(now + DRAWN_EVERY);
        let told = match (&self.busy, &self.training) {
            (Some((what, since)), _) => {
                format!("{what} ... {} s", now.duration_since(*since).as_secs())
            }
            (None, Some(training)) => {
                training.progress.text(now.duration_since(training.since), COLUMNS)
            }
            (None, None) => return None,
        };
        let curve = self.training.as_ref().map(|training| training.curve.figure());
        let svg = curve.map_or(String::new(), |curve| curve.svg(theme));
        let mut mime = Mime::of_output(&Output::Text(told))?;
        if let Some(Value::String(html)) = mime.data.get_mut("text/html") {
            *html = format!("<div>{svg}{html}</div>");
        }
        Some(mime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(number: usize) -> Epoch {
        let (model, loss) = ("m".to_owned(), 1.0 / number as f64);
        Epoch { model, seed: (1, 1), number, of: 9, loss, validation: None, steps: 10 }
    }

    #[test]
    fn a_training_is_drawn_after_a_while_and_then_five_times_a_second() {
        let (mut live, start) = (Live::default(), Instant::now());
        live.epoch(&epoch(1), start);
        assert!(live.waits() && live.due(start, Theme::Light).is_none());
        let mut drawn = 0;
        for ms in 1..=1300 {
            live.epoch(&epoch(2), start + Duration::from_millis(ms));
            let due = live.due(start + Duration::from_millis(ms), Theme::Light);
            if let Some(mime) = due {
                drawn += 1;
                assert!(mime.text().starts_with("epoch 2/9"));
                assert!(mime.data["text/html"].as_str().unwrap().contains("<svg"));
            }
        }
        assert_eq!(drawn, 6);
        assert_eq!(live.end().unwrap().title, "loss of m");
        assert!(!live.waits() && live.end().is_none());
    }

    #[test]
    fn what_has_no_epochs_is_told_in_words() {
        let (mut live, start) = (Live::default(), Instant::now());
        live.busy("preparing <air>".to_owned(), start);
        let mime = live.due(start + Duration::from_secs(2), Theme::Light).unwrap();
        assert_eq!(mime.text(), "preparing <air> ... 2 s");
        assert!(mime.data["text/html"].as_str().unwrap().contains("&lt;air&gt;"));
        assert!(live.end().is_none());
    }

    #[test]
    fn the_curve_stays_while_something_else_goes_on() {
        let (mut live, start) = (Live::default(), Instant::now());
        live.busy("training m".to_owned(), start);
        live.epoch(&epoch(1), start);
        live.busy("predicting m".to_owned(), start);
        let mime = live.due(start + Duration::from_secs(1), Theme::Light).unwrap();
        assert_eq!(mime.text(), "predicting m ... 1 s");
        assert!(mime.data["text/html"].as_str().unwrap().contains("<svg"));
        assert!(live.end().is_some());
    }
}
