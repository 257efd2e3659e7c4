//! A result in every form that a notebook can choose from.

use carousel_plot::Theme;

use super::{Output, Plots};
use crate::results::WIDTH;

/// Pixels of a picture for each point: sharp on dense screens.
const SCALE: f64 = 2.0;

/// Lines of a figure drawn with characters, and its columns.
const LINES: usize = 24;
const COLUMNS: usize = 90;

/// One result as MIME types have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// `text/html`, for all but plots.
    pub html: Option<String>,
    /// `image/svg+xml`, for plots, unless `set plots` asks for text or for nothing.
    pub svg: Option<String>,
    /// `image/png`, likewise: twice as many pixels as the SVG is large.
    pub png: Option<Vec<u8>>,
    /// `text/plain`: plots are drawn with braille dots.
    pub text: String,
}

impl Output {
    /// The result in every form that a notebook can choose from; none for what only says
    /// that something goes on.
    pub fn bundle(&self) -> Option<Bundle> {
        if self.is_progress() {
            return None;
        }
        let (html, svg, png) = (None, None, None);
        let Output::Plot { name, figure, dark, plots } = self else {
            let text = self.to_text(WIDTH, false);
            return Some(Bundle { html: self.to_html(), svg, png, text });
        };
        let theme = if *dark { Theme::Dark } else { Theme::Light };
        Some(match plots {
            Plots::Off => {
                let text = format!("plot: {name}, not drawn: `plots` is off\n");
                Bundle { html, svg, png, text }
            }
            Plots::Text => Bundle { html, svg, png, text: figure.text(COLUMNS, LINES) },
            Plots::Auto | Plots::Graphics | Plots::Window => Bundle {
                html,
                svg: Some(figure.svg(theme)),
                png: figure.png(theme, SCALE).ok(),
                text: figure.text(COLUMNS, LINES),
            },
        })
    }
}
