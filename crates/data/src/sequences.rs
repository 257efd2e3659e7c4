//! What networks learn from: sequences of steps with their targets, of any lengths.

/// Sequences with their targets, in the scaled units that a network sees.
///
/// Sequence `n` has `lengths[n]` steps of `features` values. Its target is one row of
/// `width` values, or one row for each step where `every` holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sequences {
    /// Values a step: `I`.
    pub features: usize,
    /// Values a target: `O`.
    pub width: usize,
    /// Whether each step has a target (`stream`), not the whole sequence.
    pub every: bool,
    /// Steps of each sequence.
    pub lengths: Vec<usize>,
    /// All steps of all sequences: `[sum of lengths, features]`.
    pub inputs: Vec<f32>,
    /// `[number of sequences, width]`, or `[sum of lengths, width]` where `every` holds.
    pub targets: Vec<f32>,
    /// For each value of `targets` the row of the table that it speaks of.
    pub rows: Vec<usize>,
}

/// Sequences laid side by side, as a network eats them; short ones are padded at their
/// end with zeros.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// Steps of the longest sequence: `T`.
    pub steps: usize,
    /// Sequences, absent ones included: `B`.
    pub size: usize,
    /// `[T, B, I]`
    pub inputs: Vec<f32>,
    /// `[B, O]`, or `[T, B, O]` where each step has a target.
    pub targets: Vec<f32>,
    /// How much each target row counts: 1 for a real one, 0 for padding.
    /// `[B]`, or `[T, B]` where each step has a target.
    pub weights: Vec<f32>,
    /// 1 where a step is real, 0 where it is padding; `None` if all are real. `[T, B]`
    pub mask: Option<Vec<f32>>,
}

impl Sequences {
    /// How many sequences there are.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Lays the sequences `members` side by side; `None` is an absent row, all padding,
    /// which `stateful` lanes need at their ends.
    pub fn batch(&self, members: &[Option<usize>]) -> Batch {
        let _ = members;
        Batch::default()
    }
}

/// Cuts `count` sequences, which follow each other in time, into `size` contiguous
/// lanes and gives the members of each batch: row `i` of a batch continues row `i` of
/// the batch before it. The last batches have absent rows where lanes end early.
pub fn lanes(count: usize, size: usize) -> Vec<Vec<Option<usize>>> {
    let _ = (count, size);
    Vec::new()
}
