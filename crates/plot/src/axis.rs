//! Axes of numbers: values go in, a scale from values to pixels and round ticks come out.

/// Values of at least this size are treated as gaps: their differences could overflow.
const TOO_LARGE: f64 = 1e300;
/// Values whose spread is this small beside their size are drawn as equal: what differs
/// is rounding.
const ROUNDING: f64 = 1e-12;
/// How much room the outermost values leave to the edge, beside the whole range.
const EDGE: f64 = 0.06;
/// An axis of values on one side of 0 starts at 0 if the nearest one is at most this
/// fraction of the farthest away.
const NEAR_ZERO: f64 = 0.4;

/// Maps values to places along one axis of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    /// The value at the beginning.
    pub(crate) low: f64,
    /// The value at the end; larger than `low`.
    pub(crate) high: f64,
    /// Whether equal ratios are equally far apart.
    pub(crate) log: bool,
    /// Where the beginning stands.
    pub(crate) from: f64,
    /// Where the end stands.
    pub(crate) to: f64,
}

/// A labelled value on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
}

/// How much room the labels of an axis need, in the unit of its scale.
pub(crate) struct Room<'a> {
    /// The width of a label.
    pub(crate) measure: &'a dyn Fn(&str) -> f64,
    /// The least distance between two labels.
    pub(crate) gap: f64,
}

impl Scale {
    /// The place of a value; `None` for what cannot be drawn.
    pub(crate) fn at(&self, value: f64) -> Option<f64> {
        if !drawable(value, self.log) {
            return None;
        }
        let (low, high, value) = if self.log {
            (self.low.log10(), self.high.log10(), value.log10())
        } else {
            (self.low, self.high, value)
        };
        let part = ((value - low) / (high - low)).clamp(0.0, 1.0);
        Some(self.from + part * (self.to - self.from))
    }

    /// Whether a value lies on the axis.
    pub(crate) fn holds(&self, value: f64) -> bool {
        value >= self.low && value <= self.high
    }

    /// The same scale at another place.
    pub(crate) fn placed(self, from: f64, to: f64) -> Scale {
        Scale { from, to, ..self }
    }
}

/// The scale of a vertical axis for these values, with at most about `most` ticks.
pub(crate) fn value_scale(
    values: impl Iterator<Item = f64>,
    log: bool,
    most: usize,
) -> Scale {
    let (low, high) = match extent(values.filter(|&v| drawable(v, log))) {
        Some((low, high)) if log => widen_log(low, high),
        Some((low, high)) => widen(low, high, most),
        None if log => (1.0, 10.0),
        None => (0.0, 1.0),
    };
    Scale { low, high, log, from: 0.0, to: 1.0 }
}

/// The scale of a horizontal axis: from the first to the last value exactly.
pub(crate) fn position_scale(values: impl Iterator<Item = f64>) -> Scale {
    let extent = extent(values.filter(|&v| drawable(v, false)));
    let (low, high) = extent.unwrap_or((0.0, 1.0));
    let (low, high) = if equal(low, high) { apart(low, high, 0.5) } else { (low, high) };
    Scale { low, high, log: false, from: 0.0, to: 1.0 }
}

/// Round ticks on a scale, about `most` of them.
pub(crate) fn ticks(scale: &Scale, most: usize) -> Vec<Tick> {
    if scale.log {
        let ticks = log_ticks(scale, most);
        if ticks.len() >= 2 {
            return ticks;
        }
    }
    linear_ticks(scale, step(scale.high - scale.low, most))
}

/// The most ticks on a horizontal axis of numbers whose labels do not touch. `whole`
/// keeps them at whole numbers.
pub(crate) fn number_ticks(scale: &Scale, whole: bool, room: &Room<'_>) -> Vec<Tick> {
    for most in (2..=10).rev() {
        let step = step(scale.high - scale.low, most);
        let ticks = linear_ticks(scale, if whole { step.max(1.0) } else { step });
        if fits(&ticks, scale, room) {
            return ticks;
        }
    }
    Vec::new()
}

/// Whether the labels of neighbours leave the gap between them.
pub(crate) fn fits(ticks: &[Tick], scale: &Scale, room: &Room<'_>) -> bool {
    ticks.windows(2).all(|pair| {
        let places = (scale.at(pair[0].at), scale.at(pair[1].at));
        let (Some(left), Some(right)) = places else { return false };
        let half =
            f64::midpoint((room.measure)(&pair[0].label), (room.measure)(&pair[1].label));
        right - left >= half + room.gap
    })
}

/// Whether a value has a place on a finite page.
pub(crate) fn drawable(value: f64, log: bool) -> bool {
    value.abs() < TOO_LARGE && (!log || value >= 1.0 / TOO_LARGE)
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |extent, value| {
        let (low, high) = extent.unwrap_or((value, value));
        Some((value.min(low), value.max(high)))
    })
}

fn equal(low: f64, high: f64) -> bool {
    high - low <= low.abs().max(high.abs()) * ROUNDING
}

/// Bounds around values that are as good as equal.
fn apart(low: f64, high: f64, least: f64) -> (f64, f64) {
    let half = (low.abs().max(high.abs()) * 0.05).max(least);
    (low - half, high + half)
}

fn widen(low: f64, high: f64, most: usize) -> (f64, f64) {
    if equal(low, high) {
        return apart(low, high, if low == 0.0 { 1.0 } else { 0.0 });
    }
    let (mut start, mut end) = (low, high);
    if low >= 0.0 && low < high * NEAR_ZERO {
        start = 0.0;
    } else if high <= 0.0 && high > low * NEAR_ZERO {
        end = 0.0;
    }
    let step = step(end - start, most);
    let edge = (end - start) * EDGE;
    let below = ((start / step).floor() * step).max(start - edge);
    let above = ((end / step).ceil() * step).min(end + edge);
    (if start == 0.0 { 0.0 } else { below }, if end == 0.0 { 0.0 } else { above })
}

fn widen_log(low: f64, high: f64) -> (f64, f64) {
    let (low, high) =
        if equal(low, high) { (low / 2.0, high * 2.0) } else { (low, high) };
    let edge = (high / low).powf(EDGE);
    (low / edge, high * edge)
}

/// The smallest of 1, 2 and 5 times a power of ten that cuts `range` into at most
/// `most` parts.
fn step(range: f64, most: usize) -> f64 {
    let raw = range / most.max(1) as f64;
    let power = 10.0_f64.powf(raw.log10().floor());
    let rounded = [1.0, 2.0, 5.0].into_iter().find(|m| m * power >= raw * (1.0 - 1e-9));
    rounded.unwrap_or(10.0) * power
}

/// The whole multiples of `step` on the scale.
fn linear_ticks(scale: &Scale, step: f64) -> Vec<Tick> {
    // A multiple that misses the end by rounding alone still belongs to it.
    let slack = 1e-9;
    let first = (scale.low / step - slack).ceil();
    let count = ((scale.high / step + slack).floor() - first).clamp(-1.0, 100.0) as i64;
    let size = scale.low.abs().max(scale.high.abs());
    (0..=count)
        .map(|k| (first + k as f64) * step)
        .map(|at| Tick { at, label: number(at, step, size) })
        .collect()
}

/// Powers of ten, or 1, 2 and 5 times them where there are few.
fn log_ticks(scale: &Scale, most: usize) -> Vec<Tick> {
    let first = scale.low.log10().floor() as i32;
    let last = scale.high.log10().ceil() as i32;
    let decades = (last - first).max(1) as usize;
    let multiples: &[f64] = if decades * 2 <= most { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let stride = decades.div_ceil(most.max(1));
    (first..=last)
        .step_by(stride)
        .flat_map(|power| multiples.iter().map(move |m| m * 10.0_f64.powi(power)))
        .filter(|&at| scale.holds(at))
        .map(|at| Tick { at, label: number(at, at, at) })
        .collect()
}

/// A number with as many decimals as `step` has, in powers of ten where `size`, the
/// largest of its kind, is far from 1.
fn number(value: f64, step: f64, size: f64) -> String {
    let digit = |v: f64| (v.abs().log10() + 1e-9).floor();
    if value == 0.0 || value.abs() < step / 2.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e7).contains(&size) {
        let decimals = (digit(value) - digit(step)).clamp(0.0, 12.0) as usize;
        return format!("{value:.decimals$e}").replace('-', "−");
    }
    let decimals = (-digit(step)).clamp(0.0, 15.0) as usize;
    grouped(&format!("{value:.decimals$}"))
}

/// Commas between thousands from 10,000 on, and a minus sign in place of the hyphen.
pub(crate) fn grouped(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("−", digits),
        None => ("", number),
    };
    let whole = digits.find('.').unwrap_or(digits.len());
    let mut text = sign.to_owned();
    for (place, digit) in digits.char_indices() {
        if whole > 4 && place > 0 && place < whole && (whole - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], log: bool) -> Vec<String> {
        let scale = value_scale(values.iter().copied(), log, 6);
        ticks(&scale, 6).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_and_start_at_zero_when_it_is_near() {
        assert_eq!(
            labels(&[104.0, 622.0], false),
            ["0", "200", "400", "600"].map(String::from)
        );
        assert_eq!(
            labels(&[0.991, 0.999], false),
            ["0.992", "0.994", "0.996", "0.998"].map(String::from)
        );
        assert_eq!(labels(&[-2.0, 2.0], false), ["−2", "−1", "0", "1", "2"]);
        assert_eq!(labels(&[0.0, 45_000.0], false)[1], "10,000");
    }

    #[test]
    fn log_ticks_are_powers_of_ten() {
        assert_eq!(
            labels(&[0.002, 3.0, 0.0, -1.0], true),
            ["0.01", "0.1", "1"].map(String::from)
        );
        assert_eq!(labels(&[1.5, 9.0], true), ["2", "5", "10"].map(String::from));
    }

    #[test]
    fn degenerate_values_still_have_a_scale() {
        let cases: [&[f64]; 8] = [
            &[],
            &[f64::NAN, f64::INFINITY],
            &[0.0],
            &[7.0, 7.0],
            &[1e30, 1e30],
            &[-1e299, 1e299],
            &[1e16, 1e16 + 2.0],
            &[1e-310, 5e-324],
        ];
        for values in cases {
            for log in [false, true] {
                let scale = value_scale(values.iter().copied(), log, 6);
                assert!(scale.low < scale.high, "{values:?} {scale:?}");
                assert!(ticks(&scale, 6).len() <= 101);
                let middle =
                    if log { scale.high } else { f64::midpoint(scale.low, scale.high) };
                assert!(scale.at(middle).is_some_and(f64::is_finite), "{values:?}");
            }
            let scale = position_scale(values.iter().copied());
            assert!(scale.low < scale.high, "{values:?} {scale:?}");
        }
    }

    #[test]
    fn what_cannot_be_drawn_has_no_place() {
        let scale = Scale { low: 1.0, high: 10.0, log: true, from: 0.0, to: 1.0 };
        assert_eq!(scale.at(0.0), None);
        assert_eq!(scale.at(f64::NAN), None);
        assert_eq!(scale.at(10.0), Some(1.0));
    }

    #[test]
    fn crowded_labels_become_fewer() {
        let scale = position_scale([0.0, 1000.0].into_iter()).placed(0.0, 100.0);
        let measure = |text: &str| text.len() as f64 * 8.0;
        let ticks = number_ticks(&scale, true, &Room { measure: &measure, gap: 8.0 });
        assert!((2..=4).contains(&ticks.len()), "{ticks:?}");
    }
}
