//! A cell of the user's: its equations in the frame, its states through it.

use carousel_lang::ast::CellDefinition;
use carousel_net::network::Cell;

use super::frame;
use super::marks::{Drawing, INK, STATE};
use crate::statements::of_cell;

/// Characters of an equation that are shown, and equations.
const COLUMNS: usize = 48;
const LINES: usize = 12;
/// Pixels of a line, and of a character.
const LINE: f64 = 17.0;
const CHARACTER: f64 = 6.7;

/// The equations with their steps: `hₜ = tanh(Wh xₜ + Uh hₜ₋₁ + bh)`.
pub(super) fn drawing(
    definition: &std::sync::Arc<CellDefinition>,
    units: usize,
) -> Drawing {
    let text = of_cell(&Cell::User(definition.clone()));
    let states = states(&text);
    let lines = shown(&text);
    let widest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let (left, top) = (46.0, 34.0);
    let right = left + 24.0 + CHARACTER * widest.max(16) as f64;
    let bottom = top + 32.0 + LINE * lines.len().max(states.len() + 1) as f64;
    let (enters, leaves) = ((left + 22.0, bottom + 26.0), (right - 22.0, 4.0));
    let mut drawing = Drawing::new((right + left, bottom + 30.0), enters, leaves);
    frame(&mut drawing, (left, top), (right, bottom), units);
    for (k, line) in lines.iter().enumerate() {
        drawing.code((left + 12.0, top + 36.0 + LINE * k as f64), line);
    }
    drawing.arrow(&[enters, (enters.0, bottom)], INK);
    drawing.arrow(&[(leaves.0, top), leaves], INK);
    for (k, name) in states.iter().enumerate() {
        let y = top + 36.0 + (LINE + 5.0) * k as f64;
        drawing.arrow(&[(8.0, y), (left, y)], STATE);
        drawing.arrow(&[(right, y), (right + left - 8.0, y)], STATE);
        drawing.text((8.0, y - 5.0), "start", &format!("{name}ₜ₋₁"));
        drawing.text((right + left - 8.0, y - 5.0), "end", &format!("{name}ₜ"));
    }
    drawing
}

/// The equations as far as there is room.
fn shown(text: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        text.lines().take(LINES).map(|line| cut(line.trim())).collect();
    let more = text.lines().count().saturating_sub(LINES);
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines
}

fn cut(line: &str) -> String {
    match line.chars().count() {
        length if length <= COLUMNS => line.to_owned(),
        _ => line.chars().take(COLUMNS - 1).chain(['…']).collect(),
    }
}

/// The names that an equation reads from the step before.
fn states(text: &str) -> Vec<&str> {
    let mut states = Vec::new();
    for piece in text.split("ₜ₋₁").take(text.matches("ₜ₋₁").count()) {
        let word = |c: char| !(c.is_alphanumeric() || c == '_');
        let start = piece
            .rfind(word)
            .map_or(0, |at| at + piece[at..].chars().next().map_or(0, char::len_utf8));
        let name = &piece[start..];
        if !name.is_empty() && !states.contains(&name) {
            states.push(name);
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_what_lasts() {
        let text = "  iₜ = sigmoid(Wi xₜ + Ui hₜ₋₁)\n  cₜ = iₜ * cₜ₋₁ + hₜ₋₁";
        assert_eq!(states(text), ["h", "c"]);
        assert!(states("yₜ = W xₜ").is_empty());
    }
}
