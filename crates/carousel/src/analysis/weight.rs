//! Whether data is too heavy to be made between two key presses.

use std::path::Path;

use carousel_data::{Recipe, SEQUENCES, Source, StepKind};

/// Values that windows may hold: some milliseconds of work.
const VALUES: u64 = 2_000_000;

/// Bytes of a file: likewise.
const BYTES: u64 = 1 << 20;

/// Bytes of a row of a file with one column, at least.
const ROW: u64 = 4;

/// Whether making this data would be felt at a prompt.
pub(crate) fn is_heavy(recipe: &Recipe, folder: &Path) -> bool {
    let values = match &recipe.source {
        Source::Csv(csv) => {
            let bytes = csv.file(folder).metadata().map_or(0, |file| file.len());
            if bytes > BYTES {
                return true;
            }
            bytes / ROW
        }
        Source::List(values) => values.len() as u64,
        Source::Airline => 144,
        Source::Count(values)
        | Source::Sine { values, .. }
        | Source::Echo { values, .. } => *values as u64,
        Source::Adding { steps } | Source::Parity { steps } => {
            (SEQUENCES as u64).saturating_mul(*steps as u64)
        }
    };
    let width = recipe.steps.iter().map(|step| match step.kind {
        StepKind::Window { steps, ahead, .. } => {
            (steps as u64).saturating_add(ahead as u64)
        }
        _ => 1,
    });
    values.saturating_mul(width.max().unwrap_or(1)) > VALUES
}
