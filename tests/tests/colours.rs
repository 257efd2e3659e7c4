//! The words that docs/theme/lstm.js colours are those of the vocabulary.
//! `CAROUSEL_BLESS=1` writes them.

use std::fs;

use carousel_lang::vocabulary::{WordKind, entries};
use carousel_tests::root;

/// What highlight.js calls words that look alike, and which these are. A word with two
/// meanings has the colour of the first.
const COLOURS: [(&str, &[WordKind]); 3] = [
    ("keyword", &[WordKind::Verb, WordKind::Preposition, WordKind::Keyword]),
    (
        "built_in",
        &[WordKind::Source, WordKind::Layer, WordKind::Baseline, WordKind::Function],
    ),
    (
        "attr",
        &[
            WordKind::Step,
            WordKind::PartOption,
            WordKind::DataOption,
            WordKind::CommandOption,
            WordKind::Activation,
            WordKind::Optimiser,
            WordKind::View,
            WordKind::Measure,
            WordKind::Setting,
        ],
    ),
];

/// Between these lines of the script stand the words.
const OPEN: &str = "  // <words>\n";
const CLOSE: &str = "  // </words>\n";

/// How long a line of words may be.
const WIDTH: usize = 80;

#[test]
fn the_book_colours_the_words_of_the_vocabulary() {
    let path = root().join("docs/theme/lstm.js");
    let found = fs::read_to_string(&path).expect("the script is text");
    let (before, rest) = found.split_once(OPEN).expect("the words have a place");
    let (_, after) = rest.split_once(CLOSE).expect("their place has an end");
    let expected = format!("{before}{OPEN}{}{CLOSE}{after}", words());
    if std::env::var_os("CAROUSEL_BLESS").is_some() {
        fs::write(&path, &expected).expect("the script can be written");
        return;
    }
    assert_eq!(found, expected, "CAROUSEL_BLESS=1 writes the words");
}

/// The words of each colour, each word once.
fn words() -> String {
    let mut seen = Vec::new();
    let mut text = String::new();
    for (colour, kinds) in COLOURS {
        let mut lines = vec![String::new()];
        let entries = kinds.iter().flat_map(|kind| entries(*kind));
        for word in entries.filter(|entry| entry.ready).map(|entry| entry.word) {
            if seen.contains(&word) {
                continue;
            }
            seen.push(word);
            let line = lines.last_mut().expect("there is always a line");
            if line.is_empty() {
                line.push_str(word);
            } else if line.len() + word.len() < WIDTH {
                *line += &format!(" {word}");
            } else {
                lines.push(word.to_owned());
            }
        }
        let lines: String =
            lines.iter().map(|line| format!("    \"{line}\",\n")).collect();
        text += &format!("  {colour}: [\n{lines}  ].join(\" \"),\n");
    }
    text
}
