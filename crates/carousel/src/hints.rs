//! Hints: what works but surprises, in numbers of this program.

use carousel_data::{Dataset, Leak, Part, Predictions};
use carousel_lang::Diagnostic;
use carousel_net::network::LayerKind;

use crate::output::figure;
use crate::state::Described;

/// A fit follows the value before if the two correlate like this.
const PARROT_CORRELATION: f64 = 0.97;

/// `naive` does as well if its error is at most so many times the model's.
const AS_WELL: f64 = 1.05;

/// H1: a step has learned from the test part.
pub(crate) fn leak(leak: &Leak) -> Diagnostic {
    let Leak { step, what, over_all, over_train } = leak;
    Diagnostic::hint(format!(
        "`{step} over all`: the model sees that the {what} is {}; in the train part it is {}",
        figure(*over_all),
        figure(*over_train)
    ))
    .code("H1")
    .with_hint(format!("without `over all`, {step} learns from the train part only"))
}

/// H2: the test fit follows the value before, one step late. `history` is the target
/// column.
pub(crate) fn parrot(
    test: &Predictions,
    history: &[f64],
    model_rmse: f64,
    naive_rmse: f64,
) -> Option<Diagnostic> {
    let pairs = test.rows.iter().zip(&test.values).filter(|(row, _)| **row > 0);
    let (before, said): (Vec<f64>, Vec<f64>) =
        pairs.map(|(row, value)| (history[row - 1], *value)).unzip();
    let follows = correlation(&said, &before)?;
    let foresees = correlation(&test.values, &test.truth)?;
    let late = follows > PARROT_CORRELATION && follows > foresees;
    (late && naive_rmse <= AS_WELL * model_rmse).then(|| {
        Diagnostic::hint(format!(
            "the test fit follows the value before (correlation {follows:.2} at lag 1); `naive` does as well"
        ))
        .code("H2")
        .with_hint("log | difference asks for the change instead")
    })
}

/// H3: some recurrent layers keep their memory and others do not.
pub(crate) fn half_stateful(described: &Described) -> Option<Diagnostic> {
    let forgets = |layer: &LayerKind| match layer {
        LayerKind::Recurrent(recurrent) => Some(!recurrent.stateful),
        LayerKind::Dense { .. }
        | LayerKind::Dropout { .. }
        | LayerKind::Flat
        | LayerKind::Embed { .. } => None,
    };
    if !described.network.is_stateful() {
        return None;
    }
    let layers = described.network.layers.iter().enumerate();
    let (index, _) = layers
        .filter_map(|(index, layer)| Some((index, forgets(&layer.kind)?)))
        .find(|(_, forgets)| *forgets)?;
    Some(
        Diagnostic::hint(format!("layer {} starts every window at zero", index + 1))
            .code("H3")
            .with_hint("if both were meant, write `stateful` after each"),
    )
}

/// H4: a stateful layer reads each value several times.
pub(crate) fn overlap(described: &Described, dataset: &Dataset) -> Option<Diagnostic> {
    let steps = dataset.steps().filter(|_| dataset.overlaps())?;
    described.network.is_stateful().then(|| {
        Diagnostic::hint(format!(
            "windows overlap, so a stateful layer reads each value {steps} times"
        ))
        .code("H4")
        .with_hint("stream 12 reads each once, with a target at every step")
    })
}

/// H5: the test part leaves the range that the train part had.
pub(crate) fn extrapolation(dataset: &Dataset) -> Option<Diagnostic> {
    let range = |part: Part| {
        let targets = &dataset.part(part)?.targets;
        let bounds = targets
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |b, x| (b.0.min(*x), b.1.max(*x)));
        (!targets.is_empty()).then_some(bounds)
    };
    let ((low, high), (test_low, test_high)) = (range(Part::Train)?, range(Part::Test)?);
    let room = 0.25 * (high - low);
    let reached = match () {
        () if test_high > high + room => test_high,
        () if test_low < low - room => test_low,
        () => return None,
    };
    Some(
        Diagnostic::hint(format!(
            "the test part reaches {} where the train part went from {} to {} (scaled); tanh cannot follow far",
            figure(f64::from(reached)),
            figure(f64::from(low)),
            figure(f64::from(high))
        ))
        .code("H5")
        .with_hint("log | difference | standardize makes the series stationary"),
    )
}

/// H6: two single runs are closer than two seeds of one model are.
pub(crate) fn single_run(gap: f64, spread: f64) -> Diagnostic {
    Diagnostic::hint(format!(
        "the gap ({}) is smaller than the spread over seeds ({})",
        figure(gap),
        figure(spread)
    ))
    .code("H6")
    .with_hint("times 10 trains each with ten seeds")
}

/// Pearson's correlation; none where one of the two does not vary.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let n = a.len() as f64;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / n;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let mut sums = [0.0; 3];
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        sums[0] += x * y;
        sums[1] += x * x;
        sums[2] += y * y;
    }
    let size = (sums[1] * sums[2]).sqrt();
    (size > 0.0).then(|| sums[0] / size)
}
