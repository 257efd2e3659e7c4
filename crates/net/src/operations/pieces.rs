//! A fused loop run piece by piece, so that its tape is one of some steps instead of all:
//! what `set memory low` makes of it.
//!
//! The way forward keeps the states before each piece and nothing else. The way back takes
//! the last piece first: it runs the piece forward once more, for its tape, then backward,
//! and adds what comes of it to the gradients of the learned tensors (Chen et al. 2016,
//! "Training deep nets with sublinear memory cost"). Outputs and the gradients of what
//! differs from step to step are the same bits as without pieces; those of the learned
//! tensors are sums of sums, and differ by their roundings.

use std::ops::Range;

use super::fused::Tape;
use super::scan::ScanShape;

/// Fewer steps than this are not worth it.
const LEAST_STEPS: usize = 8;

/// How many steps a piece of a loop has: about the square root of all, which makes the
/// tape of a piece and the states before all pieces small together, in whole chunks of the
/// kernel where these are shorter. `None` if the loop is short.
pub(crate) fn piece_steps(steps: usize, chunk: usize) -> Option<usize> {
    let root = (steps as f64).sqrt().ceil() as usize;
    let piece = if chunk < root { root.next_multiple_of(chunk.max(1)) } else { root };
    (steps >= LEAST_STEPS && piece < steps).then_some(piece)
}

/// The sizes of a loop that is run in pieces.
pub(super) struct Sizes<'a> {
    pub(super) shape: &'a ScanShape,
    /// How many steps a piece has; the last one may have fewer.
    pub(super) steps: usize,
    /// Whether a gradient reads the tape.
    pub(super) training: bool,
    /// How many numbers one step of the loop's first input has.
    pub(super) width: usize,
    /// How many numbers each learned tensor has.
    pub(super) learned: Vec<usize>,
}

/// What the pieces of a loop are run with, and what is kept of them.
#[derive(Debug, Clone)]
pub(crate) struct Pieces {
    steps: usize,
    width: usize,
    training: bool,
    /// Of the piece that was last run forward.
    tape: Tape,
    holds: usize,
    /// The states before each piece, `[B, H]` each; of the last one only if not training.
    before: Vec<Vec<Vec<f32>>>,
    /// What one piece gives, as the loop's outputs.
    outputs: Vec<Vec<f32>>,
    /// The gradients that leave one piece, as those of the loop.
    gradients: Vec<Vec<f32>>,
    /// The gradients of the states after a piece.
    carried: Vec<Vec<f32>>,
    /// The first gate that was not a number.
    pub(super) bad_gate: Option<usize>,
}

/// One piece to run: forward into the loop's outputs, or backward into its gradients.
pub(super) struct Piece<'a> {
    pub(super) steps: usize,
    /// The loop's inputs; on the way back, the gradients of its outputs behind them, that
    /// of the states after the piece always among them.
    pub(super) read: Vec<&'a [f32]>,
    pub(super) tape: &'a mut Tape,
    pub(super) outputs: &'a mut [Vec<f32>],
}

/// Runs a piece; false if it was interrupted.
pub(super) type Run<'a> = &'a dyn Fn(Piece<'_>) -> bool;

/// What the way back reads.
pub(super) struct Walk<'a> {
    pub(super) shape: &'a ScanShape,
    /// What differs from step to step: the first input, and the mask if there is one.
    pub(super) steps: &'a [&'a [f32]],
    pub(super) learned: &'a [&'a [f32]],
    /// Whether a gradient of the output, and of each last state, comes in.
    pub(super) given: &'a [bool],
    pub(super) seeds: &'a [&'a [f32]],
}

impl Sizes<'_> {
    fn pieces(&self) -> usize {
        self.shape.steps.div_ceil(self.steps)
    }

    fn states(&self) -> Vec<usize> {
        vec![self.shape.state_len(); self.shape.states()]
    }

    /// How many pieces' first states are kept.
    fn kept(&self) -> usize {
        if self.training { self.pieces() } else { 1 }
    }

    fn output_lens(&self) -> Vec<usize> {
        let given = self.steps * self.shape.state_len();
        std::iter::once(given).chain(self.states()).collect()
    }

    fn gradient_lens(&self) -> Vec<usize> {
        if !self.training {
            return Vec::new();
        }
        let read = std::iter::once(self.steps * self.width);
        read.chain(self.states()).chain(self.learned.iter().copied()).collect()
    }

    fn carried_lens(&self) -> Vec<usize> {
        if self.training { self.states() } else { Vec::new() }
    }

    /// How many bytes [`Pieces`] of these sizes take, given those of a piece's tape.
    pub(super) fn bytes(&self, tape: usize) -> usize {
        let sum = |lens: Vec<usize>| lens.iter().sum::<usize>();
        let kept = self.kept() * sum(self.states()) + sum(self.carried_lens());
        let numbers = kept + sum(self.output_lens()) + sum(self.gradient_lens());
        tape + numbers * size_of::<f32>()
    }
}

impl Pieces {
    /// Room for pieces of these sizes, with the tape of one.
    pub(super) fn new(sizes: &Sizes<'_>, tape: Tape) -> Pieces {
        let zeros = |lens: Vec<usize>| -> Vec<Vec<f32>> {
            lens.into_iter().map(|len| vec![0.0; len]).collect()
        };
        Pieces {
            steps: sizes.steps,
            width: sizes.width,
            training: sizes.training,
            tape,
            holds: 0,
            before: vec![zeros(sizes.states()); sizes.kept()],
            outputs: zeros(sizes.output_lens()),
            gradients: zeros(sizes.gradient_lens()),
            carried: zeros(sizes.carried_lens()),
            bad_gate: None,
        }
    }

    /// How many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        let rest = self.outputs.iter().chain(&self.gradients).chain(&self.carried);
        let numbers = self.before.iter().flatten().chain(rest).map(Vec::capacity);
        self.tape.bytes() + numbers.sum::<usize>() * size_of::<f32>()
    }

    /// Runs the loop, `run` being for one piece; false if it was interrupted.
    pub(super) fn forward(
        &mut self,
        shape: &ScanShape,
        inputs: &[&[f32]],
        outputs: &mut [Vec<f32>],
        run: Run<'_>,
    ) -> bool {
        let (steps, rest) = inputs.split_at(1 + usize::from(shape.masked));
        let (states, learned) = rest.split_at(shape.states());
        let (given, last) = outputs.split_first_mut().expect("a loop has outputs");
        self.bad_gate = None;
        copy(states.iter().copied(), &mut self.before[0]);
        let count = shape.steps.div_ceil(self.steps);
        for piece in 0..count {
            if !self.piece(shape, piece, steps, learned, run) {
                return false;
            }
            let times = self.times(shape, piece);
            place(given, times, shape.steps).copy_from_slice(&self.outputs[0]);
            let after = self.outputs[1..].iter().map(Vec::as_slice);
            let next = if self.training { piece + 1 } else { 0 };
            copy(after, if piece + 1 < count { &mut self.before[next] } else { last });
        }
        true
    }

    /// Runs the loop backwards, `forward` and `backward` being for one piece; false if it
    /// was interrupted. Outputs are the gradients of all inputs but the mask.
    pub(super) fn backward(
        &mut self,
        walk: &Walk<'_>,
        outputs: &mut [Vec<f32>],
        forward: Run<'_>,
        backward: Run<'_>,
    ) -> bool {
        let shape = walk.shape;
        let mut seeds = walk.seeds.iter().copied();
        let given = walk.given[0].then(|| seeds.next()).flatten();
        for (given, carried) in walk.given[1..].iter().zip(&mut self.carried) {
            match given.then(|| seeds.next()).flatten() {
                Some(seed) => carried.copy_from_slice(seed),
                None => carried.fill(0.0),
            }
        }
        let count = shape.steps.div_ceil(self.steps);
        for piece in (0..count).rev() {
            if self.holds != piece
                && !self.piece(shape, piece, walk.steps, walk.learned, forward)
            {
                return false;
            }
            let times = self.times(shape, piece);
            let mut read = read(
                (walk.steps, walk.learned),
                &self.before[piece],
                &times,
                shape.steps,
            );
            read.extend(given.map(|dy| part(dy, &times, shape.steps)));
            read.extend(self.carried.iter().map(Vec::as_slice));
            let steps = times.len();
            self.gradients[0].resize(steps * self.width, 0.0);
            let (tape, gradients) = (&mut self.tape, &mut self.gradients);
            if !backward(Piece { steps, read, tape, outputs: gradients }) {
                return false;
            }
            self.gather(shape, times, piece + 1 == count, outputs);
        }
        copy(self.carried.iter().map(Vec::as_slice), &mut outputs[1..]);
        true
    }

    /// Runs one piece forward.
    fn piece(
        &mut self,
        shape: &ScanShape,
        piece: usize,
        steps: &[&[f32]],
        learned: &[&[f32]],
        run: Run<'_>,
    ) -> bool {
        let times = self.times(shape, piece);
        let before = &self.before[if self.training { piece } else { 0 }];
        let read = read((steps, learned), before, &times, shape.steps);
        let steps = times.len();
        self.outputs[0].resize(steps * shape.state_len(), 0.0);
        self.holds = piece;
        let (tape, outputs) = (&mut self.tape, &mut self.outputs);
        let done = run(Piece { steps, read, tape, outputs });
        if self.bad_gate.is_none() && self.outputs[1].iter().any(|h| h.is_nan()) {
            self.bad_gate = self.tape.first_bad_gate();
        }
        done
    }

    /// Takes over the gradients of a piece; `first` if there are none of other pieces.
    fn gather(
        &mut self,
        shape: &ScanShape,
        times: Range<usize>,
        first: bool,
        outputs: &mut [Vec<f32>],
    ) {
        let states = shape.states();
        // Left empty where it is not needed.
        if !outputs[0].is_empty() {
            place(&mut outputs[0], times, shape.steps)
                .copy_from_slice(&self.gradients[0]);
        }
        let (carried, learned) = self.gradients[1..].split_at(states);
        copy(carried.iter().map(Vec::as_slice), &mut self.carried);
        for (total, more) in outputs[1 + states..].iter_mut().zip(learned) {
            if first {
                total.copy_from_slice(more);
            } else {
                total.iter_mut().zip(more).for_each(|(total, more)| *total += more);
            }
        }
    }

    /// The times of a piece, counted in the order in which they are computed.
    fn times(&self, shape: &ScanShape, piece: usize) -> Range<usize> {
        let from = piece * self.steps;
        let to = (from + self.steps).min(shape.steps);
        if shape.reverse { shape.steps - to..shape.steps - from } else { from..to }
    }
}

/// The inputs of a piece: of the whole loop those steps, the states before it, and what is
/// learned.
fn read<'a>(
    (steps, learned): (&[&'a [f32]], &[&'a [f32]]),
    before: &'a [Vec<f32>],
    times: &Range<usize>,
    all: usize,
) -> Vec<&'a [f32]> {
    let mut read: Vec<&[f32]> =
        steps.iter().map(|numbers| part(numbers, times, all)).collect();
    read.extend(before.iter().map(Vec::as_slice));
    read.extend(learned);
    read
}

/// Some times of numbers `[T, ..]`.
fn part<'a>(numbers: &'a [f32], times: &Range<usize>, all: usize) -> &'a [f32] {
    let step = numbers.len() / all;
    &numbers[times.start * step..times.end * step]
}

/// The same to write.
fn place(numbers: &mut [f32], times: Range<usize>, all: usize) -> &mut [f32] {
    let step = numbers.len() / all;
    &mut numbers[times.start * step..times.end * step]
}

fn copy<'a>(from: impl Iterator<Item = &'a [f32]>, to: &mut [Vec<f32>]) {
    for (from, to) in from.zip(to) {
        to.copy_from_slice(from);
    }
}

#[cfg(test)]
mod tests {
    use super::piece_steps;

    #[test]
    fn pieces_are_about_the_root_of_all_steps_in_whole_chunks() {
        for (steps, chunk, piece) in [
            (7, 1, None),
            (8, 8, Some(3)),
            (100, 100, Some(10)),
            (100, 8, Some(16)),
            (101, 101, Some(11)),
            (9, 2, Some(4)),
            (1000, 8, Some(32)),
        ] {
            assert_eq!(piece_steps(steps, chunk), piece, "{steps} {chunk}");
        }
    }
}
