//! Every `lstm` fence of the documents runs; a `text` fence right behind it is what it
//! prints, to the letter but for the last digits of figures. A fence `lstm continued`
//! goes on with the session of the one before. Every picture is one that a program of
//! its folder saves. `CAROUSEL_BLESS=1` writes what differs into the documents.

use std::fs;
use std::path::Path;

use carousel::Session;
use carousel_tests::{
    Fence, copy_of_repository, documents, fences, files_ending, near, outcome_in, root,
};

#[test]
fn programs_in_documents_run() {
    let copy =
        copy_of_repository(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents"));
    for picture in files_ending(&copy.join("docs"), ".svg") {
        fs::remove_file(picture).expect("a picture of the copy can be removed");
    }
    let mut wrong = Vec::new();
    for document in documents(&copy).iter().chain([&copy.join("README.md")]) {
        wrong.extend(run(&copy, document));
    }
    wrong.extend(pictures(&copy));
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What messages call a program, as if a reader had put it into a file.
const SCRIPT: &str = "lesson.lstm";

/// What is wrong with the programs of a document.
fn run(copy: &Path, document: &Path) -> Vec<String> {
    let markdown = fs::read_to_string(document).expect("a document is text");
    let name = document.strip_prefix(copy).expect("it was found there").to_string_lossy();
    let home = document.parent().expect("a document stands in a folder");
    let mut session = Session::in_folder(home);
    let mut wrong = Vec::new();
    for fence in fences(&markdown) {
        if !fence.continued {
            session = Session::in_folder(home);
        }
        let outcome = outcome_in(&mut session, home, SCRIPT, &fence.program);
        let place = format!("{name}, line {}", fence.line);
        match &fence.output {
            Some(output) if near(output, &outcome.text) => {}
            Some(output) if blesses() => {
                bless(&root().join(&*name), &fence, output, &outcome.text);
            }
            Some(_) => {
                wrong.push(format!("{place} prints something else:\n{}", outcome.text));
            }
            None if outcome.well => {}
            None => wrong.push(format!("{place} has an error:\n{}", outcome.text)),
        }
    }
    wrong
}

fn blesses() -> bool {
    std::env::var_os("CAROUSEL_BLESS").is_some()
}

/// Puts what a program prints in place of what the document says.
fn bless(document: &Path, fence: &Fence, said: &str, printed: &str) {
    let markdown = fs::read_to_string(document).expect("a document is text");
    let blessed =
        markdown.replacen(&fence.with_output(said), &fence.with_output(printed), 1);
    assert_ne!(blessed, markdown, "a `text` fence follows its program directly");
    fs::write(document, blessed).expect("a document can be written");
}

/// What is wrong with the pictures: those that the programs have drawn into the copy
/// beside those of the documents.
fn pictures(copy: &Path) -> Vec<String> {
    let names = |root: &Path| {
        let pictures = files_ending(&root.join("docs"), ".svg").into_iter();
        let names = pictures.map(|path| path.strip_prefix(root).map(Path::to_owned));
        names.collect::<Result<Vec<_>, _>>().expect("they were found there")
    };
    let mut wrong = Vec::new();
    for name in names(copy) {
        let read = |root: &Path| fs::read_to_string(root.join(&name)).unwrap_or_default();
        let (drawn, shown) = (read(copy), read(&root()));
        if near(&shown, &drawn) {
            continue;
        }
        if blesses() {
            fs::write(root().join(&name), drawn).expect("a picture can be written");
        } else {
            wrong.push(format!("{} is not what its program draws", name.display()));
        }
    }
    for name in names(&root()).iter().filter(|name| !copy.join(name).exists()) {
        wrong.push(format!("no program draws {}", name.display()));
    }
    wrong
}
