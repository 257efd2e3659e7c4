//! New values to inputs, outputs to values.

use carousel_lang::Diagnostic;

use crate::steps::{apply, lags, restore};
use crate::{Fitted, Form, Preparation, Sequences};

impl Preparation {
    /// How many values in original units make one full window: its steps, and the lags
    /// of `difference` before them.
    pub fn values_needed(&self) -> usize {
        let steps = match self.form {
            Form::Window { steps, .. } | Form::Stream { steps } => steps,
            Form::Task | Form::Rows => 1,
        };
        steps + lags(&self.steps)
    }

    /// One sequence without target from values in original units: `columns[k][row]` for
    /// each input column. With `last: Some(n)` only the last `n` steps, counted after
    /// `difference`, are taken; otherwise all of them.
    ///
    /// # Errors
    /// When there are too few values or another number of columns, when a value is not
    /// finite or has no logarithm, and when a window as features gets another number of
    /// steps than it has.
    pub fn inputs(
        &self,
        columns: &[Vec<f64>],
        last: Option<usize>,
    ) -> Result<Sequences, Diagnostic> {
        let rows = self.check_columns(columns)?;
        let lags = lags(&self.steps);
        let steps = last.unwrap_or(rows.saturating_sub(lags)).max(1);
        if rows < steps.saturating_add(lags) {
            return Err(self.too_few(steps.saturating_add(lags), rows));
        }
        let mut features = columns.len();
        let mut length = steps;
        if let Form::Window { steps: window, as_features: true, .. } = self.form {
            if steps != window {
                return Err(self.other_window(window + lags, rows));
            }
            (features, length) = (columns.len() * window, 1);
        }
        let changed = self.change(columns, rows - steps)?;
        let inputs = (rows - steps..rows)
            .flat_map(|row| changed.iter().map(move |column| column[row] as f32))
            .collect();
        let width = if let Form::Window { ahead, .. } = self.form { ahead } else { 1 };
        let every = matches!(self.form, Form::Stream { .. });
        let lengths = vec![length];
        Ok(Sequences { features, width, every, lengths, inputs, ..Sequences::default() })
    }

    /// What `outputs` (scaled; the next rows after `history`) are in original units;
    /// `history` is the target column so far. Each output is built on the ones before
    /// it. NaN where `history` is shorter than the lags of `difference`.
    pub fn restore(&self, history: &[f64], outputs: &[f32]) -> Vec<f64> {
        let outputs = outputs.iter().map(|&output| f64::from(output));
        restore(&self.steps, self.inputs.len(), history, outputs)
    }

    /// Carries the steps out; rows from `first` on have to have a value then.
    fn change(
        &self,
        columns: &[Vec<f64>],
        first: usize,
    ) -> Result<Vec<Vec<f64>>, Diagnostic> {
        let mut changed = columns.to_vec();
        for (index, column) in changed.iter_mut().enumerate() {
            let mut begin = 0;
            for step in &self.steps {
                if let Fitted::Difference { lag } = step {
                    begin += lag;
                }
                let low = column.iter().skip(begin).find(|value| **value <= 0.0);
                if let (Fitted::Log, Some(value)) = (step, low) {
                    return Err(Diagnostic::error(format!(
                        "`log` needs values above 0; `{}` is {value}",
                        self.inputs[index]
                    )));
                }
                apply(step, index, column);
            }
            if let Some(row) =
                (first..column.len()).find(|&row| !(column[row] as f32).is_finite())
            {
                return Err(Diagnostic::error(format!(
                    "`{}` is too large for a network: {:e}",
                    self.inputs[index], columns[index][row]
                )));
            }
        }
        Ok(changed)
    }

    /// How many rows the columns have.
    fn check_columns(&self, columns: &[Vec<f64>]) -> Result<usize, Diagnostic> {
        if columns.len() != self.inputs.len() || columns.is_empty() {
            return Err(Diagnostic::error(format!(
                "the model reads {} columns, found {}",
                self.inputs.len(),
                columns.len()
            ))
            .note(format!("it reads {}", self.inputs.join(", "))));
        }
        let rows = columns[0].len();
        if let Some(other) = columns.iter().find(|column| column.len() != rows) {
            return Err(Diagnostic::error(format!(
                "the columns differ in length: {rows} and {} values",
                other.len()
            )));
        }
        for (name, column) in self.inputs.iter().zip(columns) {
            if let Some(row) = column.iter().position(|value| !value.is_finite()) {
                return Err(Diagnostic::error(format!(
                    "value {} of `{name}` is not a finite number",
                    row + 1
                )));
            }
        }
        Ok(rows)
    }

    fn too_few(&self, needed: usize, found: usize) -> Diagnostic {
        let error = Diagnostic::error(format!(
            "the model needs {needed} values to predict the next one, found {found}"
        ));
        self.explain_lags(error)
    }

    fn other_window(&self, needed: usize, found: usize) -> Diagnostic {
        let error = Diagnostic::error(format!(
            "a window as features needs exactly {needed} values, found {found}"
        ));
        self.explain_lags(error)
    }

    fn explain_lags(&self, error: Diagnostic) -> Diagnostic {
        match lags(&self.steps) {
            0 => error,
            lags => error.note(format!("`difference` uses up {lags} of them")),
        }
    }
}
