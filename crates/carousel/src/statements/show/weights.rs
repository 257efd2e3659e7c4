//! `show weights of m`: the learned numbers, one table for each tensor.

use carousel_lang::Diagnostic;
use carousel_lang::ast::{Command, Preposition};
use carousel_net::model::Model;
use carousel_net::parameters::{Parameter, Role};

use super::About;
use crate::Output;
use crate::need;
use crate::output::{Table, figure};
use crate::summarise::layer_text;
use crate::work::{Outcome, Work};

/// More columns than these are left out, and more rows of one matrix.
const COLUMNS: usize = 8;
const ROWS: usize = 12;

pub(super) fn run(work: &mut Work<'_>, about: &About<'_>, command: &Command) -> Outcome {
    need::clauses(command, &[Preposition::As])?;
    let Some(trained) = about.trained else {
        let name = &about.name;
        return Err(Diagnostic::error(format!("`{name}` has not learned yet"))
            .label(command.span, "its weights are made when it trains")
            .with_hint(format!("train {name} on {}", need::some_data(&work.state)))
            .into());
    };
    let model = trained.model();
    for parameter in &model.parameters {
        work.show(Output::Table(table(model, parameter)))?;
    }
    Ok(())
}

fn table(model: &Model, parameter: &Parameter) -> Table {
    let numbers = &model.weights[parameter.range()];
    let width = parameter.dims.last().copied().unwrap_or(1);
    let blocks = parameter.blocks.len().max(1);
    let units = width / blocks;
    let shown = units.min(COLUMNS);
    let matrix = parameter.dims.len() > 1;
    let mut columns = vec![String::new(), if matrix { ">row" } else { ">" }.to_owned()];
    columns.extend((1..=shown).map(|unit| format!(">{unit}")));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut table = Table::new(title(model, parameter), &columns);
    let rows = numbers.len() / width.max(1);
    for (block, row) in (0..blocks).flat_map(|b| (0..rows.min(ROWS)).map(move |r| (b, r)))
    {
        let name = if row == 0 { block_name(parameter, block) } else { String::new() };
        let place = if matrix { (row + 1).to_string() } else { String::new() };
        let first = row * width + block * units;
        let values = numbers[first..first + shown].iter();
        let cells = values.map(|value| figure(f64::from(*value)));
        table.rows.push([name, place].into_iter().chain(cells).collect());
    }
    if shown < units {
        table.notes.push(format!("{shown} of {units} columns are shown"));
    }
    if rows > ROWS {
        table.notes.push(format!("{ROWS} of {rows} rows are shown"));
    }
    table
}

/// `layer 1, lstm 4: before the input [1 x 16]`
fn title(model: &Model, parameter: &Parameter) -> String {
    let layer = layer_text(&model.network.layers[parameter.layer]);
    let what = match &parameter.role {
        Role::WeightInput => "matrices before the input",
        Role::WeightHidden(_) => "matrices before the state",
        Role::BiasInput => "biases",
        Role::BiasHidden => "biases of the state",
        Role::Vector(name) => &format!("the vector {name}"),
        Role::Weight => "weights",
        Role::Bias => "bias",
        Role::Table => "a row for each symbol",
    };
    let reverse = if parameter.reverse { ", backwards" } else { "" };
    let sizes: Vec<String> = parameter.dims.iter().map(usize::to_string).collect();
    format!(
        "layer {}, {layer}{reverse}: {what} [{}]",
        parameter.layer + 1,
        sizes.join(" x ")
    )
}

/// The name that the equations give to a column block.
fn block_name(parameter: &Parameter, block: usize) -> String {
    match (parameter.blocks.get(block), &parameter.role) {
        (Some(name), _) => name.clone(),
        (None, Role::Weight) => "W".to_owned(),
        (None, _) => "b".to_owned(),
    }
}
