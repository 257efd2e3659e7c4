//! Whether a recipe makes data ready as other data was: the same steps that change
//! values, in the same order, for as many columns.

use carousel_lang::Diagnostic;

use crate::labels::counted;
use crate::{Fitted, Preparation, Recipe, StepKind, Table};

/// The steps of a recipe are those of `like`.
///
/// # Errors
/// Names both and says how to write the recipe.
pub(crate) fn check(
    recipe: &Recipe,
    table: &Table,
    like: &Preparation,
) -> Result<(), Diagnostic> {
    let own: Vec<String> =
        recipe.steps.iter().filter_map(|step| written(&step.kind)).collect();
    let learned: Vec<String> = like.steps.iter().map(fitted).collect();
    if own != learned {
        return Err(other_steps(recipe, &own, &learned));
    }
    let columns = table.inputs.len();
    let fits = |step: &Fitted| match step {
        Fitted::Affine { offsets, factors, .. } => {
            offsets.len() == columns + 1 && factors.len() == columns + 1
        }
        Fitted::Log | Fitted::Difference { .. } => true,
    };
    if columns == like.inputs.len() && like.steps.iter().all(fits) {
        return Ok(());
    }
    Err(Diagnostic::error(format!(
        "the data has {}, and the model has learned from {}",
        counted(columns, "columns"),
        like.inputs.len()
    ))
    .label(recipe.source_span, "does not fit the model")
    .note(format!("the model reads {}", like.inputs.join(", "))))
}

fn other_steps(recipe: &Recipe, own: &[String], learned: &[String]) -> Diagnostic {
    let list = |steps: &[String]| match steps {
        [] => "no such step".to_owned(),
        steps => steps.join(" | "),
    };
    let error = Diagnostic::error("the data is not prepared as the model has learned it")
        .label(recipe.source_span, format!("goes through {}", list(own)))
        .note(format!("the model has learned from data with {}", list(learned)));
    // A step of a recipe cannot be taken out by a step after it.
    if !learned.starts_with(own) {
        return error;
    }
    let missing: Vec<&str> = learned[own.len()..]
        .iter()
        .map(|step| if step == "scale" { "scale 0..1" } else { step })
        .collect();
    error.with_hint(format!("| {}", missing.join(" | ")))
}

/// A step that changes values, without what it learns.
fn written(step: &StepKind) -> Option<String> {
    match step {
        StepKind::Log => Some("log".to_owned()),
        StepKind::Difference { lag } => Some(difference(*lag)),
        StepKind::Scale { .. } => Some("scale".to_owned()),
        StepKind::Standardize { .. } => Some("standardize".to_owned()),
        StepKind::Split { .. }
        | StepKind::Window { .. }
        | StepKind::Stream { .. }
        | StepKind::Target(_)
        | StepKind::Fill
        | StepKind::Take(_)
        | StepKind::SkipFirst(_)
        | StepKind::SkipLast(_) => None,
    }
}

fn fitted(step: &Fitted) -> String {
    match step {
        Fitted::Log => "log".to_owned(),
        Fitted::Difference { lag } => difference(*lag),
        Fitted::Affine { step, .. } => step.clone(),
    }
}

fn difference(lag: usize) -> String {
    if lag == 1 { "difference".to_owned() } else { format!("difference {lag}") }
}
