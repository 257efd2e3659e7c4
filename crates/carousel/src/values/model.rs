//! The values of a model: what it says about its data, how it learned, and its weights.

use carousel_data::Predictions;
use carousel_lang::Diagnostic;
use carousel_net::train::Training;
use carousel_net::weights::tensors;

use super::Found;
use super::data::{part_of, wide};
use crate::state::{Named, State, Trained};
use crate::{figures, need};

/// What is told of each row that is predicted.
const OF_ROWS: [&str; 3] = ["predictions", "truths", "rows"];

/// Whether a word after the dot is one of models.
pub(super) fn has(field: &str) -> bool {
    let word = field.split('.').next().unwrap_or_default();
    OF_ROWS.contains(&word) || ["loss", "validation_loss", "weights"].contains(&word)
}

/// The values of a field of a model; none where it has no such field. `name` is what was
/// asked for.
///
/// # Errors
/// Where the model has not learned, or was loaded without its data.
pub(super) fn find(
    name: &str,
    named: &Named,
    field: &str,
    state: &State,
) -> Result<Option<Found>, Diagnostic> {
    if !has(field) {
        return Ok(None);
    }
    let model = name.split('.').next().unwrap_or(name);
    let Named::Trained(trained) = named else {
        return Err(Diagnostic::error(format!("`{model}` has not learned yet"))
            .note(format!("`{name}` is there when it has"))
            .with_hint(format!("train {model} on {}", need::some_data(state))));
    };
    let training = &trained.trainings[0];
    let (word, rest) = field.split_once('.').unwrap_or((field, ""));
    Ok(match (word, rest) {
        ("loss", "") => Some(training.history.train.clone().into()),
        ("validation_loss", "") if !training.history.validation.is_empty() => {
            Some(training.history.validation.clone().into())
        }
        ("weights", tensor) => weights(training, tensor),
        ("loss" | "validation_loss", _) => None,
        _ if trained.dataset.is_none() => {
            return Err(Diagnostic::error(format!(
                "`{model}` came from a file, without its data"
            ))
            .note("a model that was trained here has its predictions"));
        }
        (word, part) => of_rows(trained, word, part),
    })
}

/// The names of a model's values.
pub(super) fn names(name: &str, trained: &Trained) -> Vec<String> {
    let mut names = Vec::new();
    if trained.dataset.is_some() {
        let parts = || trained.fits.iter().take(1).flat_map(|fit| &fit.parts);
        for word in OF_ROWS {
            names.push(format!("{name}.{word}"));
            names.extend(
                parts().map(|(part, _)| format!("{name}.{word}.{}", part.name())),
            );
        }
    }
    let training = &trained.trainings[0];
    names.push(format!("{name}.loss"));
    if !training.history.validation.is_empty() {
        names.push(format!("{name}.validation_loss"));
    }
    names.push(format!("{name}.weights"));
    let tensors = tensors(&training.model).into_iter();
    names.extend(tensors.map(|tensor| format!("{name}.weights.{}", tensor.name)));
    names
}

/// All that was learned, or one tensor.
fn weights(training: &Training, tensor: &str) -> Option<Found> {
    let mut all = tensors(&training.model);
    if tensor.is_empty() {
        all.retain(|tensor| tensor.learned);
        let each = all.iter().flat_map(|tensor| wide(&tensor.numbers));
        return Some(each.collect::<Vec<f64>>().into());
    }
    let found = all.into_iter().find(|known| known.name == tensor)?;
    Some(Found { values: wide(&found.numbers), shape: found.shape })
}

/// What the first seed says about each row, of all parts or of one.
fn of_rows(trained: &Trained, word: &str, part: &str) -> Option<Found> {
    let fit = trained.fits.first()?;
    let parts: Vec<&Predictions> = match part {
        "" => fit.parts.iter().map(|(_, predictions)| predictions).collect(),
        part => vec![fit.part(part_of(part)?)?],
    };
    let mut values = Vec::new();
    for predictions in parts {
        let Predictions { rows, values: predicted, truth } =
            figures::nearest(predictions);
        match word {
            "predictions" => values.extend(predicted),
            "truths" => values.extend(truth),
            _ => values.extend(rows.iter().map(|row| *row as f64)),
        }
    }
    Some(values.into())
}
