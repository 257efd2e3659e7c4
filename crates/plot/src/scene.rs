//! A figure laid out: marks with pixel positions and colours, from back to front.
//!
//! `x` grows to the right and `y` downwards, in CSS pixels from the upper left corner.

use crate::font::Weight;
use crate::theme::Colour;

/// A place in pixels.
pub(crate) type Point = (f64, f64);

/// A page with everything that is drawn on it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scene {
    pub(crate) title: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) ground: Colour,
    pub(crate) marks: Vec<Mark>,
}

/// One thing to draw.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mark {
    /// A stroke with round joins.
    Line { points: Vec<Point>, width: f64, colour: Colour, dash: Option<(f64, f64)> },
    /// The area between `upper` and `lower`, whose `x` are the same and never fall.
    Area { upper: Vec<Point>, lower: Vec<Point>, colour: Colour, opacity: f64 },
    /// Filled circles.
    Dots { centres: Vec<Point>, radius: f64, colour: Colour },
    /// A filled rectangle.
    Rect { corner: Point, width: f64, height: f64, colour: Colour },
    /// One line of text; `at` is on its baseline.
    Text {
        text: String,
        at: Point,
        anchor: Anchor,
        size: f64,
        weight: Weight,
        colour: Colour,
    },
}

/// Which part of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Mark {
    /// A straight thin line.
    pub(crate) fn rule(from: Point, to: Point, colour: Colour) -> Mark {
        Mark::Line { points: vec![from, to], width: 1.0, colour, dash: None }
    }

    /// A text of regular weight.
    pub(crate) fn text(
        text: impl Into<String>,
        at: Point,
        anchor: Anchor,
        size: f64,
        colour: Colour,
    ) -> Mark {
        let text = printable(&text.into());
        Mark::Text { text, at, anchor, size, weight: Weight::Regular, colour }
    }

    /// The same text, heavier.
    pub(crate) fn semi_bold(mut self) -> Mark {
        if let Mark::Text { weight, .. } = &mut self {
            *weight = Weight::SemiBold;
        }
        self
    }
}

/// Text without the control characters, which neither XML nor a terminal can show.
pub(crate) fn printable(text: &str) -> String {
    let visible = |c: char| {
        if c.is_whitespace() || c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') {
            ' '
        } else {
            c
        }
    };
    text.chars().map(visible).collect()
}
