//! What is put into cells: two modules, once, and a first statement in each, whose value
//! lives as long as the cell runs and says how it ended.

use std::path::PathBuf;

use uuid::Uuid;

use super::errors;
use crate::failure::Failure;

const HOST: &str = include_str!("inside/host.rs.in");
const CAROUSEL: &str = include_str!("inside/carousel.rs.in");

/// The module that tells whether evcxr still has what was put in.
pub(super) const HOST_NAME: &str = "__carousel";

/// Evaluated first in each cell. The value is a temporary that the block keeps to its end,
/// and no variable, which evcxr would put away.
const FIRST: &str = "let _ = &__carousel::begin(); ";

/// What a session and its cells know each other by.
#[derive(Debug, Clone)]
pub(super) struct Signs {
    /// Stands in each mark, and in nothing else that a cell prints.
    pub(super) word: String,
    /// Where letters lie.
    pub(super) folder: PathBuf,
}

impl Signs {
    pub(super) fn new() -> Signs {
        let name = format!("carousel-{}", Uuid::new_v4().simple());
        let word = Uuid::new_v4().simple().to_string();
        Signs { word, folder: std::env::temp_dir().join(name) }
    }
}

/// The modules of which cells are made.
///
/// Where the library itself is a dependency, the module of its name holds what it has as
/// well: `carousel::Session` is the library's, `carousel::get` the notebook's.
pub(super) fn modules(signs: &Signs, with_library: bool) -> String {
    let folder = signs.folder.to_string_lossy().escape_default().to_string();
    let also = if with_library { "pub use ::carousel::*;\n    " } else { "" };
    let host = HOST.replace("{folder}", &folder).replace("{word}", &signs.word);
    format!("{host}{}", CAROUSEL.replace("{also}", also))
}

/// A cell as evcxr gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepared {
    pub(super) text: String,
    /// Whether the first statement is in it: a cell of commands alone has none.
    pub(super) guarded: bool,
    /// The line of the cell, from 0, before which text was put in, and how much: lines,
    /// and characters of the last of them.
    line: usize,
    added: (usize, usize),
}

impl Prepared {
    /// The place in the cell of a place in the text, both counted from 0.
    pub(super) fn place(&self, line: usize, column: usize) -> (usize, usize) {
        let (lines, columns) = self.added;
        if line < self.line {
            (line, column)
        } else if line <= self.line + lines {
            let own = if line == self.line + lines { column } else { 0 };
            (self.line, own.saturating_sub(columns))
        } else {
            (line - lines, column)
        }
    }
}

/// Puts the first statement into a cell, and `modules` before it where there are some.
pub(super) fn prepare(code: &str, modules: Option<&str>) -> Prepared {
    let mut added = modules.unwrap_or_default().to_owned();
    let Some((line, at)) = first_of_rust(code) else {
        let text = if added.is_empty() || code.ends_with('\n') {
            format!("{code}{added}")
        } else {
            format!("{code}\n{added}")
        };
        let line = code.lines().count();
        return Prepared { text, guarded: false, line, added: (0, 0) };
    };
    added += FIRST;
    let last = added.rsplit('\n').next().map_or(0, |last| last.chars().count());
    let lines = added.matches('\n').count();
    let text = format!("{}{added}{}", &code[..at], &code[at..]);
    Prepared { text, guarded: true, line, added: (lines, last) }
}

/// The line, and its first byte, on which the Rust of a cell begins: after evcxr's
/// commands, and after attributes of the whole, which stay first.
fn first_of_rust(code: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut commands = true;
    for (number, line) in code.split_inclusive('\n').enumerate() {
        let words = line.trim();
        let attribute = line.starts_with("#![") && words.ends_with(']');
        commands &= !attribute;
        let command = commands && (is_command(line) || line.starts_with('!'));
        if !(attribute || command || words.is_empty() || line.starts_with("//")) {
            return Some((number, at));
        }
        at += line.len();
    }
    None
}

/// Whether evcxr takes a line for a command, if no Rust stands above it.
fn is_command(line: &str) -> bool {
    line.trim_start_matches(' ').starts_with(':')
}

/// The commands of a cell: `("dep", "carousel = \"0.1\"")`.
fn commands(code: &str) -> impl Iterator<Item = (&str, &str)> {
    let end = first_of_rust(code).map_or(code.len(), |(_, at)| at);
    code[..end].lines().filter(|line| is_command(line)).map(|line| {
        let line = line.trim().trim_start_matches(':');
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        (name, rest.trim())
    })
}

/// Why a cell is not given to evcxr at all, if it is not.
pub(super) fn refused(code: &str) -> Option<Failure> {
    if commands(code).any(|(name, _)| name == "quit") {
        let notes = [
            "to forget all variables and functions of Rust cells: `:clear`",
            "to end the kernel: `Shut Down Kernel` in the notebook's menu",
        ];
        let title = "`:quit` would end the whole notebook";
        return Some(errors::plain("RustError", title, &notes));
    }
    let end = first_of_rust(code).map_or(code.len(), |(_, at)| at);
    let command = code[..end].lines().find_map(|line| line.strip_prefix('!'))?.trim();
    let title = format!("`!{command}` is not run: nothing could stop it");
    let instead = format!(
        "in Rust: std::process::Command::new(\"sh\").args([\"-c\", {command:?}]).status()"
    );
    Some(errors::plain("RustError", &title, &[&instead]))
}

/// Whether a cell has evcxr forget everything.
pub(super) fn clears(code: &str) -> bool {
    commands(code).any(|(name, _)| name == "clear")
}

/// Whether a cell makes the library a dependency: by its name, or by the path of a folder
/// that is called like it.
pub(super) fn brings_library(code: &str) -> bool {
    commands(code).filter(|(name, _)| *name == "dep").any(|(_, rest)| {
        let name = rest.split(['=', ' ']).next().unwrap_or_default();
        let path = name.starts_with(['.', '/']);
        name == "carousel" || path && name.trim_end_matches('/').ends_with("/carousel")
    })
}

/// The cell without the commands that the cursor is not in, which would be carried out
/// while it is completed. Bytes stay where they are.
pub(super) fn without_commands(code: &str, cursor: usize) -> String {
    let end = first_of_rust(code).map_or(code.len(), |(_, at)| at);
    let mut text = String::with_capacity(code.len());
    for line in code.split_inclusive('\n') {
        let here = text.len()..text.len() + line.len();
        let aside = is_command(line) || line.starts_with('!');
        if here.start < end && aside && !(here.start..=here.end).contains(&cursor) {
            let blank = |byte| if byte == b'\n' { '\n' } else { ' ' };
            text.extend(line.bytes().map(blank));
        } else {
            text.push_str(line);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_statement_stands_before_the_first_of_rust() {
        for (before, after) in [
            ("", "1 + 1"),
            ("\n// what\n", "  let x = 1;\nx"),
            (":dep a = \"1\"\n  :opt 1\n!ls\n\n", "a::b()"),
            ("#![allow(dead_code)]\n", "fn f() {}"),
            ("#![allow(dead_code)]\n", ":no_command_here"),
        ] {
            let prepared = prepare(&format!("{before}{after}"), None);
            assert!(prepared.guarded);
            assert_eq!(prepared.text, format!("{before}{FIRST}{after}"));
        }
        for none in ["", "\n", ":vars", "// nothing", ":dep a = \"1\"\n"] {
            let prepared = prepare(none, None);
            assert_eq!((&*prepared.text, prepared.guarded), (none, false));
        }
        assert_eq!(prepare(":clear", Some("mod m {}\n")).text, ":clear\nmod m {}\n");
    }

    #[test]
    fn places_are_those_of_the_cell() {
        let columns = FIRST.chars().count();
        let prepared = prepare(":opt 1\nx\ny", Some("mod m {\n}\n"));
        assert_eq!(prepared.place(0, 3), (0, 3));
        assert_eq!(prepared.place(1, 2), (1, 0));
        assert_eq!(prepared.place(3, columns), (1, 0));
        assert_eq!(prepared.place(3, columns + 1), (1, 1));
        assert_eq!(prepared.place(4, 1), (2, 1));
    }

    #[test]
    fn commands_are_known() {
        assert!(refused("  :quit").is_some());
        assert!(refused("let x = !true;\n!ls").is_none());
        let told = refused("// which\n!ls -l\n1").unwrap().traceback.join("\n");
        assert!(told.contains(r#"args(["-c", "ls -l"])"#), "{told}");
        assert!(refused("// :quit\nlet x = 1;\n:quit").is_none());
        assert!(clears(":dep x\n:clear\nx"));
        for yes in ["carousel", "carousel = \"0.1\"", "carousel={}", "./a/carousel/"] {
            assert!(brings_library(&format!(":dep {yes}")), "{yes}");
        }
        for no in ["carousel-net = \"0.1\"", "a = \"carousel\"", "./not-carousel"] {
            assert!(!brings_library(&format!(":dep {no}")), "{no}");
        }
    }

    #[test]
    fn commands_are_not_carried_out_while_somebody_types() {
        let code = ":restart\n:de\nlet x = 1;\n:x";
        assert_eq!(without_commands(code, 12), "        \n:de\nlet x = 1;\n:x");
        assert_eq!(without_commands(code, 3), ":restart\n   \nlet x = 1;\n:x");
    }

    #[test]
    fn the_modules_are_whole() {
        let modules = modules(&Signs::new(), true);
        assert!(modules.contains("pub use ::carousel::*;"));
        for mark in ["{folder}", "{word}", "{also}"] {
            assert!(!modules.contains(mark), "{mark}");
        }
    }
}
