//! A figure as text for a terminal: one line of characters per row, without colour, so
//! that it reads the same in a pipe. Lines are braille dots with letters on them.

use crate::font::is_wide;
use crate::scene::printable;
use crate::{Figure, Panel, text_bars, text_chart, text_heat, text_stack};

/// The columns between which a figure can be read and a mistaken width does no harm.
const COLUMNS: (usize, usize) = (24, 400);
/// The least height of a panel: a plot of three lines with its axis and names.
const LEAST_PANEL: usize = 8;
/// The most lines of a figure, for the same reason as the most columns.
const MOST_LINES: usize = 400;

impl Figure {
    /// The figure in at most `width` columns and `height` lines, drawn with braille
    /// dots. Less than 24 columns, or than 8 lines for each panel and two for the
    /// titles, are taken as that; a stack takes 4 lines for each of its charts.
    pub fn text(&self, width: usize, height: usize) -> String {
        let width = width.clamp(COLUMNS.0, COLUMNS.1);
        let titles = [&self.title, &self.subtitle].map(|line| printable(line));
        let mut lines: Vec<String> = titles
            .iter()
            .filter(|line| !line.trim().is_empty())
            .map(|line| cut(line, width))
            .collect();
        let rest = height.min(MOST_LINES).saturating_sub(lines.len());
        let share = (rest / self.panels.len().max(1)).max(LEAST_PANEL);
        for panel in &self.panels {
            lines.extend(panel_lines(panel, width, share));
        }
        let mut text = String::new();
        for line in lines {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

fn panel_lines(panel: &Panel, width: usize, height: usize) -> Vec<String> {
    let below = |title: &str, lines: &dyn Fn(usize) -> Vec<String>| {
        let title = (!title.is_empty()).then(|| cut(&printable(title), width));
        let height = height - usize::from(title.is_some());
        title.into_iter().chain(lines(height)).collect()
    };
    match panel {
        Panel::Chart(chart) => {
            below(&chart.title, &|height| text_chart::lines(chart, width, height))
        }
        Panel::Bars(bars) => {
            below(&bars.title, &|height| text_bars::lines(bars, width, height))
        }
        Panel::Stack(stack) => text_stack::lines(stack, width, height),
        Panel::Heat(heat) => text_heat::lines(heat, width, height),
    }
}

/// The columns that a text takes in a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// `text`, or as much of its beginning as fits into `room` columns with an ellipsis.
pub(crate) fn cut(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if columns(&kept) + columns(character.encode_utf8(&mut [0; 4])) + 1 > room {
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
