//! Named values as horizontal bars on the page, each with its value behind it.

use crate::axis::{drawable, grouped};
use crate::font::{self, Weight};
use crate::layout::{LABEL_SIZE, Page, label_width, short_label};
use crate::scene::{Anchor, Mark};
use crate::{Bar, Bars};

/// Pixels from one bar to the next.
const ROW: f64 = 27.0;
/// Pixels of a bar's thickness.
const THICKNESS: f64 = 15.0;
/// Pixels that the longest name may take.
const LONGEST_NAME: f64 = 280.0;

/// Draws the bars and moves the page's `y` below them.
pub(crate) fn draw(bars: &Bars, page: &mut Page<'_>) {
    draw_head(bars, page);
    let names: Vec<String> =
        bars.bars.iter().map(|bar| short_label(&bar.name, LONGEST_NAME)).collect();
    let widest = names.iter().map(|name| label_width(name)).fold(0.0, f64::max);
    let values = value_texts(&bars.bars);
    let room = values
        .iter()
        .map(|text| font::width(text, LABEL_SIZE, Weight::SemiBold))
        .fold(0.0, f64::max);
    let (low, high) = extent(&bars.bars);
    // Below 0 the values stand left of the bars, and need the same room there.
    let left = page.left + widest + 14.0 + if low < 0.0 { room + 12.0 } else { 0.0 };
    let right = page.right - room - 12.0;
    let place = |value: f64| left + (value - low) / (high - low) * (right - left);
    let top = page.y;
    for ((bar, name), value) in bars.bars.iter().zip(&names).zip(&values) {
        let colour = page.colours.text;
        page.label(name, (page.left, page.y + 18.0), Anchor::Start, colour);
        draw_bar(bar, value, &place, page);
        page.y += ROW;
    }
    let zero = place(0.0);
    page.marks.push(Mark::rule((zero, top), (zero, page.y), page.colours.axis));
}

/// The values as text, with as many decimals as the smallest one needs; powers of ten
/// for what would be too long.
pub(crate) fn value_texts(bars: &[Bar]) -> Vec<String> {
    let plain = |size: f64| (1e-4..1e7).contains(&size);
    let sizes = bars.iter().map(|bar| bar.value.abs());
    let smallest = sizes.filter(|&size| plain(size)).fold(f64::INFINITY, f64::min);
    let decimals = match smallest {
        size if size >= 1000.0 => 0,
        size if size >= 1.0 => 2,
        size if size >= 0.1 => 3,
        _ => 4,
    };
    bars.iter()
        .map(|bar| match bar.value {
            value if value.is_nan() => "not a number".to_owned(),
            value if !drawable(value, false) => "infinite".to_owned(),
            value if value == 0.0 || plain(value.abs()) => {
                grouped(&format!("{value:.decimals$}"))
            }
            value => format!("{value:.2e}").replace('-', "−"),
        })
        .collect()
}

/// The range of all bars and whiskers, with 0 in it.
pub(crate) fn extent(bars: &[Bar]) -> (f64, f64) {
    let ends = bars.iter().flat_map(|bar| {
        let (from, to) = bar.spread.unwrap_or((bar.value, bar.value));
        [bar.value, from, to]
    });
    let (low, high) = ends
        .filter(|&end| drawable(end, false))
        .fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
    if low < high { (low, high) } else { (0.0, 1.0) }
}

/// What is measured on the left, and what the colours mean on the right.
fn draw_head(bars: &Bars, page: &mut Page<'_>) {
    let colours = page.colours;
    page.y += 18.0;
    let mut right = page.right;
    for (name, ink) in bars.key.iter().rev() {
        let name = short_label(name, 120.0);
        page.label(&name, (right, page.y - 4.0), Anchor::End, colours.text);
        right -= label_width(&name) + 16.0;
        let (corner, colour) = ((right, page.y - 13.0), colours.ink(*ink));
        page.marks.push(Mark::Rect { corner, width: 10.0, height: 10.0, colour });
        right -= 18.0;
    }
    let measure = short_label(&bars.measure, right - page.left);
    page.label(&measure, (page.left, page.y - 4.0), Anchor::Start, colours.muted);
    page.y += 4.0;
}

fn draw_bar(bar: &Bar, value: &str, place: &dyn Fn(f64) -> f64, page: &mut Page<'_>) {
    let colours = page.colours;
    let (zero, middle) = (place(0.0), page.y + ROW / 2.0);
    let baseline = page.y + 18.0;
    if !drawable(bar.value, false) {
        page.label(value, (zero + 8.0, baseline), Anchor::Start, colours.muted);
        return;
    }
    let (mut start, mut end) = (zero.min(place(bar.value)), zero.max(place(bar.value)));
    page.marks.push(Mark::Rect {
        corner: (start, middle - THICKNESS / 2.0),
        width: end - start,
        height: THICKNESS,
        colour: colours.ink(bar.ink),
    });
    if let Some((low, high)) = bar.spread.filter(|s| s.0.is_finite() && s.1.is_finite()) {
        let (low, high) = (place(low.min(high)), place(low.max(high)));
        (start, end) = (start.min(low), end.max(high));
        for (from, to) in [
            ((low, middle), (high, middle)),
            ((low, middle - 4.0), (low, middle + 4.0)),
            ((high, middle - 4.0), (high, middle + 4.0)),
        ] {
            page.marks.push(Mark::rule(from, to, colours.text));
        }
    }
    let (at, anchor) = if bar.value < 0.0 {
        ((start - 8.0, baseline), Anchor::End)
    } else {
        ((end + 8.0, baseline), Anchor::Start)
    };
    page.marks.push(Mark::text(value, at, anchor, LABEL_SIZE, colours.text).semi_bold());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ink;

    fn texts(values: &[f64]) -> Vec<String> {
        let bar = |&value: &f64| Bar {
            name: String::new(),
            value,
            spread: None,
            ink: Ink::Quiet,
        };
        value_texts(&values.iter().map(bar).collect::<Vec<_>>())
    }

    #[test]
    fn values_have_the_decimals_that_the_smallest_needs() {
        assert_eq!(texts(&[48.661, 120.0]), ["48.66", "120.00"]);
        assert_eq!(texts(&[0.08713, 12.0]), ["0.0871", "12.0000"]);
        assert_eq!(texts(&[12_345.6, 5000.0]), ["12,346", "5000"]);
        assert_eq!(texts(&[-3.0, 1e30, 2e-9]), ["−3.00", "1.00e30", "2.00e−9"]);
        assert_eq!(
            texts(&[f64::NAN, f64::NEG_INFINITY, 0.0])[..2],
            ["not a number", "infinite"]
        );
    }

    #[test]
    fn the_range_holds_zero_and_the_whiskers() {
        let bar =
            |value, spread| Bar { name: String::new(), value, spread, ink: Ink::Quiet };
        assert_eq!(extent(&[bar(5.0, Some((4.0, 9.0)))]), (0.0, 9.0));
        assert_eq!(extent(&[bar(-5.0, None), bar(f64::NAN, None)]), (-5.0, 0.0));
        assert_eq!(extent(&[]), (0.0, 1.0));
    }
}
