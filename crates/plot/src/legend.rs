//! Which line is which: names at the ends of the lines where they fit, and rows of
//! samples above the plot where they do not.

use crate::axis::Scale;
use crate::layout::{Page, label_width, short_label};
use crate::scene::{Anchor, Mark, Point};
use crate::theme::Colour;
use crate::{Chart, Ink, Series, Shape};

/// A line is said to end at the right edge if it reaches this fraction of the axis.
const END: f64 = 0.97;
/// Pixels between the baselines of two names.
const LINE_HEIGHT: f64 = 15.0;
/// Pixels between the end of a line and its name.
const LEADER: f64 = 14.0;
/// Pixels that the longest name at a line's end may take.
const LONGEST_NAME: f64 = 170.0;
/// Pixels that the longest name in the rows may take.
const LONGEST_SAMPLE: f64 = 320.0;
/// Pixels of the piece of line that stands for a series.
const SAMPLE: f64 = 20.0;

/// A name that stands at the end of its line.
pub(crate) struct EndLabel<'a> {
    series: &'a Series,
    /// The last value.
    value: f64,
    name: String,
}

/// The names at the ends of lines, if each named line ends at the right edge and there
/// is room; the scale is the horizontal axis.
pub(crate) fn end_labels<'a>(
    chart: &'a Chart,
    x: &Scale,
    height: f64,
) -> Option<Vec<EndLabel<'a>>> {
    let labels: Option<Vec<EndLabel<'_>>> =
        named(chart).map(|series| end_label(series, x)).collect();
    let labels = labels?;
    let few = (labels.len() + 1) as f64 * LINE_HEIGHT <= height;
    (few && labels.len() > 1).then_some(labels)
}

/// Pixels right of the plot that the names need.
pub(crate) fn end_labels_width(labels: &[EndLabel<'_>]) -> f64 {
    LEADER + labels.iter().map(|label| label_width(&label.name)).fold(0.0, f64::max)
}

/// Writes the names right of the plot, moved apart where their lines end close together.
pub(crate) fn draw_end_labels(
    labels: &[EndLabel<'_>],
    y: &Scale,
    right: f64,
    page: &mut Page<'_>,
) {
    let mut placed: Vec<(f64, &EndLabel<'_>)> =
        labels.iter().filter_map(|label| Some((y.at(label.value)?, label))).collect();
    placed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ends: Vec<f64> = placed.iter().map(|(end, _)| *end).collect();
    let places = spread(&ends, (y.to, y.from));
    for ((end, label), place) in placed.into_iter().zip(places) {
        let colour = page.colours.ink(label.series.ink);
        if (place - end).abs() > 2.0 {
            let leader =
                Mark::rule((right + 4.0, end), (right + LEADER - 4.0, place), colour);
            page.marks.push(leader);
        }
        let at = (right + LEADER, place + 4.0);
        page.label(&label.name, at, Anchor::Start, label_colour(label.series, page));
    }
}

/// Writes rows of samples with their names; nothing where a single series needs none.
pub(crate) fn draw_rows(chart: &Chart, page: &mut Page<'_>) {
    let mut x = page.left;
    let mut any = false;
    for series in named(chart) {
        if chart.series.len() < 2 {
            return;
        }
        let name = short_label(&series.name, LONGEST_SAMPLE);
        let width = SAMPLE + 7.0 + label_width(&name);
        if !any || x + width > page.right {
            x = page.left;
            page.y += 20.0;
        }
        any = true;
        draw_sample(series, (x, page.y - 8.0), page);
        let at = (x + SAMPLE + 7.0, page.y - 4.0);
        page.label(&name, at, Anchor::Start, page.colours.text);
        x += width + 18.0;
    }
    if any {
        page.y += 8.0;
    }
}

fn named(chart: &Chart) -> impl Iterator<Item = &Series> {
    chart.series.iter().filter(|series| !series.name.is_empty())
}

/// Grey lines have names in the colour of text: grey letters are too faint to read.
fn label_colour(series: &Series, page: &Page<'_>) -> Colour {
    match series.ink {
        Ink::Quiet => page.colours.muted,
        Ink::Colour(_) | Ink::Faint(_) => page.colours.ink(series.ink),
    }
}

fn end_label<'a>(series: &'a Series, x: &Scale) -> Option<EndLabel<'a>> {
    let Shape::Line { y, .. } = &series.shape else { return None };
    let both = series.x.iter().zip(y).rev();
    let (&at, &value) = both.into_iter().find(|(x, y)| x.is_finite() && y.is_finite())?;
    let long = label_width(&series.name) > LONGEST_NAME;
    let ends = (at - x.low) / (x.high - x.low) >= END;
    (ends && !long).then(|| EndLabel { series, value, name: series.name.clone() })
}

fn draw_sample(series: &Series, (x, y): Point, page: &mut Page<'_>) {
    let colour = page.colours.ink(series.ink);
    page.marks.push(match &series.shape {
        Shape::Line { dashed, .. } => Mark::Line {
            points: vec![(x, y), (x + SAMPLE, y)],
            width: series.width.max(1.5),
            colour,
            dash: dashed.then_some(crate::chart::DASH),
        },
        Shape::Points { .. } => {
            let centres = vec![(x + SAMPLE / 2.0, y)];
            Mark::Dots { centres, radius: series.width / 2.0, colour }
        }
        Shape::Band { .. } => Mark::Area {
            upper: vec![(x, y - 5.0), (x + SAMPLE, y - 5.0)],
            lower: vec![(x, y + 5.0), (x + SAMPLE, y + 5.0)],
            colour,
            opacity: crate::chart::BAND_OPACITY,
        },
    });
}

/// Moves sorted places apart until neighbours are a line height apart, as little as
/// possible: places that touch form a group around the mean of what they wished for.
fn spread(wishes: &[f64], (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut groups: Vec<(f64, usize)> = Vec::new();
    for &wish in wishes {
        groups.push((wish, 1));
        while let [.., (above, n), (below, m)] = groups[..] {
            let needed = (n + m) as f64 / 2.0 * LINE_HEIGHT;
            if below - above >= needed {
                break;
            }
            // The centre of a group is the mean of its wishes.
            let mean = (above * n as f64 + below * m as f64) / (n + m) as f64;
            groups.truncate(groups.len() - 2);
            groups.push((mean, n + m));
        }
    }
    let mut places: Vec<f64> = Vec::new();
    for (centre, count) in groups {
        let half = (count - 1) as f64 / 2.0 * LINE_HEIGHT;
        places.extend((0..count).map(|k| centre - half + k as f64 * LINE_HEIGHT));
    }
    inside(&mut places, top, bottom);
    places
}

/// Pushes places that stick out at the bottom up, and then those at the top down.
fn inside(places: &mut [f64], top: f64, bottom: f64) {
    let mut limit = bottom;
    for place in places.iter_mut().rev() {
        *place = place.min(limit);
        limit = *place - LINE_HEIGHT;
    }
    let mut limit = top;
    for place in places.iter_mut() {
        *place = place.max(limit);
        limit = *place + LINE_HEIGHT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_fit_stay_where_their_lines_end() {
        assert_eq!(spread(&[10.0, 50.0], (0.0, 100.0)), [10.0, 50.0]);
    }

    #[test]
    fn names_that_touch_are_moved_apart_and_stay_inside() {
        let places = spread(&[98.0, 99.0, 100.0, 20.0_f64.max(100.0)], (0.0, 100.0));
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= LINE_HEIGHT - 1e-9));
        assert!(places.iter().all(|place| (0.0..=100.0).contains(place)), "{places:?}");
    }
}
