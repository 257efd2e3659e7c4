//! The chapters of the book: each stands in docs/SUMMARY.md and is no longer than a
//! reader bears, and every error and hint has a program that shows it.

use std::fs;
use std::path::{Path, PathBuf};

use carousel_lang::vocabulary::pages;
use carousel_tests::{documents, fences, root};

/// The most lines of a chapter.
const LINES: usize = 250;

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a document is text")
}

#[test]
fn every_chapter_is_in_the_summary_and_bearable() {
    let docs = root().join("docs");
    let summary = read(&docs.join("SUMMARY.md"));
    for path in documents(&root()) {
        let name = path.strip_prefix(&docs).expect("it was found there").display();
        let name = name.to_string();
        assert!(
            name == "SUMMARY.md" || summary.contains(&format!("]({name})")),
            "docs/SUMMARY.md lacks {name}"
        );
        let lines = read(&path).lines().count();
        assert!(lines <= LINES, "docs/{name} has {lines} lines; {LINES} are the most");
    }
}

#[test]
fn every_message_has_its_program() {
    let errors = root().join("docs/errors");
    let chapters: Vec<PathBuf> =
        ["form.md", "data.md", "hints.md"].iter().map(|name| errors.join(name)).collect();
    let text: String = chapters.iter().map(|path| read(path)).collect();
    for page in pages() {
        let code = page.code;
        let (_, section) = text
            .split_once(&format!("\n## {code}: "))
            .unwrap_or_else(|| panic!("no chapter has the heading `## {code}: ...`"));
        let section = section.split("\n## ").next().unwrap_or(section);
        let shown = [format!("error[{code}]"), format!("hint {code}:")];
        let shows = fences(section).iter().any(|fence| {
            let output = fence.output.as_deref().unwrap_or_default();
            shown.iter().any(|mark| output.contains(mark))
        });
        assert!(shows, "no program under `## {code}` shows it");
    }
}
