//! The extension that colours cells in JupyterLab: the words of the language go in, one
//! script comes out. It is made when it is installed, so that its words are those of the
//! parser beside it.

use std::collections::BTreeSet;

use carousel_lang::reading::values_of;
use carousel_lang::vocabulary::{self, WordKind, entries};
use serde_json::{Map, Value};

/// The pieces of the script, in the order in which they need each other.
const PIECES: [&str; 3] = [
    include_str!("../../labextension/rust.js"),
    include_str!("../../labextension/language.js"),
    include_str!("../../labextension/extension.js"),
];

/// The lists that the pieces ask for, and the kinds of word that they hold.
const LISTS: [(&str, &[WordKind]); 10] = [
    ("verbs", &[WordKind::Verb]),
    ("prepositions", &[WordKind::Preposition]),
    ("sources", &[WordKind::Source]),
    ("steps", &[WordKind::Step]),
    ("layers", &[WordKind::Layer]),
    ("baselines", &[WordKind::Baseline]),
    ("views", &[WordKind::View, WordKind::Measure]),
    ("functions", &[WordKind::Function]),
    ("optimisers", &[WordKind::Optimiser]),
    ("options", &OPTIONS),
];

/// Words that stand after others and tell how.
const OPTIONS: [WordKind; 5] = [
    WordKind::Activation,
    WordKind::CommandOption,
    WordKind::PartOption,
    WordKind::DataOption,
    WordKind::Setting,
];

/// The whole script.
pub(super) fn script() -> String {
    let words = Value::Object(words());
    let pieces = PIECES.join("\n");
    format!(
        "// Carousel in JupyterLab, written by `carousel-kernel install`.\n\
         (function () {{\n\"use strict\";\n\
         const WORDS = {words};\n{pieces}}})();\n"
    )
}

fn words() -> Map<String, Value> {
    let list = |(name, kinds): &(&str, &[WordKind])| {
        ((*name).to_owned(), Value::from_iter(words_of(kinds)))
    };
    LISTS.iter().map(list).collect()
}

fn words_of(kinds: &[WordKind]) -> BTreeSet<&'static str> {
    let words = kinds.iter().flat_map(|kind| entries(*kind)).map(|entry| entry.word);
    let valued = vocabulary::all()
        .filter(|entry| kinds.contains(&entry.kind) && OPTIONS.contains(&entry.kind));
    words.chain(valued.flat_map(values_of)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_language_is_in_the_script() {
        let script = script();
        // What stands between the others has its colour by its place, in the rows.
        for entry in vocabulary::all().filter(|entry| entry.kind != WordKind::Keyword) {
            let quoted = format!("\"{}\"", entry.word);
            assert!(script.contains(&quoted), "{} ({})", entry.word, entry.kind.name());
        }
    }

    #[test]
    fn every_list_that_a_piece_asks_for_is_there_and_holds_words() {
        let words = words();
        let mut asked = 0;
        for piece in PIECES {
            for rest in piece.split("WORDS.").skip(1) {
                let name: String =
                    rest.chars().take_while(|c| c.is_alphabetic()).collect();
                let list = words.get(&name).and_then(Value::as_array);
                assert!(list.is_some_and(|list| !list.is_empty()), "WORDS.{name}");
                asked += 1;
            }
        }
        assert!(asked >= LISTS.len());
    }
}
