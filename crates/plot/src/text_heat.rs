//! A table of numbers as lines of text: shades for what is above 0, strokes for what is
//! below.

use crate::Heat;
use crate::heat::{groups, largest, merged, short};
use crate::scene::printable;
use crate::text::{columns, cut, padded};

/// From 0 upwards, by quarters of the largest.
const ABOVE: [char; 5] = [' ', '░', '▒', '▓', '█'];
/// From 0 downwards.
const BELOW: [char; 5] = [' ', '-', '=', '≡', '#'];
/// Between groups of columns.
const BETWEEN: char = '│';

/// The table in at most `width` columns and about `height` lines.
pub(crate) fn lines(heat: &Heat, width: usize, height: usize) -> Vec<String> {
    let most = largest(heat);
    let names: Vec<String> =
        heat.rows.iter().map(|name| cut(&printable(name), width / 4)).collect();
    let margin = names.iter().map(|name| columns(name)).max().unwrap_or(0) + 1;
    let all = heat.values.iter().map(Vec::len).max().unwrap_or(0);
    let sizes = groups(heat, all);
    let room = width.saturating_sub(margin + sizes.len() + 1).max(1);
    let merged = merged(heat, room, height.saturating_sub(3).max(3));
    let wide = usize::from(merged.columns * 2 <= room) + 1;
    let fields: Vec<usize> = sizes.iter().map(|n| n.div_ceil(merged.across)).collect();
    let head = format!("{}  {}", printable(&heat.title), printable(&heat.measure));
    let mut lines = vec![cut(head.trim(), width)];
    if !heat.groups.is_empty() {
        let named = heat.groups.iter().zip(&fields);
        let above = named.map(|((name, _), n)| {
            let name = cut(&printable(name), n * wide);
            format!("{BETWEEN}{}", padded(&name, n * wide))
        });
        lines.push(cut(
            &format!("{}{}", " ".repeat(margin), above.collect::<String>()),
            width,
        ));
    }
    for (index, row) in merged.values.iter().enumerate() {
        let name = names.get(index * merged.down).map_or("", String::as_str);
        let mut line = padded(name, margin);
        let mut rest = &row[..];
        for n in &fields {
            let (own, others) = rest.split_at((*n).min(rest.len()));
            line.push(BETWEEN);
            line.extend(
                own.iter()
                    .flat_map(|value| std::iter::repeat_n(letter(value / most), wide)),
            );
            rest = others;
        }
        line.push(BETWEEN);
        lines.push(cut(&line, width));
    }
    let below = heat.values.iter().flatten().any(|value| *value < 0.0);
    let mut key = format!("{}░▒▓█ up to {}", " ".repeat(margin + 1), short(most));
    if below {
        key = format!("{key}   -=≡# down to {}", short(-most));
    }
    if !heat.x.title.is_empty() {
        key = format!("{key}   across: {}", printable(&heat.x.title));
    }
    lines.push(cut(&key, width));
    lines
}

/// The letter of a share of the largest value.
fn letter(share: f64) -> char {
    let quarter = (share.abs() * 4.0).round().clamp(0.0, 4.0) as usize;
    if share < 0.0 { BELOW[quarter] } else { ABOVE[quarter] }
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
        let lines = lines(&heat, 40, 10);
        assert_eq!(
            lines,
            [
                "w_hh",
                "  │i   │f ",
                "1 │██##│  │",
                "2 │--▒▒│  │",
                "   ░▒▓█ up to 2.00   -=≡# down to −2.00"
            ]
        );
    }
}
