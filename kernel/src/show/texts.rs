//! What a cell prints: pieces go in, messages of a bearable size and rate come out. Of a
//! flood the beginning and the end are shown.

use std::time::{Duration, Instant};

use crate::stream::Stream;

/// From one message to the next, so that a loop that prints is no flood of messages.
const EVERY: Duration = Duration::from_millis(100);

/// A message that is longer leaves at once.
const PIECE: usize = 1 << 16;

/// What one cell may print. A browser that is to show more than this stands still, and the
/// notebook's file keeps all of it.
const MOST: usize = 1 << 20;

/// What is shown of the end, where more was printed.
const TAIL: usize = 1 << 12;

/// A text to publish.
pub(super) type Piece = (Stream, String);

/// What was printed and not published yet.
#[derive(Debug, Default)]
pub(super) struct Texts {
    waiting: Vec<Piece>,
    size: usize,
    published: usize,
    last: Option<Instant>,
    /// The end of what was printed beyond the most, and how many bytes that was.
    tail: String,
    beyond: usize,
}

impl Texts {
    /// Takes what was printed; gives what is to be published now.
    pub(super) fn print(
        &mut self,
        stream: Stream,
        text: &str,
        now: Instant,
    ) -> Vec<Piece> {
        let room = MOST.saturating_sub(self.published + self.size);
        let (text, beyond) = text.split_at(text.floor_char_boundary(room));
        self.drop(beyond);
        self.size += text.len();
        match self.waiting.last_mut() {
            Some((last, waiting)) if *last == stream => waiting.push_str(text),
            Some(_) | None if text.is_empty() => {}
            Some(_) | None => self.waiting.push((stream, text.to_owned())),
        }
        if self.size >= PIECE { self.take(now) } else { self.due(now) }
    }

    /// What has waited long enough.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Piece> {
        let waits = self.last.is_some_and(|last| now.duration_since(last) < EVERY);
        if waits { Vec::new() } else { self.take(now) }
    }

    /// All that waits.
    pub(super) fn take(&mut self, now: Instant) -> Vec<Piece> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        self.last = Some(now);
        self.published += std::mem::take(&mut self.size);
        std::mem::take(&mut self.waiting)
    }

    /// Whether anything waits.
    pub(super) fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The end of a flood, told as what it is.
    pub(super) fn end(&mut self) -> Option<Piece> {
        let beyond = std::mem::take(&mut self.beyond);
        let tail = std::mem::take(&mut self.tail);
        let hidden = beyond - tail.len();
        let told = match hidden {
            0 => tail,
            _ => format!(
                "\n... {hidden} bytes more were printed, which are left out ...\n{tail}"
            ),
        };
        (beyond > 0).then_some((Stream::Err, told))
    }

    fn drop(&mut self, text: &str) {
        self.beyond += text.len();
        let text = &text[text.ceil_char_boundary(text.len().saturating_sub(TAIL))..];
        self.tail.push_str(text);
        if self.tail.len() > 2 * TAIL {
            let from = self.tail.ceil_char_boundary(self.tail.len() - TAIL);
            self.tail.drain(..from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_text_leaves_at_once_and_the_next_ones_together() {
        let (mut texts, start) = (Texts::default(), Instant::now());
        assert_eq!(texts.print(Stream::Out, "a", start), [(Stream::Out, "a".into())]);
        assert_eq!(texts.print(Stream::Out, "b", start), []);
        assert_eq!(texts.print(Stream::Out, "c", start), []);
        assert_eq!(texts.print(Stream::Err, "d", start), []);
        assert!(texts.waits() && texts.due(start).is_empty());
        let both = [(Stream::Out, "bc".into()), (Stream::Err, "d".into())];
        assert_eq!(texts.due(start + EVERY), both);
        assert!(!texts.waits() && texts.end().is_none());
    }

    #[test]
    fn of_a_flood_the_beginning_and_the_end_are_shown() {
        let (mut texts, now) = (Texts::default(), Instant::now());
        let mut shown = 0;
        for number in 0..100_000 {
            for (_, text) in texts.print(Stream::Out, &format!("ü line {number}\n"), now)
            {
                shown += text.len();
            }
        }
        shown += texts.take(now).iter().map(|(_, text)| text.len()).sum::<usize>();
        assert!(shown <= MOST && shown > MOST - 100, "{shown}");
        let (_, end) = texts.end().unwrap();
        assert!(
            end.contains("bytes more were printed") && end.ends_with("ü line 99999\n")
        );
        assert!(end.len() < 3 * TAIL);
    }
}
