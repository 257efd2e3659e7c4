//! The prompt: lines typed on a terminal go in, each statement runs as soon as it is
//! whole, and an error leaves the session as it was.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;

use carousel::Session;

use crate::args::RunArgs;
use crate::interrupt::{self, Interrupt};
use crate::open::is_open;
use crate::run::{self, Ended};
use crate::screen::Screen;

/// Before a statement.
const PROMPT: &str = "> ";

/// Before a line that goes on.
const CONTINUES: &str = ". ";

/// Reads statements until the end of the input.
pub(crate) fn run(args: &RunArgs) -> ExitCode {
    let mut session = run::session(Path::new(""), args);
    let interrupt = interrupt::watch(session.interrupt());
    let mut screen = Screen::new(args, "plot");
    let greeting = format!(
        "carousel {} · `help` for help, Ctrl-D to end",
        env!("CARGO_PKG_VERSION")
    );
    let mut ended = if args.quiet { Ended::Well } else { say(&greeting) };
    let mut input = io::stdin().lock();
    let mut number = 1;
    while ended != Ended::BrokenPipe {
        interrupt.wait();
        let Some(text) = read_statement(&mut input, &mut io::stdout()) else { break };
        if matches!(text.trim(), "exit" | "quit") {
            break;
        }
        ended = run_statement(&mut session, &interrupt, &mut screen, number, &text);
        number += 1;
    }
    ExitCode::SUCCESS
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

/// The next statement with all its lines; none at the end of the input. An empty line
/// ends an open statement, so that a slip never holds a person in it.
fn read_statement(input: &mut dyn BufRead, output: &mut dyn Write) -> Option<String> {
    let mut text = String::new();
    loop {
        let prompt = if text.is_empty() { PROMPT } else { CONTINUES };
        write!(output, "{prompt}").and_then(|()| output.flush()).ok()?;
        let mut line = Vec::new();
        let read = input.read_until(b'\n', &mut line).ok()?;
        if read == 0 {
            // The shell's own prompt belongs on a line of its own.
            let _ = writeln!(output);
            return (!text.is_empty()).then_some(text);
        }
        let line = String::from_utf8_lossy(&line);
        let stop = line.trim().is_empty();
        text.push_str(&line);
        if stop || !is_open(&text) {
            return Some(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(typed: &str) -> Vec<String> {
        let mut input = typed.as_bytes();
        std::iter::from_fn(|| read_statement(&mut input, &mut io::sink())).collect()
    }

    #[test]
    fn lines_that_go_on_are_one_statement() {
        assert_eq!(
            statements("runs\ncell mine\n h = x\nend\ndata a =\nairline\n"),
            ["runs\n", "cell mine\n h = x\nend\n", "data a =\nairline\n"]
        );
    }

    #[test]
    fn an_empty_line_ends_an_open_statement() {
        assert_eq!(statements("lstm 4 ->\n\nruns\n"), ["lstm 4 ->\n\n", "runs\n"]);
    }

    #[test]
    fn the_end_of_the_input_ends_an_open_statement() {
        assert_eq!(statements("lstm 4 ->"), ["lstm 4 ->"]);
        assert!(statements("").is_empty());
    }
}
