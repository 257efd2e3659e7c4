//! The gradient table: one row for each operation.

use std::f32::consts::LN_2;

use carousel_cell::Features;
use luminal::graph::NodeIndex;

use super::{Undifferentiable, Walk, indexed};
use crate::graph::{Tensor, physical_len, plain};
use crate::operations::{
    FusedLayer, FusedLayerGrad, FusedScan, FusedScanGrad, Indexed, MatMul, Operation,
    ScanGrad, ScanShape,
};

/// Adds the gradients of a node's inputs, given those of its outputs.
pub(super) fn apply(
    walk: &mut Walk<'_>,
    node: NodeIndex,
) -> Result<(), Undifferentiable> {
    let inputs: Vec<Tensor> = (walk.builder.graph.get_sources(node).into_iter())
        .map(|(id, output, view)| Tensor { id, output, view })
        .collect();
    let operator = walk.builder.graph.graph.node_weight(node).expect("the node is there");
    let name = format!("{operator:?}");
    let known = Operation::of(operator.as_ref());
    let row = match known {
        Some(Operation::Input | Operation::Constant(_) | Operation::Numbers(_)) => {
            Row::Nothing
        }
        // A step function: flat wherever it has a derivative.
        Some(Operation::LessThan) => Row::Nothing,
        Some(Operation::Add) => Row::Add,
        Some(Operation::Mul) => Row::Mul,
        Some(Operation::Exp2) => Row::Exp2,
        Some(Operation::Log2) => Row::Log2,
        Some(Operation::Recip) => Row::Recip,
        Some(Operation::Sqrt) => Row::Sqrt,
        Some(Operation::Contiguous) => Row::Contiguous,
        Some(Operation::Sum(axis)) => Row::Sum(axis),
        Some(Operation::Max(axis)) => Row::Max(axis),
        Some(Operation::MatMul(matmul)) => Row::MatMul(*matmul),
        Some(Operation::Indexed(indexed)) => Row::Indexed(*indexed),
        Some(Operation::Scan(scan)) => Row::Scan(scan.shape.clone()),
        Some(Operation::FusedScan(scan)) => Row::FusedScan(scan.clone()),
        Some(Operation::FusedLayer(layer)) => Row::FusedLayer(layer.clone()),
        // Second derivatives are never taken.
        Some(
            Operation::Scatter(_)
            | Operation::ScanGrad(_)
            | Operation::FusedScanGrad(_)
            | Operation::FusedLayerGrad(_),
        )
        | None => return Err(Undifferentiable(name)),
    };
    row.apply(walk, node, &inputs)
}

/// A row of the table, free of the graph it was read from.
enum Row {
    Nothing,
    Add,
    Mul,
    Exp2,
    Log2,
    Recip,
    Sqrt,
    Contiguous,
    Sum(usize),
    Max(usize),
    MatMul(MatMul),
    Indexed(Indexed),
    Scan(ScanShape),
    FusedScan(FusedScan),
    FusedLayer(FusedLayer),
}

impl Row {
    fn apply(
        self,
        walk: &mut Walk<'_>,
        node: NodeIndex,
        inputs: &[Tensor],
    ) -> Result<(), Undifferentiable> {
        match self {
            Row::Nothing => {}
            Row::Scan(shape) => return scan(walk, node, inputs, shape),
            Row::Indexed(forward) => return indexed::apply(walk, node, inputs, forward),
            Row::FusedScan(forward) => fused_scan(walk, node, inputs, forward),
            Row::FusedLayer(forward) => fused_layer(walk, node, inputs, forward),
            single => {
                if let Some(gradient) = walk.output_gradient(node, 0) {
                    single.single(walk, node, inputs, gradient);
                }
            }
        }
        Ok(())
    }

    /// The rows with one output, whose flat gradient is `g`.
    fn single(self, walk: &mut Walk<'_>, node: NodeIndex, inputs: &[Tensor], g: Tensor) {
        let input = &inputs[0];
        match self {
            Row::Nothing
            | Row::Indexed(_)
            | Row::Scan(_)
            | Row::FusedScan(_)
            | Row::FusedLayer(_) => {}
            Row::Add => {
                let g = Tensor { view: plain(&input.dims()), ..g };
                inputs.iter().for_each(|input| walk.accumulate_view(input, g));
            }
            Row::Mul => mul(walk, inputs, g),
            Row::Contiguous => walk.accumulate_view(input, g),
            Row::Exp2 => {
                let y = buffer(node, input);
                unary(walk, input, g, |b| b.scale(y, LN_2));
            }
            Row::Log2 => {
                let x = Tensor { view: plain(&[physical_len(&input.view)]), ..*input };
                unary(walk, input, g, |b| {
                    let inverse = b.recip(x);
                    b.scale(inverse, 1.0 / LN_2)
                });
            }
            Row::Recip => {
                let y = buffer(node, input);
                unary(walk, input, g, |b| {
                    let square = b.mul(y, y);
                    b.scale(square, -1.0)
                });
            }
            Row::Sqrt => {
                let y = buffer(node, input);
                unary(walk, input, g, |b| {
                    let inverse = b.recip(y);
                    b.scale(inverse, 0.5)
                });
            }
            Row::Sum(axis) => {
                let spread = spread(walk, input, g, axis);
                walk.accumulate_view(input, spread);
            }
            Row::Max(axis) => max(walk, node, input, g, axis),
            Row::MatMul(forward) => matmul(walk, inputs, g, forward),
        }
    }
}

/// A unary operation's output over its whole buffer, flat.
fn buffer(node: NodeIndex, input: &Tensor) -> Tensor {
    Tensor::plain(node, 0, &[physical_len(&input.view)])
}

/// g times the derivative; unary operations work on whole buffers, so no view is in
/// the way.
fn unary(
    walk: &mut Walk<'_>,
    input: &Tensor,
    g: Tensor,
    derivative: impl FnOnce(&mut crate::graph::Builder) -> Tensor,
) {
    if walk.needs(input) {
        let derivative = derivative(walk.builder);
        let product = walk.builder.mul(g, derivative);
        walk.accumulate(input, product);
    }
}

/// d(a b) = g b, g a
fn mul(walk: &mut Walk<'_>, inputs: &[Tensor], g: Tensor) {
    let g = Tensor { view: plain(&inputs[0].dims()), ..g };
    for (this, other) in [(0, 1), (1, 0)] {
        if walk.needs(&inputs[this]) {
            let product = walk.builder.mul(g, inputs[other]);
            walk.accumulate_view(&inputs[this], product);
        }
    }
}

/// g repeated along the axis that was reduced.
fn spread(walk: &mut Walk<'_>, input: &Tensor, g: Tensor, axis: usize) -> Tensor {
    let dims = input.dims();
    let mut reduced = dims.clone();
    reduced.remove(axis);
    let g = Tensor { view: plain(&reduced), ..g };
    walk.builder.expand(g, axis, dims[axis])
}

/// Every element that equals the maximum gets the gradient, ties alike.
fn max(walk: &mut Walk<'_>, node: NodeIndex, input: &Tensor, g: Tensor, axis: usize) {
    if !walk.needs(input) {
        return;
    }
    let dims = input.dims();
    let mut reduced = dims.clone();
    reduced.remove(axis);
    let top = Tensor::plain(node, 0, &reduced);
    let top = walk.builder.expand(top, axis, dims[axis]);
    let below = walk.builder.less_than(*input, top);
    let minus = walk.builder.scale(below, -1.0);
    let winner = walk.builder.shift(minus, 1.0);
    let spread = spread(walk, input, g, axis);
    let product = walk.builder.mul(winner, spread);
    walk.accumulate_view(input, product);
}

/// d(a b) = g b', a' g
fn matmul(walk: &mut Walk<'_>, inputs: &[Tensor], g: Tensor, forward: MatMul) {
    debug_assert!(
        !forward.transpose_a && !forward.transpose_b,
        "forward products are never transposed"
    );
    let MatMul { m, k, n, .. } = forward;
    let g = g.with_dims(&[m, n]);
    if walk.needs(&inputs[0]) {
        let op = MatMul { transpose_b: true, ..MatMul::new(m, n, k) };
        let id = walk.builder.node(op, &[g, inputs[1]]);
        walk.accumulate_view(&inputs[0], Tensor::plain(id, 0, &[m, k]));
    }
    if walk.needs(&inputs[1]) {
        let op = MatMul { transpose_a: true, ..MatMul::new(k, m, n) };
        let id = walk.builder.node(op, &[inputs[0], g]);
        walk.accumulate_view(&inputs[1], Tensor::plain(id, 0, &[k, n]));
    }
}

/// The gradients that arrive at a loop's output and last states.
fn arrived(walk: &Walk<'_>, node: NodeIndex, shape: &ScanShape) -> Vec<Option<Tensor>> {
    (0..=shape.states()).map(|output| walk.output_gradient(node, output)).collect()
}

fn scan(
    walk: &mut Walk<'_>,
    node: NodeIndex,
    inputs: &[Tensor],
    shape: ScanShape,
) -> Result<(), Undifferentiable> {
    let arrived = arrived(walk, node, &shape);
    let states = shape.states();
    let first = 1 + usize::from(shape.masked);
    let lens = shape.output_lens();
    let mut read = inputs[..first].to_vec();
    read.extend(&inputs[first + states..]);
    read.extend((1 + states..1 + 2 * states).map(|output| {
        Tensor::plain(node, u8::try_from(output).expect("few outputs"), &[lens[output]])
    }));
    read.extend(arrived.iter().flatten());
    let given = arrived.iter().map(Option::is_some).collect();
    let gradient = ScanGrad::new(shape, given)?;
    let lens = gradient.output_lens();
    let id = walk.builder.node(gradient, &read);
    hand_back(walk, inputs, first, id, &lens);
    Ok(())
}

fn fused_scan(
    walk: &mut Walk<'_>,
    node: NodeIndex,
    inputs: &[Tensor],
    forward: FusedScan,
) {
    let arrived = arrived(walk, node, &forward.shape);
    let states = forward.shape.states();
    let first = 1 + usize::from(forward.shape.masked);
    let tape = u8::try_from(1 + states).expect("few outputs");
    let mut read = inputs[..first].to_vec();
    read.extend(&inputs[first + states..]);
    read.push(Tensor::plain(node, tape, &[1]));
    read.extend(arrived.iter().flatten());
    let given = arrived.iter().map(Option::is_some).collect();
    let gradient = FusedScanGrad { forward, given };
    let lens = gradient.output_lens();
    let id = walk.builder.node(gradient, &read);
    hand_back(walk, inputs, first, id, &lens);
}

fn fused_layer(
    walk: &mut Walk<'_>,
    node: NodeIndex,
    inputs: &[Tensor],
    forward: FusedLayer,
) {
    let arrived = arrived(walk, node, &forward.shape);
    let first = forward.first();
    let tape = u8::try_from(1 + forward.shape.states()).expect("few outputs");
    let mut read = inputs.to_vec();
    read.push(Tensor::plain(node, tape, &[1]));
    read.extend(arrived.iter().flatten());
    let given = arrived.iter().map(Option::is_some).collect();
    let symbols = matches!(forward.inputs, Features::Symbol(_));
    let of_inputs = !symbols && walk.needs(&inputs[0]);
    let gradient = FusedLayerGrad { forward, given, of_inputs };
    let lens = gradient.output_lens();
    let id = walk.builder.node(gradient, &read);
    hand_back(walk, inputs, first, id, &lens);
}

/// A loop's gradient node has one output for each input but the mask.
fn hand_back(
    walk: &mut Walk<'_>,
    inputs: &[Tensor],
    first: usize,
    gradient: NodeIndex,
    lens: &[usize],
) {
    let differentiable = inputs[..1].iter().chain(&inputs[first..]);
    for (output, (input, len)) in differentiable.zip(lens).enumerate() {
        // Symbols have none.
        if *len == 0 && input.len() > 0 {
            continue;
        }
        let output = u8::try_from(output).expect("few outputs");
        walk.accumulate_view(
            input,
            Tensor::plain(gradient, output, &[*len]).viewed(input),
        );
    }
}

impl Tensor {
    /// A flat gradient in the dimensions of what it belongs to.
    fn viewed(self, like: &Tensor) -> Tensor {
        self.with_dims(&like.dims())
    }
}
