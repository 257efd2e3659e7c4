//! Where the prompt's lines come from: an editor where the terminal can move its cursor,
//! line after line where it cannot.

use std::cell::RefCell;
use std::io::{self, ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::PathBuf;
use std::rc::Rc;

use carousel::Session;
use carousel::history;
use rustyline::config::BellStyle;
use rustyline::error::ReadlineError;
use rustyline::history::{FileHistory, History};
use rustyline::{ColorMode, CompletionType, Config, EditMode, Editor};

use super::typing::Typing;
use super::{PROMPT, plain};
use crate::args::{Keys, RunArgs};
use crate::terminal;

/// What was typed.
pub(super) enum Typed {
    /// A statement, or several that were pasted.
    Text(String),
    /// Ctrl-C: what stood there is gone.
    Cleared,
    /// Ctrl-D, or the terminal went away.
    End,
}

/// Where lines come from.
pub(super) enum Lines {
    /// A terminal whose cursor can be moved.
    Edited(Box<Edited>),
    /// Any other.
    Plain,
}

/// The editor and what it keeps.
pub(super) struct Edited {
    editor: Editor<Typing, FileHistory>,
    /// Where the history is kept, if it can be.
    file: Option<PathBuf>,
    /// What bytes that are no text have interrupted.
    rest: String,
}

impl Lines {
    /// The lines that are typed for a session.
    pub(super) fn open(session: &Rc<RefCell<Session>>, args: &RunArgs) -> Lines {
        if terminal::is_plain() || terminal::is_dumb() {
            return Lines::Plain;
        }
        match edited(session, args) {
            Ok(edited) => Lines::Edited(Box::new(edited)),
            // A terminal that cannot be set up can still be read.
            Err(_) => Lines::Plain,
        }
    }

    /// The next statement.
    pub(super) fn next(&mut self) -> Typed {
        match self {
            Lines::Edited(edited) => edited.next(),
            Lines::Plain => {
                let (mut input, mut output) = (io::stdin().lock(), io::stdout());
                plain::read_statement(&mut input, &mut output)
                    .map_or(Typed::End, Typed::Text)
            }
        }
    }
}

fn edited(
    session: &Rc<RefCell<Session>>,
    args: &RunArgs,
) -> Result<Edited, ReadlineError> {
    let colour = terminal::has_colour(&io::stdout());
    let config = Config::builder()
        .max_history_size(history::LINES)?
        .history_ignore_dups(true)?
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .edit_mode(match args.keys.unwrap_or_else(usual_keys) {
            Keys::Emacs => EditMode::Emacs,
            Keys::Vi => EditMode::Vi,
        })
        .bell_style(BellStyle::None)
        .color_mode(if colour { ColorMode::Forced } else { ColorMode::Disabled })
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Typing::new(Rc::clone(session))));
    let file = history::file().ok();
    if let Some(file) = &file {
        // The first session has none, and what is no text is no history.
        let _ = editor.load_history(file);
    }
    Ok(Edited { editor, file, rest: String::new() })
}

/// The keys that the person has chosen for all programs that edit lines.
fn usual_keys() -> Keys {
    let from_home = || Some(etcetera::home_dir().ok()?.join(".inputrc"));
    let file = std::env::var_os("INPUTRC").map(PathBuf::from).or_else(from_home);
    let text = file.and_then(|file| std::fs::read_to_string(file).ok());
    let is_vi = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words == ["set", "editing-mode", "vi"]
    };
    if text.is_some_and(|text| text.lines().any(is_vi)) { Keys::Vi } else { Keys::Emacs }
}

impl Edited {
    fn next(&mut self) -> Typed {
        let rest = std::mem::take(&mut self.rest) + &terminal::typed_meanwhile();
        match self.read(&rest) {
            Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::FileTooLarge => {
                note("too long for the prompt; run it as a file: carousel FILE.lstm");
                Typed::Cleared
            }
            Ok(text) => {
                self.keep(&text);
                Typed::Text(text)
            }
            Err(ReadlineError::Interrupted) => {
                if self.seen().is_empty() {
                    note("Ctrl-D ends carousel");
                }
                Typed::Cleared
            }
            Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                if rest.is_empty() {
                    note("bytes that are not UTF-8 were left out");
                }
                self.rest = self.seen();
                Typed::Cleared
            }
            Err(_) => Typed::End,
        }
    }

    /// Reads a statement, which begins with what is left of the last one. The editor
    /// counts lines in 16 bits and panics where a paste has more.
    fn read(&mut self, rest: &str) -> rustyline::Result<String> {
        let hook = take_hook();
        set_hook(Box::new(|_| {}));
        let line = catch_unwind(AssertUnwindSafe(|| {
            self.editor.readline_with_initial(PROMPT, (rest, ""))
        }));
        set_hook(hook);
        line.unwrap_or_else(|_| Err(io::Error::from(ErrorKind::FileTooLarge).into()))
    }

    /// The text as the editor saw it last.
    fn seen(&self) -> String {
        self.editor.helper().map(Typing::text).unwrap_or_default()
    }

    fn keep(&mut self, text: &str) {
        if text.trim().is_empty() || text.len() > history::LONGEST {
            return;
        }
        // A full disk costs the history, not the session.
        let _ = self.editor.add_history_entry(text.trim_end());
        if let Some(file) = &self.file {
            let _ = self.editor.history_mut().append(file);
        }
    }
}

fn note(text: &str) {
    // There is nowhere left to tell a failure to write to standard error.
    let _ = writeln!(io::stderr(), "{text}");
}
