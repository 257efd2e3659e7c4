//! `runs`: every training of the session, numbered, with its line and its errors.

use carousel_data::Part;
use carousel_lang::ast::Command;

use crate::output::{Table, figure, median};
use crate::state::{Run, Trained};
use crate::work::{Halt, Outcome, Work};
use crate::{Output, evaluate};

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    super::takes_nothing(command).map_err(Halt::Errors)?;
    if work.state.runs.is_empty() {
        return work.say("nothing has been trained in this session");
    }
    let columns =
        [">", "name", ">train rmse", ">test rmse", ">epochs", ">loss", "unit", "line"];
    let mut table = Table::new("", &columns);
    let runs = work.state.runs.iter().enumerate();
    table.rows = runs.map(|(k, run)| row(k + 1, run)).collect();
    if work.state.runs.iter().any(|run| run.trained.trainings.len() > 1) {
        table.notes.push("with several seeds: errors and losses are medians".to_owned());
    }
    work.show(Output::Table(table))
}

fn row(number: usize, run: &Run) -> Vec<String> {
    let trained = &run.trained;
    let epochs =
        trained.trainings.iter().map(|t| t.history.train.len()).max().unwrap_or(0);
    let losses = trained.trainings.iter().filter_map(|t| t.history.train.last().copied());
    let loss = figure(median(losses.collect()));
    vec![
        number.to_string(),
        run.name.clone(),
        rmse(trained, Part::Train),
        rmse(trained, Part::Test),
        epochs.to_string(),
        loss,
        trained.unit().to_owned(),
        run.line.clone(),
    ]
}

/// The median over the seeds; empty where the data has no such part.
fn rmse(trained: &Trained, part: Part) -> String {
    let Some(dataset) = &trained.dataset else { return String::new() };
    let found = evaluate::part_errors(part, &trained.fits, dataset);
    found.errors.map_or(String::new(), |errors| figure(errors.rmse))
}
