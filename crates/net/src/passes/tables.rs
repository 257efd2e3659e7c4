//! Multiplies a table once instead of the rows that are looked up in it.

use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::{Graph, NodeIndex};
use luminal::prelude::petgraph::Direction;

use super::products::{Source, operation, replace};
use crate::graph::plain;
use crate::operations::{Indexed, MatMul, Operation};

/// Where rows of a table are looked up and then multiplied with a matrix, and nothing
/// else reads them, the product changes place with the look-up: an embedding before a
/// recurrent layer or a dense one. What was a product for each row is one for each row
/// of the table, on the way back too. It takes as many rows as the table has twice, for
/// that to be less work.
#[derive(Debug)]
pub(crate) struct MultiplyTables;

impl Compiler for MultiplyTables {
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
        }
    }
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
    if !is_read_here || 2 * kinds > rows {
        return None;
    }
    let [symbols, table] = graph.get_sources(lookup).try_into().ok()?;
    let (matmul, width) = (*matmul, matmul.n);
    let sources = [symbols, table, matrix];
    Some(Found { lookup, rows, kinds, width, matmul, sources })
}
