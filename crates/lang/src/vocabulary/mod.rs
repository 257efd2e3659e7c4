//! The words of the language, in one table: the parser's suggestions, `help`,
//! completion and the reference are made from it.

mod data;
mod layers;
mod options;
mod pages;
mod parts;
mod verbs;

use crate::ast::Verb;

pub use pages::{Page, page, pages};

/// One word and what it is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// The word.
    pub word: &'static str,
    /// What kind of word it is.
    pub kind: WordKind,
    /// What stands after it: `N`, `N [as features]`; empty for nothing.
    pub usage: &'static str,
    /// What holds where nothing is said; empty for nothing.
    pub default: &'static str,
    /// The option words that it takes.
    pub options: &'static [&'static str],
    /// One line of help.
    pub help: &'static str,
    /// A line to type.
    pub example: &'static str,
    /// Whether this version runs it.
    pub ready: bool,
}

/// The kinds of word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WordKind {
    /// Begins a command.
    Verb,
    /// Comes before the operand of a command.
    Preposition,
    /// Begins a pipe.
    Source,
    /// Prepares data.
    Step,
    /// Has weights, or stands between layers that have.
    Layer,
    /// Predicts without training.
    Baseline,
    /// Follows `dense`.
    Activation,
    /// What `plot` and `show` can show.
    View,
    /// Tells a command how.
    CommandOption,
    /// Tells a layer how.
    PartOption,
    /// Tells a source or data step how.
    DataOption,
    /// Stands after `with`: what changes the weights.
    Optimiser,
    /// What `expect` compares and `score` tells.
    Measure,
    /// What `set` changes.
    Setting,
    /// What an equation of a cell can call.
    Function,
    /// Stands between the others.
    Keyword,
}

impl WordKind {
    /// What the kind is called.
    pub fn name(self) -> &'static str {
        match self {
            WordKind::Verb => "verb",
            WordKind::Preposition => "preposition",
            WordKind::Source => "source",
            WordKind::Step => "data step",
            WordKind::Layer => "layer",
            WordKind::Baseline => "baseline",
            WordKind::Activation => "activation",
            WordKind::View => "view",
            WordKind::CommandOption => "option of commands",
            WordKind::PartOption => "option",
            WordKind::DataOption => "option of data",
            WordKind::Optimiser => "optimiser",
            WordKind::Measure => "measure",
            WordKind::Setting => "setting",
            WordKind::Function => "function",
            WordKind::Keyword => "word",
        }
    }

    /// Its name behind `a` or `an`.
    pub fn with_article(self) -> String {
        let name = self.name();
        let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} {name}")
    }
}

/// Every word, by kind.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    [verbs::WORDS, data::WORDS, layers::WORDS, options::WORDS, parts::WORDS]
        .into_iter()
        .flatten()
}

/// The words of one kind.
pub fn entries(kind: WordKind) -> impl Iterator<Item = &'static Entry> {
    all().filter(move |entry| entry.kind == kind)
}

/// All meanings of a word.
pub fn find(word: &str) -> impl Iterator<Item = &'static Entry> {
    all().filter(move |entry| entry.word == word)
}

/// A word of one kind.
pub fn find_kind(word: &str, kind: WordKind) -> Option<&'static Entry> {
    entries(kind).find(|entry| entry.word == word)
}

/// Whether a word is an option of layers, sources or steps that this version does not
/// run.
pub fn is_later_option(word: &str) -> bool {
    let kinds = [WordKind::PartOption, WordKind::DataOption, WordKind::Activation];
    find(word).any(|entry| kinds.contains(&entry.kind) && !entry.ready)
}

/// Whether a word cannot name a model, a data set or a cell.
pub fn is_reserved(word: &str) -> bool {
    let reserved = [
        WordKind::Verb,
        WordKind::Preposition,
        WordKind::Source,
        WordKind::Step,
        WordKind::Layer,
        WordKind::Baseline,
    ];
    ["data", "model", "cell", "end", "x"].contains(&word)
        || find(word).any(|entry| reserved.contains(&entry.kind))
}

/// The verb that a word is.
pub fn verb(word: &str) -> Option<Verb> {
    verbs::VERBS.iter().find(|(known, _)| *known == word).map(|(_, verb)| *verb)
}

/// The word of a verb.
pub fn verb_word(verb: Verb) -> &'static str {
    let found = verbs::VERBS.iter().find(|(_, known)| *known == verb);
    found.expect("every verb has its word").0
}

/// The candidate most like a word: within a third of its length in edits, so that
/// nothing far-fetched is offered.
pub fn suggest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let most = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            let edits = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            (edits, candidate)
        })
        .filter(|(edits, candidate)| *edits <= most && *edits < candidate.chars().count())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_near_words_only() {
        let layers = || entries(WordKind::Layer).map(|entry| entry.word);
        assert_eq!(suggest("ltsm", layers()), Some("lstm"));
        assert_eq!(suggest("dens", layers()), Some("dense"));
        assert_eq!(suggest("banana", layers()), None);
    }

    #[test]
    fn every_word_has_help_and_every_verb_an_entry() {
        for entry in all() {
            assert!(!entry.help.is_empty(), "{}", entry.word);
        }
        for (word, _) in verbs::VERBS {
            assert!(find_kind(word, WordKind::Verb).is_some(), "{word}");
        }
    }
}
