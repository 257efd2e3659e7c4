//! Layers that remember nothing: dense, dropout, flat and embed.

use super::marks::{Drawing, INK, Point};

/// Dots of a row that are drawn; more are meant.
const DOTS: usize = 5;
/// The radius of a dot, and the distance of two.
const RADIUS: f64 = 7.0;
const APART: f64 = 26.0;

/// Each output reads each input.
pub(super) fn dense(activation: &str, reads: &str, gives: &str) -> Drawing {
    let (mut drawing, top, bottom) = field(reads, gives);
    let (inputs, outputs) = (dots(width_of(reads), bottom), dots(width_of(gives), top));
    for (x, y) in &inputs {
        for (to_x, to_y) in &outputs {
            drawing.thin((*x, y - RADIUS), (*to_x, to_y + RADIUS));
        }
    }
    for at in inputs.iter().chain(&outputs) {
        drawing.dot(*at, RADIUS, true);
    }
    more(&mut drawing, width_of(reads), bottom);
    more(&mut drawing, width_of(gives), top);
    if !activation.is_empty() {
        drawing.small((MIDDLE - 8.0, 26.0), "end", activation);
    }
    drawing
}

/// Some values are 0 while training; which, is drawn anew each time.
pub(super) fn dropout(reads: &str, gives: &str) -> Drawing {
    let (mut drawing, top, bottom) = field(reads, gives);
    // The second of five stands for those that are 0.
    let all = dots(DOTS, bottom).into_iter().zip(dots(DOTS, top)).enumerate();
    for (k, (from, to)) in all {
        let kept = k != 1;
        drawing.dot(from, RADIUS, true);
        drawing.dot(to, RADIUS, kept);
        match kept {
            true => drawing.thin((from.0, from.1 - RADIUS), (to.0, to.1 + RADIUS)),
            false => drawing.small((to.0, to.1 + 4.0), "middle", "0"),
        }
    }
    drawing
}

/// All steps, one after the other.
pub(super) fn flat(reads: &str, gives: &str) -> Drawing {
    let (mut drawing, top, bottom) = field(reads, gives);
    for step in 0..3 {
        let y = bottom - 16.0 * f64::from(step);
        drawing.rect((MIDDLE - 24.0, y - 6.0), (MIDDLE + 24.0, y + 6.0), 2.0, 0.12);
    }
    for step in 0..3 {
        let x = MIDDLE - 72.0 + 48.0 * f64::from(step);
        drawing.rect((x, top - 6.0), (x + 48.0, top + 6.0), 2.0, 0.12);
    }
    drawing.arrow(&[(MIDDLE, bottom - 38.0), (MIDDLE, top + 8.0)], INK);
    drawing
}

/// The row of a table that a symbol names.
pub(super) fn embed(units: usize, reads: &str, gives: &str) -> Drawing {
    let (mut drawing, top, bottom) = field(reads, gives);
    let width = 12.0 * units.min(DOTS) as f64;
    for row in 0..5 {
        let y = top + (bottom - top) * f64::from(row) / 4.0;
        let tint = if row == 2 { 0.5 } else { 0.04 };
        drawing.rect((MIDDLE - width, y - 6.0), (MIDDLE + width, y + 6.0), 2.0, tint);
    }
    drawing
}

/// Where the middle of the field is.
const MIDDLE: f64 = 100.0;

/// An empty field with its ends, and the heights of what it gives and what it reads.
fn field(reads: &str, gives: &str) -> (Drawing, f64, f64) {
    let (enters, leaves) = ((MIDDLE, 164.0), (MIDDLE, 4.0));
    let mut drawing = Drawing::new((200.0, 168.0), enters, leaves);
    drawing.line(&[enters, (MIDDLE, 136.0)], INK);
    drawing.arrow(&[(MIDDLE, 36.0), leaves], INK);
    drawing.ends(reads, gives);
    (drawing, 48.0, 124.0)
}

/// The last number of a shape: `3x4` has 4 values a step.
fn width_of(shape: &str) -> usize {
    let last = shape.rsplit('x').next().unwrap_or_default();
    last.trim().parse().unwrap_or(1)
}

/// A row of dots around the middle.
fn dots(count: usize, y: f64) -> Vec<Point> {
    let drawn = count.clamp(1, DOTS);
    let left = MIDDLE - APART * (drawn - 1) as f64 / 2.0;
    (0..drawn).map(|k| (left + APART * k as f64, y)).collect()
}

/// Three points beside a row that stands for a longer one.
fn more(drawing: &mut Drawing, count: usize, y: f64) {
    if count > DOTS {
        drawing.text((MIDDLE + APART * 2.0 + 14.0, y + 4.0), "start", "…");
    }
}
