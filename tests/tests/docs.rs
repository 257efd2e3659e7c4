//! Every `lstm` fence of the documents runs; a `text` fence right behind it is what it
//! prints, to the letter but for the last digits of figures. `CAROUSEL_BLESS=1` writes
//! what differs into the documents.

use std::fs;
use std::path::Path;

use carousel_tests::{
    Fence, copy_of_repository, fences, files_ending, near, outcome, root,
};

#[test]
fn programs_in_documents_run() {
    let copy =
        copy_of_repository(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents"));
    let mut documents = files_ending(&copy.join("docs"), ".md");
    documents.extend(Some(copy.join("README.md")).filter(|readme| readme.exists()));
    let mut wrong = Vec::new();
    for document in documents {
        let markdown = fs::read_to_string(&document).expect("a document is text");
        let name =
            document.strip_prefix(&copy).expect("it was found there").to_string_lossy();
        let home = document.parent().expect("a document stands in a folder");
        wrong
            .extend(fences(&markdown).iter().filter_map(|fence| run(home, &name, fence)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is wrong with a program, if anything is.
fn run(home: &Path, document: &str, fence: &Fence) -> Option<String> {
    let outcome = outcome(home, document, &fence.program);
    let place = format!("{document}, line {}", fence.line);
    match &fence.output {
        Some(output) if near(output, &outcome.text) => None,
        Some(output) if std::env::var_os("CAROUSEL_BLESS").is_some() => {
            bless(&root().join(document), fence, output, &outcome.text);
            None
        }
        Some(_) => Some(format!("{place} prints something else:\n{}", outcome.text)),
        None if outcome.well => None,
        None => Some(format!("{place} has an error:\n{}", outcome.text)),
    }
}

/// Puts what a program prints in place of what the document says.
fn bless(document: &Path, fence: &Fence, said: &str, printed: &str) {
    let markdown = fs::read_to_string(document).expect("a document is text");
    let both =
        |output: &str| format!("```lstm\n{}```\n```text\n{output}```\n", fence.program);
    let blessed = markdown.replacen(&both(said), &both(printed), 1);
    assert_ne!(blessed, markdown, "a `text` fence follows its program directly");
    fs::write(document, blessed).expect("a document can be written");
}
