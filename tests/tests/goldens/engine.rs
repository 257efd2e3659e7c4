//! From a model line to an engine with given weights, for each way to run it.

use std::ops::ControlFlow;

use carousel::Session;
use carousel_net::engine::{BatchShape, Engine, Executor, Footprint, Goal, Settings};
use carousel_net::network::Network;
use carousel_net::parameters::{Parameter, Role, parameters};
use carousel_net::shape::{DataShape, Flow, flows};

use super::read::Tensor;

/// Fused and not, by the plan and by luminal, on one thread and two, and with loops
/// computed again instead of kept.
pub(crate) const WAYS: [Settings; 6] = [
    Settings::DEFAULT,
    Settings { threads: 2, ..Settings::DEFAULT },
    Settings { footprint: Footprint::Low, ..Settings::DEFAULT },
    Settings { fusion: false, ..Settings::DEFAULT },
    Settings { executor: Executor::Luminal, ..Settings::DEFAULT },
    Settings { fusion: false, executor: Executor::Luminal, ..Settings::DEFAULT },
];

/// A model line (with cells before it, where it needs some) and its data's shape.
pub(crate) struct Problem {
    pub(crate) network: Network,
    pub(crate) flows: Vec<Flow>,
    pub(crate) parameters: Vec<Parameter>,
    two_biases: bool,
}

impl Problem {
    pub(crate) fn new(text: &str, data: DataShape, two_biases: bool) -> Problem {
        Problem::of(network(text), data, two_biases)
    }

    /// The same with a network that is there already.
    pub(crate) fn of(network: Network, data: DataShape, two_biases: bool) -> Problem {
        let flows = flows(&network, data).unwrap();
        let parameters = parameters(&network, &flows, two_biases).unwrap();
        Problem { network, flows, parameters, two_biases }
    }

    /// The arena, with each tensor as `value` gives it in our layout.
    pub(crate) fn arena(
        &self,
        mut value: impl FnMut(&Parameter) -> Vec<f32>,
    ) -> Vec<f32> {
        let arena: Vec<f32> = self
            .parameters
            .iter()
            .flat_map(|parameter| {
                let values = value(parameter);
                assert_eq!(values.len(), parameter.len(), "{parameter:?}");
                values
            })
            .collect();
        arena
    }

    pub(crate) fn engine(&self, shape: BatchShape, goal: Goal, way: Settings) -> Engine {
        let (network, two) = (&self.network, self.two_biases);
        Engine::new(network, &self.flows, shape, goal, two, way).unwrap()
    }
}

/// The network that a session makes of a model line and the cells before it.
fn network(text: &str) -> Network {
    let (cells, line) = text.trim_end().rsplit_once('\n').unwrap_or(("", text));
    let mut session = Session::new();
    let text = format!("{cells}\nmodel m = {line}\n");
    session.run_named("golden", &text, &mut |_| ControlFlow::Continue(())).unwrap();
    session.network("m").unwrap().clone()
}

/// PyTorch's name of a parameter of the recurrent layers of a model: `weight_ih_l0`.
pub(crate) fn torch_name(parameter: &Parameter) -> String {
    let stem = match &parameter.role {
        Role::WeightInput => "weight_ih",
        Role::WeightHidden(0) => "weight_hh",
        Role::BiasInput => "bias_ih",
        Role::BiasHidden => "bias_hh",
        role @ (Role::WeightHidden(_)
        | Role::Vector(_)
        | Role::Weight
        | Role::Bias
        | Role::Table) => {
            panic!("{role:?} has no such name")
        }
    };
    let suffix = if parameter.reverse { "_reverse" } else { "" };
    format!("{stem}_l{}{suffix}", parameter.layer)
}

/// A reference tensor in our layout: matrices lie the other way round.
pub(crate) fn ours(tensor: &Tensor) -> Vec<f32> {
    if tensor.shape.len() == 2 { tensor.transposed().f32() } else { tensor.f32() }
}
