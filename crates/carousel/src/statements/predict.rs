//! `predict m on [417 391 419]`, `predict m on air`: what comes after some values.

use carousel_data::{Fitted, Form, Preparation, Sequences, Table, labels_after};
use carousel_lang::ast::{Arg, ArgKind, Command, Operand, PartKind, Preposition, Value};
use carousel_lang::{Diagnostic, Span};
use carousel_net::network::LayerKind;

use crate::state::Trained;
use crate::work::{Halt, Outcome, Work};
use crate::{Output, Values, need, read};

/// The values to go on from.
struct Question {
    /// One for each input column, in original units.
    columns: Vec<Vec<f64>>,
    /// The target so far; empty where it is not known.
    history: Vec<f64>,
    /// How many of the last steps are read; all of them where `None`.
    last: Option<usize>,
    /// The labels of their rows; empty where they have none.
    labels: Vec<String>,
    span: Span,
}

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    need::clauses(command, &[Preposition::On])?;
    let (name, model) = need::trained(need::only(command)?, command, work)?;
    let question = match command.clause(Preposition::On).map(|clause| &clause.operand) {
        Some(Operand::Value(value)) => match &value.first.kind {
            PartKind::List(args) if value.rest.is_empty() => {
                from_list(&name, &model, args, value.span)?
            }
            _ => from_data(work, &model, value)?,
        },
        Some(Operand::Number(..) | Operand::String(..)) | None => {
            return Err(nothing_to_go_on(&name, &model, command.span).into());
        }
    };
    let values = answer(work, &name, &model, &question)?;
    let Some(values) = values else { return Ok(()) };
    work.show(Output::Values(Values {
        model: name,
        kind: "prediction",
        unit: model.unit().to_owned(),
        labels: next_labels(&question.labels, values.len()),
        values,
        band: None,
    }))
}

/// The values that come next; `None` where nothing is to be computed.
fn answer(
    work: &Work<'_>,
    name: &str,
    trained: &Trained,
    question: &Question,
) -> Result<Option<Vec<f64>>, Halt> {
    let preparation = &trained.preparation;
    let inputs = preparation
        .inputs(&question.columns, question.last)
        .map_err(|error| error.or_label(question.span, "does not fit the model"))?;
    let model = trained.model();
    if let (Some(steps), true) = (model.data.steps, has_flat(trained))
        && inputs.lengths != [steps]
    {
        let found = inputs.lengths.first().copied().unwrap_or(0);
        let error = Diagnostic::error(format!(
            "`flat` makes one row of {}, and these are {found}",
            need::count(steps, "step")
        ))
        .label(question.span, need::count(found, "step"));
        return Err(with_line(error, name, trained).into());
    }
    if question.history.is_empty() && differences(preparation) {
        return Err(Diagnostic::error(format!(
            "differences of `{}` can be added up only where its last value is known",
            preparation.target
        ))
        .label(question.span, format!("has no `{}`", preparation.target))
        .into());
    }
    if work.dry {
        return Ok(None);
    }
    let settings = work.state.settings.graph();
    let inputs = Sequences { width: model.data.width, ..inputs };
    let outputs = model
        .predict(&blank_targets(inputs), &mut model.memory(), settings, None)
        .map_err(|_| Halt::Quit)?;
    let last = &outputs[outputs.len().saturating_sub(model.data.width)..];
    Ok(Some(preparation.restore(&question.history, last)))
}

fn has_flat(trained: &Trained) -> bool {
    let layers = &trained.described.network.layers;
    layers.iter().any(|layer| matches!(layer.kind, LayerKind::Flat))
}

fn differences(preparation: &Preparation) -> bool {
    preparation.steps.iter().any(|step| matches!(step, Fitted::Difference { .. }))
}

/// Values that are typed: one column, or a list for each row.
fn from_list(
    name: &str,
    trained: &Trained,
    args: &[Arg],
    span: Span,
) -> Result<Question, Diagnostic> {
    let preparation = &trained.preparation;
    let rows = rows(args)?;
    let width = preparation.inputs.len();
    if let Some((row, _)) = rows.iter().find(|(row, _)| row.len() != width) {
        let found = need::count(row.len(), "value");
        let error = Diagnostic::error(format!(
            "a row of `{name}` has {}: {}",
            need::count(width, "value"),
            preparation.inputs.join(", ")
        ))
        .label(span, format!("has rows of {found}"));
        return Err(with_line(error, name, trained));
    }
    let needed = preparation.values_needed();
    if rows.len() < needed {
        let noun = if width == 1 { "value" } else { "row" };
        let error = Diagnostic::error(format!(
            "`{name}` needs {} to predict what comes next",
            need::count(needed, noun)
        ))
        .label(span, format!("has {}", need::count(rows.len(), noun)));
        return Err(with_line(error, name, trained));
    }
    let columns: Vec<Vec<f64>> =
        (0..width).map(|k| rows.iter().map(|(row, _)| row[k]).collect()).collect();
    let target = preparation.inputs.iter().position(|input| *input == preparation.target);
    let history = target.map_or(Vec::new(), |target| columns[target].clone());
    Ok(Question { columns, history, last: None, labels: Vec::new(), span })
}

/// One row for each entry of a list.
fn rows(args: &[Arg]) -> Result<Vec<(Vec<f64>, Span)>, Diagnostic> {
    let number = |arg: &Arg| match arg.kind {
        ArgKind::Number(number) if number.is_finite() => Ok(number),
        _ => Err(Diagnostic::error("`predict` goes on from numbers")
            .label(arg.span, "not a number")),
    };
    let row = |arg: &Arg| match &arg.kind {
        ArgKind::List(items) => {
            Ok((items.iter().map(number).collect::<Result<_, _>>()?, arg.span))
        }
        _ => Ok((vec![number(arg)?], arg.span)),
    };
    args.iter().map(row).collect()
}

/// Values of another data set: its last rows, and all of them for the past.
fn from_data(
    work: &mut Work<'_>,
    trained: &Trained,
    value: &Value,
) -> Result<Question, Halt> {
    let data = read::data(value, &work.state)?;
    let dataset = work.dataset(&data)?;
    let last = match trained.preparation.form {
        Form::Window { steps, .. } | Form::Stream { steps } => Some(steps),
        Form::Task | Form::Rows => {
            return Err(Diagnostic::error(
                "sequences with targets of their own have no next row",
            )
            .label(value.span, "no end to go on from")
            .with_hint("score it on other data, or predict on a list")
            .into());
        }
    };
    let table = &dataset.table;
    Ok(Question {
        columns: columns(&trained.preparation, table, &data.text, value.span)?,
        history: table.target().values.clone(),
        last,
        labels: table.labels.clone(),
        span: value.span,
    })
}

/// The columns that the model reads, by their names, or in their order where as many
/// have other names.
fn columns(
    preparation: &Preparation,
    table: &Table,
    data: &str,
    span: Span,
) -> Result<Vec<Vec<f64>>, Diagnostic> {
    let by_name = |name: &String| {
        let column = table.columns.iter().find(|column| column.name == *name)?;
        Some(column.values.clone())
    };
    let named: Option<Vec<Vec<f64>>> = preparation.inputs.iter().map(by_name).collect();
    if let Some(named) = named {
        return Ok(named);
    }
    if table.inputs.len() != preparation.inputs.len() {
        return Err(Diagnostic::error(format!(
            "`{data}` does not have the columns that the model reads"
        ))
        .label(span, need::count(table.inputs.len(), "column"))
        .note(format!("the model reads {}", preparation.inputs.join(", "))));
    }
    Ok(table.inputs.iter().map(|index| table.columns[*index].values.clone()).collect())
}

/// Sequences whose targets nobody knows yet, laid out as if they had some.
pub(super) fn blank_targets(mut sequences: Sequences) -> Sequences {
    let rows = if sequences.every {
        sequences.lengths.iter().sum()
    } else {
        sequences.lengths.len()
    };
    sequences.targets = vec![0.0; rows * sequences.width];
    sequences
}

/// The labels of the next rows: they go on, or count.
pub(super) fn next_labels(labels: &[String], count: usize) -> Vec<String> {
    let next = labels_after(labels, count);
    if next.len() == count {
        return next;
    }
    if count == 1 {
        return vec!["next".to_owned()];
    }
    (1..=count).map(|k| format!("+{k}")).collect()
}

fn nothing_to_go_on(name: &str, trained: &Trained, span: Span) -> Diagnostic {
    let error = Diagnostic::error("`predict` needs the values to go on from")
        .code("E2")
        .label(span, "no values `on` which to predict");
    with_line(error, name, trained)
}

/// Offers the last values of the model's own data.
fn with_line(error: Diagnostic, name: &str, trained: &Trained) -> Diagnostic {
    let Some(dataset) = &trained.dataset else { return error };
    let table = &dataset.table;
    let needed = trained.preparation.values_needed().min(table.rows());
    let rows = (table.rows() - needed..table.rows()).map(|row| {
        let values = table.inputs.iter().map(|index| table.columns[*index].values[row]);
        values.map(|value| value.to_string()).collect::<Vec<_>>().join(" ")
    });
    let rows: Vec<String> = match table.inputs.len() {
        1 => rows.collect(),
        _ => rows.map(|row| format!("[{row}]")).collect(),
    };
    error.with_hint(format!("predict {name} on [{}]", rows.join(" ")))
}
