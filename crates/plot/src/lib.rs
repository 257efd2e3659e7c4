//! Figures: numbers go in, a [`Figure`] as plain data comes out of [`fit_figure`],
//! [`loss_figure`], [`scores_figure`], [`compare_figure`], [`forecast_figure`],
//! [`units_figure`] and [`decay_figure`], or of a [`Heat`] in a [`Panel`], and the same
//! figure is written as SVG, as PNG, as sixels or text for a terminal, or told
//! in words.
//!
//! The path of a figure: [`Figure`] → layout → a scene of lines, areas and text in
//! pixels → SVG text or PNG bytes. Layout measures text with the metrics of the
//! embedded font and asks the system for nothing, so the same figure gives the same
//! bytes everywhere.
//!
//! ```
//! use carousel_plot::{Observed, Predicted, Theme, fit_figure};
//!
//! let observed = Observed {
//!     name: "passengers",
//!     unit: "passengers a month",
//!     values: &[112.0, 118.0, 132.0],
//!     labels: &["1949-01".to_owned(), "1949-02".to_owned(), "1949-03".to_owned()],
//! };
//! let test = Predicted { name: "prediction", rows: &[1, 2], values: &[115.0, 130.0] };
//! let figure = fit_figure("m: lstm 4 -> dense 1", "", &observed, &[test], &[]);
//! assert!(figure.svg(Theme::Light).starts_with("<svg"));
//! ```

mod ansi;
mod axis;
mod bars;
mod braille;
mod chart;
mod compare;
mod decay;
mod fields;
mod figure;
mod fit;
mod font;
mod forecast;
mod heat;
mod label;
mod layout;
mod legend;
mod loss;
mod path;
mod png;
mod raster;
mod scene;
mod scores;
mod sixel;
mod stack;
mod svg;
mod text;
mod text_bars;
mod text_chart;
mod text_heat;
mod text_stack;
mod theme;
mod units;
mod words;
mod words_inside;

pub use compare::compare_figure;
pub use decay::{Decay, decay_figure};
pub use figure::{
    Bar, Bars, Chart, Figure, Heat, Ink, Marker, Panel, Series, Shape, Stack, XAxis,
    YAxis,
};
pub use fit::{Observed, Predicted, fit_figure};
pub use forecast::{Forecast, forecast_figure};
pub use layout::WIDTH;
pub use loss::{LossRun, loss_axis, loss_figure};
pub use png::PngError;
pub use scores::{Best, Score, scores_figure};
pub use theme::Theme;
pub use units::{Units, units_figure};
