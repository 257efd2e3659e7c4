//! Fuses products with rows of zeros and a single one into look-ups, and softmax with
//! or without its cross-entropy into one operation.

use std::f32::consts::{LN_2, LOG2_E};

use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::{Graph, NodeIndex};

use super::products::{Source, operation, replace};
use crate::graph::{dims, is_plain, plain};
use crate::operations::{Indexed, Operation};

/// Replaces the product of `Builder::one_hot` with a table, once it is a `MatMul`, and
/// the nodes of `Builder::softmax` and `Builder::cross_entropy` by an [`Indexed`] operation each.
#[derive(Debug)]
pub(crate) struct FuseIndexed;

impl Compiler for FuseIndexed {
    fn compile<T: ToIdsMut>(&self, graph: &mut Graph, _: T) {
        for node in graph.graph.node_indices().collect::<Vec<_>>() {
            let found = gather(graph, node)
                .or_else(|| cross_entropy(graph, node))
                .or_else(|| softmax(graph, node));
            if let Some((indexed, sources)) = found {
                replace(graph, node, Box::new(indexed), &sources);
            }
        }
    }
}

fn gather(graph: &Graph, node: NodeIndex) -> Option<(Indexed, Vec<Source>)> {
    let Operation::MatMul(matmul) = operation(graph, node)? else { return None };
    let width = matmul.n;
    let [left, table] = pair(graph, node)?;
    let (symbols, rows, kinds) = one_hot(graph, &left)?;
    let is_forward = !matmul.transpose_a && !matmul.transpose_b;
    is_forward.then(|| (Indexed::Gather { rows, kinds, width }, vec![symbols, table]))
}

/// log(sum exp(x)) - sum(onehot x), where x are the logits less the greatest of them.
fn cross_entropy(graph: &Graph, node: NodeIndex) -> Option<(Indexed, Vec<Source>)> {
    let Operation::Add = operation(graph, node)? else { return None };
    let [log, minus] = pair(graph, node)?;
    let log2 = scaled(graph, log.0, LN_2)?;
    let Operation::Log2 = operation(graph, log2.0)? else { return None };
    let (_, shifted) = sum_of_powers(graph, &log2)?;
    let picked = scaled(graph, minus.0, -1.0)?;
    let Operation::Sum(1) = operation(graph, picked.0)? else { return None };
    let product = *graph.get_sources(picked.0).first()?;
    let Operation::Mul = operation(graph, product.0)? else { return None };
    let [hot, same] = pair(graph, product.0)?;
    let (classes, rows, kinds) = one_hot(graph, &hot)?;
    let logits = unshifted(graph, shifted.0)?;
    let fits = same == shifted && dims(&logits.2) == [rows, kinds];
    fits.then(|| (Indexed::CrossEntropy { rows, kinds }, vec![logits, classes]))
}

/// exp(x) / sum exp(x), where x are the logits less the greatest of them.
fn softmax(graph: &Graph, node: NodeIndex) -> Option<(Indexed, Vec<Source>)> {
    let Operation::Mul = operation(graph, node)? else { return None };
    let [power, inverse] = pair(graph, node)?;
    let Operation::Recip = operation(graph, inverse.0)? else { return None };
    let (same, shifted) = sum_of_powers(graph, &inverse)?;
    let logits = unshifted(graph, shifted.0)?;
    let [rows, kinds] = dims(&logits.2)[..] else { return None };
    let fits = same == power && is_plain(&logits.2);
    fits.then(|| (Indexed::Softmax { rows, kinds }, vec![logits]))
}

/// exp(x) and x, where a node reads sum exp(x).
fn sum_of_powers(graph: &Graph, reader: &Source) -> Option<(Source, Source)> {
    let sum = *graph.get_sources(reader.0).first()?;
    let Operation::Sum(1) = operation(graph, sum.0)? else { return None };
    let power = *graph.get_sources(sum.0).first()?;
    let Operation::Exp2 = operation(graph, power.0)? else { return None };
    let exponent = *graph.get_sources(power.0).first()?;
    Some((power, scaled(graph, exponent.0, LOG2_E)?))
}

/// x, where a node is x less the greatest of its row.
fn unshifted(graph: &Graph, node: NodeIndex) -> Option<Source> {
    let Operation::Add = operation(graph, node)? else { return None };
    let [x, minus] = pair(graph, node)?;
    let top = scaled(graph, minus.0, -1.0)?;
    let Operation::Max(1) = operation(graph, top.0)? else { return None };
    (graph.get_sources(top.0).first() == Some(&x)).then_some(x)
}

/// x, where a node is x times this constant.
fn scaled(graph: &Graph, node: NodeIndex, factor: f32) -> Option<Source> {
    let Operation::Mul = operation(graph, node)? else { return None };
    let [x, constant] = pair(graph, node)?;
    is_constant(graph, &constant, factor).then_some(x)
}

/// The symbols `[rows]`, the rows and the kinds, where this is `Builder::one_hot`.
fn one_hot(graph: &Graph, hot: &Source) -> Option<(Source, usize, usize)> {
    let [rows, kinds] = dims(&hot.2)[..] else { return None };
    let Operation::Mul = operation(graph, hot.0)? else { return None };
    let [above, below] = pair(graph, hot.0)?;
    let [low, symbols] = compared(graph, &above)?;
    let [same, high] = compared(graph, &below)?;
    let mut spread_symbols = plain(&[rows]);
    spread_symbols.expand(1, kinds.into());
    let mut spread_numbers = plain(&[kinds]);
    spread_numbers.expand(0, rows.into());
    let fits = hot.2 == plain(&[rows, kinds])
        && same == symbols
        && symbols.2 == spread_symbols
        && [low.2, high.2] == [spread_numbers; 2]
        && is_numbers_and(graph, &low, -0.5)
        && is_numbers_and(graph, &high, 0.5);
    fits.then_some(((symbols.0, symbols.1, plain(&[rows])), rows, kinds))
}

fn compared(graph: &Graph, source: &Source) -> Option<[Source; 2]> {
    let Operation::LessThan = operation(graph, source.0)? else { return None };
    pair(graph, source.0)
}

/// Whether this is 0, 1, 2, ... with a constant added.
fn is_numbers_and(graph: &Graph, source: &Source, term: f32) -> bool {
    let is_sum = matches!(operation(graph, source.0), Some(Operation::Add));
    is_sum
        && pair(graph, source.0).is_some_and(|[numbers, constant]| {
            matches!(operation(graph, numbers.0), Some(Operation::Numbers(_)))
                && is_constant(graph, &constant, term)
        })
}

fn is_constant(graph: &Graph, source: &Source, value: f32) -> bool {
    matches!(operation(graph, source.0), Some(Operation::Constant(found)) if found == value)
}

fn pair(graph: &Graph, node: NodeIndex) -> Option<[Source; 2]> {
    graph.get_sources(node).try_into().ok()
}
