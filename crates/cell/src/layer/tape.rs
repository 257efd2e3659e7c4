//! What a forward pass of a layer keeps for the way back, and room to work in.

use super::columns::Columns;
use super::{GATES, LstmLayer, PANEL};
use crate::buffer::Buffer;
use crate::simd::Level;

/// Rows (steps times batch) whose gates' gradients are kept together: few enough that
/// those of a panel, 128 KiB, stay in the second cache, and enough that the sums of
/// weights' gradients are seldom fetched.
const CHUNK: usize = 512;

/// The memory of a layer's passes; made once, used for any number of them.
#[derive(Debug, Clone)]
pub struct LayerTape {
    pub(super) level: Level,
    /// Whether the forward pass keeps what the backward pass needs.
    pub(super) training: bool,
    /// How many steps of a chunk, and how many chunks are kept at once.
    pub(super) chunk: usize,
    pub(super) chunks: usize,
    /// `[I + H, 4P * 16]`, packed: w above u.
    pub(super) weights: Buffer,
    /// `[4P * 16]`
    pub(super) bias: Buffer,
    /// Hidden states `[T + 1, B, row]`, in the order of computation.
    pub(super) hidden: Buffer,
    /// Cell states `[T + 1, P, B, 16]`, in the order of computation.
    pub(super) cell: Buffer,
    /// The activated gates `[T, P, B, 64]`, in the order of computation.
    pub(super) gates: Buffer,
    pub(super) back: Back,
}

/// Room for the way back.
#[derive(Debug, Clone, Default)]
pub(super) struct Back {
    /// w transposed, `[64 P, I]`, packed, and u, `[64 P, H]`.
    pub(super) w: Buffer,
    pub(super) u: Buffer,
    /// The gradients of the gates of a chunk, `[chunk * B, 64 P]`, packed, for each
    /// chunk that is kept.
    pub(super) gates: Buffer,
    /// x and h of a chunk, `[I + H, chunk * B]`, in blocks of a tile's rows.
    pub(super) left: Buffer,
    /// The gradients of the cell states, `[P, B, 16]`.
    pub(super) cell: Buffer,
    /// What of the gradients of the hidden states passes by the gates of rows that take
    /// no part, `[P, B, 16]`.
    pub(super) pass: Buffer,
    /// The gradients of w and u, `[I + H, 64 P]`, packed, and of the bias.
    pub(super) weights: Buffer,
    pub(super) bias: Buffer,
}

impl LayerTape {
    /// A tape for this layer, or the same with fewer steps; one that is not for `training` is much smaller.
    pub fn new(layer: &LstmLayer, training: bool) -> Self {
        LayerTape::at(Level::best(), layer, training)
    }

    pub(super) fn at(level: Level, layer: &LstmLayer, training: bool) -> Self {
        let (steps, batch) = (layer.shape.steps, layer.shape.batch);
        let panels = layer.panels();
        let kept = if training { steps } else { 0 };
        let (chunk, chunks) = chunks(layer);
        let mut tape = LayerTape {
            level,
            training,
            chunk,
            chunks,
            weights: Buffer::zeros(panels * GATES * layer.depth()),
            bias: Buffer::zeros(panels * GATES),
            hidden: Buffer::zeros((kept + 1).max(2) * batch * layer.row()),
            cell: Buffer::zeros((kept + 1).max(2) * batch * panels * PANEL),
            gates: Buffer::zeros(kept * batch * panels * GATES),
            back: Back::default(),
        };
        if training {
            tape.back = tape.room(layer);
        }
        tape
    }

    /// How many bytes one for this layer takes.
    pub fn bytes_for(layer: &LstmLayer, training: bool) -> usize {
        let (steps, batch) = (layer.shape.steps, layer.shape.batch);
        let (columns, row) = (layer.panels() * GATES, layer.panels() * PANEL);
        let kept = if training { steps } else { 0 };
        let slots = (kept + 1).max(2) * batch;
        let mut lens = vec![
            columns * layer.depth(),
            columns,
            slots * layer.row(),
            slots * row,
            kept * batch * columns,
        ];
        if training {
            let (chunk, chunks) = chunks(layer);
            let wide = |n| Columns::new(n, Level::best().across()).len(columns);
            let rows = chunks * chunk * batch;
            lens.extend([wide(layer.inputs), wide(layer.shape.units)]);
            lens.extend([rows * columns, rows * layer.depth(), batch * row, batch * row]);
            lens.extend([columns * layer.depth(), columns]);
        }
        // Buffers are whole cache lines.
        lens.iter().map(|len| len.next_multiple_of(16) * size_of::<f32>()).sum()
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        let back = &self.back;
        let all = [
            [&self.weights, &self.bias, &self.hidden, &self.cell, &self.gates],
            [&back.w, &back.u, &back.gates, &back.left, &back.cell],
        ];
        let rest = [&back.pass, &back.weights, &back.bias];
        all.as_flattened().iter().chain(&rest).map(|buffer| size_of_val(&***buffer)).sum()
    }

    fn room(&self, layer: &LstmLayer) -> Back {
        let columns = layer.panels() * GATES;
        let rows = self.chunk * layer.shape.batch;
        let states = layer.shape.batch * layer.panels() * PANEL;
        Back {
            w: Buffer::zeros(self.columns(layer.inputs).len(columns)),
            u: Buffer::zeros(self.columns(layer.shape.units).len(columns)),
            gates: Buffer::zeros(self.chunks * rows * columns),
            left: Buffer::zeros(self.chunks * rows * layer.depth()),
            cell: Buffer::zeros(states),
            pass: Buffer::zeros(states),
            weights: Buffer::zeros(columns * layer.depth()),
            bias: Buffer::zeros(columns),
        }
    }

    /// How `n` columns are grouped at this level.
    pub(super) fn columns(&self, n: usize) -> Columns {
        Columns::new(n, self.level.across())
    }

    /// The first gate that was not a number, counted i, f, g, o, if any was.
    /// `None` where the tape is not for training.
    pub fn first_bad_gate(&self) -> Option<usize> {
        let at = self.gates.iter().position(|gate| gate.is_nan())?;
        Some(at % GATES / PANEL)
    }
}

/// How many steps a chunk has, and how many chunks are kept at once.
fn chunks(layer: &LstmLayer) -> (usize, usize) {
    let (steps, batch) = (layer.shape.steps, layer.shape.batch);
    let chunk = (CHUNK / batch.max(1)).clamp(1, steps.max(1));
    // Another member may still read the chunk before; and where a chunk is one step, the
    // next one reads it.
    let chunks = if layer.members() > 1 || chunk == 1 { 2 } else { 1 };
    (chunk, chunks)
}

impl LstmLayer {
    /// How many steps the way back takes together.
    pub fn chunk(&self) -> usize {
        chunks(self).0
    }

    /// `I + H`, the terms of a gate's sum.
    pub(super) fn depth(&self) -> usize {
        self.inputs + self.shape.units
    }

    /// How far apart two rows of hidden states lie: not a power of two, which would put
    /// the rows of a tile in the same places of the cache.
    pub(super) fn row(&self) -> usize {
        self.panels() * PANEL + PANEL
    }
}
