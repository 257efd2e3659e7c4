//! A terminal for tests: a command is started in one, keys go in, and what a person would
//! see on its screen comes out.
//!
//! ```ignore
//! let mut terminal = Terminal::sized(80, 24).start(folder, &["script.lstm"]);
//! terminal.wait_for("> ");
//! terminal.type_text("runs\r");
//! assert_eq!(terminal.end(), 0);
//! assert!(terminal.screen().contains("no runs"));
//! ```

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

/// Longer than this nothing in these tests takes, on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal before a command is started in it.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    size: (u16, u16),
    variables: Vec<(String, String)>,
    answers: Vec<(Vec<u8>, Vec<u8>)>,
}

/// A terminal with a command in it.
pub(crate) struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    seen: Arc<Seen>,
}

/// What the command has written.
struct Seen {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    /// The command and all that it started have let go of the terminal.
    over: bool,
}

impl Terminal {
    /// A terminal of so many columns and lines, with colours and without pictures.
    pub(crate) fn sized(columns: u16, lines: u16) -> Setting {
        let variables = vec![("TERM".to_owned(), "xterm-256color".to_owned())];
        Setting { size: (columns, lines), variables, answers: Vec::new() }
    }

    /// Types keys: `\r` is Enter, `\u{3}` Ctrl-C, `\u{4}` Ctrl-D.
    pub(crate) fn type_text(&mut self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Waits until the screen shows a text.
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait(&format!("{text:?} is not shown"), |state| {
            state.parser.screen().contents().contains(text)
        });
    }

    /// Waits until the prompt stands below a text, so that keys reach it.
    pub(crate) fn wait_for_prompt_after(&self, text: &str) {
        self.wait(&format!("there is no prompt after {text:?}"), |state| {
            let screen = state.parser.screen().contents();
            let last = screen.trim_end().rsplit('\n').next();
            screen.contains(text) && last == Some(">")
        });
    }

    /// Waits until the command has ended, and gives its exit code.
    pub(crate) fn end(&mut self) -> i32 {
        self.wait("the command does not end", |state| state.over);
        let status = self.child.wait().expect("the command was started");
        status.code().expect("no signal has ended it")
    }

    /// What the screen shows.
    pub(crate) fn screen(&self) -> String {
        self.state().parser.screen().contents()
    }

    /// The lines of the screen, each as wide as its text.
    pub(crate) fn lines(&self) -> Vec<String> {
        let state = self.state();
        let (_, columns) = state.parser.screen().size();
        state.parser.screen().rows(0, columns.get()).collect()
    }

    /// The lines that are too long for the screen and go on in the next.
    pub(crate) fn broken_lines(&self) -> Vec<String> {
        let state = self.state();
        let broken = |line: &usize| {
            u16::try_from(*line).is_ok_and(|line| state.parser.screen().row_wrapped(line))
        };
        let columns = state.parser.screen().size().1.get();
        let lines = state.parser.screen().rows(0, columns).enumerate();
        lines.filter(|(line, _)| broken(line)).map(|(_, text)| text).collect()
    }

    /// All that the command has written, escape sequences too.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.state().bytes).into_owned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.seen.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, complaint: &str, until: impl Fn(&State) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut state = self.state();
        while !until(&state) {
            let left = end.saturating_duration_since(Instant::now());
            let screen = state.parser.screen().contents();
            assert!(!left.is_zero(), "{complaint}:\n{screen}");
            assert!(
                !state.over || until(&state),
                "{complaint}, and it has ended:\n{screen}"
            );
            state = self.seen.changed.wait_timeout(state, left).expect("no panic").0;
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that fails leaves nothing running behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Setting {
    /// With a variable of the environment; there are no others but `HOME` and `PATH`.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Setting {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A terminal that answers: where the command writes `question`, it gets `answer`.
    pub(crate) fn answering(mut self, question: &[u8], answer: &[u8]) -> Setting {
        self.answers.push((question.to_vec(), answer.to_vec()));
        self
    }

    /// Starts `carousel` with some words in a folder, which is its home, too.
    pub(crate) fn start(self, folder: &Path, words: &[&str]) -> Terminal {
        let (columns, lines) = self.size;
        let (pty, inner) = open().expect("the system has pseudo-terminals");
        pty.resize(Size::new(lines, columns)).expect("it has a size");
        let path = std::env::var("PATH").unwrap_or_default();
        let command = Command::new(env!("CARGO_BIN_EXE_carousel"))
            .args(words)
            .current_dir(folder)
            .env_clear()
            .env("HOME", folder)
            .env("PATH", path)
            .envs(self.variables);
        let child = command.spawn(inner).expect("the command starts");
        let some = |count| NonZero::new(count).expect("a screen has lines and columns");
        let state = State {
            parser: vt100::Parser::new(some(lines), some(columns), 0),
            bytes: Vec::new(),
            over: false,
        };
        let seen = Arc::new(Seen { state: Mutex::new(state), changed: Condvar::new() });
        let pty = Arc::new(pty);
        let (from, to) = (Arc::clone(&pty), Arc::clone(&seen));
        std::thread::spawn(move || watch(&from, &to, self.answers));
        Terminal { pty, child, seen }
    }
}

/// Reads what the command writes until it has ended.
fn watch(pty: &Pty, seen: &Seen, mut answers: Vec<(Vec<u8>, Vec<u8>)>) {
    let mut buffer = [0; 4096];
    let (mut pty, mut writer) = (pty, pty);
    loop {
        let read = pty.read(&mut buffer).unwrap_or(0);
        let mut state = seen.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.parser.process(&buffer[..read]);
        state.bytes.extend(&buffer[..read]);
        state.over = read == 0;
        seen.changed.notify_all();
        let asked = |question: &[u8]| {
            state.bytes.windows(question.len()).any(|bytes| bytes == question)
        };
        answers.retain(|(question, answer)| {
            let asked = asked(question);
            if asked {
                writer.write_all(answer).expect("the terminal takes keys");
            }
            !asked
        });
        if state.over {
            break;
        }
    }
}
