//! Cells of the user's, checked as soon as they are written.

use std::sync::Arc;

use carousel_lang::Diagnostic;
use carousel_lang::ast::CellDefinition;
use carousel_net::network::{Cell, Layer, LayerKind, Network, Recurrent};
use carousel_net::parameters::parameters;
use carousel_net::shape::{DataShape, flows};

/// Whether a layer can be made of the cell.
///
/// # Errors
/// What is wrong with its equations, at their place.
pub(crate) fn check(definition: &Arc<CellDefinition>) -> Result<(), Diagnostic> {
    let recurrent = Recurrent {
        cell: Cell::User(Arc::clone(definition)),
        units: 1,
        stateful: false,
        bidirectional: false,
        dropout: 0.0,
        recurrent_dropout: 0.0,
        output: None,
        frozen: false,
    };
    let kind = LayerKind::Recurrent(recurrent);
    let network = Network { layers: vec![Layer { kind, span: definition.span }] };
    let data = DataShape {
        steps: None,
        features: 1,
        width: 1,
        every: false,
        ..DataShape::default()
    };
    parameters(&network, &flows(&network, data)?, false).map(|_| ())
}
