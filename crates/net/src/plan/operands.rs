//! What a kernel reads and writes: by number, so that buffers can be laid out.

use super::kernel::Kernel;
use crate::graph::Reading;

/// The numbers of the buffers of a kernel.
pub(super) struct Operands<'a> {
    pub(super) inputs: Vec<&'a mut usize>,
    pub(super) outputs: Vec<&'a mut usize>,
}

impl Kernel {
    /// Its buffers, in order.
    pub(super) fn operands(&mut self) -> Operands<'_> {
        match self {
            Kernel::Unary { input, output, .. }
            | Kernel::Copy { input: (input, _), output }
            | Kernel::Reduce { input, output, .. }
            | Kernel::Scatter { input, output, .. } => {
                Operands { inputs: vec![input], outputs: vec![output] }
            }
            Kernel::Binary { inputs: [(a, _), (b, _)], output, .. }
            | Kernel::MatMul { inputs: [a, b], output, .. } => {
                Operands { inputs: vec![a, b], outputs: vec![output] }
            }
            Kernel::Indexed { inputs, outputs, .. }
            | Kernel::Scan { inputs, outputs, .. }
            | Kernel::ScanGrad { inputs, outputs, .. }
            | Kernel::FusedScan { inputs, outputs, .. }
            | Kernel::FusedScanGrad { inputs, outputs, .. }
            | Kernel::FusedLayer { inputs, outputs, .. }
            | Kernel::FusedLayerGrad { inputs, outputs, .. } => Operands {
                inputs: inputs.iter_mut().collect(),
                outputs: outputs.iter_mut().collect(),
            },
        }
    }

    /// The inputs that its output may be written over, number by number, if they have
    /// its length and nothing reads them later.
    pub(super) fn overwritable(&self) -> Vec<usize> {
        match self {
            Kernel::Unary { input, .. } => vec![*input],
            Kernel::Binary { inputs: [(a, view_a), (b, view_b)], .. } => {
                let plain = |view: &Reading| matches!(view, Reading::Plain);
                match (plain(view_a), plain(view_b)) {
                    (true, true) => vec![*a, *b],
                    // The same numbers in another order must not be gone.
                    (true, false) if a != b => vec![*a],
                    (false, true) if a != b => vec![*b],
                    _ => Vec::new(),
                }
            }
            Kernel::Copy { .. }
            | Kernel::Reduce { .. }
            | Kernel::MatMul { .. }
            | Kernel::Indexed { .. }
            | Kernel::Scatter { .. }
            | Kernel::Scan { .. }
            | Kernel::ScanGrad { .. }
            | Kernel::FusedScan { .. }
            | Kernel::FusedScanGrad { .. }
            | Kernel::FusedLayer { .. }
            | Kernel::FusedLayerGrad { .. } => Vec::new(),
        }
    }
}
