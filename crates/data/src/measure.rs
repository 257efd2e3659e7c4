//! How far predictions are from the truth, in original units.

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
