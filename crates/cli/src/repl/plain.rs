//! Lines of a terminal that can do no more than print, or of no terminal at all.

use std::io::{BufRead, Write};

use carousel_lang::Sources;
use carousel_lang::reading::is_open;

use super::{CONTINUES, PROMPT};

/// The next statement with all its lines; none at the end of the input. An empty line
/// ends an open statement, so that a slip never holds a person in it.
pub(super) fn read_statement(
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Option<String> {
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
        if stop || !goes_on(text.trim_end_matches(['\r', '\n'])) {
            return Some(text);
        }
    }
}

/// Whether a text waits for another line: its last statement is open, and its last line
/// is not empty.
pub(super) fn goes_on(text: &str) -> bool {
    let last = text.rsplit('\n').next();
    let stops = text.contains('\n') && last.is_some_and(|line| line.trim().is_empty());
    !stops && is_open(Sources::default().add("<typed>", text))
}

#[cfg(test)]
mod tests {
    use std::io;

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
        assert!(goes_on("lstm 4 ->"));
        assert!(!goes_on("lstm 4 ->\n"));
        assert!(goes_on("cell mine\n  h = x"));
    }

    #[test]
    fn the_end_of_the_input_ends_an_open_statement() {
        assert_eq!(statements("lstm 4 ->"), ["lstm 4 ->"]);
        assert!(statements("").is_empty());
    }
}
