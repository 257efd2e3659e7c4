//! What a script is made of, for `carousel watch`: a text goes in, its statements come
//! out, each with what makes it the same statement as before.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use carousel_lang::ast::{Program, Statement};
use carousel_lang::reading::{Class, Highlight, highlights};
use carousel_lang::{Source, Sources, print};

use super::stamps::{Stamped, stamp};

/// How deep scripts that use scripts are followed; a session goes no deeper.
const DEEPEST: usize = 16;

/// A statement as far as it matters whether it has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planned {
    /// Its formatted text, without comments.
    pub(super) text: String,
    /// The files that it names, and the scripts and files of scripts that it uses.
    pub(super) files: Vec<Stamped>,
}

/// The statements of a script in `folder`.
pub(super) fn plan(source: &Source, program: &Program, folder: &Path) -> Vec<Planned> {
    let words = highlights(source);
    let of = |statement: &Statement| -> Vec<Named> {
        let (start, end) = (statement.span.start, statement.span.end);
        let inside = |h: &&Highlight| start <= h.span.start && h.span.end <= end;
        let inside: Vec<Highlight> = words.iter().filter(inside).copied().collect();
        named(source, &inside)
    };
    let names: Vec<Vec<Named>> = program.statements.iter().map(of).collect();
    // What the script itself writes is no reason to run it again.
    let written: BTreeSet<PathBuf> =
        names.iter().flatten().filter_map(|name| name.written(folder)).collect();
    let planned = |(statement, names): (&Statement, &Vec<Named>)| {
        let mut files = BTreeSet::new();
        for name in names {
            name.read(folder, 0, &mut files);
        }
        let files = files.difference(&written).cloned().map(stamp).collect();
        Planned { text: text(statement), files }
    };
    program.statements.iter().zip(&names).map(planned).collect()
}

/// A statement as the formatter prints it, without its comments.
fn text(statement: &Statement) -> String {
    let mut statement = statement.clone();
    (statement.comments, statement.remarks) = (Vec::new(), Vec::new());
    print(&Program { statements: vec![statement], trailing: Vec::new() })
}

/// A text in quotes, which may name a file.
#[derive(Debug)]
enum Named {
    /// `csv "air.csv"`; also a column, which is no file.
    Read(String),
    /// `use "common.lstm"`
    Used(String),
    /// `save m to "m.safetensors"`
    Written(String),
}

/// The texts in quotes among some words.
fn named(source: &Source, words: &[Highlight]) -> Vec<Named> {
    let word = |at: usize| source.text.get(words[at].span.range()).unwrap_or_default();
    let texts = (0..words.len()).filter(|&at| words[at].class == Class::Text);
    let name = |at: usize| {
        let text = unquoted(word(at));
        match at.checked_sub(1).map(word) {
            Some("to") => Named::Written(text),
            Some("use") => Named::Used(text),
            Some(_) | None => Named::Read(text),
        }
    };
    texts.map(name).collect()
}

fn unquoted(text: &str) -> String {
    let inner = text.trim_start_matches('"');
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    inner.replace("\\\"", "\"").replace("\\\\", "\\")
}

impl Named {
    fn written(&self, folder: &Path) -> Option<PathBuf> {
        match self {
            Named::Written(file) => Some(folder.join(file)),
            Named::Read(_) | Named::Used(_) => None,
        }
    }

    /// Adds the files that are read.
    fn read(&self, folder: &Path, depth: usize, files: &mut BTreeSet<PathBuf>) {
        match self {
            Named::Written(_) => {}
            Named::Read(file) => {
                files.insert(folder.join(file));
            }
            Named::Used(file) => {
                let path = folder.join(file);
                if depth < DEEPEST && files.insert(path.clone()) {
                    of_script(&path, depth + 1, files);
                }
            }
        }
    }
}

/// Adds the files of a script that is used.
fn of_script(path: &Path, depth: usize, files: &mut BTreeSet<PathBuf>) {
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let mut sources = Sources::default();
    let source = sources.add("<used>", text).clone();
    let folder = path.parent().unwrap_or(Path::new(""));
    for name in named(&source, &highlights(&source)) {
        name.read(folder, depth, files);
    }
}

#[cfg(test)]
mod tests {
    use carousel_lang::parse;

    use super::*;

    fn planned(text: &str) -> Vec<(String, Vec<String>)> {
        let mut sources = Sources::default();
        let source = sources.add("<test>", text).clone();
        let (program, errors) = parse(&source);
        assert!(errors.is_empty(), "{errors:?}");
        let shown = |path: &Stamped| path.path.display().to_string();
        plan(&source, &program, Path::new("lesson"))
            .into_iter()
            .map(|plan| (plan.text, plan.files.iter().map(shown).collect()))
            .collect()
    }

    #[test]
    fn comments_and_spaces_do_not_make_another_statement() {
        let text = "# one\ndata air =   csv \"a.csv\" | window 3 # two\nlstm 4->dense 1";
        let plain = "data air = csv \"a.csv\" | window 3\nlstm 4 -> dense 1";
        assert_eq!(planned(text), planned(plain));
        assert_ne!(planned(text), planned(&plain.replace('3', "4")));
    }

    #[test]
    fn what_a_script_writes_is_not_watched() {
        let text = "data air = csv \"sub/a.csv\" column \"b\"\n\
                    save it to \"m.safetensors\"\nn = load \"m.safetensors\"";
        let files: Vec<_> = planned(text).into_iter().map(|(_, files)| files).collect();
        let data = vec!["lesson/b".to_owned(), "lesson/sub/a.csv".to_owned()];
        assert_eq!(files, [data, vec![], vec![]]);
    }
}
