//! `show air`: rows, parts, steps and what they learned, and the first rows.

use std::sync::Arc;

use carousel_data::{Dataset, Fitted, Sequences, StepKind};
use carousel_lang::Diagnostic;
use carousel_lang::ast::{Command, Value};
use carousel_net::shape::DataShape;

use super::About;
use crate::output::{Table, figure};
use crate::state::Data;
use crate::work::{Outcome, Work};
use crate::{Output, need};

/// How many rows are shown.
const FIRST: usize = 5;

/// Numbers of so many characters are told in full.
const SHORT: usize = 7;

pub(in crate::statements) fn run(work: &mut Work<'_>, data: &Data) -> Outcome {
    let dataset = work.dataset(data)?;
    let parts = parts(data, &dataset);
    work.show(Output::Table(parts))?;
    work.show(Output::Table(first_rows(&dataset)))
}

/// The data of a model.
pub(super) fn of_model(
    work: &mut Work<'_>,
    about: &About<'_>,
    command: &Command,
) -> Outcome {
    match about.trained.and_then(|trained| trained.data.clone()) {
        Some(data) => run(work, &data),
        None => Err(Diagnostic::error(format!("`{}` has no data to show", about.name))
            .label(command.span, "it has not learned from any in this session")
            .with_hint(format!("show {}", need::some_data(&work.state)))
            .into()),
    }
}

/// The data that `it` means where data is shown.
pub(super) fn current(work: &Work<'_>, value: &Value) -> Option<Arc<Data>> {
    let is_it = need::single_word(value).is_some_and(|word| word.text == "it");
    if is_it { work.state.it_data.clone() } else { None }
}

fn parts(data: &Data, dataset: &Dataset) -> Table {
    let mut table =
        Table::new(data.text.clone(), &["part", ">rows", "from", "to", ">samples"]);
    let label = |row: usize| {
        dataset.table.labels.get(row).cloned().unwrap_or_else(|| (row + 1).to_string())
    };
    for (part, rows) in dataset.rows_of_parts() {
        let samples = match dataset.steps() {
            Some(0) => String::new(),
            _ => dataset.part(part).map_or(0, Sequences::len).to_string(),
        };
        let (from, to) = if rows.is_empty() {
            Default::default()
        } else {
            (label(rows.start), label(rows.end - 1))
        };
        let rows = rows.len().to_string();
        table.rows.push(vec![part.name().to_owned(), rows, from, to, samples]);
    }
    table.notes = notes(data, dataset);
    table
}

fn notes(data: &Data, dataset: &Dataset) -> Vec<String> {
    let preparation = &dataset.preparation;
    let inputs = preparation.inputs.join(", ");
    let mut notes = vec![format!(
        "{}; reads {inputs}, predicts {}",
        sample(dataset),
        preparation.target
    )];
    let mut fitted = preparation.steps.iter();
    for step in &data.recipe.steps {
        let next = match step.kind {
            StepKind::Log
            | StepKind::Difference { .. }
            | StepKind::Scale { .. }
            | StepKind::Standardize { .. } => fitted.next(),
            _ => continue,
        };
        if let Some(fitted) = next {
            notes.extend(step_notes(&step.kind, fitted, dataset));
        }
    }
    notes
}

/// `a sample: 3 steps of 1 value, and 1 target`
fn sample(dataset: &Dataset) -> String {
    let shape = need::shape_of(dataset);
    match shape.steps {
        Some(0) => "no samples yet: `window 12` or `stream 12` makes them".to_owned(),
        Some(_) => format!("a sample: {}", need::shape_text(shape)),
        None => {
            let lengths = dataset.parts().flat_map(|(_, part)| part.lengths.iter());
            let most = lengths.copied().max();
            let longest = need::shape_text(DataShape { steps: most, ..shape });
            format!("a sample: up to {longest}")
        }
    }
}

/// What a step has learned, one sentence for each column; nothing for `log` and
/// `difference`, which learn nothing.
fn step_notes(kind: &StepKind, fitted: &Fitted, dataset: &Dataset) -> Vec<String> {
    let (offsets, factors) = match fitted {
        Fitted::Log | Fitted::Difference { .. } => return Vec::new(),
        Fitted::Affine { offsets, factors, .. } => (offsets, factors),
    };
    let learned_from = |over_all: bool| match (over_all, dataset.borders.is_empty()) {
        (true, _) => "all rows, the test part too",
        (false, true) => "all rows",
        (false, false) => "the train part",
    };
    let preparation = &dataset.preparation;
    let mut names: Vec<&String> = preparation.inputs.iter().collect();
    if !names.contains(&&preparation.target) {
        names.push(&preparation.target);
    }
    let columns = names.into_iter().zip(offsets.iter().zip(factors));
    columns
        .filter_map(|(name, (offset, factor))| match kind {
            StepKind::Scale { low, high, over_all } => {
                let (least, most) = (offset + low / factor, offset + high / factor);
                Some(format!(
                    "scale {low}..{high}: {name} from {} to {}, learned from {}",
                    plain(least),
                    plain(most),
                    learned_from(*over_all)
                ))
            }
            StepKind::Standardize { over_all } => Some(format!(
                "standardize: {name} has the mean {} and the standard deviation {}, learned \
                 from {}",
                plain(*offset),
                plain(1.0 / factor),
                learned_from(*over_all)
            )),
            _ => None,
        })
        .collect()
}

/// A number as it stands in the data where that is short: `112`, not `112.0`.
fn plain(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    let text = rounded.to_string();
    if text.len() <= SHORT { text } else { figure(value) }
}

fn first_rows(dataset: &Dataset) -> Table {
    let table = &dataset.table;
    let shown = FIRST.min(table.rows());
    let mut columns = vec!["row".to_owned()];
    columns.extend(table.columns.iter().map(|column| format!(">{}", column.name)));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let title = format!("the first {shown} of {}", need::count(table.rows(), "row"));
    let mut first = Table::new(title, &columns);
    for row in 0..shown {
        let label =
            table.labels.get(row).cloned().unwrap_or_else(|| (row + 1).to_string());
        let cell = |value: f64| {
            if value.is_nan() { "missing".to_owned() } else { plain(value) }
        };
        let values = table.columns.iter().map(|column| cell(column.values[row]));
        first.rows.push(std::iter::once(label).chain(values).collect());
    }
    first
}
