//! The prompt in a pseudo-terminal: how long it takes to open, what a key press costs
//! while a model line is typed, and how long each kind of statement takes from Enter to
//! the next prompt.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use serde_json::{Value, json};

use crate::Lines;
use crate::command::command;
use crate::options::Options;
use crate::timing::{Timing, milliseconds};

/// What the line editor writes when it begins to read a line: a terminal then marks what
/// is pasted.
const READS: &[u8] = b"\x1b[?2004h";

/// Nothing that is measured takes longer, unless it is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// After a pause of this length all key presses have been answered.
const QUIET: Duration = Duration::from_millis(100);

/// Said before anything is measured.
const BEFORE: [&str; 2] = [
    "data air = airline | split 67% | scale 0..1 | window 12",
    "m = train lstm 4 -> dense 1 on air epochs 5",
];

/// One statement of each kind that trains nothing.
const STATEMENTS: [&str; 10] = [
    "data w = airline | split 67% | log | difference | standardize | window 24",
    "lstm 4 stateful -> lstm 4 -> dense 1",
    "show air",
    "show weights of m",
    "score m",
    "compare naive, seasonal 12, ar 12, m on air",
    "predict m on [417 391 419 461 472 535 622 606 508 461 390 432]",
    "forecast m 24",
    "plot m",
    "help lstm",
];

/// Measures the prompt.
///
/// # Errors
/// Where the command is not there, or does not come to its prompt.
pub(crate) fn run(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    let carousel = command(options)?;
    let folder =
        std::env::temp_dir().join(format!("carousel-prompt-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let measured = measure(&carousel, &folder, options.runs, emit);
    // What is left there is of no use to anybody.
    let _ = std::fs::remove_dir_all(&folder);
    measured
}

fn measure(
    carousel: &Path,
    folder: &Path,
    runs: usize,
    emit: &mut dyn FnMut(Value) -> Lines,
) -> Lines {
    let mut starts = Vec::new();
    for _ in 0..=runs {
        let begin = Instant::now();
        let mut prompt = Prompt::open(carousel, folder)?;
        prompt.wait_for(READS)?;
        starts.push(milliseconds(begin.elapsed()));
    }
    // The first start finds its file on the disk.
    emit(line("start", starts.split_off(1)))?;
    let mut prompt = Prompt::open(carousel, folder)?;
    prompt.wait_for(READS)?;
    for statement in BEFORE {
        prompt.say(statement)?;
    }
    let keys = (0..runs).map(|_| prompt.key("lstm 4 -> lstm 4 -> lstm ", "7"));
    let keys = keys.collect::<Result<Vec<f64>, String>>()?;
    emit(line("key press", keys))?;
    for statement in STATEMENTS {
        let times = (0..runs).map(|_| prompt.say(statement));
        emit(line(statement, times.collect::<Result<_, String>>()?))?;
    }
    Ok(())
}

fn line(what: &str, wall_ms: Vec<f64>) -> Value {
    let mut line = json!({ "bench": "prompt", "framework": "carousel", "label": what });
    line.as_object_mut()
        .expect("an object is written above")
        .extend(Timing::new(wall_ms, None).fields());
    line
}

/// The command on a terminal of its own.
struct Prompt {
    terminal: Pty,
    /// What the command writes, as it comes.
    output: Receiver<Vec<u8>>,
    child: Child,
    /// What was read and not waited for yet.
    seen: Vec<u8>,
}

impl Prompt {
    fn open(carousel: &Path, folder: &Path) -> Result<Prompt, String> {
        let told = |error: pty_process::Error| error.to_string();
        let (terminal, side) = open().map_err(told)?;
        terminal.resize(Size::new(40, 120)).map_err(told)?;
        let command = Command::new(carousel)
            .current_dir(folder)
            .env("TERM", "xterm-256color")
            .env("CAROUSEL_STATE", folder)
            .arg("--plots")
            .arg(folder);
        let child = command.spawn(side).map_err(told)?;
        let output = listen(&terminal).map_err(|error| error.to_string())?;
        Ok(Prompt { terminal, output, child, seen: Vec::new() })
    }

    /// From Enter to the next prompt, in milliseconds.
    fn say(&mut self, statement: &str) -> Result<f64, String> {
        self.write(statement)?;
        self.wait_for(statement.as_bytes().rsplit(|b| *b == b' ').next().unwrap_or(b""))?;
        self.seen.clear();
        let begin = Instant::now();
        self.write("\r")?;
        self.wait_for(READS)?;
        Ok(milliseconds(begin.elapsed()))
    }

    /// From a key press to the ghost text that it leads to, in milliseconds; the line is
    /// cleared again.
    fn key(&mut self, before: &str, key: &str) -> Result<f64, String> {
        self.write(before)?;
        std::thread::sleep(QUIET);
        while self.output.try_recv().is_ok() {}
        self.seen.clear();
        let begin = Instant::now();
        self.write(key)?;
        self.wait_for(b"weights")?;
        let took = milliseconds(begin.elapsed());
        self.write("\x03")?;
        self.wait_for(READS)?;
        Ok(took)
    }

    fn write(&mut self, text: &str) -> Result<(), String> {
        let mut terminal = &self.terminal;
        terminal.write_all(text.as_bytes()).map_err(|error| error.to_string())
    }

    /// Reads until some bytes have come, and forgets all up to them.
    fn wait_for(&mut self, bytes: &[u8]) -> Result<(), String> {
        let begin = Instant::now();
        loop {
            let found = self.seen.windows(bytes.len()).position(|window| window == bytes);
            if let Some(at) = found {
                self.seen.drain(..at + bytes.len());
                return Ok(());
            }
            let left = PATIENCE.saturating_sub(begin.elapsed());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.seen.extend(bytes),
                Err(_) => {
                    let seen = String::from_utf8_lossy(&self.seen);
                    return Err(format!("the prompt did not come; it showed {seen:?}"));
                }
            }
        }
    }
}

/// Reads what is written to a terminal, for as long as it is there.
fn listen(terminal: &Pty) -> std::io::Result<Receiver<Vec<u8>>> {
    let mut reader = File::from(terminal.as_fd().try_clone_to_owned()?);
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count) = reader.read(&mut buffer) {
            if count == 0 || send.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    Ok(receive)
}

impl Drop for Prompt {
    fn drop(&mut self) {
        // It has ended by itself where killing it fails.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
