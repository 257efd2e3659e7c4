//! Softmax and its cross-entropy: logits and classes go in, losses and probabilities come
//! out.
//!
//! The loss of a row is log(sum exp(x)) - x[class], both shifted by the greatest x, so
//! that nothing overflows; its gradient is softmax(x) - onehot(class) (Bridle 1990).

use std::f32::consts::LOG2_E;

use carousel_cell::activation::exp2;
use carousel_cell::named;

/// Sums and maxima are taken in so many columns side by side, which compilers make
/// vectors of; the order is the same on every machine.
const LANES: usize = 16;

/// logits: `[rows, kinds]`, classes and losses: `[rows]`, shares (the probabilities):
/// `[rows, kinds]`.
pub(super) fn forward(
    kinds: usize,
    logits: &[f32],
    classes: &[f32],
    losses: &mut [f32],
    shares: &mut [f32],
) {
    let rows = logits.chunks_exact(kinds).zip(shares.chunks_exact_mut(kinds));
    for (((logits, shares), class), loss) in rows.zip(classes).zip(losses) {
        let (top, sum) = row(logits, shares);
        *loss = named(*class, kinds).map_or(0.0, |class| top - logits[class]) + sum.ln();
    }
}

/// logits and shares: `[rows, kinds]`.
pub(super) fn softmax(kinds: usize, logits: &[f32], shares: &mut [f32]) {
    let rows = logits.chunks_exact(kinds).zip(shares.chunks_exact_mut(kinds));
    for (logits, shares) in rows {
        row(logits, shares);
    }
}

/// The shares of one row; the greatest logit x, and sum exp(logit - x).
fn row(logits: &[f32], shares: &mut [f32]) -> (f32, f32) {
    let top = by_lanes(logits, f32::NEG_INFINITY, |a, b| if b > a { b } else { a });
    for (share, logit) in shares.iter_mut().zip(logits) {
        *share = (logit - top) * LOG2_E;
    }
    exp2(shares);
    let sum = by_lanes(shares, 0.0, |a, b| a + b);
    shares.iter_mut().for_each(|share| *share /= sum);
    (top, sum)
}

/// shares s, gradient g and out: `[rows, kinds]`; out is s (g - sum s g).
pub(super) fn softmax_back(
    kinds: usize,
    shares: &[f32],
    gradient: &[f32],
    out: &mut [f32],
) {
    let rows = shares.chunks_exact(kinds).zip(gradient.chunks_exact(kinds));
    for ((shares, gradient), out) in rows.zip(out.chunks_exact_mut(kinds)) {
        for ((out, share), gradient) in out.iter_mut().zip(shares).zip(gradient) {
            *out = share * gradient;
        }
        let sum = by_lanes(out, 0.0, |a, b| a + b);
        out.iter_mut().zip(shares).for_each(|(out, share)| *out -= share * sum);
    }
}

/// shares: `[rows, kinds]`, classes and gradient: `[rows]`, out: `[rows, kinds]`.
pub(super) fn backward(
    kinds: usize,
    shares: &[f32],
    classes: &[f32],
    gradient: &[f32],
    out: &mut [f32],
) {
    let rows = out.chunks_exact_mut(kinds).zip(shares.chunks_exact(kinds));
    for (((out, shares), class), gradient) in rows.zip(classes).zip(gradient) {
        for (out, share) in out.iter_mut().zip(shares) {
            *out = share * gradient;
        }
        if let Some(class) = named(*class, kinds) {
            out[class] -= gradient;
        }
    }
}

fn by_lanes(row: &[f32], start: f32, f: impl Fn(f32, f32) -> f32) -> f32 {
    let (whole, rest) = row.as_chunks::<LANES>();
    let mut lanes = [start; LANES];
    for chunk in whole {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = f(*lane, *value);
        }
    }
    lanes.iter().chain(rest).fold(start, |total, value| f(total, *value))
}

#[cfg(test)]
mod tests {
    use super::{backward, forward};

    /// The largest difference from double precision: a few roundings of numbers near 1.
    const TOLERANCE: f64 = 1e-6;

    /// One row by its definition in double precision.
    fn check(logits: &[f32], class: usize) {
        let wide: Vec<f64> = logits.iter().map(|x| f64::from(*x)).collect();
        let top = wide.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = wide.iter().map(|x| (x - top).exp()).sum();
        let loss = sum.ln() + top - wide[class];
        let kinds = logits.len();
        let (mut losses, mut shares) = ([f32::NAN], vec![f32::NAN; kinds]);
        forward(kinds, logits, &[class as f32], &mut losses, &mut shares);
        let scale = loss.abs().max(1.0);
        assert!((f64::from(losses[0]) - loss).abs() < TOLERANCE * scale, "{losses:?}");
        let mut gradient = vec![f32::NAN; kinds];
        backward(kinds, &shares, &[class as f32], &[0.5], &mut gradient);
        for (k, x) in wide.iter().enumerate() {
            let share = (x - top).exp() / sum;
            assert!((f64::from(shares[k]) - share).abs() < TOLERANCE);
            let want = 0.5 * (share - f64::from(u8::from(k == class)));
            assert!((f64::from(gradient[k]) - want).abs() < TOLERANCE);
        }
    }

    #[test]
    fn losses_are_those_of_the_definition_and_never_overflow() {
        check(&[0.0], 0);
        check(&[0.3, -1.2], 1);
        check(&[1e4, -1e4, 3.0], 2);
        let many: Vec<f32> = (0..37).map(|k| ((k * 7) % 11) as f32 - 5.0).collect();
        check(&many, 35);
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        let (mut losses, mut shares) = ([0.0], vec![0.0; 2]);
        forward(2, &[f32::NAN, 0.0], &[1.0], &mut losses, &mut shares);
        assert!(losses[0].is_nan());
    }
}
