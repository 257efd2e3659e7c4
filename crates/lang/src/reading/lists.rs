//! The words of the language in lists, for highlighters that look at words alone.

use std::collections::BTreeSet;

use super::values_of;
use crate::vocabulary::{WordKind, all, entries};

/// A name and the words of that kind, sorted.
pub type List = (&'static str, BTreeSet<&'static str>);

/// Words that stand after others and tell how; what they can be set to belongs to them.
const OPTIONS: [WordKind; 5] = [
    WordKind::Activation,
    WordKind::CommandOption,
    WordKind::PartOption,
    WordKind::DataOption,
    WordKind::Setting,
];

/// `verbs`, `prepositions`, `sources`, `steps`, `layers`, `baselines`, `views`, `functions`,
/// `optimisers` and `options`.
pub fn lists() -> Vec<List> {
    let of = |kind| entries(kind).map(|entry| entry.word).collect();
    let options = all().filter(|entry| OPTIONS.contains(&entry.kind));
    let options = options.flat_map(|entry| values_of(entry).chain([entry.word]));
    vec![
        ("verbs", of(WordKind::Verb)),
        ("prepositions", of(WordKind::Preposition)),
        ("sources", of(WordKind::Source)),
        ("steps", of(WordKind::Step)),
        ("layers", of(WordKind::Layer)),
        ("baselines", of(WordKind::Baseline)),
        ("views", of(WordKind::View)),
        ("functions", of(WordKind::Function)),
        ("optimisers", of(WordKind::Optimiser)),
        ("options", options.collect()),
    ]
}
