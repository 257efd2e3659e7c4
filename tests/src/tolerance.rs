//! Comparing texts whose figures may differ in their last digits.
//!
//! One machine gives the same bits in every run, and another test asks for that. Two
//! kinds of processor do not: their vector units sum in other orders, and a training
//! carries that on. Snapshots are read on both.

use insta::internals::SnapshotContents;
use insta::{Comparator, Snapshot};

/// Figures with a decimal point may differ by this share of the larger.
const RELATIVE: f64 = 0.02;

/// Figures smaller than this are rounding errors themselves, such as the largest
/// difference between two models that are the same.
const ABSOLUTE: f64 = 1e-3;

/// Compares the words of two snapshots with [`near`].
#[derive(Debug, Clone)]
pub struct Near;

impl Comparator for Near {
    fn matches(&self, reference: &Snapshot, test: &Snapshot) -> bool {
        match (reference.contents(), test.contents()) {
            (SnapshotContents::Text(reference), SnapshotContents::Text(test)) => {
                near(&reference.to_string(), &test.to_string())
            }
            _ => false,
        }
    }

    fn dyn_clone(&self) -> Box<dyn Comparator> {
        Box::new(self.clone())
    }
}

/// Whether two texts have the same words and, but for rounding, the same figures.
/// Blanks do not count, since a figure of another width moves its column.
pub fn near(reference: &str, test: &str) -> bool {
    let (left, right) = (tokens(reference), tokens(test));
    left.len() == right.len() && left.iter().zip(&right).all(|(a, b)| token_near(a, b))
}

/// Figures and what stands between them, without blanks.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for word in text.split_whitespace() {
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let end = if first.is_ascii_digit() {
                figure_end(rest)
            } else {
                rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len())
            };
            tokens.push(&rest[..end]);
            rest = &rest[end..];
        }
    }
    tokens
}

/// Where a figure ends: `48.04`, `1.5e-8`; `0..1` is two of them.
fn figure_end(text: &str) -> usize {
    let digits = |from: usize| {
        let is_digit = |c: char| c.is_ascii_digit();
        from + text[from..].find(|c| !is_digit(c)).unwrap_or(text.len() - from)
    };
    let mut end = digits(0);
    for signs in [&["."][..], &["e-", "e"]] {
        let sign = signs.iter().find(|sign| text[end..].starts_with(**sign));
        let after = end + sign.map_or(0, |sign| sign.len());
        if sign.is_some() && digits(after) > after {
            end = digits(after);
        }
    }
    end
}

/// Counts are the same; figures of which one has a decimal point are near.
fn token_near(reference: &str, test: &str) -> bool {
    if reference == test {
        return true;
    }
    let decimal = reference.contains('.') || test.contains('.');
    match (reference.parse::<f64>(), test.parse::<f64>()) {
        (Ok(a), Ok(b)) if decimal => (a - b).abs() <= ABSOLUTE.max(RELATIVE * a.max(b)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_digits_may_differ() {
        assert!(near("rmse 47.81 (1.02 times)", "rmse  47.8 (1.03 times)"));
        assert!(near("largest difference 0.0000004", "largest difference 0.0000009"));
        assert!(near("gradients 1.5e-8", "gradients 2.98e-9"));
        assert!(near("outputs 0", "outputs 1.5e-8"));
    }

    #[test]
    fn words_and_counts_may_not() {
        assert!(!near("epoch 37 of 100", "epoch 38 of 100"));
        assert!(!near("rmse 47.81", "mae 47.81"));
        assert!(!near("scale 0..1", "scale 0..2"));
        assert!(!near("rate 1e-3", "rate 1e-4"));
        assert!(!near("rmse 47.81", "rmse 52.81"));
        assert!(!near("rmse 47.81", "rmse 47.81 more"));
    }
}
