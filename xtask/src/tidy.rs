//! Habits that no lint knows: files say what they are for, and stay short enough to be
//! read in one sitting.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folders whose Rust files are looked at.
const FOLDERS: [&str; 4] = ["crates", "kernel", "tests", "xtask"];

/// The most lines of a Rust file. Past it, a file holds more than one thing.
const FILE_LINES: usize = 400;

/// The most lines of the page that explains the whole house.
const ARCHITECTURE_LINES: usize = 150;

/// What is not tidy in the workspace at `root`, one line each, in the order of paths.
///
/// # Errors
/// Where a file cannot be read.
pub(crate) fn complaints(root: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        rust_files(&root.join(folder), &mut files)?;
    }
    let architecture = root.join("ARCHITECTURE.md");
    if architecture.exists() {
        files.push(architecture);
    }
    let mut found = Vec::new();
    for path in files {
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        found.extend(complaints_about(&name, &fs::read_to_string(&path)?));
    }
    Ok(found)
}

fn complaints_about(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let is_rust = name.ends_with(".rs");
    if is_rust && !text.starts_with("//!") {
        found.push(format!("{name}: opens without `//!`: what goes in, what comes out"));
    }
    let most = if is_rust { FILE_LINES } else { ARCHITECTURE_LINES };
    let lines = text.lines().count();
    if lines > most {
        found.push(format!("{name}: has {lines} lines; {most} are the most"));
    }
    found
}

/// All Rust files in a folder and those below it, sorted; build outputs left out.
fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if !path.ends_with("target") {
                rust_files(&path, files)?;
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: &[&str]) {
        assert_eq!(complaints_about(name, text), expected, "{name}");
    }

    #[test]
    fn files_have_a_head_and_a_bound() {
        let rust = |lines: usize| "//! Said.\n".to_owned() + &"\n".repeat(lines - 1);
        check("a.rs", &rust(400), &[]);
        check("a.rs", &rust(401), &["a.rs: has 401 lines; 400 are the most"]);
        let headless = "a.rs: opens without `//!`: what goes in, what comes out";
        check("a.rs", "", &[headless]);
        check("a.rs", "// Said.\n//! Late.\n", &[headless]);
        check(
            "a.rs",
            &"\n".repeat(500),
            &[headless, "a.rs: has 500 lines; 400 are the most"],
        );
        check("ARCHITECTURE.md", &"a\n".repeat(150), &[]);
        check(
            "ARCHITECTURE.md",
            &"a\n".repeat(151),
            &["ARCHITECTURE.md: has 151 lines; 150 are the most"],
        );
    }

    #[test]
    fn the_files_of_this_program_are_found_in_order() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        rust_files(here, &mut files).unwrap();
        let names: Vec<_> =
            files.iter().map(|path| path.strip_prefix(here).unwrap()).collect();
        let expected = [
            "book.rs",
            "count.rs",
            "jupyter/evcxr.rs",
            "jupyter/mod.rs",
            "jupyter/python.rs",
            "jupyter/wheel.rs",
            "levels.rs",
            "links.rs",
            "main.rs",
            "miri.rs",
            "test.rs",
            "tidy.rs",
            "valgrind.rs",
        ];
        assert_eq!(names, expected.map(|name| Path::new("src").join(name)));
    }
}
