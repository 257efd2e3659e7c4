//! `continue m epochs 50`: training goes on from the present weights, with the digits
//! that an uninterrupted training would have.

use carousel_lang::Diagnostic;
use carousel_lang::ast::{Command, Preposition};

use super::trained::{keep, train_on};
use crate::need;
use crate::read::{self, DEFAULT_EPOCHS};
use crate::work::{Outcome, Work};

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    let words = read::training(command)?;
    let (name, model) = need::trained(need::only(command)?, command, work)?;
    if let Some(clause) = command.clause(Preposition::On) {
        return Err(Diagnostic::error(
            "`continue` goes on with the data of the training",
        )
        .label(clause.preposition_span, "not needed")
        .with_hint(format!("continue {name} epochs 50"))
        .into());
    }
    let Some(dataset) = &model.dataset else {
        return Err(Diagnostic::error(format!(
            "`{name}` came from a file, and its data did not"
        ))
        .label(command.span, "nothing to go on with")
        .with_hint(format!("train {name} on air"))
        .into());
    };
    let mut model = (*model).clone();
    for training in &mut model.trainings {
        let options = &mut training.options;
        options.patience = words.patience.or(options.patience);
        options.keep_best |= words.keep_best;
        options.until = words.until.or(options.until);
        options.time = words.time.or(options.time);
    }
    if dataset.validation.is_none() && (words.patience.is_some() || words.keep_best) {
        return Err(Diagnostic::error("stopping early needs a validation part")
            .code("E10")
            .label(command.span, "stopping early on the test part would leak it")
            .with_hint("split 60% 20% 20%")
            .into());
    }
    let epochs = words.epochs.unwrap_or(DEFAULT_EPOCHS);
    let learned = train_on(work, &model, &name, epochs, command)?;
    let named = (name != "it").then_some(name.as_str());
    keep(work, command, named, &name, learned)
}
