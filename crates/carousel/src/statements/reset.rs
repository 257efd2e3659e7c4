//! `reset m`: empties the memory of a stateful model.

use std::sync::Arc;

use carousel_lang::Diagnostic;
use carousel_lang::ast::Command;

use crate::need;
use crate::state::{Named, Trained};
use crate::work::{Outcome, Work};

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    need::clauses(command, &[])?;
    let (name, trained) = need::trained(need::only(command)?, command, work)?;
    if !trained.described.network.is_stateful() {
        return Err(Diagnostic::error(format!("`{name}` has no memory to empty"))
            .label(command.span, "no layer of it is stateful")
            .note("without `stateful`, every sequence starts at zero")
            .into());
    }
    let mut fresh = Trained::clone(&trained);
    for fit in &mut fresh.fits {
        fit.memory = fresh.trainings[0].model.memory();
    }
    let fresh = Arc::new(fresh);
    let state = &mut work.state;
    for named in state.names.values_mut().chain(&mut state.it_model) {
        if matches!(named, Named::Trained(other) if Arc::ptr_eq(other, &trained)) {
            *named = Named::Trained(Arc::clone(&fresh));
        }
    }
    work.say(format!("the memory of `{name}` is empty"))
}
