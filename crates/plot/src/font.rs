//! The embedded font: how wide a text is, and where each of its glyphs stands.
//!
//! The font is a subset of Inter (SIL Open Font License, see `font/OFL.txt`), made with
//! its metrics by `font/subset.py`. SVG viewers may draw with another sans-serif font,
//! so layout leaves room to spare.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// How heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

/// One character of the font, in fractions of the font size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Glyph {
    /// From this glyph's origin to the next one's.
    pub(crate) advance: f64,
    /// From the origin to the leftmost ink.
    pub(crate) bearing: f64,
}

/// The metrics of one weight.
pub(crate) struct Metrics {
    /// Ascent plus descent, in fractions of the font size.
    pub(crate) height: f64,
    missing: Glyph,
    glyphs: BTreeMap<char, Glyph>,
}

/// An SVG viewer without Inter takes the next font of the stack; the widest common one
/// (DejaVu Sans) needs about this much more room.
const OTHER_FONTS: f64 = 1.08;

/// The width in pixels that `text` needs in whatever font the viewer has.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let metrics = metrics(weight);
    let advances: f64 = text.chars().map(|c| metrics.glyph(c).advance).sum();
    advances * size * OTHER_FONTS
}

/// `text`, or as much of its beginning as fits into `room` pixels with an ellipsis.
pub(crate) fn shorten(text: &str, size: f64, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        if width(&kept, size, weight) + width("…", size, weight) > room {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// `text` in lines of at most `room` pixels, broken at spaces; what does not fit into
/// `most` lines is cut.
pub(crate) fn wrap(
    text: &str,
    size: f64,
    weight: Weight,
    room: f64,
    most: usize,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer {
            Some(longer)
                if lines.len() >= most || width(&longer, size, weight) <= room =>
            {
                lines.pop();
                lines.push(longer);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| shorten(line, size, weight, room)).collect()
}

/// The metrics of a weight, read once.
pub(crate) fn metrics(weight: Weight) -> &'static Metrics {
    static REGULAR: OnceLock<Metrics> = OnceLock::new();
    static SEMI_BOLD: OnceLock<Metrics> = OnceLock::new();
    match weight {
        Weight::Regular => REGULAR
            .get_or_init(|| Metrics::read(include_str!("../font/Inter-Regular.metrics"))),
        Weight::SemiBold => SEMI_BOLD.get_or_init(|| {
            Metrics::read(include_str!("../font/Inter-SemiBold.metrics"))
        }),
    }
}

/// The font file of a weight.
pub(crate) fn bytes(weight: Weight) -> &'static [u8] {
    match weight {
        Weight::Regular => include_bytes!("../font/Inter-Regular.otf"),
        Weight::SemiBold => include_bytes!("../font/Inter-SemiBold.otf"),
    }
}

impl Metrics {
    /// The glyph of a character; the box of missing characters if the font has none.
    pub(crate) fn glyph(&self, character: char) -> Glyph {
        let wide = || Glyph { advance: self.missing.advance.max(1.0), ..self.missing };
        let missing = || if is_wide(character) { wide() } else { self.missing };
        self.glyphs.get(&character).copied().unwrap_or_else(missing)
    }

    fn read(table: &str) -> Metrics {
        let mut lines = table.lines();
        let first = lines.next().and_then(|line| line.split_once(' '));
        let (units, height) = first.expect("subset.py writes the units and the height");
        let units: f64 = units.parse().expect("subset.py writes numbers");
        let height: f64 = height.parse().expect("subset.py writes numbers");
        let glyphs: BTreeMap<char, Glyph> =
            lines.filter_map(|line| glyph(line, units)).collect();
        let missing = glyphs[&'\0'];
        Metrics { height: height / units, missing, glyphs }
    }
}

/// One line of the metrics: code, advance, bearing.
fn glyph(line: &str, units: f64) -> Option<(char, Glyph)> {
    let mut fields = line.split(' ');
    let code = u32::from_str_radix(fields.next()?, 16).ok()?;
    let advance = fields.next()?.parse::<f64>().ok()? / units;
    let bearing = fields.next()?.parse::<f64>().ok()? / units;
    Some((char::from_u32(code)?, Glyph { advance, bearing }))
}

/// Whether a character takes the room of two letters: Chinese, Japanese, Korean and
/// emoji, by the blocks of Unicode that hold them.
pub(crate) fn is_wide(character: char) -> bool {
    matches!(u32::from(character),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1f64f
        | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_weights_know_the_characters_of_figures() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            let metrics = metrics(weight);
            for character in (' '..='~').chain("αβσ→−–…é×²".chars()) {
                assert!(metrics.glyphs.contains_key(&character), "{character}");
            }
            assert!(metrics.height > 1.0 && metrics.height < 1.5);
        }
    }

    #[test]
    fn letters_have_different_widths_and_missing_ones_have_some() {
        let of = |text| width(text, 10.0, Weight::Regular);
        assert!(of("i") < of("m"));
        assert!(of("模型") >= 20.0);
        assert_eq!(of(""), 0.0);
    }

    #[test]
    fn shortened_text_fits() {
        let text = "seasonal 12 with a long, long name";
        let short = shorten(text, 12.0, Weight::Regular, 80.0);
        assert!(short.ends_with('…') && width(&short, 12.0, Weight::Regular) <= 80.0);
        assert_eq!(shorten("ar", 12.0, Weight::Regular, 80.0), "ar");
    }

    #[test]
    fn wrapped_text_keeps_its_words_until_the_last_line() {
        let lines = wrap("one two three four", 12.0, Weight::Regular, 60.0, 9);
        assert!(lines.len() > 1);
        assert_eq!(lines.join(" "), "one two three four");
        let cut = wrap("one two three four", 12.0, Weight::Regular, 60.0, 1);
        assert_eq!(cut.len(), 1);
        assert!(cut[0].ends_with('…'));
    }
}
