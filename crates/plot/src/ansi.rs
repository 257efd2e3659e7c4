//! Inks as the colours of a terminal: text and its role go in, text with or without
//! escape sequences comes out. The sixteen colours are those of the terminal's own
//! theme, so that they can be read on its ground, whether that is light or dark.

use anstyle::{AnsiColor, Style};

use crate::Ink;

/// The colours of series in the palette's order, as near to it as sixteen colours are.
const PALETTE: [AnsiColor; 7] = [
    AnsiColor::Cyan,
    AnsiColor::Yellow,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::Red,
    AnsiColor::BrightBlack,
];

/// How lines of text are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// Not at all: the same in a pipe.
    None,
    /// With the escape sequences of a terminal.
    Ansi,
}

impl Paint {
    /// A text in the colour of what it belongs to.
    pub(crate) fn ink(self, text: &str, ink: Ink) -> String {
        let palette = |index: usize| PALETTE[index % PALETTE.len()].on_default();
        self.styled(
            text,
            match ink {
                Ink::Quiet => Style::new().dimmed(),
                Ink::Colour(index) => palette(index),
                Ink::Faint(index) => palette(index).dimmed(),
            },
        )
    }

    /// A headline.
    pub(crate) fn strong(self, text: &str) -> String {
        self.styled(text, Style::new().bold())
    }

    /// What only guides the eye.
    pub(crate) fn dim(self, text: &str) -> String {
        self.styled(text, Style::new().dimmed())
    }

    fn styled(self, text: &str, style: Style) -> String {
        match self {
            Paint::Ansi if !text.is_empty() => format!("{style}{text}{style:#}"),
            Paint::Ansi | Paint::None => text.to_owned(),
        }
    }
}
