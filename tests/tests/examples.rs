//! Every script under `examples/` and `tests/errors/` beside what it prints, as a
//! snapshot. A new case is a new file; `INSTA_UPDATE=always` writes its snapshot.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use carousel_tests::{Near, Outcome, copy_of_repository, files_ending, outcome};

#[test]
fn examples_print_what_they_should() {
    let copy =
        copy_of_repository(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples"));
    compare(&copy, "examples", true);
}

#[test]
fn errors_read_as_they_should() {
    let copy = copy_of_repository(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("errors"));
    compare(&copy, "tests/errors", false);
}

/// Compares all scripts of a folder, then fails if one of them differs: one run shows
/// them all.
fn compare(copy: &Path, folder: &str, well: bool) {
    let folder = copy.join(folder);
    let scripts = files_ending(&folder, ".lstm");
    assert!(!scripts.is_empty(), "no scripts in {}", folder.display());
    let differing: Vec<&Path> = scripts
        .iter()
        .filter(|script| {
            let compared = AssertUnwindSafe(|| compare_one(&folder, script, well));
            panic::catch_unwind(compared).is_err()
        })
        .map(|script| script.as_path())
        .collect();
    assert!(differing.is_empty(), "these scripts print something else: {differing:#?}");
}

fn compare_one(folder: &Path, script: &Path, well: bool) {
    let source = fs::read_to_string(script).expect("a script is text");
    let name = script.strip_prefix(folder).expect("it was found there").to_string_lossy();
    let home = script.parent().expect("a script stands in a folder");
    let file = script.file_name().expect("a script has a name").to_string_lossy();
    let Outcome { text, well: ended_well } = outcome(home, &file, &source);
    assert_eq!(ended_well, well, "{name} ended with:\n{text}");
    let mut settings = insta::Settings::clone_current();
    settings.set_comparator(Box::new(Near));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("../snapshots");
    settings.bind(|| {
        let name = name.trim_end_matches(".lstm").replace(['/', '\\'], "-");
        insta::assert_snapshot!(name, format!("{}\n----\n{text}", source.trim_end()));
    });
}
