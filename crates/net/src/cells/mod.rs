//! Recurrent cells: from equations to what a graph needs of them.
//!
//! The built-in cells are written in the language, as a user would write them; there is
//! no layer that exists only as a hand-written kernel.

mod analyse;
mod bias;
mod body;
mod builtin;
mod form;
mod known;

use std::sync::OnceLock;

use carousel_lang::Diagnostic;
use carousel_lang::ast::CellDefinition;

pub(crate) use analyse::factors;
pub(crate) use body::{Body, body, invariant_dims};
pub(crate) use form::{CellForm, Equation, Group, InputBlock, Term};
pub(crate) use known::ByForm;

use crate::network::Cell;

/// The equations of a cell, sorted into products with the input, products with states,
/// vectors, and what is left for the body of the loop.
///
/// # Errors
/// What is wrong with a user's equations.
pub(crate) fn form(cell: &Cell, two_biases: bool) -> Result<CellForm, Diagnostic> {
    // The built-in ones are read once.
    static LSTM: [OnceLock<CellForm>; 2] = [const { OnceLock::new() }; 2];
    static RNN: [OnceLock<CellForm>; 2] = [const { OnceLock::new() }; 2];
    static GRU: OnceLock<CellForm> = OnceLock::new();
    let two = usize::from(two_biases);
    let read = |kept: &OnceLock<CellForm>, text: fn(bool) -> String| {
        Ok(kept.get_or_init(|| builtin::form(text(two_biases))).clone())
    };
    match cell {
        Cell::Lstm => read(&LSTM[two], builtin::lstm),
        Cell::Gru => read(&GRU, |_| builtin::GRU.to_owned()),
        Cell::Rnn => read(&RNN[two], builtin::rnn),
        Cell::User(definition) => analyse::analyse(definition),
    }
}

/// The equations of a cell as they are written.
pub(crate) fn equations(cell: &Cell, two_biases: bool) -> CellDefinition {
    match cell {
        Cell::Lstm => builtin::definition(builtin::lstm(two_biases)),
        Cell::Gru => builtin::definition(builtin::GRU.to_owned()),
        Cell::Rnn => builtin::definition(builtin::rnn(two_biases)),
        Cell::User(definition) => CellDefinition::clone(definition),
    }
}
