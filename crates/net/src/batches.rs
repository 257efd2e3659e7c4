//! Sequences as engines eat them: one batch after another, its targets weighted.

use carousel_data::{Batch, Sequences};

use crate::engine::BatchShape;

/// Turns members of `Sequences` into what an engine is fed. A single sequence is read
/// where it lies; several are laid side by side.
#[derive(Debug)]
pub(crate) struct Loader<'a> {
    sequences: &'a Sequences,
    /// The first step of each sequence.
    starts: Vec<usize>,
    batch: Batch,
    shares: Vec<f32>,
}

/// One batch, time-major.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loaded<'a> {
    pub(crate) shape: BatchShape,
    /// `[T, B, I]`
    pub(crate) inputs: &'a [f32],
    /// `[T, B]`, where some steps are padding.
    pub(crate) mask: Option<&'a [f32]>,
    /// `[B, O]` or `[T, B, O]`
    pub(crate) targets: &'a [f32],
    /// The share of each target row in the loss: 0, or 1 / (O * real rows).
    pub(crate) shares: &'a [f32],
    /// How many target rows are real.
    pub(crate) real: usize,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(sequences: &'a Sequences) -> Loader<'a> {
        let batch = Batch::default();
        Loader { sequences, starts: starts(sequences), batch, shares: Vec::new() }
    }

    /// Lays out the batch of these members; `None` is an absent row.
    pub(crate) fn load(&mut self, members: &[Option<usize>]) -> Loaded<'_> {
        match members {
            [Some(member)] => self.single(*member),
            _ => self.several(members),
        }
    }

    fn single(&mut self, member: usize) -> Loaded<'_> {
        let Sequences { features, width, every, .. } = *self.sequences;
        let steps = self.sequences.lengths[member];
        let start = self.starts[member];
        let (first, rows) = if every { (start, steps) } else { (member, 1) };
        self.shares.clear();
        self.shares.resize(rows, share(width, rows));
        Loaded {
            shape: BatchShape { steps, size: 1, masked: false },
            inputs: &self.sequences.inputs[start * features..][..steps * features],
            mask: None,
            targets: &self.sequences.targets[first * width..][..rows * width],
            shares: &self.shares,
            real: rows,
        }
    }

    fn several(&mut self, members: &[Option<usize>]) -> Loaded<'_> {
        self.batch = self.sequences.batch(members);
        let batch = &self.batch;
        let real = batch.weights.iter().filter(|weight| **weight > 0.0).count();
        let share = share(self.sequences.width, real);
        self.shares.clear();
        self.shares.extend(batch.weights.iter().map(|weight| weight * share));
        Loaded {
            shape: BatchShape {
                steps: batch.steps,
                size: batch.size,
                masked: batch.mask.is_some(),
            },
            inputs: &batch.inputs,
            mask: batch.mask.as_deref(),
            targets: &batch.targets,
            shares: &self.shares,
            real,
        }
    }
}

/// What makes a sum of squares over real rows a mean over their values.
fn share(width: usize, real: usize) -> f32 {
    (1.0 / (width * real) as f64) as f32
}

/// The first step of each sequence among all steps.
pub(crate) fn starts(sequences: &Sequences) -> Vec<usize> {
    let before = |sum: &mut usize, length: &usize| {
        let start = *sum;
        *sum += length;
        Some(start)
    };
    sequences.lengths.iter().scan(0, before).collect()
}
