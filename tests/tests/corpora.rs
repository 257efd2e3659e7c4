//! What the fuzz targets are asked of any bytes holds for the bytes that they have found
//! worth keeping.

use std::fs;

use carousel_tests::{any, root};

/// Gives each file of a corpus to its target.
fn all(corpus: &str, target: fn(&[u8])) {
    let folder = root().join("fuzz/corpus").join(corpus);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the corpus is in the repository")
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    files.sort();
    assert!(files.len() > 10, "{corpus}: {} files", files.len());
    for file in files {
        let bytes = fs::read(&file).expect("it can be read");
        let held = std::panic::catch_unwind(|| target(&bytes));
        assert!(held.is_ok(), "{} does not hold", file.display());
    }
}

#[test]
fn any_text_is_read() {
    all("read", any::read);
}

#[test]
fn any_text_is_typed() {
    all("type_in", any::type_in);
}

#[test]
fn any_statements_are_carried_out() {
    all("talk", any::talk);
}
