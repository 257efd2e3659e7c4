//! A figure as SVG text: a scene goes in, one element per mark comes out.
//!
//! Numbers have at most two decimals, and the text is real text in a generic font
//! stack, so that it can be searched, read aloud and restyled.

use std::fmt::Write;

use crate::font::Weight;
use crate::layout::scene;
use crate::scene::{Anchor, Mark, Point, Scene};
use crate::theme::Colour;
use crate::{Figure, Theme};

/// Inter if the reader has it, and whatever sans-serif font there is otherwise.
const FONTS: &str =
    "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

impl Figure {
    /// The figure as an SVG document with real text. The same figure gives the same
    /// bytes.
    pub fn svg(&self, theme: Theme) -> String {
        document(&scene(self, theme))
    }
}

fn document(scene: &Scene) -> String {
    let (width, height) = (number(scene.width), number(scene.height));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         font-family=\"{FONTS}\">\n<title>{}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        escape(&scene.title),
        hex(scene.ground),
    );
    for mark in &scene.marks {
        element(mark, &mut svg);
        svg.push('\n');
    }
    svg.push_str("</svg>\n");
    svg
}

fn element(mark: &Mark, svg: &mut String) {
    match mark {
        Mark::Line { points, width, colour, dash } => {
            let dash = dash.map_or(String::new(), |(on, off)| {
                format!(" stroke-dasharray=\"{} {}\"", number(on), number(off))
            });
            let (points, width, colour) =
                (coordinates(points), number(*width), hex(*colour));
            write!(
                svg,
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" \
                 stroke-width=\"{width}\" stroke-linejoin=\"round\" \
                 stroke-linecap=\"round\"{dash}/>",
            )
        }
        Mark::Area { upper, lower, colour, opacity } => {
            let outline: Vec<Point> =
                upper.iter().chain(lower.iter().rev()).copied().collect();
            let (points, colour) = (coordinates(&outline), hex(*colour));
            write!(
                svg,
                "<polygon points=\"{points}\" fill=\"{colour}\" fill-opacity=\"{}\"/>",
                number(*opacity)
            )
        }
        Mark::Dots { centres, radius, colour } => dots(centres, *radius, *colour, svg),
        Mark::Rect { corner: (x, y), width, height, colour } => write!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>",
            number(*x),
            number(*y),
            number(*width),
            number(*height),
            hex(*colour)
        ),
        Mark::Text { .. } => text(mark, svg),
    }
    .expect("writing to a string does not fail");
}

fn dots(
    centres: &[Point],
    radius: f64,
    colour: Colour,
    svg: &mut String,
) -> std::fmt::Result {
    write!(svg, "<g fill=\"{}\">", hex(colour))?;
    let radius = number(radius);
    for &(x, y) in centres {
        let (x, y) = (number(x), number(y));
        write!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>")?;
    }
    svg.write_str("</g>")
}

fn text(mark: &Mark, svg: &mut String) -> std::fmt::Result {
    let Mark::Text { text, at: (x, y), anchor, size, weight, colour } = mark else {
        return Ok(());
    };
    let anchor = match anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = match weight {
        Weight::Regular => "",
        Weight::SemiBold => " font-weight=\"600\"",
    };
    let (x, y, size) = (number(*x), number(*y), number(*size));
    write!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{anchor}{weight} \
         fill=\"{}\">{}</text>",
        hex(*colour),
        escape(text)
    )
}

fn coordinates(points: &[Point]) -> String {
    let pairs: Vec<String> =
        points.iter().map(|&(x, y)| format!("{},{}", number(x), number(y))).collect();
    pairs.join(" ")
}

/// At most two decimals, without the zeros that say nothing.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn hex([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in
            [(1.0, "1"), (0.126, "0.13"), (-0.001, "0"), (120.5, "120.5"), (100.0, "100")]
        {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn markup_in_text_is_escaped() {
        assert_eq!(escape("lstm 4 -> <b>&"), "lstm 4 -&gt; &lt;b&gt;&amp;");
    }
}
