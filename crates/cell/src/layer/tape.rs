//! What a forward pass of a layer keeps for the way back, and room to work in.

use super::PANEL;
use super::columns::Columns;
use super::frame::Frame;
use crate::buffer::Buffer;
use crate::simd::Level;

/// Rows (steps times batch) whose sums' gradients are kept together, for four sums; of
/// more sums, fewer rows. They are few enough that those of a panel, 128 KiB, stay in
/// the second cache, and enough that the sums of weights' gradients are seldom fetched.
const CHUNK: usize = 512;

/// What a forward pass keeps for the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: there is no way back.
    Nothing,
    /// The states after each step, and what the gradients are made of besides: the four
    /// gates of an LSTM, say.
    All,
    /// The states after each step only; the rest is computed once more on the way back,
    /// some steps at a time. The bits are the same.
    States,
}

/// The memory of a layer's passes; made once, used for any number of them.
#[derive(Debug, Clone)]
pub struct LayerTape {
    pub(super) level: Level,
    pub(super) frame: Frame,
    pub(super) keep: Keep,
    /// How many steps of a chunk, and how many chunks are kept at once.
    pub(super) chunk: usize,
    pub(super) chunks: usize,
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
    pub(super) fn of(level: Level, frame: Frame, keep: Keep) -> Self {
        let (steps, batch) = (frame.shape.steps, frame.shape.batch);
        let panels = frame.panels();
        let rows = 4 * CHUNK / frame.sums.len().max(4);
        let chunk = (rows / batch.max(1)).clamp(1, steps.max(1));
        // Another member may still read the chunk before; and where a chunk is one
        // step, the next one reads it.
        let chunks = if frame.members() > 1 || chunk == 1 { 2 } else { 1 };
        let kept = match keep {
            Keep::Nothing => 0,
            Keep::All => steps,
            Keep::States => chunk,
        };
        let slots = if keep == Keep::Nothing { 2 } else { (steps + 1).max(2) };
        let state = |s| Buffer::zeros(slots * frame.state_len(s));
        let mut tape = LayerTape {
            level,
            keep,
            chunk,
            chunks,
            weights: Buffer::zeros(panels * frame.weights()),
            bias: Buffer::zeros(panels * frame.sums.len() * PANEL),
            states: (0..frame.multiplied.len()).map(state).collect(),
            kept: Buffer::zeros(kept * batch * panels * frame.kept * PANEL),
            room: Buffer::zeros(batch * frame.room[0]),
            back: Back::default(),
            frame,
        };
        if keep != Keep::Nothing {
            tape.back = tape.room_back();
        }
        tape
    }

    fn room_back(&self) -> Back {
        let frame = &self.frame;
        let columns = frame.panels() * frame.sums.len() * PANEL;
        let rows = self.chunk * frame.shape.batch;
        let state = |_| Buffer::zeros(frame.panels() * frame.shape.batch * PANEL);
        let transposed = frame.sources.iter().map(|source| {
            let columns = Columns::new(source.len, self.level.across());
            Buffer::zeros(columns.len(frame.transposed(source)))
        });
        Back {
            transposed: transposed.collect(),
            sums: Buffer::zeros(self.chunks * rows * columns),
            left: Buffer::zeros(self.chunks * rows * frame.depth()),
            states: frame.multiplied.iter().map(state).collect(),
            weights: Buffer::zeros(frame.panels() * frame.weights()),
            bias: Buffer::zeros(columns),
            room: Buffer::zeros(frame.shape.batch * frame.room[1]),
        }
    }
}
