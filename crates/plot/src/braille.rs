//! A grid of characters with two by four braille dots in each, and an ink for each
//! character.

use crate::Ink;
use crate::ansi::Paint;

/// Dots and characters; `x` and `y` of dots are counted from the upper left corner.
pub(crate) struct Canvas {
    columns: usize,
    rows: usize,
    /// One bit for each dot, in the order of Unicode's braille patterns.
    dots: Vec<u8>,
    /// Characters that stand in place of dots.
    letters: Vec<Option<char>>,
    /// What each character belongs to; of several the last that was drawn.
    inks: Vec<Ink>,
    /// What is drawn now belongs to this.
    pen: Ink,
}

/// The bits of a cell's dots, by column and row (Unicode, chapter 21.1).
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
/// The pattern without dots.
const BLANK: u32 = 0x2800;

impl Canvas {
    pub(crate) fn new(columns: usize, rows: usize) -> Canvas {
        let cells = columns * rows;
        Canvas {
            columns,
            rows,
            dots: vec![0; cells],
            letters: vec![None; cells],
            inks: vec![Ink::Quiet; cells],
            pen: Ink::Quiet,
        }
    }

    /// Draws in this ink from now on.
    pub(crate) fn take(&mut self, ink: Ink) {
        self.pen = ink;
    }

    /// The places of the last dot to the right and of the lowest one.
    pub(crate) fn last_dot(&self) -> (f64, f64) {
        ((self.columns * 2 - 1) as f64, (self.rows * 4 - 1) as f64)
    }

    /// Draws a straight line and gives each dot's cell, column and row, to `visit`.
    pub(crate) fn line(
        &mut self,
        from: (f64, f64),
        to: (f64, f64),
        visit: &mut dyn FnMut(usize, usize),
    ) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).ceil().max(1.0);
        for step in 0..=steps as usize {
            let part = step as f64 / steps;
            let x = (from.0 + part * (to.0 - from.0)).round().max(0.0) as usize;
            let y = (from.1 + part * (to.1 - from.1)).round().max(0.0) as usize;
            let (column, row) = (x / 2, y / 4);
            if column < self.columns && row < self.rows {
                let cell = row * self.columns + column;
                self.dots[cell] |= BITS[x % 2][y % 4];
                self.inks[cell] = self.pen;
                visit(column, row);
            }
        }
    }

    /// Puts a character in place of a cell's dots.
    pub(crate) fn letter(&mut self, column: usize, row: usize, letter: char) {
        if column < self.columns && row < self.rows {
            let cell = row * self.columns + column;
            self.letters[cell] = Some(letter);
            self.inks[cell] = self.pen;
        }
    }

    /// Puts a character where a cell has no dots and no letter.
    pub(crate) fn behind(&mut self, column: usize, row: usize, letter: char) {
        let cell = row * self.columns + column;
        if column < self.columns && row < self.rows && self.dots[cell] == 0 {
            self.letters[cell].get_or_insert(letter);
        }
    }

    /// The rows as text, spaces where nothing is drawn.
    pub(crate) fn lines(&self, paint: Paint) -> Vec<String> {
        let cell = |(letter, dots): (&Option<char>, &u8)| match (letter, dots) {
            (Some(letter), _) => *letter,
            (None, 0) => ' ',
            (None, dots) => char::from_u32(BLANK + u32::from(*dots)).unwrap_or(' '),
        };
        let cells = self.letters.iter().zip(&self.dots).map(cell);
        // Spaces have no colour, so that those at the end of a line can be left out.
        let cells: Vec<(char, Option<Ink>)> = cells
            .zip(&self.inks)
            .map(|(sign, ink)| (sign, (sign != ' ').then_some(*ink)))
            .collect();
        let run = |run: &[(char, Option<Ink>)]| {
            let text: String = run.iter().map(|(sign, _)| sign).collect();
            run[0].1.map_or(text.clone(), |ink| paint.ink(&text, ink))
        };
        let row = |row: &[(char, Option<Ink>)]| {
            row.chunk_by(|a, b| a.1 == b.1).map(run).collect()
        };
        cells.chunks(self.columns).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagonal_is_drawn_dot_by_dot() {
        let mut canvas = Canvas::new(2, 1);
        canvas.line((0.0, 0.0), (3.0, 3.0), &mut |_, _| ());
        assert_eq!(canvas.lines(Paint::None), ["⠑⢄"]);
    }

    #[test]
    fn letters_hide_dots_and_backgrounds_do_not() {
        let mut canvas = Canvas::new(2, 1);
        canvas.line((0.0, 0.0), (1.0, 0.0), &mut |_, _| ());
        canvas.behind(0, 0, '┊');
        canvas.behind(1, 0, '┊');
        assert_eq!(canvas.lines(Paint::None), ["⠉┊"]);
        canvas.letter(0, 0, 'a');
        assert_eq!(canvas.lines(Paint::None), ["a┊"]);
    }

    #[test]
    fn neighbours_of_one_ink_share_their_escape_sequences() {
        let mut canvas = Canvas::new(4, 1);
        canvas.take(Ink::Colour(0));
        canvas.line((0.0, 0.0), (3.0, 0.0), &mut |_, _| ());
        canvas.take(Ink::Colour(1));
        canvas.letter(2, 0, 'b');
        assert_eq!(
            canvas.lines(Paint::Ansi),
            ["\u{1b}[36m⠉⠉\u{1b}[0m\u{1b}[33mb\u{1b}[0m "]
        );
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let mut canvas = Canvas::new(1, 1);
        canvas.line((-5.0, -5.0), (50.0, 50.0), &mut |_, _| ());
        canvas.letter(7, 7, 'a');
        canvas.behind(7, 7, 'a');
        assert_eq!(canvas.lines(Paint::None).len(), 1);
    }
}
