//! Do two models compute the same? Two networks or models go in, the largest differences
//! of what they give on the same inputs come out: `check mine 4 with lstm 4`.

mod probe;
mod roles;
#[cfg(test)]
mod tests;

use carousel_lang::Diagnostic;

use crate::engine::Settings;
use crate::model::{Like, Model};
use crate::network::{LayerKind, Network};
use crate::parameters::parameters;
use crate::shape::{DataShape, flows};
use crate::start::start;
use probe::{Probe, largest, probe};
use roles::Roles;

/// Steps and sequences on which two networks are compared.
const STEPS: usize = 12;
const SEQUENCES: usize = 3;

/// Symbols of a network that begins with a table and has no data.
const SYMBOLS: usize = 8;

/// What two models are given the same of when nothing else sets it: random inputs.
const SEED: u64 = 7;

/// Largest absolute differences of two models on the same random inputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Differences {
    /// Of the outputs.
    pub outputs: f64,
    /// Of the gradients of the sum of all squared outputs, with respect to the inputs
    /// and, where both have the same tensors, to the weights.
    pub gradients: f64,
    /// Of the weights; `None` where they do not have the same tensors, or were given
    /// equal ones.
    pub weights: Option<f64>,
}

/// Compares two networks that are given equal weights: fresh ones for `b`, carried over
/// to `a` by their roles. Inputs are `[12, 3, features]`, memory starts at zero, nothing
/// is dropped out.
///
/// # Errors
/// If the two cannot have equal weights, and why: other layers, units or equations. Also
/// what is wrong with either.
pub fn check_networks(
    a: &Network,
    b: &Network,
    features: usize,
    seed: u64,
    settings: Settings,
) -> Result<Differences, Diagnostic> {
    let mut a = fresh(a, features, seed)?;
    let b = fresh(b, features, seed)?;
    let roles = Roles::new(&a, &b)?;
    a.weights = roles.carry(&b.weights);
    let (of_a, of_b) = both(&a, &b, seed, settings)?;
    Ok(Differences {
        outputs: largest(&of_a.outputs, &of_b.outputs),
        gradients: gradients(&of_a, &of_b, Some(&roles)),
        weights: None,
    })
}

/// Compares two models with their own weights.
///
/// # Errors
/// If they do not read and give the same: other features or other outputs.
pub fn check_models(
    a: &Model,
    b: &Model,
    settings: Settings,
) -> Result<Differences, Diagnostic> {
    let (of_a, of_b) = both(a, b, SEED, settings)?;
    let roles = Roles::new(a, b).ok();
    Ok(Differences {
        outputs: largest(&of_a.outputs, &of_b.outputs),
        gradients: gradients(&of_a, &of_b, roles.as_ref()),
        weights: roles.map(|roles| largest(&a.weights, &roles.carry(&b.weights))),
    })
}

fn gradients(a: &Probe, b: &Probe, roles: Option<&Roles>) -> f64 {
    let inputs = largest(&a.input_gradients, &b.input_gradients);
    roles.map_or(inputs, |roles| {
        inputs.max(largest(&a.gradients, &roles.carry(&b.gradients)))
    })
}

/// Both on the same inputs.
fn both(
    a: &Model,
    b: &Model,
    seed: u64,
    settings: Settings,
) -> Result<(Probe, Probe), Diagnostic> {
    alike("value", "read at each step", a.data.features, b.data.features)?;
    if a.data.symbols != b.data.symbols {
        return Err(Diagnostic::error(
            "the two models cannot be compared: they read other symbols",
        ));
    }
    alike("number", "given", a.data.width, b.data.width)?;
    if a.data.every != b.data.every {
        return Err(Diagnostic::error(
            "the two models cannot be compared: one gives a row for each step, the other \
             a single one",
        ));
    }
    let steps = match (fixed_steps(a), fixed_steps(b)) {
        (Some(of_a), Some(of_b)) => {
            alike("step", "read", of_a, of_b)?;
            of_a
        }
        (Some(steps), None) | (None, Some(steps)) => steps,
        (None, None) => a.data.steps.or(b.data.steps).unwrap_or(STEPS),
    };
    let probe = |model| probe(model, steps, SEQUENCES, seed, settings);
    Ok((probe(a)?, probe(b)?))
}

fn alike(noun: &str, done: &str, of_a: usize, of_b: usize) -> Result<(), Diagnostic> {
    if of_a == of_b {
        return Ok(());
    }
    Err(Diagnostic::error(format!(
        "the two models cannot be compared: {noun}s {done} are {of_a} and {of_b}"
    )))
}

/// The steps that a model reads, where they cannot be others: `flat` has one width.
fn fixed_steps(model: &Model) -> Option<usize> {
    if model.has_flat() { model.data.steps } else { None }
}

/// A model of the network alone, with weights none of which is zero: a missing bias
/// would not show otherwise.
fn fresh(network: &Network, features: usize, seed: u64) -> Result<Model, Diagnostic> {
    let shape = |every| {
        let first = network.layers.first().map(|layer| &layer.kind);
        let symbols = matches!(first, Some(LayerKind::Embed { .. })).then_some(SYMBOLS);
        let features = if symbols.is_some() { 1 } else { features };
        let width = width(network, features);
        DataShape { steps: Some(STEPS), features, symbols, width, classes: None, every }
    };
    let (data, flows) = match flows(network, shape(true)) {
        Ok(flows) => (shape(true), flows),
        Err(_) => (shape(false), flows(network, shape(false))?),
    };
    let parameters = parameters(network, &flows, false)?;
    let weights = start(network, &parameters, Like::PyTorch, seed)?;
    let network = network.clone();
    Ok(Model { network, data, flows, like: Like::Keras, parameters, weights })
}

/// How many numbers the network gives.
fn width(network: &Network, features: usize) -> usize {
    let mut width = features;
    let mut every = true;
    for layer in &network.layers {
        match &layer.kind {
            LayerKind::Recurrent(recurrent) => {
                width = recurrent.units * (1 + usize::from(recurrent.bidirectional));
            }
            LayerKind::Dense { units, .. } => width = units.unwrap_or(1),
            LayerKind::Embed { units, .. } => width = *units,
            LayerKind::Dropout { .. } => {}
            LayerKind::Flat if every => {
                width *= STEPS;
                every = false;
            }
            LayerKind::Flat => {}
        }
    }
    width
}
