//! A figure as text for a terminal: one line of characters per row. Lines are braille
//! dots with letters on them, so that they can be told apart without colour, too.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::ansi::Paint;
use crate::scene::printable;
use crate::{Figure, Panel, text_bars, text_chart, text_heat, text_stack};

/// The columns between which a figure can be read and a mistaken width does no harm.
const COLUMNS: (usize, usize) = (20, 400);
/// The least height of a panel: a plot of three lines with its axis and names.
const LEAST_PANEL: usize = 8;
/// The most lines of a figure, for the same reason as the most columns.
const MOST_LINES: usize = 400;

impl Figure {
    /// The figure in at most `width` columns and `height` lines, drawn with braille
    /// dots. Less than 20 columns, or than 8 lines for each panel and two for the
    /// titles, are taken as that; a stack needs 4 lines for each of its charts and 2 for
    /// its axis, and has a line for the names of its lines.
    pub fn text(&self, width: usize, height: usize) -> String {
        self.painted(width, height, Paint::None)
    }

    /// The same with the escape sequences of a terminal that has sixteen colours.
    pub fn coloured_text(&self, width: usize, height: usize) -> String {
        self.painted(width, height, Paint::Ansi)
    }

    fn painted(&self, width: usize, height: usize, paint: Paint) -> String {
        let width = width.clamp(COLUMNS.0, COLUMNS.1);
        let [title, subtitle] =
            [&self.title, &self.subtitle].map(|line| cut(printable(line).trim(), width));
        let mut lines = vec![paint.strong(&title), paint.dim(&subtitle)];
        lines.retain(|line| !line.is_empty());
        let rest = height.min(MOST_LINES).saturating_sub(lines.len());
        let share = (rest / self.panels.len().max(1)).max(LEAST_PANEL);
        for panel in &self.panels {
            lines.extend(panel_lines(panel, (width, share), paint));
        }
        let mut text = String::new();
        for line in lines {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

fn panel_lines(
    panel: &Panel,
    (width, height): (usize, usize),
    paint: Paint,
) -> Vec<String> {
    let title: &str = match panel {
        Panel::Chart(chart) => &chart.title,
        Panel::Bars(bars) => &bars.title,
        Panel::Heat(heat) => &heat.title,
        // Each of its charts has a heading of its own.
        Panel::Stack(_) => "",
    };
    let mut lines = Vec::new();
    if !title.is_empty() {
        lines.push(paint.strong(&cut(&printable(title), width)));
    }
    let height = height - lines.len();
    lines.extend(match panel {
        Panel::Chart(chart) => text_chart::lines(chart, (width, height), paint),
        Panel::Bars(bars) => text_bars::lines(bars, (width, height), paint),
        Panel::Stack(stack) => text_stack::lines(stack, (width, height), paint),
        Panel::Heat(heat) => text_heat::lines(heat, (width, height), paint),
    });
    lines
}

/// The columns that a text takes in a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// `text`, or as much of its beginning as fits into `room` columns with an ellipsis.
pub(crate) fn cut(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if columns(&kept) + character.width().unwrap_or(0) + 1 > room {
            break;
        }
        kept.push(character);
    }
    if room > 0 {
        kept.push('…');
    }
    kept
}

/// `text` with spaces behind it, `room` columns in all.
pub(crate) fn padded(text: &str, room: usize) -> String {
    let spaces = room.saturating_sub(columns(text));
    format!("{text}{}", " ".repeat(spaces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(columns("模型 m"), 6);
        assert_eq!(cut("模型模型", 5), "模型…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(padded("模", 4), "模  ");
    }
}
