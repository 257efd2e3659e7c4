//! What a statement makes, in a few words.

use carousel_data::{Dataset, Form};
use carousel_lang::ast::{BindingBody, Command, Statement, StatementKind, Value, Verb};

use crate::read::{self, Subject};
use crate::state::{Data, Described};
use crate::summarise::{self, Sized};
use crate::work::Work;
use crate::{need, summarise::sized_on};

/// What a statement makes: of a model what flows through it and its weights, of data the
/// samples of its parts. None where it makes neither, or something is wrong with it.
pub(crate) fn ghost(work: &mut Work<'_>, statement: &Statement) -> Option<String> {
    match &statement.kind {
        StatementKind::Value(value) => of_value(work, value),
        StatementKind::Binding(binding) => match &binding.body {
            BindingBody::Value(value) => of_value(work, value),
            BindingBody::Command(command) => of_command(work, command),
        },
        StatementKind::Command(command) => of_command(work, command),
        StatementKind::Cell(_) => None,
    }
}

fn of_value(work: &mut Work<'_>, value: &Value) -> Option<String> {
    match read::subject(value, &work.state).ok()? {
        Subject::Data(data) => of_data(work, &data),
        Subject::Networks(networks) => {
            let [described] = &networks[..] else {
                return Some(need::count(networks.len(), "model"));
            };
            let sized = summarise::size(work, &described.network).ok()?;
            of_model(described, &sized)
        }
        Subject::Trained { .. } | Subject::Baseline(_) => None,
    }
}

/// Of a training: the model, sized for its data.
fn of_command(work: &mut Work<'_>, command: &Command) -> Option<String> {
    let (Verb::Train, [value]) = (command.verb, &command.subjects[..]) else {
        return None;
    };
    let (data, _) = need::on_data(command, &work.state).ok()??;
    let dataset = work.dataset(&data).ok()?;
    let sized = sized_on(&dataset, &data.text);
    match read::subject(value, &work.state).ok()? {
        Subject::Networks(networks) => match &networks[..] {
            [described] => of_model(described, &sized),
            _ => Some(need::count(networks.len(), "model")),
        },
        Subject::Trained { model, .. } => of_model(&model.described, &sized),
        Subject::Data(_) | Subject::Baseline(_) => None,
    }
}

/// `3x1 -> 3x4 -> 4 -> 1, 245 weights`
fn of_model(described: &Described, sized: &Sized) -> Option<String> {
    let like = carousel_net::model::Like::Keras;
    let summary = summarise::sized_summary("it", described, sized, like).ok()?;
    let first = summary.layers.first()?.shapes.split(" -> ").next()?.to_owned();
    let after =
        summary.layers.iter().filter_map(|layer| layer.shapes.split(" -> ").nth(1));
    let flow: Vec<&str> = std::iter::once(first.as_str()).chain(after).collect();
    Some(format!("{}, {}", flow.join(" -> "), need::count(summary.weights, "weight")))
}

/// `93 train, 48 test windows of 3 steps`
fn of_data(work: &mut Work<'_>, data: &Data) -> Option<String> {
    let dataset = work.dataset(data).ok()?;
    let rows = dataset.preparation.form == Form::Rows;
    let parts = if rows { row_counts(&dataset) } else { sample_counts(&dataset) };
    let counts: Vec<String> =
        parts.iter().map(|(part, count)| format!("{count} {part}")).collect();
    let noun = match &dataset.preparation.form {
        Form::Rows => "rows".to_owned(),
        Form::Stream { .. } => format!("chunks of {}", steps(&dataset)),
        Form::Window { .. } => format!("windows of {}", steps(&dataset)),
        Form::Task => format!("sequences of {}", steps(&dataset)),
    };
    match &parts[..] {
        [(_, count)] => Some(format!("{count} {noun}")),
        _ => Some(format!("{} {noun}", counts.join(", "))),
    }
}

fn steps(dataset: &Dataset) -> String {
    match dataset.steps() {
        Some(steps) => need::count(steps, "step"),
        None => {
            let lengths = dataset.parts().flat_map(|(_, part)| part.lengths.iter());
            format!("up to {}", need::count(lengths.copied().max().unwrap_or(0), "step"))
        }
    }
}

fn sample_counts(dataset: &Dataset) -> Vec<(&'static str, usize)> {
    dataset.parts().map(|(part, samples)| (part.name(), samples.len())).collect()
}

fn row_counts(dataset: &Dataset) -> Vec<(&'static str, usize)> {
    let parts = dataset.rows_of_parts().into_iter();
    parts.map(|(part, rows)| (part.name(), rows.len())).collect()
}
