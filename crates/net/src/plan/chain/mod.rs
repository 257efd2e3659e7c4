//! Recognises a tiny network in a fused graph: a finished graph in, the sizes and the
//! tensors of the chain `[product + bias -> loop] x L -> last step -> product + bias ->
//! mean of squared errors` out, or of its loops alone.
//!
//! Only the graph is read, never the words of the network: a cell of the user's that is
//! the LSTM is one here, too.

mod looped;
mod loss;
mod reader;

use carousel_cell::{TinyCell, TinyShape, TinyTensor};
use luminal::graph::NodeIndex;

use crate::engine::{Goal, Loss};
use crate::graph::is_plain;
use crate::lower::Lowered;
use looped::Loop;
use reader::{Linear, Port, Reader};

/// A tiny network, as its graph says.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) shape: TinyShape,
    /// One for each parameter, in their order.
    pub(super) tensors: Vec<TinyTensor>,
    /// The layer of each state, in their order, and which of the layer's it is.
    pub(super) states: Vec<(usize, usize)>,
    /// For each layer what it belongs to (`lstm 1`), and the equations of its gates i,
    /// f, g and o, or of each column block of its inputs; then the dense layer.
    pub(super) places: Vec<(String, Vec<String>)>,
}

/// The chain of a graph that is nothing else, and small enough.
pub(super) fn find(lowered: &Lowered, goal: Goal) -> Option<Chain> {
    let reader = Reader { lowered };
    if lowered.mask.is_some() || !lowered.dropouts.is_empty() {
        return None;
    }
    let output = lowered.output;
    if output.output != 0 || !is_plain(&output.view) {
        return None;
    }
    let dense = reader.linear(output.id);
    if !reader.fits(goal, dense.is_some()) {
        return None;
    }
    let mut loops = vec![match &dense {
        Some(dense) => reader.recurrent(dense.input, 1)?,
        None => reader.recurrent((output.id, 0), 0)?,
    }];
    while let Some(below) = reader.below(loops.last()?) {
        loops.push(reader.recurrent(below, 0)?);
    }
    loops.reverse();
    let bottom = &loops.first()?.projection;
    if bottom.input != (lowered.inputs.id, 0) {
        return None;
    }
    let scan = loops[0].scan;
    let chain = Chain {
        shape: TinyShape {
            steps: scan.shape.steps,
            batch: scan.shape.size,
            features: bottom.matmul.k,
            layers: loops.iter().map(Loop::layer).collect(),
            outputs: dense.as_ref().map(|dense| dense.matmul.n),
        },
        tensors: reader.tensors(&loops, dense.as_ref())?,
        states: reader.states(&loops)?,
        places: reader.places(&loops, dense.is_some().then_some(output.id)),
    };
    let tensors = loops.iter().map(Loop::tensors).sum::<usize>();
    let all = tensors + if dense.is_some() { 2 } else { 0 } == chain.tensors.len();
    (all && chain.is_one() && chain.shape.fits()).then_some(chain)
}

impl Chain {
    /// Whether no tensor has two places: what is used twice is no chain.
    fn is_one(&self) -> bool {
        let mut rest = self.tensors.iter();
        while let Some(tensor) = rest.next() {
            if rest.as_slice().contains(tensor) {
                return false;
            }
        }
        true
    }
}

impl Reader<'_> {
    /// Whether the kernels do what is wanted of a network whose output is that of a dense
    /// layer, or of states: a loss is of the one, and gradients are given of the other.
    fn fits(&self, goal: Goal, dense: bool) -> bool {
        match goal {
            Goal::Predict => true,
            Goal::Pullback => !dense,
            Goal::Train(Loss::Mse) => dense && self.mean_of_squares().is_some(),
            Goal::Classify
            | Goal::Train(
                Loss::Mae
                | Loss::CrossEntropy
                | Loss::SumOfSquares
                | Loss::SumOfSquaresAndStates,
            ) => false,
        }
    }

    /// What a layer reads, if that is not the network's input.
    fn below(&self, layer: &Loop<'_>) -> Option<Port> {
        let input = layer.projection.input;
        (input.0 != self.lowered.inputs.id).then_some(input)
    }

    /// What each parameter is for.
    fn tensors(
        &self,
        loops: &[Loop<'_>],
        dense: Option<&Linear>,
    ) -> Option<Vec<TinyTensor>> {
        let role = |leaf: NodeIndex| {
            let mut layers = loops.iter().enumerate();
            let found = layers.find_map(|(layer, at)| at.role(layer, leaf));
            if found.is_some() {
                return found;
            }
            let dense = dense?;
            match dense.biases[..] {
                [bias] if bias == leaf => Some(TinyTensor::OutputBias),
                _ => (leaf == dense.weight).then_some(TinyTensor::Weight),
            }
        };
        self.lowered.parameters.iter().map(|leaf| role(leaf.id)).collect()
    }

    fn states(&self, loops: &[Loop<'_>]) -> Option<Vec<(usize, usize)>> {
        let lasts = self.lowered.last_states.iter();
        let both = self.lowered.states.iter().zip(lasts);
        both.map(|((_, leaf), last)| {
            let find = |(layer, at): (usize, &Loop<'_>)| {
                let which = at.first.iter().position(|first| *first == leaf.id)?;
                let own = last.id == at.node && usize::from(last.output) == 1 + which;
                own.then_some((layer, which))
            };
            loops.iter().enumerate().find_map(find)
        })
        .collect()
    }

    fn places(
        &self,
        loops: &[Loop<'_>],
        dense: Option<NodeIndex>,
    ) -> Vec<(String, Vec<String>)> {
        let place = |node: NodeIndex| {
            self.lowered.builder.places.get(&node).cloned().unwrap_or_default()
        };
        let of_loop = |at: &Loop<'_>| {
            let inputs = &at.scan.shape.form.inputs;
            let equation = |block: usize| inputs[block].equation.clone();
            let equations = match at.cell {
                TinyCell::Lstm { gates, .. } => gates.map(equation).to_vec(),
                TinyCell::Program(_) => (0..inputs.len()).map(equation).collect(),
            };
            (place(at.node), equations)
        };
        let dense = dense.map(|node| (place(node), Vec::new()));
        loops.iter().map(of_loop).chain(dense).collect()
    }
}
