//! A table of numbers as lines of text: shades for what is above 0, strokes for what is
//! below, so that signs can be told apart without colour, too.

use crate::ansi::Paint;
use crate::chart::NO_VALUES;
use crate::fields::{fields, short};
use crate::scene::printable;
use crate::text::{columns, cut, padded};
use crate::{Heat, Ink};

/// From 0 upwards, by quarters of the largest.
const ABOVE: [char; 5] = [' ', '░', '▒', '▓', '█'];
/// From 0 downwards.
const BELOW: [char; 5] = [' ', '-', '=', '≡', '#'];
/// Where there is no number.
const NONE: char = '?';
/// Between groups of columns.
const BETWEEN: char = '│';
/// The inks of what is above and below 0: the hues of the table on paper.
const INKS: (Ink, Ink) = (Ink::Colour(1), Ink::Colour(0));

/// The table below its heading, in at most `width` columns and `height` lines.
pub(crate) fn lines(
    heat: &Heat,
    (width, height): (usize, usize),
    paint: Paint,
) -> Vec<String> {
    let measure = cut(&printable(&heat.measure), width);
    let mut lines = vec![paint.dim(&measure)];
    lines.retain(|line| !line.is_empty());
    let names: Vec<String> =
        heat.rows.iter().map(|name| cut(&printable(name), width / 4)).collect();
    let widest = names.iter().map(|name| columns(name)).max().unwrap_or(0);
    let margin = if widest > 0 { widest + 1 } else { 0 };
    // One line above for groups and three below for the key and the axis.
    let most_rows = height.saturating_sub(lines.len() + 4).max(1);
    let room = width - margin - 2;
    let most_groups = heat.groups.len().min(room / 2);
    let fields = fields(heat, (room - most_groups, most_rows));
    if fields.columns() == 0 {
        lines.push(NO_VALUES.to_owned());
        return lines;
    }
    // Letters are about twice as high as wide.
    let wide = usize::from((fields.columns() + 1) * 2 + most_groups <= room) + 1;
    let indent = " ".repeat(margin);
    if fields.groups.iter().any(|(name, _)| !name.is_empty()) {
        let above = fields.groups.iter().map(|(name, size)| {
            let name = cut(&printable(name), size * wide);
            format!("{BETWEEN}{}", padded(&name, size * wide))
        });
        lines.push(format!("{indent}{}", above.collect::<String>()));
    }
    for (index, row) in fields.rows.iter().enumerate() {
        let name = names.get(index * fields.down).map_or("", String::as_str);
        let mut line = padded(name, margin);
        let mut rest = &row[..];
        for (_, size) in &fields.groups {
            let (own, others) = rest.split_at(*size);
            line.push(BETWEEN);
            line.push_str(&painted(own, fields.most(), wide, paint));
            rest = others;
        }
        line.push(BETWEEN);
        lines.push(line);
    }
    lines.extend(key(fields.scale(), width, paint));
    if !heat.x.title.is_empty() {
        let across = format!("across: {}", printable(&heat.x.title));
        lines.push(cut(&across, width));
    }
    lines
}

/// Fields as letters, neighbours of one sign in one stroke of paint.
fn painted(fields: &[f64], most: f64, wide: usize, paint: Paint) -> String {
    let cells: Vec<(char, Option<Ink>)> =
        fields.iter().map(|value| letter(value / most)).collect();
    let run = |run: &[(char, Option<Ink>)]| {
        let letters = run.iter().flat_map(|(c, _)| std::iter::repeat_n(*c, wide));
        let text: String = letters.collect();
        run[0].1.map_or(text.clone(), |ink| paint.ink(&text, ink))
    };
    cells.chunk_by(|a, b| a.1 == b.1).map(run).collect()
}

/// The letter of a share of the largest value, and its ink.
fn letter(share: f64) -> (char, Option<Ink>) {
    if share.is_nan() {
        return (NONE, None);
    }
    let quarter = (share.abs() * 4.0).round().clamp(0.0, 4.0) as usize;
    let (letters, ink) = if share < 0.0 { (BELOW, INKS.1) } else { (ABOVE, INKS.0) };
    (letters[quarter], (quarter > 0).then_some(ink))
}

/// What the letters mean, in a second line where one is too short.
fn key((low, high): (f64, f64), width: usize, paint: Paint) -> Vec<String> {
    let above = (high > 0.0).then(|| ("░▒▓█", format!(" up to {}", short(high)), INKS.0));
    let below = (low < 0.0).then(|| ("-=≡#", format!(" down to {}", short(low)), INKS.1));
    let sides: Vec<_> = above.into_iter().chain(below).collect();
    let needed =
        sides.iter().map(|(letters, words, _)| columns(letters) + columns(words));
    let one = needed.sum::<usize>() + 3 <= width;
    let told = |(letters, words, ink): &(&str, String, Ink)| {
        let words = cut(words, width - columns(letters));
        format!("{}{words}", paint.ink(letters, *ink))
    };
    let told: Vec<String> = sides.iter().map(told).collect();
    if one { vec![told.join("   ")] } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_sizes_have_letters_of_their_own() {
        let heat = Heat {
            title: "w_hh".to_owned(),
            rows: vec!["1".to_owned(), "2".to_owned()],
            groups: vec![("i".to_owned(), 2), ("f".to_owned(), 1)],
            values: vec![vec![2.0, -2.0, 0.0], vec![-0.5, 1.0, f64::NAN]],
            ..Heat::default()
        };
        let shown = [
            "  │i   │f ",
            "1 │██##│  │",
            "2 │--▒▒│??│",
            "░▒▓█ up to 2.00   -=≡# down to −2.00",
        ];
        assert_eq!(lines(&heat, (40, 10), Paint::None), shown);
    }

    #[test]
    fn signs_have_colours() {
        assert_eq!(
            painted(&[1.0, 1.0, -1.0, 0.0], 1.0, 1, Paint::Ansi),
            "\u{1b}[33m██\u{1b}[0m\u{1b}[36m#\u{1b}[0m "
        );
    }
}
