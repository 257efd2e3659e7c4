//! Asks the terminal who it is. Three questions go out, its answers come back.
//!
//! The questions are control sequences of the standard form, which a terminal that does
//! not know them passes over in silence (ECMA-48, section 5.4). The question that kitty's
//! protocol offers is an application program command, and some terminals print what they
//! do not know of these, so it is not asked.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::getpgrp;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp,
    tcsetattr,
};

/// Who are you (xterm's XTVERSION), how large is a character in pixels, and what can you
/// do (DEC's DA1). The last is answered by all terminals, and answers come in order, so
/// that nothing is waited for in vain.
const QUESTIONS: &[u8] = b"\x1b[>q\x1b[16t\x1b[c";

/// A terminal that answers at all is not farther away than this.
const PATIENCE: Duration = Duration::from_millis(500);

/// More than this is no answer.
const LONGEST: usize = 1024;

static TYPED: Mutex<String> = Mutex::new(String::new());

/// What came in between the answers, and then nothing.
pub(super) fn typed_meanwhile() -> String {
    TYPED.lock().map(|mut typed| std::mem::take(&mut *typed)).unwrap_or_default()
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// Its answers, as they came.
    Answer(Vec<u8>),
    /// It does not answer.
    Silence,
    /// Now is no time to ask: somebody types ahead, or there is nobody to ask.
    Later,
}

/// Asks the terminal, where standard input and output are one and this program may read.
pub(super) fn ask() -> Asked {
    let (stdin, stdout) = (io::stdin(), io::stdout());
    if !stdin.is_terminal() || !stdout.is_terminal() {
        return Asked::Later;
    }
    // Whoever changes a terminal from the background is stopped.
    if tcgetpgrp(&stdin).ok() != Some(getpgrp()) {
        return Asked::Later;
    }
    let Some(_quiet) = Quiet::new() else { return Asked::Later };
    if waits(Duration::ZERO) {
        return Asked::Later;
    }
    let mut stdout = stdout.lock();
    if stdout.write_all(QUESTIONS).and_then(|()| stdout.flush()).is_err() {
        return Asked::Later;
    }
    let all = answers();
    let (answers, typed) = apart(&all);
    let answer = answers.concat();
    if let Ok(mut kept) = TYPED.lock() {
        kept.push_str(&String::from_utf8_lossy(&typed));
    }
    if answer.is_empty() { Asked::Silence } else { Asked::Answer(answer) }
}

/// Reads one byte after another, so that what is typed after the last answer stays where
/// it is.
fn answers() -> Vec<u8> {
    let end = Instant::now() + PATIENCE;
    let mut read = Vec::new();
    while read.len() < LONGEST && !is_over(&read) {
        let mut byte = [0];
        if !waits(end.saturating_duration_since(Instant::now())) {
            break;
        }
        match rustix::io::read(io::stdin(), &mut byte) {
            Ok(1) => read.push(byte[0]),
            Ok(_) | Err(_) => break,
        }
    }
    read
}

/// Whether there is something to read within some time.
fn waits(time: Duration) -> bool {
    let stdin = io::stdin();
    let mut polled = [PollFd::new(&stdin, PollFlags::IN)];
    let time = Timespec::try_from(time).ok();
    poll(&mut polled, time.as_ref()).is_ok_and(|ready| ready > 0)
}

/// Whether the answer to the last question has come: `ESC [ ? 62 ; 4 c`.
fn is_over(read: &[u8]) -> bool {
    let (answers, _) = apart(read);
    answers.last().is_some_and(|last| last.starts_with(b"\x1b[?") && last.ends_with(b"c"))
}

/// Control sequences and strings on one side, what was typed on the other.
fn apart(read: &[u8]) -> (Vec<&[u8]>, Vec<u8>) {
    let (mut answers, mut typed) = (Vec::new(), Vec::new());
    let mut rest = read;
    while let Some((&first, _)) = rest.split_first() {
        let length = match rest {
            [0x1b, b'[', ..] => {
                let end = rest[2..].iter().position(|byte| (0x40..=0x7e).contains(byte));
                end.map_or(rest.len(), |end| end + 3)
            }
            [0x1b, b'P', ..] => {
                let end = rest.windows(2).position(|pair| pair == b"\x1b\\");
                end.map_or(rest.len(), |end| end + 2)
            }
            _ => {
                typed.push(first);
                rest = &rest[1..];
                continue;
            }
        };
        answers.push(&rest[..length]);
        rest = &rest[length..];
    }
    (answers, typed)
}

/// The terminal as it was, to be put back; until then it gives single bytes and shows
/// nothing of them.
struct Quiet(Termios);

impl Quiet {
    fn new() -> Option<Quiet> {
        let before = tcgetattr(io::stdin()).ok()?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &quiet).ok()?;
        Some(Quiet(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A terminal that has gone away needs no care.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_answer_ends_the_reading() {
        for (read, over) in [
            (&b""[..], false),
            (b"\x1bP>|foot(1.16)\x1b\\", false),
            (b"\x1bP>|a?c\x1b\\\x1b[6;20;10t", false),
            (b"\x1bP>|foot(1.16)\x1b\\\x1b[6;20;10t\x1b[?62;4;22", false),
            (b"\x1bP>|foot(1.16)\x1b\\\x1b[6;20;10t\x1b[?62;4;22c", true),
            (b"\x1b[?1;2c", true),
            (b"abc", false),
        ] {
            assert_eq!(is_over(read), over, "{}", read.escape_ascii());
        }
    }

    #[test]
    fn what_was_typed_is_kept_apart() {
        let (answers, typed) = apart(b"sc\x1b[6;20;10to\x1b[?1;2cre");
        assert_eq!(answers, [&b"\x1b[6;20;10t"[..], b"\x1b[?1;2c"]);
        assert_eq!(typed, b"score");
    }
}
