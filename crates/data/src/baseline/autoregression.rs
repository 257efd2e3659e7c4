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
    /// A series that is not finite makes a model that says NaN.
    pub(super) fn fit(series: &[f64], order: usize) -> Option<Autoregression> {
        let equations = series.len().checked_sub(order)?;
        if equations < order.checked_add(1)? {
            return None;
        }
        if !series.iter().all(|value| value.is_finite()) {
            return Some(Autoregression {
                intercept: f64::NAN,
                weights: vec![0.0; order],
            });
        }
        // Squares of very large numbers would not be finite.
        let largest = series.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        let unit = if largest > 0.0 { largest } else { 1.0 };
        let design = DMatrix::from_fn(equations, order + 1, |row, column| match column {
            0 => 1.0,
            lag => series[order + row - lag] / unit,
        });
        let targets = DVector::from_fn(equations, |row, _| series[order + row] / unit);
        // Q R first, so that the singular values are those of a small matrix.
        let qr = design.qr();
        let projected = qr.q().transpose() * targets;
        let svd = qr.r().svd(true, true);
        let smallest = RANK * svd.singular_values.max();
        let found = svd.solve(&projected, smallest).ok()?;
        let found: Vec<f64> = found.iter().copied().collect();
        Some(Autoregression { intercept: found[0] * unit, weights: found[1..].to_vec() })
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
        for level in [5.0, 0.0, 1e200] {
            let model = Autoregression::fit(&[level; 20], 3).unwrap();
            let next = model.go_on(&[level; 3], 1)[0];
            assert!((next - level).abs() <= TOLERANCE * level, "{next}");
        }
    }

    #[test]
    fn says_nan_of_what_is_not_finite() {
        let model = Autoregression::fit(&[f64::INFINITY; 20], 3).unwrap();
        assert!(model.go_on(&[1.0; 3], 2).iter().all(|value| value.is_nan()));
    }

    #[test]
    fn needs_as_many_equations_as_numbers() {
        assert!(Autoregression::fit(&[1.0, 2.0, 4.0, 3.0, 5.0], 2).is_some());
        assert!(Autoregression::fit(&[1.0, 2.0, 4.0, 3.0], 2).is_none());
        assert!(Autoregression::fit(&[1.0], usize::MAX).is_none());
    }
}
