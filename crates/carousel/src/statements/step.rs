//! `step m on air at 99`: one cell, one step after the other, with its numbers.

mod filled;

use carousel_data::Form;
use carousel_lang::ast::{Command, Preposition};
use carousel_lang::print_expression;
use carousel_net::inside::{Step, entering};
use carousel_net::network::LayerKind;
use carousel_net::parameters::{Parameter, Role};

use super::inside::{Inside, inside, row_name};
use crate::output::{Walk, WalkEnd, WalkInput, WalkLine, WalkStep, WalkUnit};
use crate::summarise::layer_text;
use crate::work::{Halt, Outcome, Work};
use crate::{Output, need};
use filled::{filled, products, weighted};

pub(super) fn run(work: &mut Work<'_>, command: &Command) -> Outcome {
    need::clauses(command, &[Preposition::On, Preposition::At])?;
    let it = need::it(command.verb_span);
    let subject = need::only(command)?.unwrap_or(&it);
    let Some(inside) = inside(work, subject, command)? else { return Ok(()) };
    let end = end(work, &inside)?;
    let steps = 0..=inside.place.step.min(inside.unrolled.steps.len().saturating_sub(1));
    let walk = Walk {
        model: inside.name.clone(),
        layer: inside.layer_text(),
        row: inside.place.row + 1,
        row_name: row_name(&inside.dataset, inside.place.row),
        unit: inside.model.unit().to_owned(),
        units: inside.unrolled.units,
        steps: steps.map(|step| walk_step(&inside, step)).collect(),
        end,
    };
    work.show(Output::Walk(walk))
}

fn walk_step(inside: &Inside, step: usize) -> WalkStep {
    let unrolled = &inside.unrolled;
    let units: Vec<usize> =
        inside.unit.map_or((0..unrolled.units).collect(), |unit| vec![unit]);
    let now = &unrolled.steps[step];
    let lines = unrolled.lines.iter().enumerate().map(|(line, equation)| WalkLine {
        name: equation.name.clone(),
        equation: print_expression(&equation.value),
        gate: equation.gate,
        state: equation.state,
        units: (units.iter())
            .map(|&unit| WalkUnit {
                unit: unit + 1,
                filled: filled(unrolled, (step, line, unit), &equation.value),
                products: match inside.unit {
                    Some(_) => products(unrolled, (step, line, unit), &equation.value),
                    None => Vec::new(),
                },
                value: f64::from(now.values[line][unit]),
            })
            .collect(),
    });
    WalkStep {
        label: inside.labels().get(step).cloned().unwrap_or_default(),
        inputs: inputs(inside, step, now),
        lines: lines.collect(),
    }
}

/// What the layer reads; the first one reads the data itself.
fn inputs(inside: &Inside, step: usize, now: &Step) -> Vec<WalkInput> {
    let (table, rows) = (&inside.dataset.table, inside.rows());
    let original = |k: usize| {
        let column = &table.columns[*table.inputs.get(k)?];
        Some((column.name.clone(), *column.values.get(*rows.get(step)?)?))
    };
    let first = inside.unrolled.layer == 0
        && inside.dataset.preparation.form != (Form::Task)
        && now.x.len() == table.inputs.len();
    let input = |(k, value): (usize, &f32)| {
        let known = if first { original(k) } else { None };
        let (name, original) = known.map_or((String::new(), None), |(n, o)| (n, Some(o)));
        WalkInput { name, value: f64::from(*value), original }
    };
    now.x.iter().enumerate().map(input).collect()
}

/// The last layer and what the model says.
fn end(work: &Work<'_>, inside: &Inside) -> Result<WalkEnd, Halt> {
    let (model, place) = (inside.model.model(), inside.place);
    let settings = work.state.settings.graph();
    let outputs = model
        .predict(&inside.window, &mut inside.memory.clone(), settings, None)
        .map_err(|_| Halt::Quit)?;
    let width = inside.window.width.max(1);
    let first = if inside.window.every { place.step * width } else { 0 };
    let truth = &inside.dataset.table.target().values;
    let history = &truth[..inside.window.rows[first]];
    let scaled = &outputs[first..first + width];
    let prediction = inside.dataset.preparation.restore(history, scaled)[place.column];
    let (layer, outputs) = dense(work, inside, scaled)?;
    Ok(WalkEnd { layer, outputs, prediction, truth: truth[place.row] })
}

/// The last layer with its numbers, where it is dense; `given` is what it gives.
fn dense(
    work: &Work<'_>,
    inside: &Inside,
    given: &[f32],
) -> Result<(String, Vec<WalkUnit>), Halt> {
    let model = inside.model.model();
    let last = model.network.layers.len() - 1;
    let layer = &model.network.layers[last];
    let LayerKind::Dense { activation, .. } = layer.kind else {
        return Ok((String::new(), Vec::new()));
    };
    let settings = work.state.settings.graph();
    let read = entering(model, last, &inside.window, &inside.memory, settings)?;
    let wide = model.flows[last].width;
    let row = if model.flows[last].every { inside.place.step } else { 0 };
    let x = &read[row * wide..][..wide];
    let tensor = |role: &Role| {
        let is = |p: &&Parameter| p.layer == last && p.role == *role;
        let found = model.parameters.iter().find(is).expect("a dense layer has it");
        &model.weights[found.range()]
    };
    let (weights, bias) = (tensor(&Role::Weight), tensor(&Role::Bias));
    let unit = |(unit, value): (usize, &f32)| {
        let column = weights.iter().skip(unit).step_by(bias.len());
        let sum = weighted(column.copied().zip(x.iter().copied()), Some(bias[unit]));
        WalkUnit {
            unit: unit + 1,
            filled: filled::activated(activation, &sum),
            products: Vec::new(),
            value: f64::from(*value),
        }
    };
    let outputs = given.iter().enumerate().map(unit).collect();
    Ok((format!("layer {}, {}", last + 1, layer_text(layer)), outputs))
}
