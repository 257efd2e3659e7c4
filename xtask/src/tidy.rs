//! Habits that no lint knows: files say what they are for, and stay short enough to be
//! read in one sitting, those of the book too. All of it takes a moment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folders whose files are looked at.
const FOLDERS: [&str; 5] = ["crates", "docs", "kernel", "tests", "xtask"];

/// The most lines of a Rust file. Past it, a file holds more than one thing.
const FILE_LINES: usize = 400;

/// The page that explains the whole house, and its most lines.
const ARCHITECTURE: &str = "ARCHITECTURE.md";
const ARCHITECTURE_LINES: usize = 150;

/// The most lines of a chapter of the book.
const CHAPTER_LINES: usize = 250;

/// What is not tidy in the workspace at `root`, one line each, in the order of paths.
///
/// # Errors
/// Where a file cannot be read.
pub(crate) fn complaints(root: &Path) -> io::Result<Vec<String>> {
    let mut files = vec![root.join(ARCHITECTURE)];
    for folder in FOLDERS {
        texts(&root.join(folder), &mut files)?;
    }
    let mut found = Vec::new();
    for path in files {
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if let Some(most) = most_lines(&name) {
            found.extend(complaints_about(&name, most, &fs::read_to_string(&path)?));
        }
    }
    Ok(found)
}

/// The most lines that a file may have; `None` for one that is not looked at.
fn most_lines(name: &str) -> Option<usize> {
    match name.rsplit_once('.')?.1 {
        _ if name == ARCHITECTURE => Some(ARCHITECTURE_LINES),
        "rs" => Some(FILE_LINES),
        "md" if name.starts_with("docs") => Some(CHAPTER_LINES),
        _ => None,
    }
}

fn complaints_about(name: &str, most: usize, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if name.ends_with(".rs") && !text.starts_with("//!") {
        found.push(format!("{name}: opens without `//!`: what goes in, what comes out"));
    }
    let lines = text.lines().count();
    if lines > most {
        found.push(format!("{name}: has {lines} lines; {most} are the most"));
    }
    found
}

/// All Rust files and pages in a folder and those below it, sorted; build outputs left
/// out.
fn texts(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if !path.ends_with("target") {
                texts(&path, files)?;
            }
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "md")
        {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: &[&str]) {
        let most = most_lines(name).expect("it is looked at");
        assert_eq!(complaints_about(name, most, text), expected, "{name}");
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
        for (name, most) in [("ARCHITECTURE.md", 150), ("docs/a.md", 250)] {
            check(name, &"a\n".repeat(most), &[]);
            let long = format!("{name}: has {} lines; {most} are the most", most + 1);
            check(name, &"a\n".repeat(most + 1), &[&long]);
        }
        assert_eq!(most_lines("kernel/a.md"), None);
    }

    #[test]
    fn the_files_of_this_program_are_found_in_order() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        texts(here, &mut files).unwrap();
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
