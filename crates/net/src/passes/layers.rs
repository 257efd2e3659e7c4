//! Fuses an LSTM's projection with its loop.

use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::{Graph, NodeIndex};

use super::products::{Source, operation, replace};
use crate::graph::{is_plain, plain};
use crate::operations::{FusedCell, FusedLayer, FusedScan, Operation};

/// Replaces an LSTM's fused loop, whose projected input is a product plus a bias, or the
/// sum of two, by one [`FusedLayer`]. A loop whose input is looked up in a table, and one
/// without biases, stays as it is.
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
    let FusedCell::Lstm(gates) = scan.cell else { return None };
    let (rows, wide) = (scan.shape.steps * scan.shape.size, 4 * scan.shape.units);
    let mut read = graph.get_sources(node);
    let projected = read.remove(0);
    let [product, bias] = terms(graph, &projected)?;
    let mut spread = plain(&[wide]);
    spread.expand(0, rows.into());
    if bias.2 != spread || !is_plain(&product.2) {
        return None;
    }
    let Operation::MatMul(matmul) = operation(graph, product.0)? else { return None };
    let fits = (matmul.m, matmul.n) == (rows, wide);
    if !fits || matmul.transpose_a || matmul.transpose_b {
        return None;
    }
    let inputs = matmul.k;
    let factors = graph.get_sources(product.0);
    let [x, w] = factors.as_slice() else { return None };
    // The recurrent matrix comes last, after the mask and the states.
    let u = read.pop()?;
    let x_view = plain(&[scan.shape.steps, scan.shape.size, inputs]);
    let mut sources = vec![(x.0, x.1, x_view)];
    sources.extend(read);
    sources.extend([*w, (bias.0, bias.1, plain(&[wide])), u]);
    let shape = scan.shape.clone();
    Some((FusedLayer { shape, inputs, gates, threads, piece: None }, sources))
}

/// The two terms of a sum that is read as it lies.
fn terms(graph: &Graph, sum: &Source) -> Option<[Source; 2]> {
    let Operation::Add = operation(graph, sum.0)? else { return None };
    if !is_plain(&sum.2) {
        return None;
    }
    graph.get_sources(sum.0).try_into().ok()
}
