//! The marks that drawings are made of: lines, arrows, gates and words, as SVG.

use std::fmt::Write as _;

use crate::output::html::escaped;

/// Pixels from the left and from the top.
pub(super) type Point = (f64, f64);

/// The state that lasts longest: it reads on white and on black.
pub(super) const STATE: &str = "#2f7fd1";
/// What everything else is drawn with: the colour of the text around it.
pub(super) const INK: &str = "currentColor";

/// Half the width and half the height of a gate.
pub(super) const GATE: Point = (15.0, 10.0);
/// The radius of an operation.
pub(super) const OPERATION: f64 = 8.0;
/// The length of an arrow's head, and half its width.
const HEAD: (f64, f64) = (7.0, 3.5);

/// Marks in a field of some size.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    width: f64,
    height: f64,
    marks: String,
    /// Where what is read enters, and where what is given leaves.
    ends: (Point, Point),
}

impl Drawing {
    /// An empty field; what is read enters at the first point, what is given leaves at
    /// the second.
    pub(super) fn new((width, height): Point, enters: Point, leaves: Point) -> Drawing {
        Drawing { width, height, marks: String::new(), ends: (enters, leaves) }
    }

    /// The drawing as one element. It says in words what it shows.
    pub(super) fn svg(&self, title: &str) -> String {
        let Drawing { width, height, marks, .. } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" \
             height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             font-family=\"sans-serif\" font-size=\"12\"><title>{}</title>{marks}</svg>",
            escaped(title)
        )
    }

    /// The shapes of what enters and leaves, beside the ends of their lines.
    pub(super) fn ends(&mut self, reads: &str, gives: &str) {
        let ((x, y), (right, top)) = self.ends;
        self.text((x + 7.0, y - 2.0), "start", &format!("x  {reads}"));
        self.text((right + 7.0, top + 10.0), "start", gives);
    }

    /// A line through some points.
    pub(super) fn line(&mut self, points: &[Point], colour: &str) {
        let points: Vec<String> =
            points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ = write!(
            self.marks,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" \
             stroke-width=\"1.5\" stroke-linejoin=\"round\"/>",
            points.join(" ")
        );
    }

    /// A line whose last point is the tip of an arrow.
    pub(super) fn arrow(&mut self, points: &[Point], colour: &str) {
        let [.., (from_x, from_y), (x, y)] = *points else { return };
        self.line(points, colour);
        let length = (x - from_x).hypot(y - from_y).max(1.0);
        let (along_x, along_y) = ((x - from_x) / length, (y - from_y) / length);
        let (back_x, back_y) = (x - HEAD.0 * along_x, y - HEAD.0 * along_y);
        let (aside_x, aside_y) = (-HEAD.1 * along_y, HEAD.1 * along_x);
        let _ = write!(
            self.marks,
            "<polygon points=\"{x},{y} {},{} {},{}\" fill=\"{colour}\"/>",
            back_x + aside_x,
            back_y + aside_y,
            back_x - aside_x,
            back_y - aside_y
        );
    }

    /// The frame of a cell.
    pub(super) fn frame(&mut self, (left, top): Point, (right, bottom): Point) {
        self.rect((left, top), (right, bottom), 8.0, 0.04);
    }

    /// What a gate does, and its name left of the line that leaves it.
    pub(super) fn gate(&mut self, (x, y): Point, does: &str, name: &str) {
        let (left, top) = (x - GATE.0, y - GATE.1);
        self.rect((left, top), (x + GATE.0, y + GATE.1), 3.0, 0.12);
        self.small((x, y + 4.0), "middle", does);
        self.text((x - 4.0, top - 4.0), "end", name);
    }

    /// `×`, `+` or `1–` in a circle.
    pub(super) fn operation(&mut self, (x, y): Point, sign: &str) {
        let _ = write!(
            self.marks,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{OPERATION}\" fill=\"none\" \
             stroke=\"{INK}\"/>"
        );
        self.small((x, y + 4.0), "middle", sign);
    }

    /// A filled or an empty dot.
    pub(super) fn dot(&mut self, (x, y): Point, radius: f64, filled: bool) {
        let fill = if filled { "0.25" } else { "0" };
        let dash = if filled { "" } else { " stroke-dasharray=\"2 2\"" };
        let _ = write!(
            self.marks,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{INK}\" \
             fill-opacity=\"{fill}\" stroke=\"{INK}\"{dash}/>"
        );
    }

    /// A thin line.
    pub(super) fn thin(&mut self, (x1, y1): Point, (x2, y2): Point) {
        let _ = write!(
            self.marks,
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{INK}\" \
             stroke-opacity=\"0.4\"/>"
        );
    }

    /// A rectangle with round corners, tinted with a share of the ink.
    pub(super) fn rect(
        &mut self,
        (left, top): Point,
        (right, bottom): Point,
        round: f64,
        tint: f64,
    ) {
        let _ = write!(
            self.marks,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" rx=\"{round}\" \
             fill=\"{INK}\" fill-opacity=\"{tint}\" stroke=\"{INK}\"/>",
            right - left,
            bottom - top
        );
    }

    /// Words, from, around or up to a point.
    pub(super) fn text(&mut self, at: Point, anchor: &str, text: &str) {
        self.words(at, anchor, "", text);
    }

    /// Smaller words.
    pub(super) fn small(&mut self, at: Point, anchor: &str, text: &str) {
        self.words(at, anchor, " font-size=\"10\"", text);
    }

    /// Words of equal width, as equations have them.
    pub(super) fn code(&mut self, at: Point, text: &str) {
        self.words(at, "start", " font-family=\"monospace\" font-size=\"11\"", text);
    }

    fn words(&mut self, (x, y): Point, anchor: &str, look: &str, text: &str) {
        let _ = write!(
            self.marks,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"{INK}\"{look}>{}\
             </text>",
            escaped(text)
        );
    }
}
