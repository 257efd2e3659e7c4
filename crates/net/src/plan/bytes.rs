//! How much memory a plan takes: what its buffers and tapes will be, before any of them is
//! there, and what they are.

use super::kernel::{Buffers, Kernel};
use super::{Evaluator, Plan};
use crate::graph::Reading;
use crate::operations::Tape;

impl Evaluator {
    /// How many bytes it takes when it runs.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Evaluator::Plan(plan) => plan.bytes(),
            Evaluator::Luminal(run) => run.bytes(),
            Evaluator::Tiny(tiny) => tiny.bytes(),
        }
    }
}

impl Plan {
    /// How many bytes its buffers and tapes take, as they are, or as they will be before
    /// it has run, and what its kernels know of views.
    fn bytes(&self) -> usize {
        let kernels = self.steps.iter().map(|step| &step.kernel);
        let beside: usize = kernels.clone().map(Kernel::bytes).sum();
        let (numbers, tapes): (usize, usize) = if self.made {
            let Buffers { slots, tapes, .. } = &self.buffers;
            let numbers = slots.iter().map(Vec::capacity).sum();
            (numbers, tapes.iter().map(Tape::bytes).sum())
        } else {
            (self.rooms.iter().sum(), kernels.map(Kernel::tape_bytes).sum())
        };
        numbers * size_of::<f32>() + tapes + beside
    }
}

impl Kernel {
    /// How many bytes its tape takes, if it is a forward loop.
    pub(super) fn tape_bytes(&self) -> usize {
        match self {
            Kernel::FusedScan { scan, training, .. } => scan.tape_bytes(*training),
            Kernel::FusedLayer { layer, training, .. } => layer.tape_bytes(*training),
            _ => 0,
        }
    }

    /// How many bytes it takes beside buffers and tapes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Kernel::Binary { inputs: [(_, a), (_, b)], .. } => a.bytes() + b.bytes(),
            Kernel::Copy { input: (_, view), .. } => view.bytes(),
            Kernel::Scatter { scatter, .. } => scatter.reading.bytes(),
            Kernel::Scan { scan, .. } => scan.evaluator().map_or(0, Evaluator::bytes),
            Kernel::ScanGrad { scan, .. } => scan.evaluator().bytes(),
            _ => 0,
        }
    }
}

impl Reading {
    fn bytes(&self) -> usize {
        match self {
            Reading::Map(map) => size_of_val(map.as_slice()),
            Reading::Plain | Reading::Scalar | Reading::Repeated(_) => 0,
        }
    }
}
