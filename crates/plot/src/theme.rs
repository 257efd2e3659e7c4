//! The ground a figure stands on, and the colours that can be told apart on it.

use crate::Ink;

/// Light or dark ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on white.
    Light,
    /// Light text on near-black.
    Dark,
}

/// Red, green and blue.
pub(crate) type Colour = [u8; 3];

/// The colours of a theme by their roles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Colours {
    /// Behind everything.
    pub(crate) ground: Colour,
    /// Titles and values.
    pub(crate) text: Colour,
    /// Axis labels and subtitles.
    pub(crate) muted: Colour,
    /// Lines that only guide the eye.
    pub(crate) grid: Colour,
    /// The axis line, ticks and markers.
    pub(crate) axis: Colour,
    /// Series and bars in the background.
    quiet: Colour,
    /// Series in the foreground.
    palette: [Colour; 7],
}

/// The colours of Okabe and Ito (Color Universal Design, 2008), the lighter ones
/// darkened until each has a contrast of 3 on white. Their yellow and black give way to
/// a brown: yellow vanishes on white, and black is the text.
const LIGHT: Colours = Colours {
    ground: [0xff, 0xff, 0xff],
    text: [0x1a, 0x1a, 0x1a],
    muted: [0x5f, 0x63, 0x68],
    grid: [0xe6, 0xe8, 0xea],
    axis: [0x9a, 0xa0, 0xa6],
    quiet: [0x8c, 0x92, 0x99],
    palette: [
        [0x00, 0x72, 0xb2],
        [0xd5, 0x5e, 0x00],
        [0x00, 0x93, 0x6b],
        [0xb5, 0x50, 0x8e],
        [0xb0, 0x7a, 0x00],
        [0x2f, 0x93, 0xcf],
        [0x7a, 0x4a, 0x1e],
    ],
};

/// The same hues, lightened until they read well on near-black.
const DARK: Colours = Colours {
    ground: [0x15, 0x18, 0x1c],
    text: [0xed, 0xee, 0xef],
    muted: [0xa5, 0xab, 0xb2],
    grid: [0x2a, 0x2f, 0x35],
    axis: [0x6b, 0x72, 0x7a],
    quiet: [0x86, 0x8d, 0x95],
    palette: [
        [0x4a, 0xa8, 0xe6],
        [0xf5, 0x84, 0x3c],
        [0x2c, 0xc4, 0x98],
        [0xe3, 0x93, 0xbf],
        [0xed, 0xc0, 0x42],
        [0xa6, 0xdc, 0xf8],
        [0xc4, 0x9a, 0x70],
    ],
};

/// How many colours there are from the ground to the largest value.
const HEAT_STEPS: f64 = 32.0;

impl Theme {
    pub(crate) fn colours(self) -> &'static Colours {
        match self {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }
}

impl Colours {
    pub(crate) fn ink(&self, ink: Ink) -> Colour {
        match ink {
            Ink::Quiet => self.quiet,
            Ink::Colour(index) => self.palette[index % self.palette.len()],
            Ink::Faint(index) => self.half(self.palette[index % self.palette.len()]),
        }
    }

    /// A share of the largest value as a colour: blue for −1, the ground for 0, orange for
    /// 1, which stay apart for colour-blind readers. Steps that no eye tells apart are
    /// one, so that equal neighbours can be drawn as one.
    pub(crate) fn heat(&self, share: f64) -> Colour {
        let full = self.palette[usize::from(share > 0.0)];
        let part = (share.abs().min(1.0) * HEAT_STEPS).round() / HEAT_STEPS;
        std::array::from_fn(|channel| {
            let (from, to) = (f64::from(self.ground[channel]), f64::from(full[channel]));
            (from + part * (to - from)).round() as u8
        })
    }

    /// Halfway between a colour and the ground.
    fn half(&self, colour: Colour) -> Colour {
        std::array::from_fn(|channel| colour[channel].midpoint(self.ground[channel]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What WCAG 2.1 asks of graphics (success criterion 1.4.11).
    const GRAPHICS_CONTRAST: f64 = 3.0;
    /// What it asks of text (1.4.3).
    const TEXT_CONTRAST: f64 = 4.5;

    fn luminance(colour: Colour) -> f64 {
        let linear = colour.map(|byte| {
            let c = f64::from(byte) / 255.0;
            if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    fn contrast(a: Colour, b: Colour) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        (a / b).max(b / a)
    }

    #[test]
    fn every_colour_stands_out_from_its_ground() {
        for theme in [Theme::Light, Theme::Dark] {
            let colours = theme.colours();
            for ink in (0..7).map(Ink::Colour).chain([Ink::Quiet]) {
                let found = contrast(colours.ink(ink), colours.ground);
                assert!(found >= GRAPHICS_CONTRAST, "{theme:?} {ink:?}: {found:.2}");
            }
            assert!(contrast(colours.text, colours.ground) >= TEXT_CONTRAST);
            assert!(contrast(colours.muted, colours.ground) >= TEXT_CONTRAST);
        }
    }

    #[test]
    fn the_palette_starts_again_after_its_last_colour() {
        let colours = Theme::Light.colours();
        assert_eq!(colours.ink(Ink::Colour(7)), colours.ink(Ink::Colour(0)));
    }
}
