//! A figure as PNG bytes: a scene goes in, pixels are painted strip by strip, and the
//! encoded picture comes out.

use std::fmt;

use crate::layout::scene;
use crate::raster::paint;
use crate::{Figure, Theme};

/// Why a figure could not be written as PNG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PngError(pub(crate) String);

impl fmt::Display for PngError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot draw the figure as PNG: {}", self.0)
    }
}

impl std::error::Error for PngError {}

/// The scales between which a picture is readable and fits into memory.
const SCALES: (f64, f64) = (0.25, 8.0);

/// A scale that a picture can have.
pub(crate) fn scaled(scale: f64) -> f64 {
    if scale.is_nan() { 1.0 } else { scale.clamp(SCALES.0, SCALES.1) }
}

impl Figure {
    /// The figure as PNG bytes; `scale` is device pixels per CSS pixel: 2 for print and
    /// sharp screens. It is kept between 0.25 and 8. The same figure gives the same
    /// bytes.
    pub fn png(&self, theme: Theme, scale: f64) -> Result<Vec<u8>, PngError> {
        let picture = paint(&scene(self, theme), scaled(scale))?;
        let mut bytes = Vec::new();
        let mut encoder = ::png::Encoder::new(&mut bytes, picture.width, picture.height);
        encoder.set_color(::png::ColorType::Rgb);
        encoder.set_depth(::png::BitDepth::Eight);
        encoder.set_compression(::png::Compression::Default);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&picture.pixels));
        written.map_err(|error| PngError(error.to_string()))?;
        Ok(bytes)
    }
}
