//! Where text comes from: files, prompt lines and cells, and places in them.

use std::ops::Range;

/// One piece of text that was given to the parser: a script, a prompt line, a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which of the session's texts this is; spans carry it.
    pub id: SourceId,
    /// What messages call it: a file name, or `<line 3>`.
    pub name: String,
    /// The text itself.
    pub text: String,
}

/// The number of a [`Source`] in its [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceId(pub u32);

/// All texts of a session, in the order in which they came.
///
/// A message may point into any of them: a recipe named in the first line is often
/// found wanting in the tenth.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Keeps a text and gives it its number.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> &Source {
        let id =
            SourceId(u32::try_from(self.all.len()).expect("under 2^32 texts a session"));
        self.all.push(Source { id, name: name.into(), text: text.into() });
        &self.all[id.0 as usize]
    }

    /// How many texts there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Keeps the first `count` texts only; places in the others mean nothing then.
    pub fn truncate(&mut self, count: usize) {
        self.all.truncate(count);
    }

    /// The text with this number, if the session has it.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.all.get(id.0 as usize)
    }
}

/// A place in a text: bytes `start..end` of the source `source`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Which text.
    pub source: SourceId,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The place `range` (bytes) in `source`.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { source, start: clamp(range.start), end: clamp(range.end) }
    }

    /// The bytes of this place.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The smallest place that holds both.
    pub fn to(self, other: Span) -> Span {
        Span {
            source: self.source,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}
