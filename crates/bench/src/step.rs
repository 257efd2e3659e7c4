//! A step of training of one small network: forward, backward and Adam, in batches of
//! one sequence; one line per cell and size comes out.

use carousel_data::Sequences;
use serde_json::Value;

use crate::Lines;
use crate::cells::cell;
use crate::options::Options;
use crate::training::Training;

/// Cells of the networks, and their units; each reads this many steps of so many features.
const CELLS: [&str; 4] = ["lstm", "gru", "rnn", "peephole"];
const UNITS: [usize; 3] = [4, 16, 32];
const STEPS: usize = 12;
const FEATURES: usize = 4;

/// How many sequences an epoch has.
const SEQUENCES: usize = 100;

/// Epochs of one run.
const EPOCHS: usize = 20;

/// Measures `lstm 4 -> dense 1` and its like.
///
/// # Errors
/// What the output says.
pub(crate) fn run(options: &Options, emit: &mut dyn FnMut(Value) -> Lines) -> Lines {
    for word in CELLS {
        for units in UNITS {
            let training = Training {
                sequences: sequences(),
                cell: cell(word)?,
                layers: vec![(units, false)],
                epochs: EPOCHS,
            };
            let mut line = training.measure("step", options.runs)?;
            line["cell"] = word.into();
            line["shape"] = [1, STEPS, FEATURES, units].into();
            emit(line)?;
        }
    }
    Ok(())
}

/// Waves of different lengths, and what comes next of the first.
fn sequences() -> Sequences {
    let wave = |n: usize, step: usize, feature: usize| {
        ((n + step) as f32 * 0.3 / (feature + 1) as f32).sin()
    };
    let mut sequences =
        Sequences { features: FEATURES, width: 1, ..Sequences::default() };
    for n in 0..SEQUENCES {
        sequences.lengths.push(STEPS);
        sequences.targets.push(wave(n, STEPS, 0));
        sequences.rows.push(n);
        for step in 0..STEPS {
            sequences.inputs.extend((0..FEATURES).map(|feature| wave(n, step, feature)));
        }
    }
    sequences
}
