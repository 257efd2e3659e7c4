//! The tables of words in the documents are those of the vocabulary: its words, options
//! and messages. `CAROUSEL_BLESS=1` writes them.

use std::fs;

use carousel_lang::vocabulary::{Entry, WordKind, all, entries, pages};
use carousel_tests::{documents, root};

/// Before the name of a table.
const OPEN: &str = "<!-- table: ";

/// Behind the name of a table.
const CLOSE: &str = " -->\n";

/// After the last line of a table.
const END: &str = "<!-- end of table -->";

#[test]
fn tables_are_those_of_the_vocabulary() {
    for path in documents(&root()) {
        let found = fs::read_to_string(&path).expect("a document is text");
        let expected = with_tables(&found);
        if expected == found {
            continue;
        }
        if std::env::var_os("CAROUSEL_BLESS").is_some() {
            fs::write(&path, &expected).expect("a document can be written");
            continue;
        }
        let differing = expected.lines().zip(found.lines()).find(|(a, b)| a != b);
        panic!(
            "{} differs from the vocabulary at {differing:?}; CAROUSEL_BLESS=1 writes it",
            path.display()
        );
    }
}

#[test]
fn every_table_has_its_place() {
    let texts: Vec<String> = documents(&root())
        .iter()
        .map(|path| fs::read_to_string(path).expect("a document is text"))
        .collect();
    for (name, _) in TABLES {
        let marker = format!("{OPEN}{name}{CLOSE}");
        let places: usize = texts.iter().map(|text| text.matches(&marker).count()).sum();
        assert_eq!(places, 1, "{name}");
    }
}

/// What a table is called in the document, and what makes it.
type Table = (&'static str, fn() -> String);

const TABLES: &[Table] = &[
    ("verbs", || words(WordKind::Verb)),
    ("prepositions", || words(WordKind::Preposition)),
    ("sources", || words(WordKind::Source)),
    ("steps", || words(WordKind::Step)),
    ("options of data", || with_defaults(WordKind::DataOption, "option")),
    ("optimisers", || words(WordKind::Optimiser)),
    ("measures", || words(WordKind::Measure)),
    ("keywords", || words(WordKind::Keyword)),
    ("layers", || words(WordKind::Layer)),
    ("activations", || words(WordKind::Activation)),
    ("layer options", || words(WordKind::PartOption)),
    ("baselines", || words(WordKind::Baseline)),
    ("command options", || with_defaults(WordKind::CommandOption, "option")),
    ("views", || words(WordKind::View)),
    ("settings", options_of_set),
    ("functions", || words(WordKind::Function)),
    ("errors", || messages('E')),
    ("hints", || messages('H')),
    ("later", later),
];

/// The document with each table made anew.
fn with_tables(document: &str) -> String {
    let mut text = String::new();
    let mut rest = document;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (name, after) = after.split_once(CLOSE).expect("a marker ends its line");
        let (_, after) = after.split_once(END).expect("a table has its end");
        let table = TABLES.iter().find(|(known, _)| *known == name);
        let (_, table) = table.unwrap_or_else(|| panic!("there is no table `{name}`"));
        text += &format!("{before}{OPEN}{name}{CLOSE}\n{}\n{END}", table());
        rest = after;
    }
    text + rest
}

/// The words of one kind, with what they take and do.
fn words(kind: WordKind) -> String {
    let rows = entries(kind).filter(|entry| entry.ready);
    let rows = rows.map(|entry| vec![usage(entry), cell(entry.help)]);
    table(&["word", "what it does"], rows)
}

/// Options of one kind, with what holds without them.
fn with_defaults(kind: WordKind, head: &str) -> String {
    let rows = entries(kind).filter(|entry| entry.ready);
    let rows =
        rows.map(|entry| vec![usage(entry), cell(entry.default), cell(entry.help)]);
    table(&[head, "without it", "what it does"], rows)
}

fn options_of_set() -> String {
    let rows = entries(WordKind::Setting).filter(|entry| entry.ready);
    let rows =
        rows.map(|entry| vec![usage(entry), cell(entry.default), cell(entry.help)]);
    table(&["setting", "at the start", "what it does"], rows)
}

/// The pages of errors or of hints.
fn messages(letter: char) -> String {
    let rows = pages().iter().filter(|page| page.code.starts_with(letter));
    let rows = rows.map(|page| {
        vec![
            page.code.to_owned(),
            cell(page.meaning),
            code(page.example),
            code(page.instead),
        ]
    });
    table(&["code", "meaning", "a line that has it", "type instead"], rows)
}

/// Words that no statement runs yet, by kind.
fn later() -> String {
    let mut kinds: Vec<WordKind> = Vec::new();
    for entry in all().filter(|entry| !entry.ready) {
        if !kinds.contains(&entry.kind) {
            kinds.push(entry.kind);
        }
    }
    let rows = kinds.into_iter().map(|kind| {
        let words = entries(kind).filter(|entry| !entry.ready);
        let words: Vec<String> = words.map(|entry| code(entry.word)).collect();
        vec![kind.name().to_owned(), words.join(", ")]
    });
    table(&["kind", "words"], rows)
}

/// A table of Markdown.
fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|&title| title.to_owned()).collect();
    let mut text = line(&head) + &line(&vec!["---".to_owned(); head.len()]);
    for row in rows {
        text += &line(&row);
    }
    text
}

fn usage(entry: &Entry) -> String {
    code([entry.word, entry.usage].join(" ").trim_end())
}

/// Text in a cell of a table, where a bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn code(text: &str) -> String {
    format!("`{}`", cell(text))
}
