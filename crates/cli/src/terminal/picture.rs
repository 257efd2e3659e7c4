//! One picture as the bytes that a terminal draws it from: a figure and the room for it
//! go in, escape sequences come out.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use carousel_plot::{Figure, Theme, WIDTH};

/// How pictures reach the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// <https://sw.kovidgoyal.net/kitty/graphics-protocol>
    Kitty,
    /// <https://iterm2.com/documentation-images.html>
    Iterm,
    /// DEC's pictures of six rows at a time.
    Sixel,
}

/// The room for a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    /// The columns of the terminal.
    pub(super) columns: usize,
    /// Width and height of a character in pixels, if they are known.
    pub(super) cell: Option<(usize, usize)>,
}

/// Pixels of a picture, at scale 1, that are as wide as a character: its letters are then
/// as large as those of the terminal.
const CELL: f64 = 8.0;

/// Pixels for each of them where nobody knows how dense the screen is, and the terminal
/// makes a picture as large as it is told.
const SHARP: f64 = 2.0;

/// Kitty takes no more in one piece.
const PIECE: usize = 4096;

/// The bytes that draw the figure at the cursor, which is in the first column and is
/// there again, below it; none if it cannot be drawn.
pub(super) fn drawn(
    figure: &Figure,
    theme: Theme,
    protocol: Protocol,
    size: Size,
) -> Option<String> {
    // The last column stays free: whoever reaches it may break the line.
    let room = size.columns.saturating_sub(1).max(1);
    let columns = room.min((WIDTH / CELL).ceil() as usize);
    let cell = size.cell.map(|(width, _)| width as f64);
    let scale = |cell: f64| columns as f64 * cell / WIDTH;
    let png = || figure.png(theme, scale(cell.unwrap_or(CELL * SHARP))).ok();
    Some(match protocol {
        Protocol::Kitty => kitty(&png()?, columns),
        Protocol::Iterm => iterm(&png()?, columns),
        Protocol::Sixel => figure.sixel(theme, scale(cell.unwrap_or(CELL))).ok()? + "\n",
    })
}

/// `q=2`: the terminal does not answer, since nobody would read it.
fn kitty(png: &[u8], columns: usize) -> String {
    let text = BASE64_STANDARD.encode(png);
    let pieces: Vec<&[u8]> = text.as_bytes().chunks(PIECE).collect();
    let mut bytes = String::new();
    for (k, piece) in pieces.iter().enumerate() {
        let start =
            if k == 0 { format!("a=T,f=100,q=2,c={columns},") } else { String::new() };
        let more = u8::from(k + 1 < pieces.len());
        let piece = String::from_utf8_lossy(piece);
        bytes += &format!("\u{1b}_G{start}m={more};{piece}\u{1b}\\");
    }
    bytes + "\n"
}

fn iterm(png: &[u8], columns: usize) -> String {
    let text = BASE64_STANDARD.encode(png);
    let size = png.len();
    format!("\u{1b}]1337;File=inline=1;size={size};width={columns}:{text}\u{7}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kitty_gets_pieces_of_4096_bytes() {
        assert_eq!(kitty(b"abc", 40), "\u{1b}_Ga=T,f=100,q=2,c=40,m=0;YWJj\u{1b}\\\n");
        let long = kitty(&[0; 4000], 80);
        let pieces: Vec<&str> = long.trim_end().split_inclusive("\u{1b}\\").collect();
        assert_eq!(pieces.len(), 2);
        assert!(pieces[0].starts_with("\u{1b}_Ga=T,f=100,q=2,c=80,m=1;AAAA"));
        assert_eq!(pieces[0].split(';').nth(1).map(str::len), Some(4096 + 2));
        assert_eq!(pieces[1].split(';').next(), Some("\u{1b}_Gm=0"));
        assert_eq!(pieces[1].split(';').nth(1).map(str::len), Some(1240 + 2));
    }

    #[test]
    fn iterm_gets_one_command_with_the_size() {
        assert_eq!(
            iterm(b"abc", 40),
            "\u{1b}]1337;File=inline=1;size=3;width=40:YWJj\u{7}\n"
        );
    }

    #[test]
    fn a_picture_is_as_wide_as_there_is_room() {
        let figure = Figure { title: "airline".to_owned(), ..Figure::default() };
        for (columns, cell, start) in [
            (40, Some((10, 20)), "\u{1b}Pq\"1;1;390;"),
            (300, Some((10, 20)), "\u{1b}Pq\"1;1;950;"),
            (300, None, "\u{1b}Pq\"1;1;760;"),
            (1, Some((10, 20)), "\u{1b}Pq\"1;1;190;"),
        ] {
            let size = Size { columns, cell };
            let picture = drawn(&figure, Theme::Light, Protocol::Sixel, size).unwrap();
            assert!(picture.starts_with(start), "{columns}: {}", &picture[..30]);
        }
    }
}
