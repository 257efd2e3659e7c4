//! The prompt: lines typed on a terminal go in, each statement runs as soon as it is
//! whole, and an error leaves the session as it was.

mod lines;
mod notice;
mod paint;
mod plain;
#[cfg(unix)]
mod still;
mod typing;

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;

use carousel::Session;
use unicode_width::UnicodeWidthStr;

use crate::args::RunArgs;
use crate::interrupt::{self, Interrupt};
use crate::run::{self, Ended};
use crate::screen::Screen;
use crate::terminal;
use lines::{Lines, Typed};

/// Before a statement.
const PROMPT: &str = "> ";

/// Before a line that goes on, where lines are read one by one.
const CONTINUES: &str = ". ";

/// Reads statements until the end of the input.
pub(crate) fn run(args: &RunArgs) -> ExitCode {
    let session = run::session(Path::new(""), args);
    let interrupt = interrupt::watch_prompt(session.interrupt());
    let session = Rc::new(RefCell::new(session));
    let mut screen = Screen::new(args, "plot");
    let mut ended = if args.quiet { Ended::Well } else { say(&greeting()) };
    let mut lines = Lines::open(&session, args);
    #[cfg(unix)]
    let _still = matches!(lines, Lines::Edited(_)).then(still::Still::begin);
    let mut number = 1;
    while ended != Ended::BrokenPipe {
        interrupt.wait();
        match lines.next() {
            Typed::Text(text) if matches!(text.trim(), "exit" | "quit") => break,
            Typed::Text(text) => {
                let mut session = session.borrow_mut();
                ended =
                    run_statement(&mut session, &interrupt, &mut screen, number, &text);
                number += 1;
            }
            Typed::Cleared => {}
            Typed::End => break,
        }
    }
    ExitCode::SUCCESS
}

/// The first line; in a narrow terminal its parts stand below each other.
fn greeting() -> String {
    let version = concat!("carousel ", env!("CARGO_PKG_VERSION"));
    let keys = ["`help` for help", "Tab completes", "Ctrl-D ends"];
    let line = format!("{version} · {}", keys.join(", "));
    let columns = terminal::columns();
    if line.width() <= columns { line } else { format!("{version}\n{}", keys.join("\n")) }
}

fn run_statement(
    session: &mut Session,
    interrupt: &Interrupt,
    screen: &mut Screen,
    number: usize,
    text: &str,
) -> Ended {
    if text.trim().is_empty() {
        return Ended::Well;
    }
    interrupt.begin();
    run::text(session, screen, &format!("<line {number}>"), text)
}

fn say(line: &str) -> Ended {
    match writeln!(io::stdout(), "{line}") {
        Ok(()) => Ended::Well,
        Err(_) => Ended::BrokenPipe,
    }
}
