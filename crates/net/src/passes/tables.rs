//! Multiplies a table once instead of the rows that are looked up in it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::{Graph, NodeIndex};
use luminal::prelude::petgraph::Direction;

use super::products::{Source, operation, replace};
use crate::graph::plain;
use crate::operations::{Indexed, MatMul, Operation};

/// Where rows of a table are looked up and then multiplied with a matrix, and nothing
/// else reads them, the product changes place with the look-up: an embedding before a
/// recurrent layer or a dense one, without dropout between them, and not before two
/// directions. What was a product for each row is one for each row of the table, on the
/// way back too. That is less work where there are at least two look-ups for each row.
///
/// Sums have another order then, and the number of look-ups decides: a sequence of another
/// length may differ in its last digits.
#[derive(Debug)]
pub(crate) struct MultiplyTables<'a> {
    /// The layer of each node: the product stays that of its own.
    pub(crate) places: RefCell<&'a mut BTreeMap<NodeIndex, String>>,
}

impl Compiler for MultiplyTables<'_> {
    fn compile<T: ToIdsMut>(&self, graph: &mut Graph, _: T) {
        for product in graph.graph.node_indices().collect::<Vec<_>>() {
            let Some(Found { lookup, rows, kinds, width, matmul, sources }) =
                find(graph, product)
            else {
                continue;
            };
            let [symbols, table, matrix] = sources;
            let of_table = MatMul { m: kinds, ..matmul };
            replace(graph, lookup, Box::new(of_table), &[table, matrix]);
            let of_rows = Indexed::Gather { rows, kinds, width };
            let table = (lookup, 0, plain(&[kinds, width]));
            replace(graph, product, Box::new(of_rows), &[symbols, table]);
            let mut places = self.places.borrow_mut();
            let (own, other) = (places.remove(&product), places.remove(&lookup));
            places.extend(own.map(|place| (lookup, place)));
            places.extend(other.map(|place| (product, place)));
        }
    }
}

/// Whether multiplying a table of so many rows is less work than multiplying so many rows
/// that are looked up in it.
pub(crate) fn pays(kinds: usize, rows: usize) -> bool {
    2 * kinds <= rows
}

/// A product of rows that are looked up.
struct Found {
    lookup: NodeIndex,
    rows: usize,
    kinds: usize,
    /// Columns of the product.
    width: usize,
    matmul: MatMul,
    /// Symbols, table, and matrix.
    sources: [Source; 3],
}

fn find(graph: &Graph, product: NodeIndex) -> Option<Found> {
    let Operation::MatMul(matmul) = operation(graph, product)? else { return None };
    let [left, matrix] = graph.get_sources(product).try_into().ok()?;
    let lookup = left.0;
    let Operation::Indexed(Indexed::Gather { rows, kinds, width }) =
        operation(graph, lookup)?
    else {
        return None;
    };
    let (rows, kinds) = (*rows, *kinds);
    let readers = graph.graph.edges_directed(lookup, Direction::Outgoing).count();
    let is_read_here = readers == 1
        && !graph.to_retrieve.contains(&lookup)
        && left.2 == plain(&[rows, *width])
        && matmul.m == rows
        && !matmul.transpose_a
        && !matmul.transpose_b;
    if !is_read_here || !pays(kinds, rows) {
        return None;
    }
    let [symbols, table] = graph.get_sources(lookup).try_into().ok()?;
    let (matmul, width) = (*matmul, matmul.n);
    let sources = [symbols, table, matrix];
    Some(Found { lookup, rows, kinds, width, matmul, sources })
}
