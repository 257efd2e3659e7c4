//! `ar p`: a linear model of the p values before.

use nalgebra::{DMatrix, DVector};

/// Intercept and the weights of the values 1, 2, ..., p rows before.
pub(super) struct Autoregression {
    intercept: f64,
    weights: Vec<f64>,
}

/// Singular values below this share of the largest one are rounding.
const RANK: f64 = 1e-12;

impl Autoregression {
    /// Least squares on a series; `None` if it has fewer equations than numbers to find.
    pub(super) fn fit(series: &[f64], order: usize) -> Option<Autoregression> {
        let equations = series.len().checked_sub(order)?;
        if equations < order.checked_add(1)? {
            return None;
        }
        let design = DMatrix::from_fn(equations, order + 1, |row, column| match column {
            0 => 1.0,
            lag => series[order + row - lag],
        });
        let targets = DVector::from_fn(equations, |row, _| series[order + row]);
        // Q R first, so that the singular values are those of a small matrix.
        let qr = design.qr();
        let projected = qr.q().transpose() * targets;
        let svd = qr.r().svd(true, true);
        let smallest = RANK * svd.singular_values.max();
        let found = svd.solve(&projected, smallest).ok()?;
        let found: Vec<f64> = found.iter().copied().collect();
        Some(Autoregression { intercept: found[0], weights: found[1..].to_vec() })
    }

    /// The next `count` values after `past`, each built on the ones before it; `past`
    /// has at least p values.
    pub(super) fn go_on(&self, past: &[f64], count: usize) -> Vec<f64> {
        let order = self.weights.len();
        let mut series = past[past.len() - order..].to_vec();
        for _ in 0..count {
            let lags = self.weights.iter().zip(series.iter().rev());
            let next =
                self.intercept + lags.map(|(weight, value)| weight * value).sum::<f64>();
            series.push(next);
        }
        series.split_off(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Least squares on exact data leaves rounding only.
    const TOLERANCE: f64 = 1e-9;

    #[test]
    fn finds_the_rule_that_made_a_series() {
        let mut series = vec![1.0, 2.0];
        for row in 2..30 {
            series.push(0.5 + 1.2 * series[row - 1] - 0.6 * series[row - 2]);
        }
        let model = Autoregression::fit(&series[..20], 2).unwrap();
        for (value, truth) in model.go_on(&series[..20], 10).iter().zip(&series[20..]) {
            assert!((value - truth).abs() < TOLERANCE, "{value} {truth}");
        }
    }

    #[test]
    fn takes_the_shortest_solution_where_there_are_many() {
        let model = Autoregression::fit(&[5.0; 20], 3).unwrap();
        assert!((model.go_on(&[5.0; 3], 1)[0] - 5.0).abs() < TOLERANCE);
    }

    #[test]
    fn needs_as_many_equations_as_numbers() {
        assert!(Autoregression::fit(&[1.0, 2.0, 4.0, 3.0, 5.0], 2).is_some());
        assert!(Autoregression::fit(&[1.0, 2.0, 4.0, 3.0], 2).is_none());
        assert!(Autoregression::fit(&[1.0], usize::MAX).is_none());
    }
}
