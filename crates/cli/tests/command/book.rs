//! What the book shows of the command's own help is what the command prints.
//! `CAROUSEL_BLESS=1` writes it into the chapter.

use std::fs;
use std::path::Path;

use crate::{folder, run};

#[test]
fn the_book_shows_the_words_of_the_command() {
    let chapter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/command.md");
    let found = fs::read_to_string(&chapter).expect("the chapter is text");
    let help = run(&folder("book"), &["-h"]).stdout;
    let help = String::from_utf8(help).expect("the command prints text");
    let (before, rest) = found.split_once("```text\n").expect("it shows the help");
    let (_, after) = rest.split_once("```\n").expect("a fence has its end");
    let expected = format!("{before}```text\n{help}```\n{after}");
    if std::env::var_os("CAROUSEL_BLESS").is_some() {
        fs::write(&chapter, expected).expect("the chapter can be written");
        return;
    }
    assert_eq!(found, expected, "CAROUSEL_BLESS=1 writes it");
}
