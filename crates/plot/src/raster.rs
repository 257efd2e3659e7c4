//! A scene as pixels. Plotters' bitmap backend paints the strips and its glyphs.
//!
//! Each strip is painted `FINE` times as large and then averaged: that smooths every
//! edge alike, and places glyphs and thin lines more exactly than whole pixels could.
//! Strips keep the memory small.

use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{FontStyle, IntoFont, RGBColor, ShapeStyle, register_font};
use std::sync::OnceLock;

use crate::font::{self, Weight};
use crate::png::PngError;
use crate::scene::{Anchor, Mark, Point, Scene};
use crate::theme::Colour;

/// Fine pixels per pixel of the picture, along each side.
const FINE: usize = 4;
/// Rows of the picture that are painted at once.
const STRIP: usize = 64;
/// The name under which plotters knows the embedded font.
const FONT: &str = "carousel";

/// Red, green and blue bytes from the upper left corner, row by row.
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
}

/// The scene with `scale` pixels per CSS pixel.
pub(crate) fn paint(scene: &Scene, scale: f64) -> Result<Picture, PngError> {
    register_fonts()?;
    let width = (scene.width * scale).round() as usize;
    let height = (scene.height * scale).round() as usize;
    let mut pixels = Vec::with_capacity(width * height * 3);
    for top in (0..height).step_by(STRIP) {
        let rows = STRIP.min(height - top);
        let mut fine = vec![0; width * FINE * rows * FINE * 3];
        let size = ((width * FINE) as u32, (rows * FINE) as u32);
        let strip = Strip {
            backend: BitMapBackend::with_buffer(&mut fine, size),
            scale: scale * FINE as f64,
            top: (top * FINE) as f64,
        };
        strip.paint(scene)?;
        average(&fine, width, &mut pixels);
    }
    Ok(Picture { width: width as u32, height: height as u32, pixels })
}

/// Gives the embedded fonts to plotters, once.
fn register_fonts() -> Result<(), PngError> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = *REGISTERED.get_or_init(|| {
        [Weight::Regular, Weight::SemiBold].into_iter().all(|weight| {
            register_font(FONT, font_style(weight), font::bytes(weight)).is_ok()
        })
    });
    let unreadable = || PngError("the embedded font is not readable".to_owned());
    registered.then_some(()).ok_or_else(unreadable)
}

fn font_style(weight: Weight) -> FontStyle {
    match weight {
        Weight::Regular => FontStyle::Normal,
        Weight::SemiBold => FontStyle::Bold,
    }
}

/// Appends the averages of `FINE` by `FINE` squares.
fn average(fine: &[u8], width: usize, pixels: &mut Vec<u8>) {
    let row_length = width * FINE * 3;
    let count = (FINE * FINE) as u16;
    let mut sums = vec![[0_u16; 3]; width];
    for rows in fine.chunks_exact(row_length * FINE) {
        sums.fill([0; 3]);
        for row in rows.chunks_exact(row_length) {
            let (squares, _) = row.as_chunks::<{ FINE * 3 }>();
            for (sum, square) in sums.iter_mut().zip(squares) {
                for colour in square.as_chunks::<3>().0 {
                    for (sum, byte) in sum.iter_mut().zip(colour) {
                        *sum += u16::from(*byte);
                    }
                }
            }
        }
        pixels.extend(sums.iter().flatten().map(|sum| ((sum + count / 2) / count) as u8));
    }
}

/// Some rows of the picture in fine pixels.
struct Strip<'a> {
    backend: BitMapBackend<'a>,
    /// Fine pixels per CSS pixel.
    scale: f64,
    /// The picture's row at which the strip begins, in fine pixels.
    top: f64,
}

impl Strip<'_> {
    fn paint(mut self, scene: &Scene) -> Result<(), PngError> {
        let (width, height) = self.backend.get_size();
        self.fill((0.0, f64::from(width)), (0, height as i32), scene.ground, 1.0)?;
        for mark in &scene.marks {
            self.mark(mark)?;
        }
        Ok(())
    }

    fn mark(&mut self, mark: &Mark) -> Result<(), PngError> {
        match mark {
            Mark::Line { points, width, colour, dash } => {
                let points = self.places(points);
                let radius = width * self.scale / 2.0;
                let pieces = match dash {
                    None => vec![points],
                    Some((on, off)) => {
                        dashes(&points, (on * self.scale, off * self.scale))
                    }
                };
                for pair in pieces.iter().flat_map(|piece| piece.windows(2)) {
                    self.capsule(pair[0], pair[1], radius, *colour)?;
                }
                Ok(())
            }
            Mark::Area { upper, lower, colour, opacity } => {
                let (upper, lower) = (self.places(upper), self.places(lower));
                self.area(&upper, &lower, *colour, *opacity)
            }
            Mark::Dots { centres, radius, colour } => {
                let radius = radius * self.scale;
                self.places(centres)
                    .into_iter()
                    .try_for_each(|centre| self.capsule(centre, centre, radius, *colour))
            }
            Mark::Rect { corner, width, height, colour } => {
                let (left, top) = self.place(*corner);
                let (right, bottom) = self.place((corner.0 + width, corner.1 + height));
                let rows = (top.round() as i32, bottom.round() as i32);
                self.fill((left, right), rows, *colour, 1.0)
            }
            Mark::Text { text, at, anchor, size, weight, colour } => {
                self.text(text, *at, *anchor, (*size, *weight), *colour)
            }
        }
    }

    fn place(&self, (x, y): Point) -> Point {
        (x * self.scale, y * self.scale - self.top)
    }

    fn places(&self, points: &[Point]) -> Vec<Point> {
        points.iter().map(|&point| self.place(point)).collect()
    }

    /// Fills rows from `rows.0` up to before `rows.1` between two columns.
    fn fill(
        &mut self,
        (left, right): (f64, f64),
        rows: (i32, i32),
        colour: Colour,
        opacity: f64,
    ) -> Result<(), PngError> {
        let (left, right) = (left.round() as i32, right.round() as i32);
        if left >= right || rows.0 >= rows.1 {
            return Ok(());
        }
        let [r, g, b] = colour;
        let style = ShapeStyle {
            color: plotters::style::Color::mix(&RGBColor(r, g, b), opacity),
            filled: true,
            stroke_width: 0,
        };
        self.backend
            .draw_rect((left, rows.0), (right, rows.1), &style, true)
            .map_err(|error| PngError(error.to_string()))
    }

    /// All places within `radius` of the straight line between two points: a stroke
    /// with round ends. Row by row, since each row of it is one interval.
    fn capsule(
        &mut self,
        a: Point,
        b: Point,
        radius: f64,
        colour: Colour,
    ) -> Result<(), PngError> {
        let height = f64::from(self.backend.get_size().1);
        let first = (a.1.min(b.1) - radius).floor().clamp(0.0, height);
        let last = (a.1.max(b.1) + radius).ceil().clamp(0.0, height);
        for row in first as i32..last as i32 {
            if let Some(columns) = capsule_row(a, b, radius, f64::from(row) + 0.5) {
                self.fill(columns, (row, row + 1), colour, 1.0)?;
            }
        }
        Ok(())
    }

    /// Column by column, so that each pixel is blended once.
    fn area(
        &mut self,
        upper: &[Point],
        lower: &[Point],
        colour: Colour,
        opacity: f64,
    ) -> Result<(), PngError> {
        for (above, below) in upper.windows(2).zip(lower.windows(2)) {
            let (left, right) = (above[0].0, above[1].0);
            for column in left.round() as i32..right.round() as i32 {
                let x = f64::from(column) + 0.5;
                let part = ((x - left) / (right - left)).clamp(0.0, 1.0);
                let top = above[0].1 + part * (above[1].1 - above[0].1);
                let bottom = below[0].1 + part * (below[1].1 - below[0].1);
                let rows =
                    (top.min(bottom).round() as i32, top.max(bottom).round() as i32);
                self.fill((x - 0.5, x + 0.5), rows, colour, opacity)?;
            }
        }
        Ok(())
    }

    /// One glyph after the other: plotters would leave the bearing of each out.
    fn text(
        &mut self,
        text: &str,
        at: Point,
        anchor: Anchor,
        (size, weight): (f64, Weight),
        colour: Colour,
    ) -> Result<(), PngError> {
        let metrics = font::metrics(weight);
        let em = size * self.scale;
        let (mut x, baseline) = self.place(at);
        if baseline + em < 0.0 || baseline - em > f64::from(self.backend.get_size().1) {
            return Ok(());
        }
        let advances: f64 = text.chars().map(|c| metrics.glyph(c).advance).sum();
        x -= match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => advances * em / 2.0,
            Anchor::End => advances * em,
        };
        // Plotters' font size is the height of a line, and it puts the baseline half of
        // that below the place it is given.
        let line = em * metrics.height;
        let [r, g, b] = colour;
        let style =
            (FONT, line, font_style(weight)).into_font().color(&RGBColor(r, g, b));
        for character in text.chars() {
            let glyph = metrics.glyph(character);
            let left = (x + glyph.bearing * em).round() as i32;
            let top = (baseline - line / 2.0).round() as i32;
            self.backend
                .draw_text(character.encode_utf8(&mut [0; 4]), &style, (left, top))
                .map_err(|error| PngError(error.to_string()))?;
            x += glyph.advance * em;
        }
        Ok(())
    }
}

/// Where the row at height `y` enters and leaves the stroke from `a` to `b`.
fn capsule_row(a: Point, b: Point, radius: f64, y: f64) -> Option<(f64, f64)> {
    let disc = |centre: Point| {
        let half = (radius * radius - (y - centre.1).powi(2)).max(0.0).sqrt();
        (half > 0.0).then_some((centre.0 - half, centre.0 + half))
    };
    [disc(a), disc(b), side(a, b, radius, y)]
        .into_iter()
        .flatten()
        .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

/// The same for the rectangle between the round ends.
fn side(a: Point, b: Point, radius: f64, y: f64) -> Option<(f64, f64)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx.hypot(dy);
    if length == 0.0 {
        return None;
    }
    let (nx, ny) = (-dy / length * radius, dx / length * radius);
    let corners = [
        (a.0 + nx, a.1 + ny),
        (b.0 + nx, b.1 + ny),
        (b.0 - nx, b.1 - ny),
        (a.0 - nx, a.1 - ny),
    ];
    let crossings = (0..4).filter_map(|k| {
        let (from, to) = (corners[k], corners[(k + 1) % 4]);
        let crosses = (from.1 <= y) != (to.1 <= y);
        crosses.then(|| from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0))
    });
    crossings.fold(None, |row, x| {
        let (left, right) = row.unwrap_or((x, x));
        Some((left.min(x), right.max(x)))
    })
}

/// Cuts a line into strokes of length `on` with spaces of length `off` between.
fn dashes(points: &[Point], (on, off): (f64, f64)) -> Vec<Vec<Point>> {
    let mut strokes: Vec<Vec<Point>> = Vec::new();
    let (mut drawing, mut left) = (true, on);
    let mut stroke: Vec<Point> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = dx.hypot(dy);
            if length <= left {
                left -= length;
                break;
            }
            from = (from.0 + dx / length * left, from.1 + dy / length * left);
            if drawing {
                stroke.push(from);
                strokes.push(std::mem::take(&mut stroke));
            } else {
                stroke = vec![from];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        if drawing {
            stroke.push(to);
        }
    }
    strokes.push(stroke);
    strokes
}
