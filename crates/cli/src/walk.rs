//! A cell step by step on a terminal: a [`Walk`] and key presses go in, one step at a
//! time comes out, drawn in place.

use std::io::{self, IsTerminal};
use std::time::Duration;

use carousel::Walk;
use console::{Key, Term};

use crate::terminal;

/// Pictures of the way from one step to the next.
const FRAMES: u32 = 12;
/// How long one of them stays.
const FRAME: Duration = Duration::from_millis(35);
/// What the keys do.
const KEYS: &str = "space, →, enter: on    ←: back    q: leave";
/// The size of a terminal that does not tell its own.
const SIZE: (u16, u16) = (24, 80);
/// The least lines in which a step can be read.
const LEAST: usize = 10;

/// Whether somebody can press keys and see what they do.
pub(crate) fn can_walk() -> bool {
    terminal::can_move() && io::stdin().is_terminal()
}

/// Shows a walk until its end or until it is left; what was shown last stays.
///
/// # Errors
/// Where the terminal cannot be written to.
pub(crate) fn show(walk: &Walk) -> io::Result<()> {
    let term = Term::stdout();
    term.write_str(&walk.head())?;
    let mut drawn = Drawn { term: &term, lines: 0 };
    term.hide_cursor()?;
    let outcome = go(walk, &mut drawn);
    term.show_cursor()?;
    outcome
}

fn go(walk: &Walk, drawn: &mut Drawn<'_>) -> io::Result<()> {
    let mut place = Some(0);
    let mut from: Option<usize> = None;
    while let Some(at) = place {
        let onwards = from.is_none_or(|from| from < at);
        let frames =
            if onwards && at < walk.steps.len() { 0..=FRAMES } else { FRAMES..=FRAMES };
        for frame in frames {
            drawn.draw(&picture(walk, at, f64::from(frame) / f64::from(FRAMES)))?;
            if frame < FRAMES {
                std::thread::sleep(FRAME);
            }
        }
        from = Some(at);
        place = pressed(drawn.term, at, walk.steps.len())?;
    }
    drawn.leave()
}

/// Where a key leads to; `None` leaves.
fn pressed(term: &Term, at: usize, last: usize) -> io::Result<Option<usize>> {
    loop {
        // Raw, so that Ctrl-C leaves the walk and not the session.
        let key = match term.read_key_raw() {
            Ok(key) => key,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(None),
            Err(error) => return Err(error),
        };
        match meaning(&key) {
            Some(Meaning::On) => return Ok((at < last).then_some(at + 1)),
            Some(Meaning::Back) if at > 0 => return Ok(Some(at - 1)),
            Some(Meaning::Leave) => return Ok(None),
            Some(Meaning::Back) | None => {}
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    On,
    Back,
    Leave,
}

fn meaning(key: &Key) -> Option<Meaning> {
    Some(match key {
        Key::Char(' ' | 'n') | Key::ArrowRight | Key::ArrowDown | Key::Enter => {
            Meaning::On
        }
        Key::Char('b' | 'p') | Key::ArrowLeft | Key::ArrowUp | Key::Backspace => {
            Meaning::Back
        }
        Key::Char('q' | 'Q' | '\u{3}' | '\u{4}') | Key::Escape | Key::CtrlC => {
            Meaning::Leave
        }
        _ => return None,
    })
}

/// A place of the walk: a step, or what comes after the last one.
fn picture(walk: &Walk, at: usize, along: f64) -> impl Fn(usize) -> String {
    move |units| match walk.steps.get(at) {
        Some(_) => walk.step_text(at, along, units),
        None => walk.end_text(units),
    }
}

/// What stands on the terminal and is drawn over.
struct Drawn<'a> {
    term: &'a Term,
    lines: usize,
}

impl Drawn<'_> {
    /// Draws a picture with as many units as there is room for.
    fn draw(&mut self, picture: &dyn Fn(usize) -> String) -> io::Result<()> {
        let (rows, columns) = self.term.size_checked().unwrap_or(SIZE);
        // The head above, the keys below, and the line of the cursor.
        let room = usize::from(rows).saturating_sub(4).max(LEAST);
        let width = usize::from(columns).max(2) - 1;
        let fits = |units: &usize| picture(*units).lines().count() <= room;
        let units = (1..=usize::from(rows)).rev().find(fits).unwrap_or(1);
        let mut text = String::new();
        let mut lines = 0;
        for line in picture(units).lines().take(room) {
            text += &terminal::cut(line, width);
            text.push('\n');
            lines += 1;
        }
        text += &format!("{}\n", console::style(terminal::cut(KEYS, width)).dim());
        self.term.clear_last_lines(self.lines)?;
        self.term.write_str(&text)?;
        self.lines = lines + 1;
        Ok(())
    }

    /// Takes the line about the keys away.
    fn leave(&mut self) -> io::Result<()> {
        self.term.clear_last_lines(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_on_back_and_away() {
        for (key, expected) in [
            (Key::Char(' '), Some(Meaning::On)),
            (Key::Enter, Some(Meaning::On)),
            (Key::ArrowRight, Some(Meaning::On)),
            (Key::ArrowLeft, Some(Meaning::Back)),
            (Key::Escape, Some(Meaning::Leave)),
            (Key::CtrlC, Some(Meaning::Leave)),
            (Key::Char('q'), Some(Meaning::Leave)),
            (Key::Char('x'), None),
        ] {
            assert_eq!(meaning(&key), expected, "{key:?}");
        }
    }
}
