//! Which values of a plan share a buffer: their lives in, places out.
//!
//! A value lives from the step that writes it to the last one that reads it, and a place
//! is free again where a life ends. Values take their places by size, the largest first,
//! each the smallest place that is free all its life (Pisarchyk and Lee 2020, "greedy by
//! size"): no place ever has to grow.

use std::ops::RangeInclusive;

use super::Step;

/// Values take places up to so many times as large: a buffer is filled with zeros where it
/// grows from a short value to a long one, in every run.
const SHORT: usize = 4;

/// How long a value is, and the steps in which it must not be disturbed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) len: usize,
    pub(super) steps: RangeInclusive<usize>,
}

/// Where values lie.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The place of each value.
    pub(super) places: Vec<usize>,
    /// How many numbers each place has room for.
    pub(super) rooms: Vec<usize>,
}

/// A place for each life.
pub(super) fn lay_out(lives: &[Life]) -> Layout {
    let mut order: Vec<usize> = (0..lives.len()).collect();
    order.sort_by_key(|value| std::cmp::Reverse(lives[*value].len));
    let mut layout = Layout { places: vec![0; lives.len()], rooms: Vec::new() };
    let mut taken: Vec<Vec<&Life>> = Vec::new();
    for value in order {
        let life = &lives[value];
        let free = |at: &usize| {
            layout.rooms[*at] <= SHORT * life.len
                && taken[*at].iter().all(|other| !life.meets(other))
        };
        // The largest come first, so that the last free place is the smallest.
        let place = (0..taken.len()).rev().find(free).unwrap_or(taken.len());
        if place == taken.len() {
            taken.push(Vec::new());
            layout.rooms.push(life.len);
        }
        taken[place].push(life);
        layout.places[value] = place;
    }
    layout
}

impl Layout {
    /// Has the first `n` values, which share places with none, lie in the first places.
    pub(super) fn put_first(&mut self, n: usize) {
        let first = &self.places[..n];
        let rest = (0..self.rooms.len()).filter(|place| !first.contains(place));
        let order: Vec<usize> = first.iter().copied().chain(rest).collect();
        let mut place_of = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place_of[*old] = new;
        }
        self.rooms = order.iter().map(|old| self.rooms[*old]).collect();
        self.places.iter_mut().for_each(|place| *place = place_of[*place]);
    }

    /// Which places have values of several lengths.
    pub(super) fn several(&self, lens: &[usize]) -> Vec<bool> {
        let mut several = vec![false; self.rooms.len()];
        for (place, len) in self.places.iter().zip(lens) {
            several[*place] |= *len != self.rooms[*place];
        }
        several
    }
}

impl Life {
    fn meets(&self, other: &Life) -> bool {
        self.steps.start() <= other.steps.end() && other.steps.start() <= self.steps.end()
    }
}

/// A place for each value of these steps, given their lengths. `kept` values are there
/// before the first step and after the last, `results` after the last. An element-wise
/// step writes over what it reads where nothing else needs that.
pub(super) fn of_steps(
    steps: &mut [Step],
    lens: &[usize],
    kept: &[usize],
    results: &[usize],
) -> Layout {
    let mut lives: Vec<Option<Life>> = vec![None; lens.len()];
    // The value whose life another one prolongs.
    let mut heads: Vec<usize> = (0..lens.len()).collect();
    let mut ends = last_reads(steps, lens.len());
    for value in kept.iter().chain(results) {
        ends[*value] = usize::MAX;
    }
    for value in kept {
        lives[*value] = Some(Life { len: lens[*value], steps: 0..=usize::MAX });
    }
    for (at, step) in steps.iter_mut().enumerate() {
        let over = step.kernel.overwritable();
        for output in step.kernel.operands().outputs {
            let end = ends[*output].max(at);
            let dies =
                |input: &&usize| ends[**input] == at && lens[**input] == lens[*output];
            if let Some(input) = over.iter().find(dies) {
                let head = heads[*input];
                heads[*output] = head;
                let life = lives[head].as_mut().expect("it was written before");
                life.steps = *life.steps.start()..=end;
            } else {
                lives[*output] = Some(Life { len: lens[*output], steps: at..=end });
            }
        }
    }
    spread(&lives, &heads)
}

/// The last step that reads each value.
fn last_reads(steps: &mut [Step], values: usize) -> Vec<usize> {
    let mut last = vec![0; values];
    for (at, step) in steps.iter_mut().enumerate() {
        for input in step.kernel.operands().inputs {
            last[*input] = at;
        }
    }
    last
}

/// Lays out the values that have lives of their own; the others lie with their heads.
fn spread(lives: &[Option<Life>], heads: &[usize]) -> Layout {
    let own: Vec<usize> = (0..lives.len()).filter(|v| lives[*v].is_some()).collect();
    let chosen: Vec<Life> = lives.iter().flatten().cloned().collect();
    let Layout { places, rooms } = lay_out(&chosen);
    let mut all = vec![0; lives.len()];
    for (value, place) in own.into_iter().zip(places) {
        all[value] = place;
    }
    let places = heads.iter().map(|head| all[*head]).collect();
    Layout { places, rooms }
}

#[cfg(test)]
mod tests {
    use super::{Layout, Life, lay_out};

    fn check(lives: &[(usize, usize, usize)], places: &[usize], rooms: &[usize]) {
        let lives: Vec<Life> = (lives.iter())
            .map(|(len, from, to)| Life { len: *len, steps: *from..=*to })
            .collect();
        let want = Layout { places: places.to_vec(), rooms: rooms.to_vec() };
        assert_eq!(lay_out(&lives), want, "{lives:?}");
    }

    #[test]
    fn values_share_a_place_when_their_lives_do_not_meet() {
        check(&[], &[], &[]);
        check(&[(4, 0, 1), (4, 2, 3)], &[0, 0], &[4]);
        check(&[(4, 0, 2), (4, 2, 3)], &[0, 1], &[4, 4]);
        // The small one first, yet the large one makes the place.
        check(&[(3, 0, 1), (9, 2, 3)], &[0, 0], &[9]);
        // Too small for it.
        check(&[(2, 0, 1), (9, 2, 3)], &[1, 0], &[9, 2]);
        // Of two free places the smaller.
        check(&[(9, 0, 1), (5, 0, 1), (4, 2, 3)], &[0, 1, 1], &[9, 5]);
        check(&[(3, 0, usize::MAX), (3, 4, 5), (2, 6, 7)], &[0, 1, 1], &[3, 3]);
    }
}
