//! The extension that colours cells in JupyterLab: the words of the language go in, one
//! script comes out. It is made when it is installed, so that its words are those of the
//! parser beside it.

use carousel_lang::reading::{List, lists};
use carousel_lang::vocabulary::{WordKind, entries};
use serde_json::{Map, Value};

/// The pieces of the script, in the order in which they need each other.
const PIECES: [&str; 3] = [
    include_str!("../../labextension/rust.js"),
    include_str!("../../labextension/language.js"),
    include_str!("../../labextension/extension.js"),
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

/// The lists that the pieces ask for. What is measured stands where views do.
fn words() -> Map<String, Value> {
    let list = |(name, mut words): List| {
        if name == "views" {
            words.extend(entries(WordKind::Measure).map(|entry| entry.word));
        }
        (name.to_owned(), Value::from_iter(words))
    };
    lists().into_iter().map(list).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use carousel_lang::vocabulary;

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
        assert!(asked >= words.len());
    }
}
