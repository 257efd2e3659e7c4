//! Recognises a tiny network in a fused graph: a finished graph in, the sizes and the
//! tensors of the chain `[product + bias -> LSTM loop] x L -> last step -> product +
//! bias -> mean of squared errors` out, or of its loops alone.
//!
//! Only the graph is read, never the words of the network: a cell of the user's that is
//! the LSTM is one here, too.

use carousel_cell::{TinyShape, TinyTensor};
use luminal::graph::NodeIndex;
use luminal::prelude::petgraph::Direction;
use luminal::prelude::petgraph::visit::EdgeRef;
use luminal::shape::ShapeTracker;

use crate::engine::{Goal, Loss};
use crate::graph::{Reading, is_plain};
use crate::lower::Lowered;
use crate::operations::{FusedCell, FusedScan, MatMul, Operation};

/// A tiny network, as its graph says.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) shape: TinyShape,
    /// One for each parameter, in their order.
    pub(super) tensors: Vec<TinyTensor>,
    /// The layer of each state, in their order, and whether it is c.
    pub(super) states: Vec<(usize, bool)>,
    /// For each layer what it belongs to (`lstm 1`), and the equations of its gates i,
    /// f, g and o; then the dense layer.
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
        Some(dense) => reader.lstm(dense.input, 1)?,
        None => reader.lstm((output.id, 0), 0)?,
    }];
    while let Some(below) = reader.below(loops.last()?) {
        loops.push(reader.lstm(below, 0)?);
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
            units: loops.iter().map(|layer| layer.scan.shape.units).collect(),
            outputs: dense.as_ref().map(|dense| dense.matmul.n),
            two_biases: bottom.biases.len() == 2,
        },
        tensors: reader.tensors(&loops, dense.as_ref())?,
        states: reader.states(&loops)?,
        places: reader.places(&loops, dense.is_some().then_some(output.id)),
    };
    (chain.is_one() && chain.shape.fits()).then_some(chain)
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
        let biases = 1 + usize::from(self.shape.two_biases);
        let dense = if self.shape.outputs.is_some() { 2 } else { 0 };
        self.tensors.len() == self.shape.units.len() * (2 + biases) + dense
    }
}

/// An output of a node.
type Port = (NodeIndex, u8);

/// `input W + bias`
struct Linear {
    matmul: MatMul,
    input: Port,
    weight: NodeIndex,
    /// One leaf, or two that are added.
    biases: Vec<NodeIndex>,
}

/// One layer: its projection and its loop.
struct Loop<'a> {
    projection: Linear,
    scan: &'a FusedScan,
    gates: [usize; 4],
    node: NodeIndex,
    /// The leaves of h and c before the first step, and of the recurrent matrix.
    first: [NodeIndex; 2],
    hidden: NodeIndex,
}

struct Reader<'a> {
    lowered: &'a Lowered,
}

impl<'a> Reader<'a> {
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

    fn operation(&self, node: NodeIndex) -> Option<Operation<'a>> {
        Operation::of(self.lowered.builder.graph.graph.node_weight(node)?.as_ref())
    }

    /// What a node reads, in order, and through which views; these are large, so that
    /// they stay where they are.
    fn sources(&self, node: NodeIndex) -> Vec<(Port, &'a ShapeTracker)> {
        let graph = &self.lowered.builder.graph.graph;
        let mut edges: Vec<_> = (graph.edges_directed(node, Direction::Incoming))
            .filter_map(|edge| match edge.weight() {
                luminal::graph::Dependency::Data { input_order, output_order, shape } => {
                    Some((*input_order, (edge.source(), *output_order), shape))
                }
                luminal::graph::Dependency::Schedule => None,
            })
            .collect();
        edges.sort_by_key(|(order, ..)| *order);
        edges.into_iter().map(|(_, port, view)| (port, view)).collect()
    }

    /// The leaf that an input is, as it lies.
    fn leaf(&self, (port, view): (Port, &ShapeTracker)) -> Option<NodeIndex> {
        let is_leaf = matches!(self.operation(port.0)?, Operation::Input);
        (is_leaf && is_plain(view)).then_some(port.0)
    }

    /// A sum of a product with a learned matrix and one or two learned vectors.
    fn linear(&self, node: NodeIndex) -> Option<Linear> {
        let Operation::Add = self.operation(node)? else { return None };
        let [(product, product_view), (bias, bias_view)] = self.sources(node)[..] else {
            return None;
        };
        let Operation::MatMul(matmul) = self.operation(product.0)? else { return None };
        let repeated = match Reading::of(bias_view) {
            Reading::Repeated(len) => len == matmul.n,
            Reading::Scalar => matmul.n == 1,
            Reading::Plain | Reading::Map(_) => false,
        };
        let straight = !matmul.transpose_a && !matmul.transpose_b;
        if !repeated || !straight || !is_plain(product_view) {
            return None;
        }
        let [(input, input_view), weight] = self.sources(product.0)[..] else {
            return None;
        };
        let biases = match self.operation(bias.0)? {
            Operation::Input => vec![bias.0],
            Operation::Add => {
                let both = self.sources(bias.0).into_iter();
                both.map(|source| self.leaf(source)).collect::<Option<_>>()?
            }
            _ => return None,
        };
        let weight = self.leaf(weight)?;
        let plain = is_plain(input_view);
        plain.then_some(Linear { matmul: *matmul, input, weight, biases })
    }

    /// The LSTM's loop behind one of its outputs: 0 for all steps, 1 for the last.
    fn lstm(&self, (node, output): Port, wanted: u8) -> Option<Loop<'a>> {
        let Operation::FusedScan(scan) = self.operation(node)? else { return None };
        let FusedCell::Lstm(gates) = &scan.cell else { return None };
        if output != wanted || scan.shape.reverse || scan.shape.masked {
            return None;
        }
        let [(projected, view), h, c, u] = self.sources(node)[..] else { return None };
        let projection = self.linear(projected.0).filter(|_| is_plain(view))?;
        let first = [self.leaf(h)?, self.leaf(c)?];
        let hidden = self.leaf(u)?;
        Some(Loop { projection, scan, gates: *gates, node, first, hidden })
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
            for (layer, at) in loops.iter().enumerate() {
                let gates = at.gates;
                let biases = &at.projection.biases;
                if leaf == at.projection.weight {
                    return Some(TinyTensor::Input { layer, gates });
                }
                if leaf == at.hidden {
                    return Some(TinyTensor::Hidden { layer, gates });
                }
                if let Some(second) = biases.iter().position(|bias| *bias == leaf) {
                    return Some(TinyTensor::Bias { layer, gates, second: second > 0 });
                }
            }
            let dense = dense?;
            match dense.biases[..] {
                [bias] if bias == leaf => Some(TinyTensor::OutputBias),
                _ => (leaf == dense.weight).then_some(TinyTensor::Weight),
            }
        };
        self.lowered.parameters.iter().map(|leaf| role(leaf.id)).collect()
    }

    fn states(&self, loops: &[Loop<'_>]) -> Option<Vec<(usize, bool)>> {
        let lasts = self.lowered.last_states.iter();
        let both = self.lowered.states.iter().zip(lasts);
        both.map(|((_, leaf), last)| {
            let find = |(layer, at): (usize, &Loop<'_>)| {
                let which = at.first.iter().position(|first| *first == leaf.id)?;
                let own = last.id == at.node && usize::from(last.output) == 1 + which;
                own.then_some((layer, which == 1))
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
            let block =
                |block: &usize| at.scan.shape.form.inputs[*block].equation.clone();
            (place(at.node), at.gates.iter().map(block).collect())
        };
        let dense = dense.map(|node| (place(node), Vec::new()));
        loops.iter().map(of_loop).chain(dense).collect()
    }

    /// Whether the loss is the sum over rows of weight times the row's squared errors.
    fn mean_of_squares(&self) -> Option<()> {
        let (targets, weights) = self.lowered.targets?;
        let weighted = self.summed(self.lowered.loss?.id, 0)?;
        let Operation::Mul = self.operation(weighted)? else { return None };
        let [(row, _), weight] = self.sources(weighted)[..] else { return None };
        if self.leaf(weight)? != weights.id {
            return None;
        }
        let squares = self.summed(row.0, 1)?;
        let Operation::Mul = self.operation(squares)? else { return None };
        let [(error, _), (same, _)] = self.sources(squares)[..] else { return None };
        let Operation::Add = self.operation(error.0)? else { return None };
        let [(output, view), (negative, other)] = self.sources(error.0)[..] else {
            return None;
        };
        let own = error == same && output == (self.lowered.output.id, 0);
        let plain = is_plain(view) && is_plain(other);
        let Operation::Mul = self.operation(negative.0)? else { return None };
        let [target, (minus, _)] = self.sources(negative.0)[..] else { return None };
        let Operation::Constant(minus) = self.operation(minus.0)? else { return None };
        let known = own && plain && minus == -1.0 && self.leaf(target)? == targets.id;
        known.then_some(())
    }

    /// What a sum over this axis sums.
    fn summed(&self, node: NodeIndex, over: usize) -> Option<NodeIndex> {
        let Operation::Sum(axis) = self.operation(node)? else { return None };
        let [(summed, view)] = self.sources(node)[..] else { return None };
        (axis == over && is_plain(view)).then_some(summed.0)
    }
}
