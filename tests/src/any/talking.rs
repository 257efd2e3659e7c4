//! Whatever statements a session is given, it goes on: each byte picks a word of the
//! language, a name, a number or a sign.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use carousel::{Output, Session};
use carousel_lang::vocabulary;

/// Words that the vocabulary does not have; a line break ends a statement.
const PIECES: &[&str] = &[
    "\n",
    "->",
    "|",
    "=>",
    "=",
    ",",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "1",
    "2",
    "3",
    "5",
    "0",
    "-1",
    "0.5",
    "67%",
    "0..1",
    "1s",
    "a",
    "m",
    "s",
    "it",
    "own",
    "cell",
    "\"a.csv\"",
    "\"a.svg\"",
    "\"a.safetensors\"",
    "\"s.lstm\"",
    "W",
    "U",
    "h",
    "x",
    "b",
    "+",
    "*",
    "end",
    "epochs 1",
    "epochs 3",
];

/// Names for the statements to speak of, on tiny data.
const BEFORE: &str = "data a = airline | take 30 | split 60% | scale 0..1 | window 2
m = train lstm 2 -> dense 1 on a epochs 1
s = lstm 1 stateful -> dense 1
cell own
  h = tanh(W x + U h + b)
end";

/// A training is stopped after so many epochs.
const EPOCHS: usize = 4;

/// More words than this are not said in one session.
const WORDS: usize = 80;

/// Runs statements, one after another, in one session.
///
/// # Panics
/// Where the session does.
pub fn talk(bytes: &[u8]) {
    let folder = std::env::temp_dir().join("carousel-any-statements");
    std::fs::create_dir_all(&folder).expect("there is room for files");
    let mut session = Session::in_folder(folder);
    let mut ignore = |_| ControlFlow::Continue(());
    session.run_named("before", BEFORE, &mut ignore).expect("these lines are right");
    for statement in text(bytes).lines() {
        session.check("checked", statement);
        run(&mut session, statement);
    }
}

fn run(session: &mut Session, statement: &str) {
    let interrupt = session.interrupt();
    interrupt.store(false, Ordering::SeqCst);
    let mut epochs = 0;
    let result = session.run_named("statement", statement, &mut |output| {
        if let Output::Epoch(_) = output {
            epochs += 1;
            interrupt.store(epochs >= EPOCHS, Ordering::SeqCst);
        }
        assert!(output.to_text(20, false).is_empty() || output.to_json().is_some());
        ControlFlow::Continue(())
    });
    for error in result.err().into_iter().flatten() {
        assert!(!error.render(session.sources(), true).is_empty());
    }
}

/// The statements that some bytes stand for.
fn text(bytes: &[u8]) -> String {
    let words: Vec<&str> = PIECES
        .iter()
        .copied()
        .chain(vocabulary::all().filter(|entry| entry.ready).map(|entry| entry.word))
        .collect();
    let said =
        bytes.iter().take(WORDS).map(|&byte| words[usize::from(byte) % words.len()]);
    said.collect::<Vec<_>>().join(" ").replace(" \n ", "\n")
}
