//! Baselines: what can be said without training, in original units.

use carousel_lang::Diagnostic;

use crate::{Dataset, Part, Predictions};

/// What a network has to beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Baseline {
    /// y(t-1)
    Naive,
    /// The mean of the train part.
    Mean,
    /// y(t-1) + (last - first) / (n - 1) of the train part
    Drift,
    /// y(t-s)
    Seasonal(usize),
    /// y(t-s) y(t-1) / y(t-s-1)
    Growth(usize),
    /// Least squares with intercept on the p values before, after the recipe's `log`
    /// and `difference` steps.
    Ar(usize),
}
