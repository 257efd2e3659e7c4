//! Fuses the projection of a recurrent layer with its loop.

use carousel_cell::Features;
use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::{Graph, NodeIndex};

use super::products::{Source, operation, replace};
use crate::graph::{is_plain, plain};
use crate::operations::{FusedLayer, FusedScan, Indexed, Operation};

/// Replaces a fused loop, whose projected input is a product, plus a bias, the sum of two
/// or none, by one [`FusedLayer`] where there is one and that is faster. Cells and shapes
/// alone decide. Rows that are looked up are as good as a product: [`super::MultiplyTables`]
/// has seen to it that there are more of them than the table has, all of which is packed.
/// An LSTM's loop without biases stays as it is.
#[derive(Debug)]
pub(crate) struct FuseLayers {
    /// How many threads may share a layer's work.
    pub(crate) threads: usize,
}

impl Compiler for FuseLayers {
    fn compile<T: ToIdsMut>(&self, graph: &mut Graph, _: T) {
        for node in graph.graph.node_indices().collect::<Vec<_>>() {
            let Some(Operation::FusedScan(scan)) = operation(graph, node) else {
                continue;
            };
            if let Some((layer, sources)) = find(graph, node, scan, self.threads) {
                replace(graph, node, Box::new(layer), &sources);
            }
        }
    }
}

fn find(
    graph: &Graph,
    node: NodeIndex,
    scan: &FusedScan,
    threads: usize,
) -> Option<(FusedLayer, Vec<Source>)> {
    let shape = &scan.shape;
    let rows = shape.steps * shape.size;
    let wide = shape.form.inputs.len() * shape.units;
    let mut read = graph.get_sources(node);
    let projected = read.remove(0);
    let (product, bias) = match terms(graph, &projected) {
        Some([product, bias]) => (product, Some(bias)),
        None => (projected, None),
    };
    let mut spread = plain(&[wide]);
    spread.expand(0, rows.into());
    if bias.is_some_and(|bias| bias.2 != spread) || !is_plain(&product.2) {
        return None;
    }
    let (inputs, sizes) = factors(&operation(graph, product.0)?)?;
    if sizes != [rows, wide] {
        return None;
    }
    let layer = FusedLayer::new(scan, inputs, bias.is_some(), threads)?;
    let factors = graph.get_sources(product.0);
    let [x, w] = factors.as_slice() else { return None };
    let x_view = match inputs {
        Features::Numbers(inputs) => plain(&[shape.steps, shape.size, inputs]),
        Features::Symbol(_) => plain(&[shape.steps, shape.size]),
    };
    let mut sources = vec![(x.0, x.1, x_view)];
    // What the body reads in each step comes last, after the mask and the states.
    let learned = read.split_off(usize::from(shape.masked) + shape.states());
    sources.extend(read);
    sources.push(*w);
    sources.extend(bias.map(|bias| (bias.0, bias.1, plain(&[wide]))));
    sources.extend(learned);
    Some((layer, sources))
}

/// What a projection reads, and its rows and columns.
fn factors(projection: &Operation<'_>) -> Option<(Features, [usize; 2])> {
    match projection {
        Operation::MatMul(matmul) if !matmul.transpose_a && !matmul.transpose_b => {
            Some((Features::Numbers(matmul.k), [matmul.m, matmul.n]))
        }
        Operation::Indexed(Indexed::Gather { rows, kinds, width }) => {
            Some((Features::Symbol(*kinds), [*rows, *width]))
        }
        _ => None,
    }
}

/// The two terms of a sum that is read as it lies.
fn terms(graph: &Graph, sum: &Source) -> Option<[Source; 2]> {
    let Operation::Add = operation(graph, sum.0)? else { return None };
    if !is_plain(&sum.2) {
        return None;
    }
    graph.get_sources(sum.0).try_into().ok()
}
