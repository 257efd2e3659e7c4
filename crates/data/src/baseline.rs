//! Baselines: what can be said without training, in original units.

mod autoregression;

use carousel_lang::Diagnostic;

use self::autoregression::Autoregression;
use crate::steps::{lags, restore, stages};
use crate::{Dataset, Fitted, Form, Part, Predictions};

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

impl Baseline {
    /// As it is typed: `naive`, `seasonal 12`.
    pub fn name(&self) -> String {
        match self {
            Baseline::Naive => "naive".to_owned(),
            Baseline::Mean => "mean".to_owned(),
            Baseline::Drift => "drift".to_owned(),
            Baseline::Seasonal(season) => format!("seasonal {season}"),
            Baseline::Growth(season) => format!("growth {season}"),
            Baseline::Ar(order) => format!("ar {order}"),
        }
    }

    /// What it says of the rows that the part's targets speak of, in original units. It
    /// sees the true past of each target: all that is known before the target's first
    /// row. Rows that have no such past are left out.
    ///
    /// # Errors
    /// When the part is not there, when the train part is too short to fit the baseline
    /// on, and when a task has no past at all.
    pub fn predict(
        &self,
        dataset: &Dataset,
        part: Part,
    ) -> Result<Predictions, Diagnostic> {
        self.check(dataset)?;
        let Some(sequences) = dataset.part(part) else {
            return Err(no_part(part));
        };
        let model = Model::fit(*self, dataset)?;
        let truth = &dataset.table.target().values;
        let mut predictions = Predictions::default();
        for rows in sequences.rows.chunks(sequences.width.max(1)) {
            let values = model.go_on(truth, rows[0], rows.len());
            for (&row, value) in rows.iter().zip(values) {
                if value.is_finite() {
                    predictions.rows.push(row);
                    predictions.values.push(value);
                    predictions.truth.push(truth[row]);
                }
            }
        }
        Ok(predictions)
    }

    fn check(&self, dataset: &Dataset) -> Result<(), Diagnostic> {
        let name = self.name();
        if dataset.preparation.form == Form::Task && *self != Baseline::Mean {
            return Err(Diagnostic::error(format!(
                "`{name}` needs a past; a task has none"
            ))
            .note("each sequence of a task has one target and nothing before it")
            .with_hint("mean"));
        }
        let (Baseline::Seasonal(0) | Baseline::Growth(0) | Baseline::Ar(0)) = self else {
            return Ok(());
        };
        let word = name.trim_end_matches(" 0");
        Err(Diagnostic::error(format!("`{word}` needs a number of at least 1"))
            .with_hint(format!("{word} 12")))
    }
}

/// A baseline with what it has learned from the train part.
enum Model {
    Naive,
    Mean(f64),
    /// The rise of each row.
    Drift(f64),
    Seasonal(usize),
    Growth(usize),
    Ar {
        model: Autoregression,
        order: usize,
        /// The recipe's `log` and `difference` steps.
        steps: Vec<Fitted>,
        /// The whole series after them.
        series: Vec<f64>,
    },
}

impl Model {
    fn fit(baseline: Baseline, dataset: &Dataset) -> Result<Model, Diagnostic> {
        let values = &dataset.table.target().values;
        let train = &values[..dataset.train_end()];
        let too_short = || too_short(baseline, train.len());
        Ok(match baseline {
            Baseline::Naive => Model::Naive,
            Baseline::Mean => Model::Mean(train.iter().sum::<f64>() / train.len() as f64),
            Baseline::Drift => match train {
                [first, .., last] => {
                    Model::Drift((last - first) / (train.len() - 1) as f64)
                }
                _ => return Err(too_short()),
            },
            Baseline::Seasonal(season) => Model::Seasonal(season),
            Baseline::Growth(season) => Model::Growth(season),
            Baseline::Ar(order) => {
                let kept = |step: &&Fitted| {
                    matches!(step, Fitted::Log | Fitted::Difference { .. })
                };
                let steps: Vec<Fitted> =
                    dataset.preparation.steps.iter().filter(kept).cloned().collect();
                let series = stages(&steps, 0, values).pop().unwrap_or_default();
                let known = &series[lags(&steps).min(train.len())..train.len()];
                let model = Autoregression::fit(known, order).ok_or_else(too_short)?;
                Model::Ar { model, order, steps, series }
            }
        })
    }

    /// The values of the rows `first..first + count`, from those before `first`; NaN
    /// where there are too few.
    fn go_on(&self, values: &[f64], first: usize, count: usize) -> Vec<f64> {
        let known = |row: Option<usize>| row.map_or(f64::NAN, |row| values[row]);
        let last = first.checked_sub(1);
        // The last known row of the season of a row, and how many seasons it is back.
        let back = |row: usize, season: usize| {
            let seasons = (row - first) / season + 1;
            (
                known(season.checked_mul(seasons).and_then(|rows| row.checked_sub(rows))),
                seasons,
            )
        };
        let rows = first..first + count;
        match self {
            Model::Naive => vec![known(last); count],
            Model::Mean(mean) => vec![*mean; count],
            Model::Drift(rise) => {
                rows.map(|row| known(last) + (row + 1 - first) as f64 * rise).collect()
            }
            Model::Seasonal(season) => rows.map(|row| back(row, *season).0).collect(),
            Model::Growth(season) => {
                let before = last.and_then(|last| last.checked_sub(*season));
                let growth = known(last) / known(before);
                let value = |row| {
                    let (value, seasons) = back(row, *season);
                    value * growth.powi(i32::try_from(seasons).unwrap_or(i32::MAX))
                };
                rows.map(value).collect()
            }
            Model::Ar { model, order, steps, series } => {
                if first < order.saturating_add(lags(steps)) {
                    return vec![f64::NAN; count];
                }
                let next = model.go_on(&series[..first], count);
                restore(steps, 0, &values[..first], next)
            }
        }
    }
}

fn too_short(baseline: Baseline, rows: usize) -> Diagnostic {
    Diagnostic::error(format!(
        "the train part has {rows} rows, too few to fit `{}`",
        baseline.name()
    ))
}

fn no_part(part: Part) -> Diagnostic {
    let name = part.name();
    let hint = if part == Part::Test { "| split 67%" } else { "| split 60% 20% 20%" };
    Diagnostic::error(format!("the data has no {name} part")).with_hint(hint)
}
