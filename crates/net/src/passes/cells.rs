//! Fuses the loop of a recurrent layer into one kernel.

use luminal::compiler_utils::{Compiler, ToIdsMut};
use luminal::graph::Graph;

use super::{FuseProducts, MergeConstants, lstm, program};
use crate::cells::{self, ByForm, CellForm, body};
use crate::network::Cell;
use crate::operations::{FusedCell, FusedScan, Operation};

/// Reads the body of every unfused loop. A body that is the LSTM's becomes the
/// hand-written gate loop, any other the register program that it is lowered to; a body
/// that cannot be lowered stays as it is.
#[derive(Debug)]
pub(crate) struct FuseCells;

impl Compiler for FuseCells {
    fn compile<T: ToIdsMut>(&self, graph: &mut Graph, _: T) {
        for node in graph.graph.node_indices().collect::<Vec<_>>() {
            let operator = graph.graph.node_weight_mut(node).expect("the node is there");
            let Some(Operation::Scan(scan)) = Operation::of(operator.as_ref()) else {
                continue;
            };
            if let Some(cell) = fuse(&scan.shape.form) {
                let shape = scan.shape.clone();
                *operator = Box::new(FusedScan { shape, cell, piece: None });
            }
        }
    }
}

/// Which column blocks of a cell's matrices hold the gates i, f, g and o, if its
/// equations are the LSTM's, whatever their names and order.
pub(crate) fn lstm_blocks(cell: &Cell) -> Option<[usize; 4]> {
    let form = cells::form(cell, false).ok()?;
    match fuse(&form)? {
        FusedCell::Lstm(gates) => Some(gates),
        FusedCell::Program(_) => None,
    }
}

/// The kernel of a cell; it is the same for all sizes.
fn fuse(form: &CellForm) -> Option<FusedCell> {
    static FUSED: ByForm<Option<FusedCell>> = ByForm::new();
    FUSED.get(form, || read(form))
}

fn read(form: &CellForm) -> Option<FusedCell> {
    // Sizes that no axis shares with another.
    let mut body = body(form, 2, 3);
    body.builder.graph.compile(FuseProducts, ());
    body.builder.graph.compile(MergeConstants, ());
    let program = program::lower(&body, form)?;
    Some(match lstm::gates(&program) {
        Some(gates) => FusedCell::Lstm(gates),
        None => FusedCell::Program(program),
    })
}
