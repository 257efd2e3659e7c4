//! The kernels of a plan: each reads some buffers and writes others.

use std::mem::take;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use carousel_cell::Team;

use super::Slices;
use super::elementwise::{self, Binary, Reduce, Unary, copy, reduce};
use crate::cells::CellForm;
use crate::graph::Reading;
use crate::operations::{
    FusedLayer, FusedLayerGrad, FusedScan, FusedScanGrad, Indexed, MatMul, Scan,
    ScanGrad, Scatter, Tape,
};

/// What one node of the graph became. Numbers name buffers.
#[derive(Debug)]
pub(crate) enum Kernel {
    /// One number from one, over the whole buffer.
    Unary {
        function: Unary,
        input: usize,
        output: usize,
    },
    /// One number from two.
    Binary {
        function: Binary,
        inputs: [(usize, Reading); 2],
        output: usize,
    },
    /// What a view shows, in a buffer of its own.
    Copy {
        input: (usize, Reading),
        output: usize,
    },
    /// Sum or maximum over the middle axis of `[outer, middle, inner]`.
    Reduce {
        function: Reduce,
        dims: [usize; 3],
        input: usize,
        output: usize,
    },
    MatMul {
        matmul: MatMul,
        team: Option<Arc<Team>>,
        inputs: [usize; 2],
        output: usize,
    },
    Indexed {
        indexed: Indexed,
        inputs: Vec<usize>,
        outputs: Vec<usize>,
    },
    Scatter {
        scatter: Scatter,
        input: usize,
        output: usize,
    },
    Scan {
        scan: Box<Scan>,
        inputs: Vec<usize>,
        outputs: Vec<usize>,
    },
    ScanGrad {
        scan: Box<ScanGrad>,
        inputs: Vec<usize>,
        outputs: Vec<usize>,
    },
    FusedScan {
        scan: Box<FusedScan>,
        tape: usize,
        /// Whether a gradient reads the tape.
        training: bool,
        inputs: Vec<usize>,
        outputs: Vec<usize>,
    },
    FusedScanGrad {
        scan: Box<FusedScanGrad>,
        tape: usize,
        inputs: Vec<usize>,
        outputs: Vec<usize>,
    },
    FusedLayer {
        layer: Box<FusedLayer>,
        team: Option<Arc<Team>>,
        tape: usize,
        /// Whether a gradient reads the tape.
        training: bool,
        inputs: Vec<usize>,
        outputs: Vec<usize>,
    },
    FusedLayerGrad {
        layer: Box<FusedLayerGrad>,
        team: Option<Arc<Team>>,
        tape: usize,
        inputs: Vec<usize>,
        outputs: Vec<usize>,
    },
}

/// The buffers of a plan, and the tapes of its fused loops: none of them is there before
/// the first run.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    /// One for each place of the layout.
    pub(crate) slots: Vec<Vec<f32>>,
    /// One for each fused loop.
    pub(crate) tapes: Vec<Tape>,
    /// Where buffers are while a kernel writes them.
    pub(super) lent: Vec<Vec<f32>>,
}

impl Kernel {
    /// Runs it; false if it was interrupted. Kernels of whole layers read the plan's
    /// inputs where the caller has them, `fed`: the first buffers stand for these.
    pub(crate) fn run(
        &mut self,
        buffers: &mut Buffers,
        fed: &[&[f32]],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let slots = &mut buffers.slots;
        match self {
            Kernel::Unary { function, input, output } => {
                elementwise::unary(*function, slots, *input, *output);
            }
            Kernel::Binary { function, inputs, output } => {
                elementwise::binary(*function, slots, inputs, *output);
            }
            Kernel::Copy { input: (input, view), output } => {
                write(slots, *output, |slots, out| copy(&slots[*input], view, out));
            }
            Kernel::Reduce { function, dims, input, output } => {
                write(slots, *output, |slots, out| {
                    reduce(*function, *dims, &slots[*input], out)
                });
            }
            Kernel::MatMul { matmul, team, inputs: [a, b], output } => {
                write(slots, *output, |slots, out| {
                    matmul.run(&slots[*a], &slots[*b], out, team.as_deref())
                });
            }
            Kernel::Indexed { indexed, inputs, outputs } => {
                let lent = &mut buffers.lent;
                let slots = Slots { slots, lent, fed };
                slots.write_all(inputs, outputs, |read, out| indexed.run(read, out));
            }
            Kernel::Scatter { scatter, input, output } => {
                write(slots, *output, |slots, out| scatter.run(&slots[*input], out));
            }
            Kernel::Scan { .. }
            | Kernel::ScanGrad { .. }
            | Kernel::FusedScan { .. }
            | Kernel::FusedScanGrad { .. }
            | Kernel::FusedLayer { .. }
            | Kernel::FusedLayerGrad { .. } => {
                return self.run_recurrent(buffers, fed, interrupt);
            }
        }
        true
    }

    /// The loops of recurrent layers and their gradients; false if it was interrupted.
    fn run_recurrent(
        &mut self,
        buffers: &mut Buffers,
        fed: &[&[f32]],
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let (slots, lent) = (&mut buffers.slots, &mut buffers.lent);
        let slots = Slots { slots, lent, fed };
        match self {
            Kernel::Scan { scan, inputs, outputs } => {
                slots.write_all(inputs, outputs, |read, out| scan.run(read, out));
                true
            }
            Kernel::ScanGrad { scan, inputs, outputs } => {
                slots.write_all(inputs, outputs, |read, out| scan.run(read, out));
                true
            }
            Kernel::FusedScan { scan, tape, inputs, outputs, .. } => {
                let tape = &mut buffers.tapes[*tape];
                slots.write_all(inputs, outputs, |read, out| {
                    scan.run(read, tape, out, interrupt)
                })
            }
            Kernel::FusedScanGrad { scan, tape, inputs, outputs } => {
                let tape = &mut buffers.tapes[*tape];
                slots.write_all(inputs, outputs, |read, out| {
                    scan.run(read, tape, out, interrupt)
                })
            }
            Kernel::FusedLayer { layer, team, tape, inputs, outputs, .. } => {
                let tape = &mut buffers.tapes[*tape];
                slots.write_all(inputs, outputs, |read, out| {
                    layer.run(read, tape, out, team.as_deref(), interrupt)
                })
            }
            Kernel::FusedLayerGrad { layer, team, tape, inputs, outputs } => {
                let tape = &mut buffers.tapes[*tape];
                slots.write_all(inputs, outputs, |read, out| {
                    layer.run(read, tape, out, team.as_deref(), interrupt)
                })
            }
            Kernel::Unary { .. }
            | Kernel::Binary { .. }
            | Kernel::Copy { .. }
            | Kernel::Reduce { .. }
            | Kernel::MatMul { .. }
            | Kernel::Indexed { .. }
            | Kernel::Scatter { .. } => unreachable!("the caller has matched the loops"),
        }
    }

    /// A tape for a forward loop; plans number them in the order of their steps.
    pub(super) fn new_tape(&self) -> Option<Tape> {
        match self {
            Kernel::FusedScan { scan, training, .. } => Some(scan.tape(*training)),
            Kernel::FusedLayer { layer, training, .. } => Some(layer.tape(*training)),
            _ => None,
        }
    }

    /// The cell and the units of a forward loop.
    pub(crate) fn forward_loop(&self) -> Option<(&CellForm, usize)> {
        let shape = match self {
            Kernel::Scan { scan, .. } => &scan.shape,
            Kernel::FusedScan { scan, .. } => &scan.shape,
            Kernel::FusedLayer { layer, .. } => &layer.shape,
            Kernel::Unary { .. }
            | Kernel::Binary { .. }
            | Kernel::Copy { .. }
            | Kernel::Reduce { .. }
            | Kernel::MatMul { .. }
            | Kernel::Indexed { .. }
            | Kernel::Scatter { .. }
            | Kernel::ScanGrad { .. }
            | Kernel::FusedScanGrad { .. }
            | Kernel::FusedLayerGrad { .. } => return None,
        };
        Some((&shape.form, shape.units))
    }

    /// The buffers that it reads, if it does not read inputs where the caller has them.
    pub(crate) fn reads_copies(&self) -> Vec<usize> {
        match self {
            Kernel::Unary { input, .. }
            | Kernel::Reduce { input, .. }
            | Kernel::Scatter { input, .. } => vec![*input],
            Kernel::Copy { input: (input, _), .. } => vec![*input],
            Kernel::Binary { inputs: [(a, _), (b, _)], .. } => vec![*a, *b],
            Kernel::MatMul { inputs, .. } => inputs.to_vec(),
            Kernel::Indexed { .. }
            | Kernel::Scan { .. }
            | Kernel::ScanGrad { .. }
            | Kernel::FusedScan { .. }
            | Kernel::FusedScanGrad { .. }
            | Kernel::FusedLayer { .. }
            | Kernel::FusedLayerGrad { .. } => Vec::new(),
        }
    }
}

/// Lends out one buffer to be written while the others are read.
fn write(
    slots: &mut [Vec<f32>],
    output: usize,
    kernel: impl FnOnce(&[Vec<f32>], &mut [f32]),
) {
    let mut out = take(&mut slots[output]);
    kernel(slots, &mut out);
    slots[output] = out;
}

/// The buffers of a plan, and the inputs that stand in the place of the first ones.
struct Slots<'a> {
    slots: &'a mut [Vec<f32>],
    lent: &'a mut Vec<Vec<f32>>,
    fed: &'a [&'a [f32]],
}

impl Slots<'_> {
    /// Lends out some buffers to be written while others are read.
    fn write_all<R>(
        self,
        inputs: &[usize],
        outputs: &[usize],
        kernel: impl FnOnce(&[&[f32]], &mut [Vec<f32>]) -> R,
    ) -> R {
        let Slots { slots, lent, fed } = self;
        lent.extend(outputs.iter().map(|slot| take(&mut slots[*slot])));
        let read = |slot: &usize| match fed.get(*slot) {
            Some(input) => input,
            None => slots[*slot].as_slice(),
        };
        let read: Slices<'_> = inputs.iter().map(read).collect();
        let result = kernel(&read, lent);
        drop(read);
        for (slot, buffer) in outputs.iter().zip(lent.drain(..)) {
            slots[*slot] = buffer;
        }
        result
    }
}
