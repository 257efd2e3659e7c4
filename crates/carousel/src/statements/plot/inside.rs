//! `plot gates of m at 99`, `plot state of m`, `plot weights of m`.

use carousel_lang::Diagnostic;
use carousel_lang::ast::{Command, Value};
use carousel_plot::Figure;

use crate::figures;
use crate::need;
use crate::statements::inside::{inside, number};
use crate::work::{Halt, Work};

/// The equations of a layer over the steps of a window; `state` keeps those whose
/// values last.
///
/// # Errors
/// As [`inside`].
pub(super) fn steps(
    work: &mut Work<'_>,
    subjects: &[Value],
    command: &Command,
    view: &str,
) -> Result<(String, Figure), Halt> {
    let subject = one(subjects, view)?;
    let name = format!("{view} of {}", need::name_of(subject));
    let Some(inside) = inside(work, subject, command)? else {
        return Ok((name, Figure::default()));
    };
    let name = format!("{view} of {}", inside.name);
    let title = format!("{name}: {}", inside.model.described.text);
    let mut subtitle = inside.text();
    if view == "gates" && !inside.unrolled.lines.iter().any(|line| line.gate) {
        subtitle += "; it has no gate: no equation is a sigmoid";
    }
    let figure = figures::steps_figure(
        (&title, &subtitle),
        &inside.unrolled,
        |line| view == "gates" || line.state,
        &inside.labels(),
        inside.unit,
    );
    Ok((name, figure))
}

/// The learned numbers of a model.
///
/// # Errors
/// Where it has not learned.
pub(super) fn weights(
    work: &mut Work<'_>,
    subjects: &[Value],
    command: &Command,
) -> Result<(String, Figure), Halt> {
    let subject = one(subjects, "weights")?;
    let (name, trained) = need::trained_value(subject, &work.state)?;
    let model = trained.model();
    let layers = model.network.layers.len();
    let layer = number(command, "layer", ("model", layers))?;
    if let Some(layer) = layer
        && !model.parameters.iter().any(|parameter| parameter.layer == layer)
    {
        let span = command.option("layer").map_or(subject.span, |o| o.word.span);
        let number = layer + 1;
        return Err(Diagnostic::error(format!(
            "layer {number} of `{name}` has no weights"
        ))
        .label(span, "nothing in it is learned")
        .with_hint(format!("plot weights of {name}"))
        .into());
    }
    let name = format!("weights of {name}");
    let title = format!("{name}: {}", trained.described.text);
    let inputs = &trained.preparation.inputs;
    let figure = figures::weights_figure(&title, model, layer, inputs);
    Ok((name, figure))
}

/// The only subject.
fn one<'a>(subjects: &'a [Value], view: &str) -> Result<&'a Value, Diagnostic> {
    match subjects {
        [subject] => Ok(subject),
        [_, second, ..] => {
            Err(Diagnostic::error(format!("one picture shows the {view} of one model"))
                .label(second.span, "a second model"))
        }
        [] => Err(Diagnostic::error("there is nothing to draw")),
    }
}
