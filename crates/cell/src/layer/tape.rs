//! What a forward pass of a layer keeps for the way back, and room to work in.

use super::PANEL;
use super::columns::Columns;
use super::frame::Frame;
use crate::ScanShape;
use crate::buffer::Buffer;
use crate::simd::Level;

/// Rows (steps times batch) whose sums' gradients are kept together, for four sums; of
/// more sums, fewer rows. They are few enough that those of a panel, 128 KiB, stay in
/// the second cache, and enough that the sums of weights' gradients are seldom fetched.
const CHUNK: usize = 512;

impl Frame {
    /// How many steps a chunk has, and how many chunks are kept at once.
    pub(super) fn chunks(&self) -> (usize, usize) {
        let rows = 4 * CHUNK / self.sums.len().max(4);
        let (steps, batch) = (self.shape.steps.max(1), self.shape.batch.max(1));
        let chunk = (rows / batch).clamp(1, steps);
        // Another member may still read the chunk before; and where a chunk is one
        // step, the next one reads it.
        let chunks = if batch > 1 || chunk == 1 { 2 } else { 1 };
        (chunk, chunks)
    }

    /// How many slots of states a tape has, and of how many steps it keeps the rest.
    fn kept_steps(&self, training: bool) -> (usize, usize) {
        let steps = self.shape.steps;
        if training { ((steps + 1).max(2), steps) } else { (2, 0) }
    }

    /// How many numbers the transposed matrix of each source has; one that is looked up
    /// is not transposed.
    fn transposed_lens(&self, level: Level) -> impl Iterator<Item = usize> {
        self.sources.iter().map(move |source| match source.factors() {
            0 => 0,
            rows => Columns::new(rows, level.across()).len(self.transposed(source)),
        })
    }

    /// `C * 16 P`
    fn columns(&self) -> usize {
        self.panels() * self.sums.len() * PANEL
    }
}

/// The memory of a layer's passes; made once, used for any number of them, also of the
/// same layer with fewer steps.
#[derive(Debug, Clone)]
pub struct LayerTape {
    pub(super) level: Level,
    pub(super) frame: Frame,
    /// Whether the forward pass keeps what the way back needs.
    pub(super) training: bool,
    /// How many steps of a chunk, and how many chunks are kept at once.
    pub(super) chunk: usize,
    pub(super) chunks: usize,
    /// The most steps that it has room for.
    steps: usize,
    /// The weights of each panel, packed.
    pub(super) weights: Buffer,
    /// `[C * 16 P]`
    pub(super) bias: Buffer,
    /// Each state before all steps and after the last, in the order of computation.
    pub(super) states: Vec<Buffer>,
    /// What the cell keeps of each step, `[T, P, B, kept * 16]` or in an order of its
    /// own within a panel, in the order of computation.
    pub(super) kept: Buffer,
    /// The cell's room on the way forward, and on the way back.
    pub(super) room: Buffer,
    pub(super) back: Back,
}

/// Room for the way back.
#[derive(Debug, Clone, Default)]
pub(super) struct Back {
    /// The matrix of each source transposed, packed.
    pub(super) transposed: Vec<Buffer>,
    /// The gradients of the sums of a chunk, `[chunk * B, C * 16 P]`, packed, for each
    /// chunk that is kept.
    pub(super) sums: Buffer,
    /// x and the states of a chunk that are multiplied, `[depth, chunk * B]`, in blocks
    /// of a tile's rows.
    pub(super) left: Buffer,
    /// What of the gradients of each state does not come through a product,
    /// `[P, B, 16]`.
    pub(super) states: Vec<Buffer>,
    /// The gradients of the matrices, packed as the weights, and of the biases.
    pub(super) weights: Buffer,
    pub(super) bias: Buffer,
    pub(super) room: Buffer,
}

impl LayerTape {
    pub(super) fn of(level: Level, frame: Frame, training: bool) -> Self {
        let (steps, batch) = (frame.shape.steps, frame.shape.batch);
        let panels = frame.panels();
        let (chunk, chunks) = frame.chunks();
        let (slots, kept) = frame.kept_steps(training);
        let state = |s| Buffer::zeros(slots * frame.state_len(s));
        let mut tape = LayerTape {
            level,
            training,
            chunk,
            chunks,
            steps,
            weights: Buffer::zeros(panels * frame.weights()),
            bias: Buffer::zeros(panels * frame.sums.len() * PANEL),
            states: (0..frame.multiplied.len()).map(state).collect(),
            kept: Buffer::zeros(kept * batch * panels * frame.kept * PANEL),
            room: Buffer::zeros(batch * frame.room[0]),
            back: Back::default(),
            frame,
        };
        if training {
            tape.back = tape.room_back();
        }
        tape
    }

    /// Takes on a layer with these sizes, which differ in steps alone, and are no more.
    pub(super) fn take_on(&mut self, shape: ScanShape) {
        let own = ScanShape { steps: shape.steps, ..self.frame.shape };
        let fits = own == shape && shape.steps <= self.steps;
        assert!(fits, "the tape is this layer's");
        self.frame.shape = shape;
    }

    /// How many bytes one takes.
    pub(super) fn bytes_of(level: Level, frame: &Frame, training: bool) -> usize {
        let batch = frame.shape.batch;
        let (panels, columns) = (frame.panels(), frame.columns());
        let (chunk, chunks) = frame.chunks();
        let (slots, kept) = frame.kept_steps(training);
        let mut lens = vec![
            panels * frame.weights(),
            columns,
            kept * batch * panels * frame.kept * PANEL,
            batch * frame.room[0],
        ];
        lens.extend((0..frame.multiplied.len()).map(|s| slots * frame.state_len(s)));
        if training {
            let rows = chunks * chunk * batch;
            lens.extend(frame.transposed_lens(level));
            lens.extend(frame.multiplied.iter().map(|_| panels * batch * PANEL));
            lens.extend([rows * columns, rows * frame.depth(), batch * frame.room[1]]);
            lens.extend([panels * frame.weights(), columns]);
        }
        // Buffers are whole cache lines.
        lens.iter().map(|len| len.next_multiple_of(16) * size_of::<f32>()).sum()
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        let back = &self.back;
        let single = [&self.weights, &self.bias, &self.kept, &self.room];
        let of_back = [&back.sums, &back.left, &back.weights, &back.bias, &back.room];
        let many = self.states.iter().chain(&back.transposed).chain(&back.states);
        let all = many.chain(single).chain(of_back);
        all.map(|buffer| size_of_val(&buffer[..])).sum()
    }

    fn room_back(&self) -> Back {
        let frame = &self.frame;
        let columns = frame.columns();
        let rows = self.chunk * frame.shape.batch;
        let state = |_| Buffer::zeros(frame.panels() * frame.shape.batch * PANEL);
        let transposed = frame.transposed_lens(self.level);
        Back {
            transposed: transposed.map(Buffer::zeros).collect(),
            sums: Buffer::zeros(self.chunks * rows * columns),
            left: Buffer::zeros(self.chunks * rows * frame.depth()),
            states: frame.multiplied.iter().map(state).collect(),
            weights: Buffer::zeros(frame.panels() * frame.weights()),
            bias: Buffer::zeros(columns),
            room: Buffer::zeros(frame.shape.batch * frame.room[1]),
        }
    }
}
