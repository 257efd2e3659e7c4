//! What networks learn from: sequences of steps with their targets, of any lengths.

use std::ops::Range;

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

    /// Whether some sequences have more steps than others.
    pub fn is_ragged(&self) -> bool {
        self.lengths.windows(2).any(|pair| pair[0] != pair[1])
    }

    /// Lays the sequences `members` side by side; `None` is an absent row, all padding,
    /// which `stateful` lanes need at their ends.
    pub fn batch(&self, members: &[Option<usize>]) -> Batch {
        let size = members.len();
        let steps = members.iter().flatten().map(|&n| self.lengths[n]).max().unwrap_or(0);
        let target_rows = if self.every { steps * size } else { size };
        let mut batch = Batch {
            steps,
            size,
            inputs: vec![0.0; steps * size * self.features],
            targets: vec![0.0; target_rows * self.width],
            weights: vec![0.0; target_rows],
            mask: self.mask(members, steps),
        };
        for (row, &member) in members.iter().enumerate() {
            if let Some(member) = member {
                self.lay(&mut batch, row, member);
            }
        }
        batch
    }

    /// Copies one sequence and its targets into row `row` of the batch.
    fn lay(&self, batch: &mut Batch, row: usize, member: usize) {
        let begin: usize = self.lengths[..member].iter().sum();
        let length = self.lengths[member];
        for step in 0..length {
            let at = step * batch.size + row;
            copy(&self.inputs, begin + step, &mut batch.inputs, at, self.features);
            if self.every {
                copy(&self.targets, begin + step, &mut batch.targets, at, self.width);
                batch.weights[at] = 1.0;
            }
        }
        if !self.every {
            copy(&self.targets, member, &mut batch.targets, row, self.width);
            batch.weights[row] = 1.0;
        }
    }

    /// The sequences `members` alone, with their targets.
    pub fn only(&self, members: Range<usize>) -> Sequences {
        let begin: usize = self.lengths[..members.start].iter().sum();
        let lengths = self.lengths[members.clone()].to_vec();
        let end = begin + lengths.iter().sum::<usize>();
        let targets = if self.every { begin..end } else { members };
        let targets = targets.start * self.width..targets.end * self.width;
        Sequences {
            lengths,
            inputs: self.inputs[begin * self.features..end * self.features].to_vec(),
            targets: self.targets[targets.clone()].to_vec(),
            rows: self.rows[targets].to_vec(),
            ..*self
        }
    }

    /// The sequences `members` as a part of their own, whose `rows` are counted from
    /// `low`.
    pub(crate) fn slice(&self, members: Range<usize>, low: usize) -> Sequences {
        let mut slice = self.only(members);
        slice.rows.iter_mut().for_each(|row| *row -= low);
        slice
    }

    /// Which steps are real, unless all are.
    fn mask(&self, members: &[Option<usize>], steps: usize) -> Option<Vec<f32>> {
        let length = |member: &Option<usize>| member.map_or(0, |n| self.lengths[n]);
        let all =
            members.iter().all(|member| member.is_some() && length(member) == steps);
        if all {
            return None;
        }
        let real = |step| members.iter().map(move |m| f32::from(step < length(m)));
        Some((0..steps).flat_map(real).collect())
    }
}

/// Copies row `from` of a matrix of `width` columns to row `to` of another.
fn copy(source: &[f32], from: usize, target: &mut [f32], to: usize, width: usize) {
    target[to * width..(to + 1) * width]
        .copy_from_slice(&source[from * width..(from + 1) * width]);
}

/// Cuts `count` sequences, which follow each other in time, into `size` contiguous
/// lanes and gives the members of each batch: row `i` of a batch continues row `i` of
/// the batch before it. Lanes differ in length by one at most; the last batch has absent
/// rows where lanes end early.
pub fn lanes(count: usize, size: usize) -> Vec<Vec<Option<usize>>> {
    if count == 0 || size == 0 {
        return Vec::new();
    }
    let (short, longer) = (count / size, count % size);
    // The first `longer` lanes have one sequence more than the others.
    let begin = |lane: usize| lane * short + lane.min(longer);
    let member = |batch: usize, lane: usize| {
        let at = begin(lane) + batch;
        (at < begin(lane + 1)).then_some(at)
    };
    let batches = count.div_ceil(size);
    (0..batches).map(|k| (0..size).map(|lane| member(k, lane)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three sequences of 1, 3 and 2 steps of one value: 1, 2 3 4, 5 6.
    fn ragged(every: bool) -> Sequences {
        Sequences {
            features: 1,
            width: 1,
            every,
            lengths: vec![1, 3, 2],
            inputs: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            targets: if every {
                vec![10.0, 20.0, 30.0, 40.0, 50.0, 60.0]
            } else {
                vec![10.0, 20.0, 30.0]
            },
            rows: Vec::new(),
        }
    }

    #[test]
    fn pads_short_sequences_at_their_end() {
        let batch = ragged(false).batch(&[Some(2), Some(1), None]);
        assert_eq!((batch.steps, batch.size), (3, 3));
        assert_eq!(batch.inputs, [5.0, 2.0, 0.0, 6.0, 3.0, 0.0, 0.0, 4.0, 0.0]);
        assert_eq!(batch.targets, [30.0, 20.0, 0.0]);
        assert_eq!(batch.weights, [1.0, 1.0, 0.0]);
        let mask = vec![1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0];
        assert_eq!(batch.mask, Some(mask));
    }

    #[test]
    fn weighs_each_step_where_each_has_a_target() {
        let batch = ragged(true).batch(&[Some(0), Some(2)]);
        assert_eq!(batch.targets, [10.0, 50.0, 0.0, 60.0]);
        assert_eq!(batch.weights, [1.0, 1.0, 0.0, 1.0]);
    }

    #[test]
    fn needs_no_mask_where_all_steps_are_real() {
        assert!(ragged(false).is_ragged());
        assert_eq!(ragged(false).batch(&[Some(1), Some(1)]).mask, None);
        assert!(ragged(false).batch(&[Some(1), None]).mask.is_some());
    }

    #[test]
    fn sequences_alone_keep_their_targets() {
        let some = |every| Sequences { rows: (0..6).collect(), ..ragged(every) };
        let one = some(false).only(1..2);
        assert_eq!((one.lengths, one.inputs), (vec![3], vec![2.0, 3.0, 4.0]));
        assert_eq!((one.targets, one.rows), (vec![20.0], vec![1]));
        let two = some(true).only(1..3);
        assert_eq!(two.targets, [20.0, 30.0, 40.0, 50.0, 60.0]);
        assert_eq!(two.rows, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn lanes_are_contiguous_and_even() {
        let check = |count, size, expected: &[&[Option<usize>]]| {
            assert_eq!(lanes(count, size), expected, "{count} in {size}");
        };
        check(4, 1, &[&[Some(0)], &[Some(1)], &[Some(2)], &[Some(3)]]);
        check(4, 2, &[&[Some(0), Some(2)], &[Some(1), Some(3)]]);
        check(5, 2, &[&[Some(0), Some(3)], &[Some(1), Some(4)], &[Some(2), None]]);
        check(
            6,
            4,
            &[&[Some(0), Some(2), Some(4), Some(5)], &[Some(1), Some(3), None, None]],
        );
        check(1, 2, &[&[Some(0), None]]);
        check(0, 2, &[]);
        check(2, 0, &[]);
    }
}
