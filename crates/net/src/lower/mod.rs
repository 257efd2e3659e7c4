//! From a network to a luminal graph of primitives.

mod classes;
mod layers;
mod loss;

use carousel_lang::Diagnostic;

use crate::engine::{BatchShape, Dropout, Goal, State};
use crate::graph::{Builder, Tensor};
use crate::network::{LayerKind, Network};
use crate::parameters::{Parameter, parameters};
use crate::shape::Flow;

/// A graph with names for its leaves and results.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub(crate) builder: Builder,
    pub(crate) described: Vec<Parameter>,
    /// One leaf for each parameter.
    pub(crate) parameters: Vec<Tensor>,
    /// `[T, B, I]`
    pub(crate) inputs: Tensor,
    /// `[T, B]`
    pub(crate) mask: Option<Tensor>,
    /// What the states are, and their leaves `[B, H]`.
    pub(crate) states: Vec<(State, Tensor)>,
    /// What the dropout masks are, and their leaves.
    pub(crate) dropouts: Vec<(Dropout, Tensor)>,
    /// `[B, O]` or `[T, B, O]`, without the last axis where they are classes, and the
    /// weight of each row `[B]` or `[T, B]`.
    pub(crate) targets: Option<(Tensor, Tensor)>,
    /// The gradient of the outputs, where it comes in.
    pub(crate) pulled: Option<Tensor>,
    /// `[B, O]` or `[T, B, O]`
    pub(crate) output: Tensor,
    /// `[B, H]` each, as `states`.
    pub(crate) last_states: Vec<Tensor>,
    /// What is added to the state that one layer gives, `[T, B, H]`, where it is asked
    /// for.
    pub(crate) nudge: Option<Tensor>,
    /// A single number.
    pub(crate) loss: Option<Tensor>,
    /// The shape that it was lowered for.
    pub(crate) shape: BatchShape,
    /// Whether it is for training: dropout is on.
    training: bool,
    two_biases: bool,
    /// The layer whose state something is added to.
    nudged: Option<(usize, usize)>,
}

impl Lowered {
    /// All leaves in the order in which an engine feeds them.
    pub(crate) fn leaves(&self) -> Vec<Tensor> {
        let mut leaves = self.parameters.clone();
        leaves.push(self.inputs);
        leaves.extend(self.mask);
        leaves.extend(self.states.iter().map(|(_, leaf)| leaf));
        leaves.extend(self.dropouts.iter().map(|(_, leaf)| leaf));
        leaves.extend(
            self.targets.iter().flat_map(|(targets, weights)| [targets, weights]),
        );
        leaves.extend(self.pulled);
        leaves.extend(self.nudge);
        leaves
    }
}

/// Lowers a network for one batch shape.
///
/// # Errors
/// What is wrong with a user's cell.
pub(crate) fn lower(
    network: &Network,
    flows: &[Flow],
    shape: BatchShape,
    goal: Goal,
    two_biases: bool,
) -> Result<Lowered, Diagnostic> {
    let lowered = start(network, flows, shape, goal, two_biases)?;
    lower_into(lowered, network, flows, goal)
}

/// The same with a leaf that is added to a state of a recurrent layer, both counted from
/// 0, at each step.
///
/// # Errors
/// As [`lower`].
pub(crate) fn lower_nudged(
    network: &Network,
    flows: &[Flow],
    shape: BatchShape,
    goal: Goal,
    two_biases: bool,
    (layer, state): (usize, usize),
) -> Result<Lowered, Diagnostic> {
    let mut lowered = start(network, flows, shape, goal, two_biases)?;
    lowered.nudged = Some((layer, state));
    lower_into(lowered, network, flows, goal)
}

fn lower_into(
    mut lowered: Lowered,
    network: &Network,
    flows: &[Flow],
    goal: Goal,
) -> Result<Lowered, Diagnostic> {
    let mut value = lowered.inputs;
    for (index, layer) in network.layers.iter().enumerate() {
        lowered.builder.place = place(network, index);
        value = match &layer.kind {
            LayerKind::Recurrent(recurrent) => {
                lowered.recurrent(index, recurrent, value, flows[index + 1].every)?
            }
            LayerKind::Dense { .. } => {
                let activation = classes::activation(network, index, goal);
                lowered.dense(index, activation, value)
            }
            LayerKind::Dropout { rate } => lowered.dropout(index, *rate, value),
            LayerKind::Flat => lowered.flat(value),
            LayerKind::Embed { .. } => lowered.embed(index, value),
        };
    }
    if goal == Goal::Classify {
        value = lowered.softmax(value);
    }
    lowered.output = lowered.builder.contiguous(value);
    lowered.builder.place = "loss".to_owned();
    match goal {
        Goal::Train(loss) => lowered.add_loss(loss),
        Goal::Pullback => {
            let dims = lowered.output.dims();
            lowered.pulled = Some(lowered.builder.input("gradient of outputs", &dims));
        }
        Goal::Predict | Goal::Classify => {}
    }
    Ok(lowered)
}

/// What a layer is called: its word and its number among all layers, `lstm 1`.
pub(crate) fn place(network: &Network, index: usize) -> String {
    format!("{} {}", network.layers[index].kind.word(), index + 1)
}

fn start(
    network: &Network,
    flows: &[Flow],
    shape: BatchShape,
    goal: Goal,
    two_biases: bool,
) -> Result<Lowered, Diagnostic> {
    let described = parameters(network, flows, two_biases)?;
    let mut builder = Builder::default();
    let leaves = described.iter().map(|p| builder.input("parameter", &p.dims)).collect();
    let inputs = builder.input("inputs", &[shape.steps, shape.size, flows[0].width]);
    let mask = shape.masked.then(|| builder.input("mask", &[shape.steps, shape.size]));
    Ok(Lowered {
        builder,
        described,
        parameters: leaves,
        inputs,
        mask,
        states: Vec::new(),
        dropouts: Vec::new(),
        targets: None,
        pulled: None,
        output: inputs,
        last_states: Vec::new(),
        nudge: None,
        loss: None,
        shape,
        training: matches!(goal, Goal::Train(_) | Goal::Pullback),
        two_biases,
        nudged: None,
    })
}
