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
            let figure = in_figure(first);
            let end = rest.find(|c| in_figure(c) != figure).unwrap_or(rest.len());
            tokens.push(&rest[..end]);
            rest = &rest[end..];
        }
    }
    tokens
}

fn in_figure(character: char) -> bool {
    character.is_ascii_digit() || character == '.'
}

fn token_near(reference: &str, test: &str) -> bool {
    if reference == test {
        return true;
    }
    let decimal =
        |token: &str| token.contains('.').then(|| token.parse::<f64>().ok()).flatten();
    match (decimal(reference), decimal(test)) {
        (Some(a), Some(b)) => (a - b).abs() <= ABSOLUTE.max(RELATIVE * a.max(b)),
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
    }

    #[test]
    fn words_and_counts_may_not() {
        assert!(!near("epoch 37 of 100", "epoch 38 of 100"));
        assert!(!near("rmse 47.81", "mae 47.81"));
        assert!(!near("rmse 47.81", "rmse 52.81"));
        assert!(!near("rmse 47.81", "rmse 47.81 more"));
    }
}
