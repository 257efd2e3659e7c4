//! A cell step by step as HTML: each step can be opened and has a table of its equations
//! with their numbers.

use super::{escaped, table};
use crate::output::figure;
use crate::{Walk, WalkInput, WalkLine, WalkStep, WalkUnit};

/// Units of each equation, and values of what a layer reads, that are shown.
const UNITS: usize = 4;
/// Of more steps the last ones are shown.
const STEPS: usize = 24;

/// All steps, the last of them open, and what follows them.
pub(super) fn html(walk: &Walk) -> String {
    let mut page = table::title(walk.head().trim_end());
    let hidden = walk.steps.len().saturating_sub(STEPS);
    if hidden > 0 {
        page += &table::notes(&[format!("the first {hidden} steps are left out")]);
    }
    for (k, step) in walk.steps.iter().enumerate().skip(hidden) {
        let open = if k + 1 == walk.steps.len() { " open" } else { "" };
        let place = format!("step {} of {}", k + 1, walk.steps.len());
        page += &format!(
            "<details{open}><summary>{}</summary>{}</details>",
            escaped(&summary(&place, step)),
            equations(step)
        );
    }
    page + &end(walk)
}

/// `step 1 of 3, 1956-12: x = 0.4363 (Passengers 306)`
fn summary(place: &str, step: &WalkStep) -> String {
    let label = match step.label.as_str() {
        "" => place.to_owned(),
        label => format!("{place}, {label}"),
    };
    format!("{label}: x = {}", inputs(&step.inputs))
}

fn inputs(inputs: &[WalkInput]) -> String {
    let shown = inputs.iter().take(UNITS).map(|input| match input.original {
        Some(original) if !input.name.is_empty() => {
            format!("{} ({} {})", figure(input.value), input.name, figure(original))
        }
        Some(_) | None => figure(input.value),
    });
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if inputs.len() > UNITS {
        text += &format!(" … and {} more", inputs.len() - UNITS);
    }
    text
}

fn equations(step: &WalkStep) -> String {
    let lines: String = step.lines.iter().map(equation).collect();
    format!("<table><tbody>{lines}</tbody></table>")
}

/// The equation as it is written, and a row for each unit.
fn equation(line: &WalkLine) -> String {
    let head = escaped(&format!("{} = {}", line.name, line.equation));
    let head = format!("<tr><td colspan=\"4\"><code><b>{head}</b></code></td></tr>");
    head + &units(&line.units, line.gate)
}

fn units(units: &[WalkUnit], is_gate: bool) -> String {
    let mut rows: String = units.iter().take(UNITS).map(|u| unit(u, is_gate)).collect();
    if units.len() > UNITS {
        let more = units.len() - UNITS;
        rows += &format!("<tr><td></td><td colspan=\"3\">… and {more} more</td></tr>");
    }
    rows
}

fn unit(unit: &WalkUnit, is_gate: bool) -> String {
    let bar = match is_gate {
        true => format!(
            "<span class=\"bar\"><span style=\"width:{:.0}%\"></span></span>",
            100.0 * unit.value.clamp(0.0, 1.0)
        ),
        false => String::new(),
    };
    let with = |product: &String| format!("<br>with {}", escaped(product));
    let products: String = unit.products.iter().map(with).collect();
    format!(
        "<tr><td align=\"right\" class=\"number quiet\">{}</td><td><code>{}{products}\
         </code></td><td align=\"right\" class=\"number\">= {}</td><td>{bar}</td></tr>",
        unit.unit,
        escaped(&unit.filled),
        figure(unit.value)
    )
}

/// The last layer with its numbers, and the prediction beside the truth.
fn end(walk: &Walk) -> String {
    let mut html = String::new();
    if !walk.end.outputs.is_empty() {
        html += &format!("<div>then {}</div>", escaped(&walk.end.layer));
        let rows = units(&walk.end.outputs, false);
        html += &format!("<table><tbody>{rows}</tbody></table>");
    }
    let (prediction, truth) = (figure(walk.end.prediction), figure(walk.end.truth));
    let Walk { model, row_name, unit, .. } = walk;
    let (model, row_name, unit) = (escaped(model), escaped(row_name), escaped(unit));
    html + &format!(
        "<div>prediction of {model} for {row_name}: <b>{prediction} {unit}</b>; \
         the truth is {truth}</div>"
    )
}
