//! The values of a data set: its series, and the samples that models see.

use carousel_data::{Part, Sequences, Source, StepKind};
use carousel_lang::Diagnostic;

use super::Found;
use crate::Session;
use crate::state::Data;

impl Session {
    /// The values of a field of a data set; none where it has no such field.
    ///
    /// # Errors
    /// What is wrong with the recipe or its file.
    pub(super) fn find_data(
        &self,
        data: &Data,
        field: &str,
    ) -> Result<Option<Found>, Diagnostic> {
        if field.is_empty() {
            let values = self.made_ready(&data.recipe)?.table.target().values.clone();
            return Ok(Some(values.into()));
        }
        let Some((what, part)) = field.split_once('.') else { return Ok(None) };
        let Some(part) = part_of(part) else { return Ok(None) };
        let dataset = self.made_ready(&data.recipe)?;
        let sequences = dataset.part(part).filter(|sequences| !sequences.is_empty());
        Ok(match (what, sequences) {
            ("inputs", Some(sequences)) => Some(inputs(sequences)),
            ("targets", Some(sequences)) => Some(targets(sequences)),
            _ => None,
        })
    }
}

/// The part of a name: `train`, `validation`, `test`.
pub(super) fn part_of(word: &str) -> Option<Part> {
    [Part::Train, Part::Validation, Part::Test]
        .into_iter()
        .find(|part| part.name() == word)
}

/// The names of a data set's values, as far as its recipe tells.
pub(super) fn names(name: &str, data: &Data) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    let steps = || data.recipe.steps.iter().map(|step| &step.kind);
    let is_task =
        matches!(data.recipe.source, Source::Adding { .. } | Source::Parity { .. });
    let has_samples = steps()
        .any(|kind| matches!(kind, StepKind::Window { .. } | StepKind::Stream { .. }));
    if !is_task && !has_samples {
        return names;
    }
    let shares = steps().find_map(|kind| match kind {
        StepKind::Split { shares, .. } => Some(shares.len()),
        _ => None,
    });
    let parts: &[Part] = match shares {
        None => &[Part::Train],
        Some(3) => &[Part::Train, Part::Validation, Part::Test],
        Some(_) => &[Part::Train, Part::Test],
    };
    for what in ["inputs", "targets"] {
        names.extend(parts.iter().map(|part| format!("{name}.{what}.{}", part.name())));
    }
    names
}

fn inputs(sequences: &Sequences) -> Found {
    let shape = shape(sequences, sequences.features, true);
    Found { values: wide(&sequences.inputs), shape }
}

fn targets(sequences: &Sequences) -> Found {
    let shape = shape(sequences, sequences.width, sequences.every);
    Found { values: wide(&sequences.targets), shape }
}

/// `[samples, steps, values]`, without the steps where there is one row for each sample,
/// and with the rows of all samples where some have more steps than others.
fn shape(sequences: &Sequences, width: usize, every: bool) -> Vec<usize> {
    let steps = sequences.lengths[0];
    match every {
        false => vec![sequences.len(), width],
        true if sequences.is_ragged() => vec![sequences.lengths.iter().sum(), width],
        true => vec![sequences.len(), steps, width],
    }
}

/// Numbers as values are told.
pub(super) fn wide(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|number| f64::from(*number)).collect()
}
