//! How far predictions are from the truth, in original units.

use crate::{Baseline, Dataset, Part};

/// Predictions beside the truth, in original units. Rows that could not be predicted
/// are left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Predictions {
    /// The rows of the table that are predicted.
    pub rows: Vec<usize>,
    /// What is predicted, as long as `rows`.
    pub values: Vec<f64>,
    /// What was measured, as long as `rows`.
    pub truth: Vec<f64>,
}

/// Errors of predictions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// Root of the mean of the squared errors.
    pub rmse: f64,
    /// Mean of the absolute errors.
    pub mae: f64,
    /// Mean of the absolute errors in percent of the truth; `None` where a truth is 0.
    pub mape: Option<f64>,
    /// How many predictions there are.
    pub count: usize,
}

impl Predictions {
    /// The errors; `None` where nothing is predicted.
    pub fn measures(&self) -> Option<Measures> {
        let count = self.values.len();
        if count == 0 {
            return None;
        }
        let errors =
            || self.values.iter().zip(&self.truth).map(|(value, true_)| value - true_);
        let mean = |sum: f64| sum / count as f64;
        let shares =
            || errors().zip(&self.truth).map(|(error, truth)| (error / truth).abs());
        let has_zero = self.truth.contains(&0.0);
        Some(Measures {
            rmse: mean(errors().map(|error| error * error).sum()).sqrt(),
            mae: mean(errors().map(f64::abs).sum()),
            mape: (!has_zero).then(|| 100.0 * mean(shares().sum())),
            count,
        })
    }
}

/// The mean absolute error in units of what `naive` makes on the train part's targets
/// (Hyndman and Koehler 2006): below 1 is better than that. `None` where `naive` makes
/// no error there, or has no past.
pub fn mase(dataset: &Dataset, measures: &Measures) -> Option<f64> {
    let naive = Baseline::Naive.predict(dataset, Part::Train).ok()?.measures()?;
    (naive.mae > 0.0).then(|| measures.mae / naive.mae)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64], truth: &[f64]) -> Option<Measures> {
        let rows = (0..values.len()).collect();
        Predictions { rows, values: values.to_vec(), truth: truth.to_vec() }.measures()
    }

    #[test]
    fn measures_by_hand() {
        let measures = of(&[3.0, 8.0], &[4.0, 5.0]).unwrap();
        assert_eq!(measures.rmse, 5.0_f64.sqrt());
        assert_eq!(measures.mae, 2.0);
        assert_eq!(measures.mape, Some(100.0 * (0.25 + 0.6) / 2.0));
        assert_eq!(measures.count, 2);
    }

    #[test]
    fn has_no_percent_of_zero_and_nothing_of_nothing() {
        assert_eq!(of(&[1.0], &[0.0]).unwrap().mape, None);
        assert_eq!(of(&[], &[]), None);
    }
}
