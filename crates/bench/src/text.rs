//! The text of the character model: a file, or characters made from a seed, cut into
//! streams and those into batches.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Characters of a text that is made.
const MADE_KINDS: usize = 64;

/// How many characters may follow each of them, all as likely: the best loss is ln 4.
const FOLLOWERS: usize = 4;

/// Streams of characters, each named by a whole number.
#[derive(Debug)]
pub(crate) struct Text {
    /// How many different characters there are: `V`.
    pub(crate) kinds: usize,
    /// Streams of equal length: one character more than is read, as each is asked what
    /// follows.
    streams: Vec<Vec<f32>>,
}

/// Characters and those that follow them, time-major: `[T, B]`.
#[derive(Debug, PartialEq)]
pub(crate) struct Batch {
    pub(crate) inputs: Vec<f32>,
    pub(crate) targets: Vec<f32>,
}

impl Text {
    /// `streams` streams of `length` characters to read, each from a random walk in
    /// which four characters may follow each.
    pub(crate) fn made(streams: usize, length: usize) -> Text {
        let mut random = ChaCha8Rng::seed_from_u64(0);
        let mut below = |n: usize| random.random_range(0..n);
        let next: Vec<[usize; FOLLOWERS]> =
            (0..MADE_KINDS).map(|_| std::array::from_fn(|_| below(MADE_KINDS))).collect();
        let mut walk = || {
            let first = below(MADE_KINDS);
            let follow = |at: &usize| Some(next[*at][below(FOLLOWERS)]);
            std::iter::successors(Some(first), follow)
                .take(length + 1)
                .map(|character| character as f32)
                .collect()
        };
        Text { kinds: MADE_KINDS, streams: (0..streams).map(|_| walk()).collect() }
    }

    /// The same from a file, whose end is followed by its begin; the streams begin at
    /// equal distances.
    ///
    /// # Errors
    /// Where the file cannot be read or is empty.
    pub(crate) fn read(
        path: &Path,
        streams: usize,
        length: usize,
    ) -> Result<Text, String> {
        let text = fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Text::of(&text, streams, length)
            .ok_or_else(|| format!("{} is empty", path.display()))
    }

    /// The same from characters; `None` if there are none.
    pub(crate) fn of(text: &str, streams: usize, length: usize) -> Option<Text> {
        let kinds: Vec<char> =
            text.chars().collect::<BTreeSet<_>>().into_iter().collect();
        let named: Vec<f32> = (text.chars())
            .filter_map(|character| kinds.binary_search(&character).ok())
            .map(|kind| kind as f32)
            .collect();
        let stream = |k: usize| {
            let begin = k * named.len() / streams;
            named.iter().cycle().skip(begin).take(length + 1).copied().collect()
        };
        let streams = (0..streams).map(stream).collect();
        (!kinds.is_empty()).then_some(Text { kinds: kinds.len(), streams })
    }

    /// Batch `index` of `steps` characters of each stream; it continues the one before.
    pub(crate) fn batch(&self, index: usize, steps: usize) -> Batch {
        let from = |offset: usize| {
            let times = index * steps + offset..(index + 1) * steps + offset;
            times.flat_map(|t| self.streams.iter().map(move |s| s[t])).collect()
        };
        Batch { inputs: from(0), targets: from(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_continue_each_other() {
        let text = Text::of("abcb", 2, 4).unwrap();
        assert_eq!(text.kinds, 3);
        let first = Batch { inputs: vec![0., 2., 1., 1.], targets: vec![1., 1., 2., 0.] };
        assert_eq!(text.batch(0, 2), first);
        let second =
            Batch { inputs: vec![2., 0., 1., 1.], targets: vec![1., 1., 0., 2.] };
        assert_eq!(text.batch(1, 2), second);
        assert!(Text::of("", 2, 4).is_none());
    }

    #[test]
    fn made_characters_have_few_followers() {
        let text = Text::made(3, 2000);
        assert_eq!(text.streams.len(), 3);
        let mut pairs = BTreeSet::new();
        for stream in &text.streams {
            assert_eq!(stream.len(), 2001);
            pairs.extend(stream.windows(2).map(|pair| [pair[0] as u8, pair[1] as u8]));
        }
        assert!(pairs.iter().all(|pair| usize::from(pair[0]) < MADE_KINDS));
        assert!((64..=MADE_KINDS * FOLLOWERS).contains(&pairs.len()), "{}", pairs.len());
    }
}
