//! The chapters of the book: each stands in docs/SUMMARY.md, every error and hint has a
//! program that shows it, and the figures that the lessons speak of are figures that a
//! program has printed.

use std::fs;
use std::path::{Path, PathBuf};

use carousel_lang::vocabulary::pages;
use carousel_tests::{documents, fences, files_ending, root};

/// A folder of docs/ that is no part of the book: what editors install, with its words.
const EDITORS: &str = "editors/";

/// Errors that the airline tutorial prints, of which its lesson speaks.
const TUTORIAL: [&str; 10] = [
    "22.34", "45.89", "24.19", "58.03", "23.69", "58.88", "20.74", "52.23", "20.49",
    "56.35",
];

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a document is text")
}

#[test]
fn every_chapter_is_in_the_summary() {
    let docs = root().join("docs");
    let summary = read(&docs.join("SUMMARY.md"));
    for path in documents(&root()) {
        let name = path.strip_prefix(&docs).expect("it was found there").display();
        let name = name.to_string();
        if name.starts_with(EDITORS) {
            continue;
        }
        assert!(
            name == "SUMMARY.md" || summary.contains(&format!("]({name})")),
            "docs/SUMMARY.md lacks {name}"
        );
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

#[test]
fn lessons_speak_of_figures_that_were_printed() {
    let docs = root().join("docs");
    let mut chapters = files_ending(&docs.join("lessons"), ".md");
    chapters.push(docs.join("tour.md"));
    let texts: Vec<String> = chapters.iter().map(|path| read(path)).collect();
    let printed: String =
        texts.iter().flat_map(|text| fences(text)).filter_map(|f| f.output).collect();
    let mut spoken = 0;
    for text in &texts {
        for figure in figures(&prose(text)) {
            spoken += 1;
            let known = TUTORIAL.contains(&figure) || printed.contains(figure);
            assert!(known, "no program of the lessons prints {figure}");
        }
    }
    assert!(spoken > TUTORIAL.len(), "the lessons speak of figures");
}

/// A document without its fences.
fn prose(markdown: &str) -> String {
    markdown.split("```").step_by(2).collect()
}

/// The figures in a text that have two decimals and more.
fn figures(text: &str) -> Vec<&str> {
    let is_figure = |word: &&str| {
        word.split_once('.').is_some_and(|(_, decimals)| decimals.len() >= 2)
    };
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    words.map(|word| word.trim_matches('.')).filter(is_figure).collect()
}
