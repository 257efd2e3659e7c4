//! A network compiled for one batch shape: a luminal graph, its passes, its gradients,
//! and what runs them.

mod feed;
mod report;
mod settings;
mod whole;

use std::cell::RefCell;

use carousel_lang::Diagnostic;

pub use feed::{Dropout, Feed, Interrupted, State};
pub use report::{KernelReport, KernelTime};
pub use settings::{BatchShape, Executor, Footprint, Goal, Loss, Settings};

use crate::autodiff;
use crate::graph::{Builder, Tensor};
use crate::lower::{Lowered, lower};
use crate::network::{Cell, Network};
use crate::operations::Operation;
use crate::parameters::Parameter;
use crate::passes::{
    self, CutLoops, FuseCells, FuseIndexed, FuseLayers, FuseProducts, MergeConstants,
    MultiplyTables, RemoveDead, ShareProducts,
};
use crate::plan::{Evaluator, Slices, TinyRun};
use crate::shape::Flow;

/// Which column blocks of a cell's matrices hold the gates i, f, g and o, if its
/// equations are the LSTM's, whatever their names and order.
pub fn lstm_blocks(cell: &Cell) -> Option<[usize; 4]> {
    passes::lstm_blocks(cell)
}

/// Bytes of a tiny network that are not worth saving: they lie in the second cache.
const SMALL: usize = 1 << 20;

/// A network compiled for one [`BatchShape`] and one [`Goal`].
#[derive(Debug)]
pub struct Engine {
    /// The states that a run takes and gives, in order.
    pub states: Vec<State>,
    /// The masks that a run takes, in order; empty when predicting.
    pub dropouts: Vec<Dropout>,
    parameters: Vec<Parameter>,
    evaluator: Evaluator,
    masked: bool,
    targets: bool,
    /// Whether the gradient of the outputs comes in, in place of targets.
    pulled: bool,
    /// Which output of the graph is what.
    outputs: Outputs,
    compiled: Compiled,
}

/// Where an engine's results stand among the outputs of its graph: the prediction
/// first, then the last states.
#[derive(Debug, Clone, Copy, Default)]
struct Outputs {
    loss: Option<usize>,
    /// The first of the parameters' gradients.
    gradients: Option<usize>,
    /// The first of the gradients of the inputs and first states, if taken.
    inputs: Option<usize>,
}

/// What compiling did, for `show kernels`.
#[derive(Debug, Clone, Default)]
struct Compiled {
    nodes_before: usize,
    nodes_after: usize,
    fusions: Vec<String>,
}

impl Engine {
    /// Compiles a network.
    ///
    /// # Errors
    /// As [`crate::parameters::parameters`].
    pub fn new(
        network: &Network,
        flows: &[Flow],
        shape: BatchShape,
        goal: Goal,
        two_biases: bool,
        settings: Settings,
    ) -> Result<Engine, Diagnostic> {
        let mut lowered = lower(network, flows, shape, goal, two_biases)?;
        let nodes_before = nodes(&lowered.builder);
        let mut results = vec![lowered.output];
        results.extend(&lowered.last_states);
        results.extend(lowered.loss);
        optimise(&mut lowered, &results, settings.fusion);
        if settings.fusion
            && settings.executor == Executor::Plan
            && let Some(tiny) = TinyRun::new(&lowered, goal)
            && (settings.footprint == Footprint::High || tiny.bytes() <= SMALL)
        {
            let nodes_after = nodes(&lowered.builder);
            let mut fusions = report::fusions(&lowered.builder);
            fusions.push(
                "all of it, gradients included, became one kernel for tiny networks"
                    .to_owned(),
            );
            let compiled = Compiled { nodes_before, nodes_after, fusions };
            return Ok(Engine::whole(lowered, results.len() - 1, tiny, compiled));
        }
        if settings.fusion {
            let layers = FuseLayers { threads: settings.threads };
            lowered.builder.graph.compile(layers, ());
            if settings.footprint == Footprint::Low {
                lowered.builder.graph.compile(CutLoops, ());
            }
            lowered.builder.graph.compile(RemoveDead, ());
        }
        let fusions = report::fusions(&lowered.builder);
        let outputs = differentiate(&mut lowered, goal, &mut results);
        optimise(&mut lowered, &results, settings.fusion);
        let products = ShareProducts { threads: settings.threads };
        lowered.builder.graph.compile(products, ());
        let compiled =
            Compiled { nodes_before, nodes_after: nodes(&lowered.builder), fusions };
        Ok(Engine::assemble(lowered, results, outputs, compiled, settings.executor))
    }

    fn assemble(
        lowered: Lowered,
        results: Vec<Tensor>,
        outputs: Outputs,
        compiled: Compiled,
        executor: Executor,
    ) -> Engine {
        let inputs = lowered.leaves();
        let states = lowered.states.into_iter().map(|(state, _)| state).collect();
        let dropouts = lowered.dropouts.into_iter().map(|(dropout, _)| dropout).collect();
        let plan = executor == Executor::Plan;
        Engine {
            states,
            dropouts,
            parameters: lowered.described,
            masked: lowered.mask.is_some(),
            targets: lowered.targets.is_some(),
            pulled: lowered.pulled.is_some(),
            evaluator: Evaluator::new(lowered.builder, inputs, results, plan),
            outputs,
            compiled,
        }
    }

    /// How many bytes its buffers take, and what loops keep until the way back. They are
    /// made when it first runs; what it is fed is not among them.
    pub fn bytes(&self) -> usize {
        self.evaluator.bytes()
    }

    /// Runs it once. When training, `gradients` (as long as `parameters`) receives the
    /// gradient of the loss; frozen parameters get zeros.
    ///
    /// # Errors
    /// When the interrupt flag was set.
    pub fn run(
        &mut self,
        parameters: &[f32],
        gradients: &mut [f32],
        feed: &Feed<'_>,
    ) -> Result<(), Interrupted> {
        if self.tiny().is_some() {
            return self.run_whole(parameters, gradients, feed);
        }
        let inputs = self.inputs(parameters, feed);
        if !self.evaluator.run(&inputs, feed.interrupt) {
            return Err(Interrupted);
        }
        if let Some(first) = self.outputs.gradients {
            self.gather(first, gradients);
        }
        Ok(())
    }

    fn inputs<'a>(&self, parameters: &'a [f32], feed: &Feed<'a>) -> Slices<'a> {
        let mut inputs: Slices<'a> =
            self.parameters.iter().map(|p| &parameters[p.range()]).collect();
        inputs.push(feed.inputs);
        if self.masked {
            inputs.push(feed.mask.expect("a masked graph is fed a mask"));
        }
        inputs.extend(feed.states.iter().map(Vec::as_slice));
        inputs.extend(feed.dropouts.iter().map(Vec::as_slice));
        if self.targets {
            inputs.extend([feed.targets, feed.weights]);
        }
        if self.pulled {
            inputs.push(feed.targets);
        }
        inputs
    }

    fn gather(&self, first: usize, gradients: &mut [f32]) {
        for (index, parameter) in self.parameters.iter().enumerate() {
            let into = &mut gradients[parameter.range()];
            if parameter.frozen {
                into.fill(0.0);
            } else {
                into.copy_from_slice(self.evaluator.output(first + index));
            }
        }
    }

    /// The prediction of the last run: `[B, O]` or `[T, B, O]`.
    pub fn output(&self) -> &[f32] {
        self.evaluator.output(0)
    }

    /// The loss of the last run; 0 where none is computed.
    pub fn loss(&self) -> f32 {
        self.outputs.loss.map_or(0.0, |at| self.evaluator.output(at)[0])
    }

    /// The states after the last run, `[B, H]`, in the order of [`Engine::states`].
    pub fn last_state(&self, index: usize) -> &[f32] {
        self.evaluator.output(1 + index)
    }

    /// The gradient of the last run's loss with respect to the inputs, `[T, B, I]`, and
    /// to each of the first states: taken for [`Goal::Pullback`] and for the sums of
    /// squares, which is what `check` compares.
    pub fn input_gradients(&self) -> Option<(&[f32], Vec<&[f32]>)> {
        let first = self.outputs.inputs?;
        let states = (0..self.states.len()).map(|s| self.evaluator.output(first + 1 + s));
        Some((self.evaluator.output(first), states.collect()))
    }
}

/// Adds the gradients of the loss to the graph and to its results.
fn differentiate(
    lowered: &mut Lowered,
    goal: Goal,
    results: &mut Vec<Tensor>,
) -> Outputs {
    let Some((from, seed)) = seed(lowered) else { return Outputs::default() };
    let mut of = lowered.parameters.clone();
    let mut outputs = Outputs {
        loss: lowered.loss.map(|_| results.len() - 1),
        gradients: Some(results.len()),
        inputs: None,
    };
    let probes = [Loss::SumOfSquares, Loss::SumOfSquaresAndStates];
    let probe = matches!(goal, Goal::Train(loss) if probes.contains(&loss));
    if probe || goal == Goal::Pullback {
        outputs.inputs = Some(results.len() + of.len());
        of.push(lowered.inputs);
        of.extend(lowered.states.iter().map(|(_, leaf)| leaf));
    }
    let gradients = autodiff::gradients(&mut lowered.builder, &[(from, seed)], &of)
        .expect("every operation that lowering emits has a gradient");
    for (gradient, leaf) in gradients.into_iter().zip(&of) {
        results.push(gradient.unwrap_or_else(|| {
            let zero = lowered.builder.constant(0.0, &leaf.dims());
            lowered.builder.contiguous(zero)
        }));
    }
    outputs
}

/// What gradients are taken of, and where they begin: 1 for a loss, or what comes in for
/// the outputs.
fn seed(lowered: &mut Lowered) -> Option<(Tensor, Tensor)> {
    if let Some(pulled) = lowered.pulled {
        return Some((lowered.output, pulled));
    }
    let loss = lowered.loss?;
    Some((loss, lowered.builder.constant(1.0, &[])))
}

/// Runs the passes on what the results depend on. Leaves that nothing reads stay: the
/// number of a removed node is given to the next one that is made, which would then be
/// fed in the leaf's place.
pub(crate) fn optimise(lowered: &mut Lowered, results: &[Tensor], fusion: bool) {
    let kept = lowered.leaves().into_iter().chain(results.iter().copied());
    let kept = kept.map(|tensor| tensor.id).collect();
    let graph = &mut lowered.builder.graph;
    graph.to_retrieve = kept;
    graph.compile(RemoveDead, ());
    graph.compile(MergeConstants, ());
    if fusion {
        graph.compile(FuseProducts, ());
        graph.compile(FuseIndexed, ());
        // What nothing reads any more would count among the readers of a look-up.
        graph.compile(RemoveDead, ());
        let places = RefCell::new(&mut lowered.builder.places);
        graph.compile(MultiplyTables { places }, ());
        graph.compile(FuseCells, ());
    }
    graph.compile(RemoveDead, ());
}

/// Nodes of a graph, those of the bodies of its unfused loops included.
fn nodes(builder: &Builder) -> usize {
    let graph = &builder.graph.graph;
    let bodies: usize = (graph.node_weights())
        .map(|operator| match Operation::of(operator.as_ref()) {
            Some(Operation::Scan(scan)) => scan.body_nodes(),
            _ => 0,
        })
        .sum();
    graph.node_count() + bodies
}

#[cfg(test)]
mod footprint_tests;
#[cfg(test)]
mod tests;
