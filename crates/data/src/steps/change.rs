//! Fitted steps carried out on one column, and undone.

use crate::Fitted;

/// Carries a step out on column `column` of the fitted ones; rows without a past become
/// NaN, and so do values that have no logarithm.
pub(crate) fn apply(step: &Fitted, column: usize, values: &mut [f64]) {
    match step {
        Fitted::Log => {
            for value in values {
                *value = if *value > 0.0 { value.ln() } else { f64::NAN };
            }
        }
        Fitted::Difference { lag } => {
            for row in (0..values.len()).rev() {
                let past = row.checked_sub(*lag).map_or(f64::NAN, |past| values[past]);
                values[row] -= past;
            }
        }
        Fitted::Affine { offsets, factors, .. } => {
            for value in values {
                *value = (*value - offsets[column]) * factors[column];
            }
        }
    }
}

/// How many rows the `difference` steps take away.
pub(crate) fn lags(steps: &[Fitted]) -> usize {
    let lag = |step: &Fitted| match step {
        Fitted::Difference { lag } => *lag,
        Fitted::Log | Fitted::Affine { .. } => 0,
    };
    steps.iter().map(lag).sum()
}

/// The column before each step, and last after all of them.
pub(crate) fn stages(steps: &[Fitted], column: usize, values: &[f64]) -> Vec<Vec<f64>> {
    let mut stages = vec![values.to_vec()];
    for step in steps {
        let mut next = stages[stages.len() - 1].clone();
        apply(step, column, &mut next);
        stages.push(next);
    }
    stages
}

/// What `outputs`, the next rows after `history`, are before all steps. `history` and
/// the result are the target column in original units, which is column `target` of the
/// fitted ones. Each output is built on the ones before it; one that reaches back before
/// the beginning of `history` is NaN.
pub(crate) fn restore(
    steps: &[Fitted],
    target: usize,
    history: &[f64],
    outputs: impl IntoIterator<Item = f64>,
) -> Vec<f64> {
    // Differences reach back no further than all lags together.
    let tail = &history[history.len().saturating_sub(lags(steps))..];
    let mut stages = stages(steps, target, tail);
    stages.pop();
    let mut undo = |output: f64| {
        steps.iter().zip(&mut stages).rev().fold(output, |value, (step, before)| {
            let value = match step {
                Fitted::Log => value.exp(),
                Fitted::Difference { lag } => {
                    let past = before.len().checked_sub(*lag);
                    value + past.map_or(f64::NAN, |past| before[past])
                }
                Fitted::Affine { offsets, factors, .. } => {
                    value / factors[target] + offsets[target]
                }
            };
            before.push(value);
            value
        })
    };
    outputs.into_iter().map(&mut undo).collect()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Differences of rounded numbers lose some of their digits.
    const RELATIVE: f64 = 1e-9;

    #[test]
    fn every_chain_of_steps_has_its_inverse() {
        let affine = |offset: f64, factor: f64| Fitted::Affine {
            step: "scale".to_owned(),
            offsets: vec![offset],
            factors: vec![factor],
        };
        let chains = [
            vec![],
            vec![Fitted::Log],
            vec![affine(104.0, 1.0 / 309.0)],
            vec![Fitted::Difference { lag: 12 }, affine(3.0, 0.1)],
            vec![affine(3.0, 0.1), Fitted::Difference { lag: 1 }],
            vec![
                Fitted::Log,
                Fitted::Difference { lag: 12 },
                Fitted::Difference { lag: 1 },
                affine(0.01, 9.4),
            ],
        ];
        let mut generator = ChaCha8Rng::seed_from_u64(1);
        let series: Vec<f64> =
            (0..60).map(|_| generator.random_range(1.0..500.0)).collect();
        for chain in &chains {
            let scaled = stages(chain, 0, &series).pop().unwrap();
            let begin = lags(chain) + 3;
            let restored =
                restore(chain, 0, &series[..begin], scaled[begin..].iter().copied());
            for (value, truth) in restored.iter().zip(&series[begin..]) {
                assert!((value - truth).abs() <= RELATIVE * truth, "{chain:?}");
            }
            assert_eq!(restored.len(), series.len() - begin);
        }
    }
}
