//! The Python of the terminal: nothing goes in; where it is, and what of it matters to
//! notebooks, comes out.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A Python that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Python {
    /// Its program.
    pub(crate) program: PathBuf,
    /// The folder of its environment.
    pub(crate) prefix: PathBuf,
    /// Whether its Pygments has the language.
    pub(crate) has_lexer: bool,
}

/// Prints a line for each field of [`Python`].
const QUESTION: &str = "\
import sys
sys.stdout.reconfigure(encoding='utf-8')
from importlib.metadata import entry_points
from importlib.util import find_spec
found = entry_points()
lexers = found.select(group='pygments.lexers') if hasattr(found, 'select') else []
print(sys.executable)
print(sys.prefix)
print(find_spec('pygments') and 'carousel' in [lexer.name for lexer in lexers])
";

/// The first Python on the path that answers.
pub(crate) fn on_path() -> Option<Python> {
    // On Windows, `python3` may be a door to a shop.
    let names = if cfg!(windows) { ["python", "py"] } else { ["python3", "python"] };
    names.into_iter().find_map(ask)
}

fn ask(name: &str) -> Option<Python> {
    let mut command = Command::new(name);
    let asked = command.args(["-c", QUESTION]).stdin(Stdio::null()).output().ok()?;
    if !asked.status.success() {
        return None;
    }
    read(&String::from_utf8(asked.stdout).ok()?)
}

fn read(answer: &str) -> Option<Python> {
    let mut lines = answer.lines();
    let program = PathBuf::from(lines.next()?);
    let prefix = PathBuf::from(lines.next()?);
    let has_lexer = lines.next()? == "True";
    Some(Python { program, prefix, has_lexer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_three_lines() {
        let python = |has_lexer| Python {
            program: "/usr/bin/python3".into(),
            prefix: "/usr".into(),
            has_lexer,
        };
        assert_eq!(read("/usr/bin/python3\n/usr\nTrue\n"), Some(python(true)));
        assert_eq!(read("/usr/bin/python3\r\n/usr\r\nFalse\r\n"), Some(python(false)));
        assert_eq!(read("/usr/bin/python3\n"), None);
        assert_eq!(read(""), None);
    }
}
