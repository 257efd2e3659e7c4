//! A figure as sixels, the pictures of DEC's terminals that many of today's show, too:
//! a scene goes in, and one escape sequence comes out.
//!
//! A picture is bands of six rows. For each colour of a band stands one character per
//! column, whose bits say which of the six pixels have it (VT330/VT340 Programmer
//! Reference Manual, volume 2, chapter 14).

use std::collections::BTreeMap;

use crate::layout::scene;
use crate::png::scaled;
use crate::raster::{Picture, paint};
use crate::theme::Colour;
use crate::{Figure, PngError, Theme};

/// Rows of a band.
const BAND: usize = 6;
/// As many colours as every terminal with sixels has registers for.
const COLOURS: usize = 256;
/// Bits of a channel that are looked at when colours are counted.
const KEPT_BITS: u32 = 5;
/// The character of no pixel; the bits are added to it.
const NO_PIXEL: u8 = b'?';
/// Equal characters fewer than this are written out.
const LEAST_RUN: usize = 4;

impl Figure {
    /// The figure as one sixel sequence; `scale` is as in [`Figure::png`].
    ///
    /// # Errors
    /// As there.
    pub fn sixel(&self, theme: Theme, scale: f64) -> Result<String, PngError> {
        Ok(encode(&paint(&scene(self, theme), scaled(scale))?))
    }
}

fn encode(picture: &Picture) -> String {
    let (palette, pixels) = reduced(&picture.pixels);
    let (width, height) = (picture.width as usize, picture.height);
    let mut text = format!("\u{1b}Pq\"1;1;{width};{height}");
    for (register, colour) in palette.iter().enumerate() {
        let [red, green, blue] = colour.map(|byte| (u32::from(byte) * 100 + 127) / 255);
        text += &format!("#{register};2;{red};{green};{blue}");
    }
    for band in pixels.chunks(width.max(1) * BAND) {
        write_band(band, width, &mut text);
    }
    text + "\u{1b}\\"
}

/// One line of characters for each colour of the band, drawn over each other.
fn write_band(band: &[usize], width: usize, text: &mut String) {
    let mut lines: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    for (place, register) in band.iter().enumerate() {
        let line = lines.entry(*register).or_insert_with(|| vec![NO_PIXEL; width]);
        line[place % width] += 1 << (place / width);
    }
    for (register, line) in lines {
        text.push_str(&format!("#{register}"));
        for run in line.chunk_by(|one, next| one == next) {
            let sign = char::from(run[0]);
            if run.len() < LEAST_RUN {
                text.extend(std::iter::repeat_n(sign, run.len()));
            } else {
                text.push_str(&format!("!{}{sign}", run.len()));
            }
        }
        text.push('$');
    }
    text.push('-');
}

/// The picture's most frequent colours, and for each pixel the nearest of them. Smooth
/// edges have many colours that differ by next to nothing.
fn reduced(pixels: &[u8]) -> (Vec<Colour>, Vec<usize>) {
    let colours = || pixels.chunks_exact(3).map(|c| [c[0], c[1], c[2]]);
    let kind = |colour: Colour| colour.map(|byte| byte >> (8 - KEPT_BITS));
    let mut kinds: BTreeMap<Colour, ([u64; 3], u64)> = BTreeMap::new();
    for colour in colours() {
        let (sums, count) = kinds.entry(kind(colour)).or_default();
        (0..3).for_each(|channel| sums[channel] += u64::from(colour[channel]));
        *count += 1;
    }
    let mut most: Vec<_> = kinds.values().copied().collect();
    most.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    most.truncate(COLOURS);
    let mean = |(sums, count): &([u64; 3], u64)| {
        sums.map(|sum| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX))
    };
    let palette: Vec<Colour> = most.iter().map(mean).collect();
    let nearest: BTreeMap<Colour, usize> = (kinds.iter())
        .map(|(kind, sums)| (*kind, nearest(mean(sums), &palette)))
        .collect();
    let registers = colours().map(|colour| nearest[&kind(colour)]).collect();
    (palette, registers)
}

fn nearest(colour: Colour, palette: &[Colour]) -> usize {
    let distance = |other: &Colour| -> u32 {
        (0..3).map(|k| u32::from(colour[k].abs_diff(other[k])).pow(2)).sum()
    };
    let all = palette.iter().enumerate();
    all.min_by_key(|(_, other)| distance(other)).map_or(0, |(register, _)| register)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Colour = [255, 0, 0];
    const WHITE: Colour = [255, 255, 255];

    fn picture(width: u32, colours: &[Colour]) -> Picture {
        let height = colours.len() as u32 / width;
        Picture { width, height, pixels: colours.concat() }
    }

    #[test]
    fn each_colour_of_a_band_is_one_line() {
        assert_eq!(
            encode(&picture(2, &[WHITE, RED, WHITE, WHITE])),
            "\u{1b}Pq\"1;1;2;2#0;2;100;100;100#1;2;100;0;0#0BA$#1?@$-\u{1b}\\"
        );
    }

    #[test]
    fn equal_columns_are_counted_and_bands_have_six_rows() {
        assert_eq!(
            encode(&picture(5, &[WHITE; 35])),
            "\u{1b}Pq\"1;1;5;7#0;2;100;100;100#0!5~$-#0!5@$-\u{1b}\\"
        );
    }

    #[test]
    fn many_colours_become_the_nearest_of_the_most_frequent() {
        let every: Vec<u8> = (0..=u8::MAX)
            .flat_map(|k| [[k, 255 - k, 0], [0, k, 255 - k], [k, 0, k]].concat())
            .collect();
        let (palette, registers) = reduced(&every);
        assert!(palette.len() <= COLOURS);
        for (colour, register) in every.chunks_exact(3).zip(registers) {
            let far = (0..3).map(|k| colour[k].abs_diff(palette[register][k])).max();
            assert!(far.unwrap() <= 8, "{colour:?} became {:?}", palette[register]);
        }
    }
}
