//! Tasks: sequences that come ready, each with its target.

use carousel_lang::{Diagnostic, Span};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::synthetic::check_count;
use super::{Loaded, single};
use crate::Sequences;

/// The sequences of a task and what their features are called.
pub(crate) struct Task {
    pub(crate) sequences: Sequences,
    pub(crate) inputs: &'static [&'static str],
}

/// How many sequences a task has.
pub const SEQUENCES: usize = 1_200;
/// More steps than this are taken for a slip of the pen.
const MOST_STEPS: usize = 10_000;

/// Numbers between 0 and 1, two of them marked; the target is the sum of the two
/// (Hochreiter and Schmidhuber 1997, section 5.4).
pub(super) fn adding(steps: usize, seed: u64, span: Span) -> Result<Loaded, Diagnostic> {
    check_count("adding", steps, MOST_STEPS, span)?;
    if steps < 2 {
        return Err(Diagnostic::error("`adding` marks two numbers of each sequence")
            .label(span, "a sequence of 1 step has one")
            .with_hint("adding 100"));
    }
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut task = Sequences { features: 2, width: 1, ..Sequences::default() };
    for _ in 0..SEQUENCES {
        let numbers: Vec<f32> = (0..steps).map(|_| generator.random()).collect();
        let first = generator.random_range(0..steps);
        let other = generator.random_range(0..steps - 1);
        let second = if other < first { other } else { other + 1 };
        for (step, &number) in numbers.iter().enumerate() {
            let marked = step == first || step == second;
            task.inputs.extend([number, f32::from(marked)]);
        }
        push_target(&mut task, steps, numbers[first] + numbers[second]);
    }
    Ok(loaded(task, &["number", "marker"], "sum"))
}

/// 1 to `steps` bits; the target is 1 if the number of ones is odd, else 0.
pub(super) fn parity(steps: usize, seed: u64, span: Span) -> Result<Loaded, Diagnostic> {
    check_count("parity", steps, MOST_STEPS, span)?;
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut task = Sequences { features: 1, width: 1, ..Sequences::default() };
    for _ in 0..SEQUENCES {
        let length = generator.random_range(1..=steps);
        let bits: Vec<bool> = (0..length).map(|_| generator.random()).collect();
        let odd = bits.iter().filter(|bit| **bit).count() % 2 == 1;
        task.inputs.extend(bits.into_iter().map(f32::from));
        push_target(&mut task, length, f32::from(odd));
    }
    Ok(loaded(task, &["bit"], "odd"))
}

fn push_target(task: &mut Sequences, steps: usize, target: f32) {
    task.rows.push(task.lengths.len());
    task.lengths.push(steps);
    task.targets.push(target);
}

fn loaded(sequences: Sequences, inputs: &'static [&'static str], target: &str) -> Loaded {
    let targets = sequences.targets.iter().map(|&target| f64::from(target)).collect();
    let mut table = single(target, targets);
    table.inputs.clear();
    Loaded { table, lines: Vec::new(), task: Some(Task { sequences, inputs }) }
}
