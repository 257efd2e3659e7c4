//! What enters a layer: the layers before it on one sequence.

use carousel_data::Sequences;
use carousel_lang::Diagnostic;

use crate::engine::{BatchShape, Engine, Feed, Goal, Settings};
use crate::engines::Slot;
use crate::memory::Memory;
use crate::model::Model;
use crate::network::Network;

/// What the first `layers` layers give for the only sequence of `sequences`, a row for
/// each step or a single one; the sequence itself where there are none of them. Stateful
/// layers begin with `memory`.
///
/// # Errors
/// What is wrong with a user's cell; it was told when the model was made.
pub fn entering(
    model: &Model,
    layers: usize,
    sequences: &Sequences,
    memory: &Memory,
    settings: Settings,
) -> Result<Vec<f32>, Diagnostic> {
    if layers == 0 {
        return Ok(sequences.inputs.clone());
    }
    let (network, flows) = (beginning(&model.network, layers), &model.flows[..=layers]);
    let steps = sequences.lengths.first().copied().unwrap_or(0);
    let shape = BatchShape { steps, size: 1, masked: false };
    let two = model.two_biases();
    let engine = Engine::new(&network, flows, shape, Goal::Predict, two, settings)?;
    let states = memory.first_states(&engine);
    let mut slot = Slot::new(engine, 1);
    let feed = Feed {
        inputs: &sequences.inputs,
        mask: None,
        states: &states,
        targets: &[],
        weights: &[],
        dropouts: &[],
        interrupt: None,
    };
    // A kernel for a whole network takes its weights and no more.
    let own = model.parameters.iter().filter(|parameter| parameter.layer < layers);
    let end = own.map(|parameter| parameter.range().end).max().unwrap_or(0);
    let weights = &model.weights[..end];
    slot.engine.run(weights, &mut [], &feed).expect("nothing interrupts it");
    Ok(slot.engine.output().to_vec())
}

/// The first layers; their weights lie where they do in the whole network.
fn beginning(network: &Network, layers: usize) -> Network {
    Network { layers: network.layers[..layers].to_vec() }
}
