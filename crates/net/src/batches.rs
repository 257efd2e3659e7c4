//! Sequences as engines eat them: one batch after another, its targets weighted.

use std::collections::BTreeSet;

use carousel_data::{Batch, Sequences};

use crate::engine::BatchShape;

/// The most numbers of steps that batches may have: each needs an engine of its own.
const LENGTHS: usize = 32;

/// Turns members of `Sequences` into what an engine is fed. A single sequence is read
/// where it lies; several are laid side by side.
#[derive(Debug)]
pub(crate) struct Loader<'a> {
    sequences: &'a Sequences,
    /// The first step of each sequence.
    starts: Vec<usize>,
    /// Batches of other lengths than multiples of this are padded to the next one.
    grid: usize,
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
    /// The share of each target row in the loss: 0, or 1 / (O * real rows), where O is
    /// 1 if targets are classes.
    pub(crate) shares: &'a [f32],
    /// How many target rows are real.
    pub(crate) real: usize,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(sequences: &'a Sequences) -> Loader<'a> {
        Loader {
            sequences,
            starts: starts(sequences),
            grid: grid(&sequences.lengths),
            batch: Batch::default(),
            shares: Vec::new(),
        }
    }

    /// The shape of the batch of these members.
    pub(crate) fn shape(&self, members: &[Option<usize>]) -> BatchShape {
        let length =
            |member: &Option<usize>| member.map_or(0, |n| self.sequences.lengths[n]);
        let longest = members.iter().map(length).max().unwrap_or(0);
        let steps = longest.next_multiple_of(self.grid);
        let masked = members.iter().any(|m| m.is_none() || length(m) != steps);
        BatchShape { steps, size: members.len(), masked }
    }

    /// Lays out the batch of these members; `None` is an absent row.
    pub(crate) fn load(&mut self, members: &[Option<usize>]) -> Loaded<'_> {
        match members {
            [Some(member)]
                if self.sequences.lengths[*member].is_multiple_of(self.grid) =>
            {
                self.single(*member)
            }
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
        let shape = self.shape(members);
        self.batch = self.sequences.batch(members);
        if shape.steps > self.batch.steps {
            pad(&mut self.batch, shape.steps, self.sequences);
        }
        let batch = &self.batch;
        let real = batch.weights.iter().filter(|weight| **weight > 0.0).count();
        let share = share(self.sequences.width, real);
        self.shares.clear();
        self.shares.extend(batch.weights.iter().map(|weight| weight * share));
        Loaded {
            shape,
            inputs: &batch.inputs,
            mask: batch.mask.as_deref(),
            targets: &batch.targets,
            shares: &self.shares,
            real,
        }
    }
}

/// 1 where there are few lengths, else what leaves few of them.
fn grid(lengths: &[usize]) -> usize {
    let different: BTreeSet<usize> = lengths.iter().copied().collect();
    match different.last() {
        Some(longest) if different.len() > LENGTHS => longest.div_ceil(LENGTHS),
        _ => 1,
    }
}

/// Makes a batch longer by steps that are padding.
fn pad(batch: &mut Batch, steps: usize, sequences: &Sequences) {
    let rows = steps * batch.size;
    let mask = batch.mask.get_or_insert_with(|| vec![1.0; batch.steps * batch.size]);
    mask.resize(rows, 0.0);
    batch.inputs.resize(rows * sequences.features, 0.0);
    if sequences.every {
        batch.targets.resize(rows * sequences.width, 0.0);
        batch.weights.resize(rows, 0.0);
    }
    batch.steps = steps;
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

#[cfg(test)]
mod tests {
    use super::Loader;
    use crate::testing::waves;

    #[test]
    fn sequences_of_many_lengths_make_few_shapes() {
        let few: Vec<usize> = (1..=32).collect();
        let many: Vec<usize> = (1..=100).collect();
        for (lengths, steps) in [(few, [1, 7, 31]), (many, [4, 8, 32])] {
            for every in [false, true] {
                let sequences = waves(&lengths, every);
                let mut loader = Loader::new(&sequences);
                for (member, steps) in [0, 6, 30].into_iter().zip(steps) {
                    let loaded = loader.load(&[Some(member)]);
                    let padded = steps > lengths[member];
                    assert_eq!(
                        (loaded.shape.steps, loaded.shape.masked),
                        (steps, padded)
                    );
                    assert_eq!(loaded.inputs.len(), steps * 2);
                    let real = if every { lengths[member] } else { 1 };
                    assert_eq!(loaded.real, real);
                    assert_eq!(loaded.targets.len(), if every { steps } else { 1 });
                    assert_eq!(loaded.shares.len(), loaded.targets.len());
                    let sum: f32 = loaded.shares.iter().sum();
                    // The rounding of a few dozen shares.
                    assert!((sum - 1.0).abs() < 1e-6, "{sum}");
                    let mask: f32 = loaded.mask.map_or(0.0, |mask| mask.iter().sum());
                    assert_eq!(mask, if padded { lengths[member] as f32 } else { 0.0 });
                }
            }
        }
    }

    #[test]
    fn a_batch_is_padded_to_its_longest_and_absent_rows_count_nothing() {
        let sequences = waves(&[2, 3, 1], false);
        let mut loader = Loader::new(&sequences);
        let loaded = loader.load(&[Some(2), None, Some(0)]);
        assert_eq!((loaded.shape.steps, loaded.shape.size, loaded.real), (2, 3, 2));
        assert_eq!(loaded.mask.unwrap(), [1., 0., 1., 0., 0., 1.]);
        assert_eq!(loaded.shares, [0.5, 0.0, 0.5]);
        let first = &sequences.inputs[10..12];
        assert_eq!((&loaded.inputs[..2], &loaded.inputs[2..4]), (first, &[0.0; 2][..]));
    }
}
