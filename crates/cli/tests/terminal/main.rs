//! The real `carousel` command in a terminal: what a person sees there.
#![cfg(unix)]

mod plots;
mod progress;
mod tables;
mod terminal;
mod typing;

use std::fs;
use std::path::{Path, PathBuf};

use terminal::{Setting, Terminal};

/// A program that trains for an instant.
const SMALL: &str = "\
data air = airline | split 67% | scale 0..1 | window 3
model m = lstm 2 -> dense 1
train m on air epochs 2 batch 16
";

/// What a terminal is asked: who are you, how large is a character, what can you do.
const QUESTIONS: &[u8] = b"\x1b[>q\x1b[16t\x1b[c";

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("terminal").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an earlier folder can be removed");
    }
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// Runs a script in a terminal to its end.
fn run(setting: Setting, name: &str, script: &str, words: &[&str]) -> Terminal {
    let folder = folder(name);
    fs::write(folder.join("air.lstm"), script).expect("a script can be written");
    let mut terminal = setting.start(&folder, &[&["air.lstm"], words].concat());
    let code = terminal.end();
    assert_eq!(code, 0, "{}", terminal.screen());
    terminal
}

/// Whether a text draws: braille, blocks, boxes.
fn draws(text: &str) -> bool {
    text.contains(|c| ('─'..='▟').contains(&c) || ('⠁'..='⣿').contains(&c))
}
