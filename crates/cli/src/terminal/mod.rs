//! What the person's terminal is like: the environment and the streams go in; its width,
//! and whether it has colours, moves its cursor or shows pictures, come out.

#[cfg(unix)]
mod ask;
mod picture;
mod pictures;

use std::borrow::Cow;
use std::io::{self, IsTerminal};
use std::sync::OnceLock;

use console::{Term, truncate_str};

pub(crate) use pictures::Pictures;

/// How wide a table may be where nothing tells the width.
const COLUMNS: usize = 90;

/// How many lines there are where nothing tells it.
const LINES: usize = 24;

/// What `--plain` said.
static PLAIN: OnceLock<bool> = OnceLock::new();

/// Takes note of `--plain`; the variable `CAROUSEL_PLAIN` asks for the same.
pub(crate) fn decide(plain: bool) {
    let variable = std::env::var_os("CAROUSEL_PLAIN");
    let asked = variable.is_some_and(|value| !value.is_empty() && value != "0");
    PLAIN.get_or_init(|| plain || asked);
}

/// Whether results are read aloud rather than looked at.
pub(crate) fn is_plain() -> bool {
    PLAIN.get().copied().unwrap_or(false)
}

/// Terminals that cannot move their cursor.
pub(crate) fn is_dumb() -> bool {
    let term = std::env::var("TERM").unwrap_or_default();
    ["dumb", "cons25", "emacs"].contains(&term.as_str())
}

/// Whether to write in colour: on a terminal, unless <https://no-color.org> is asked for.
pub(crate) fn has_colour(stream: &impl IsTerminal) -> bool {
    let asked_not_to =
        std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    stream.is_terminal() && !asked_not_to && !is_plain() && !is_dumb()
}

/// Whether a line may be drawn over on standard error while results go to the same
/// terminal.
pub(crate) fn can_move() -> bool {
    let terminal = io::stdout().is_terminal() && io::stderr().is_terminal();
    terminal && !is_plain() && !is_dumb()
}

/// The columns of the terminal; where there is none, or it does not tell, those that the
/// variable `COLUMNS` names.
pub(crate) fn columns() -> usize {
    let variable = || std::env::var("COLUMNS").ok()?.parse().ok();
    size().map(|(_, columns)| columns).or_else(variable).unwrap_or(COLUMNS)
}

/// A text that takes at most some columns, with `…` where it was cut.
pub(crate) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    truncate_str(text, columns, "…")
}

/// The lines of the terminal.
pub(crate) fn lines() -> usize {
    size().map_or(LINES, |(lines, _)| lines)
}

/// Lines and columns; a pseudo-terminal that nobody has given a size has none.
fn size() -> Option<(usize, usize)> {
    let (lines, columns) = Term::stdout().size_checked()?;
    (lines > 0 && columns > 0).then_some((lines.into(), columns.into()))
}

/// What the person has typed while the terminal was asked; the prompt goes on with it.
pub(crate) fn typed_meanwhile() -> String {
    #[cfg(unix)]
    return ask::typed_meanwhile();
    #[cfg(not(unix))]
    String::new()
}
