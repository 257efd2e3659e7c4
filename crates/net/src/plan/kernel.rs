//! The kernels of a plan: each reads some buffers and writes others.

use std::mem::take;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use carousel_cell::Team;

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
}

impl Kernel {
    /// Runs it; false if it was interrupted.
    pub(crate) fn run(
        &mut self,
        buffers: &mut Buffers,
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
            Kernel::MatMul { matmul, inputs: [a, b], output } => {
                write(slots, *output, |slots, out| {
                    matmul.run(&slots[*a], &slots[*b], out)
                });
            }
            Kernel::Indexed { indexed, inputs, outputs } => {
                write_all(slots, inputs, outputs, |read, out| indexed.run(read, out));
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
                return self.run_recurrent(buffers, interrupt);
            }
        }
        true
    }

    /// The loops of recurrent layers and their gradients; false if it was interrupted.
    fn run_recurrent(
        &mut self,
        buffers: &mut Buffers,
        interrupt: Option<&AtomicBool>,
    ) -> bool {
        let slots = &mut buffers.slots;
        match self {
            Kernel::Scan { scan, inputs, outputs } => {
                write_all(slots, inputs, outputs, |read, out| scan.run(read, out));
                true
            }
            Kernel::ScanGrad { scan, inputs, outputs } => {
                write_all(slots, inputs, outputs, |read, out| scan.run(read, out));
                true
            }
            Kernel::FusedScan { scan, tape, inputs, outputs, .. } => {
                let tape = &mut buffers.tapes[*tape];
                write_all(slots, inputs, outputs, |read, out| {
                    scan.run(read, tape, out, interrupt)
                })
            }
            Kernel::FusedScanGrad { scan, tape, inputs, outputs } => {
                let tape = &mut buffers.tapes[*tape];
                write_all(slots, inputs, outputs, |read, out| {
                    scan.run(read, tape, out, interrupt)
                })
            }
            Kernel::FusedLayer { layer, team, tape, inputs, outputs, .. } => {
                let tape = &mut buffers.tapes[*tape];
                write_all(slots, inputs, outputs, |read, out| {
                    layer.run(read, tape, out, team.as_deref(), interrupt)
                })
            }
            Kernel::FusedLayerGrad { layer, team, tape, inputs, outputs } => {
                let tape = &mut buffers.tapes[*tape];
                write_all(slots, inputs, outputs, |read, out| {
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

fn write_all<R>(
    slots: &mut [Vec<f32>],
    inputs: &[usize],
    outputs: &[usize],
    kernel: impl FnOnce(&[&[f32]], &mut [Vec<f32>]) -> R,
) -> R {
    let mut out: Vec<Vec<f32>> =
        outputs.iter().map(|slot| take(&mut slots[*slot])).collect();
    let read: Vec<&[f32]> = inputs.iter().map(|slot| slots[*slot].as_slice()).collect();
    let result = kernel(&read, &mut out);
    for (slot, buffer) in outputs.iter().zip(out) {
        slots[*slot] = buffer;
    }
    result
}
