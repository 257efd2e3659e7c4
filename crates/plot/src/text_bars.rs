//! Bars as lines of text: full blocks for what stands in front, shaded ones for what is
//! grey on paper.

use crate::ansi::Paint;
use crate::axis::drawable;
use crate::bars::{extent, value_texts};
use crate::scene::printable;
use crate::text::{columns, cut, padded};
use crate::{Bar, Bars, Ink};

/// The bars in at most `width` columns and `height` lines.
pub(crate) fn lines(
    bars: &Bars,
    (width, height): (usize, usize),
    paint: Paint,
) -> Vec<String> {
    let mut lines = head(bars, width);
    let room = height.saturating_sub(lines.len());
    let all = bars.bars.len() <= room;
    let shown = if all { bars.bars.len() } else { room.saturating_sub(1) };
    let names: Vec<String> =
        bars.bars.iter().map(|bar| cut(&printable(&bar.name), width / 3)).collect();
    let values = value_texts(&bars.bars);
    let widest = |texts: &[String]| texts.iter().map(|t| columns(t)).max().unwrap_or(0);
    let (name_room, value_room) = (widest(&names), widest(&values).min(width / 3));
    let bar_room = width.saturating_sub(name_room + value_room + 2).max(1);
    let range = extent(&bars.bars);
    for ((bar, name), value) in bars.bars.iter().zip(&names).zip(&values).take(shown) {
        let value = cut(value, value_room);
        let blocks = paint.ink(&blocks(bar, range, bar_room), bar.ink);
        lines.push(format!("{} {blocks} {value}", padded(name, name_room)));
    }
    if !all {
        lines.push(format!("… and {} more", bars.bars.len() - shown));
    }
    lines
}

fn head(bars: &Bars, width: usize) -> Vec<String> {
    let sample = |(name, ink): &(String, Ink)| format!("   {} {name}", block(*ink));
    let key: String = bars.key.iter().map(sample).collect();
    let head = printable(&format!("{}{key}", bars.measure));
    if head.trim().is_empty() { Vec::new() } else { vec![cut(head.trim(), width)] }
}

fn block(ink: Ink) -> char {
    match ink {
        Ink::Quiet => '░',
        Ink::Colour(_) | Ink::Faint(_) => '█',
    }
}

/// The bar in `room` columns; at least one block, so that a small value is not mistaken
/// for none. Bars that begin at the left edge have their value right behind them.
fn blocks(bar: &Bar, (low, high): (f64, f64), room: usize) -> String {
    if !drawable(bar.value, false) {
        return String::new();
    }
    let place =
        |value: f64| ((value - low) / (high - low) * room as f64).round() as usize;
    let (zero, end) = (place(0.0), place(bar.value));
    let start = zero.min(end).min(room - 1);
    let end = zero.max(end).max(start + 1);
    let filled: String = std::iter::repeat_n(block(bar.ink), end - start).collect();
    format!("{}{filled}", " ".repeat(start))
}
