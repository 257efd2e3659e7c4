//! What a running cell has done and the executor has not taken yet, in order.

use std::collections::VecDeque;
use std::sync::mpsc::Sender;

use super::worker::Ended;
use crate::stream::Stream;

/// Bytes of text that may wait for the executor. What comes above that is left out: evcxr
/// takes lines from the child as fast as they come, and so nothing can hold the child up.
const WAITING: usize = 4 << 20;

/// Events that may wait when text comes: short lines of both streams by turns.
const MOST: usize = 20_000;

/// What happens while a cell runs.
pub(super) enum Event {
    /// The cell has printed whole lines, or a part of one.
    Text(Stream, String),
    /// The cell has written a letter and waits for the answer.
    Letter(usize),
    /// A thread of the cell has panicked; a letter tells more.
    Panic(usize),
    /// A crate of the cell reads a line of input.
    Question {
        prompt: String,
        /// Whether the line is not to be shown.
        secret: bool,
        answer: Sender<String>,
    },
    /// The cell has ended; nothing comes after this.
    Ended(Box<Ended>),
}

/// The events that wait.
#[derive(Default)]
pub(super) struct Events {
    queue: VecDeque<Event>,
    /// Bytes of text among them.
    waiting: usize,
    /// Lines left out since text last found room.
    left_out: usize,
}

impl Events {
    /// The first of them.
    pub(super) fn take(&mut self) -> Option<Event> {
        let event = self.queue.pop_front()?;
        if let Event::Text(_, text) = &event {
            self.waiting -= text.len();
        }
        Some(event)
    }

    /// Adds one that is not text.
    pub(super) fn add(&mut self, event: Event) {
        self.say_left_out();
        self.queue.push_back(event);
    }

    /// Adds text to what waits: to the text before it, where that is of the same stream.
    pub(super) fn text(&mut self, stream: Stream, text: &str, end: &str) {
        let length = text.len() + end.len();
        if self.waiting + length > WAITING || self.queue.len() >= MOST {
            self.left_out += 1;
            return;
        }
        self.say_left_out();
        self.waiting += length;
        match self.queue.back_mut() {
            Some(Event::Text(last, before)) if *last == stream => {
                before.push_str(text);
                before.push_str(end);
            }
            _ => self.queue.push_back(Event::Text(stream, format!("{text}{end}"))),
        }
    }

    fn say_left_out(&mut self) {
        if self.left_out == 0 {
            return;
        }
        let lines = std::mem::take(&mut self.left_out);
        let text = format!("({lines} lines left out: they came faster than they go)\n");
        self.waiting += text.len();
        self.queue.push_back(Event::Text(Stream::Err, text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(events: &mut Events) -> (Stream, String) {
        match events.take() {
            Some(Event::Text(stream, text)) => (stream, text),
            _ => panic!("no text"),
        }
    }

    #[test]
    fn a_flood_is_bounded_and_its_loss_told() {
        let mut events = Events::default();
        let line = "x".repeat(1023);
        for _ in 0..5000 {
            events.text(Stream::Out, &line, "\n");
        }
        assert_eq!(text(&mut events).1.len(), WAITING);
        events.text(Stream::Out, "after", "\n");
        let told = "(904 lines left out: they came faster than they go)\n";
        assert_eq!(text(&mut events), (Stream::Err, told.to_owned()));
        assert_eq!(text(&mut events), (Stream::Out, "after\n".to_owned()));
        assert!(events.take().is_none());
    }

    #[test]
    fn short_lines_by_turns_are_bounded_too() {
        let mut events = Events::default();
        for _ in 0..2 * MOST {
            events.text(Stream::Out, "", "\n");
            events.text(Stream::Err, "", "\n");
        }
        assert_eq!(events.queue.len(), MOST);
    }
}
