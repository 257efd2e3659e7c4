//! One model on random inputs: what it gives, and how that changes with everything.

use carousel_lang::Diagnostic;

use crate::engine::{BatchShape, Engine, Feed, Goal, Loss, Settings};
use crate::engines::Slot;
use crate::model::Model;
use crate::random::{Purpose, Random};

/// What a model gives.
#[derive(Debug)]
pub(super) struct Probe {
    /// `[B, O]` or `[T, B, O]`
    pub(super) outputs: Vec<f32>,
    /// Of the sum of the squared outputs, as long as the weights.
    pub(super) gradients: Vec<f32>,
    /// `[T, B, I]`
    pub(super) input_gradients: Vec<f32>,
}

/// Runs a model once; the same seed and sizes give the same inputs.
pub(super) fn probe(
    model: &Model,
    steps: usize,
    size: usize,
    seed: u64,
    settings: Settings,
) -> Result<Probe, Diagnostic> {
    let shape = BatchShape { steps, size, masked: false };
    let goal = Goal::Train(Loss::SumOfSquares);
    let (network, flows, two) = (&model.network, &model.flows, model.two_biases());
    let engine = Engine::new(network, flows, shape, goal, two, settings)?;
    let mut slot = Slot::new(engine, size);
    let mut random = Random::new(seed, Purpose::Comparison);
    let len = steps * size * model.data.features;
    let inputs: Vec<f32> = match model.data.symbols {
        Some(kinds) => (0..len).map(|_| random.below(kinds) as f32).collect(),
        None => (0..len).map(|_| random.within(1.0)).collect(),
    };
    let feed = Feed {
        inputs: &inputs,
        mask: None,
        states: &slot.zeros,
        targets: &[],
        weights: &[],
        dropouts: &slot.dropouts,
        interrupt: None,
    };
    let mut gradients = vec![0.0; model.weights.len()];
    (slot.engine.run(&model.weights, &mut gradients, &feed))
        .expect("nothing interrupts it");
    let (of_inputs, _) =
        slot.engine.input_gradients().expect("sums of squares take them");
    Ok(Probe {
        outputs: slot.engine.output().to_vec(),
        input_gradients: of_inputs.to_vec(),
        gradients,
    })
}

/// The largest absolute difference; infinite if one of the two is no number, or if they
/// have different sizes.
pub(super) fn largest(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    let difference = |(a, b): (&f32, &f32)| {
        let difference = (f64::from(*a) - f64::from(*b)).abs();
        if difference.is_nan() { f64::INFINITY } else { difference }
    };
    a.iter().zip(b).map(difference).fold(0.0, f64::max)
}
