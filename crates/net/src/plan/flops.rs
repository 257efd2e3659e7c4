//! What a kernel does and who does it: floating point operations, those of matrix products
//! alone, an addition and a multiplication counted as two; and threads.

use super::kernel::Kernel;

impl Kernel {
    /// How many threads share its work.
    pub(crate) fn threads(&self) -> usize {
        match self {
            Kernel::MatMul { matmul, team: Some(team), .. } => {
                team.size().min(matmul.parts())
            }
            Kernel::FusedLayer { team: Some(team), .. }
            | Kernel::FusedLayerGrad { team: Some(team), .. } => team.size(),
            _ => 1,
        }
    }

    /// Those of one run; 0 where nothing is multiplied with a matrix.
    pub(crate) fn flops(&self) -> f64 {
        let multiplications = match self {
            Kernel::MatMul { matmul, .. } => matmul.m * matmul.k * matmul.n,
            Kernel::FusedScan { scan, .. } => scan.shape.recurrent_products(),
            // Each product has two on the way back: one for each of its factors.
            Kernel::FusedScanGrad { scan, .. } => {
                2 * scan.forward.shape.recurrent_products()
            }
            Kernel::FusedLayer { layer, .. } => {
                layer.shape.recurrent_products() + layer.input_products()
            }
            Kernel::FusedLayerGrad { layer, .. } => {
                let of_inputs = 1 + usize::from(layer.of_inputs);
                2 * layer.forward.shape.recurrent_products()
                    + of_inputs * layer.forward.input_products()
            }
            Kernel::Unary { .. }
            | Kernel::Binary { .. }
            | Kernel::Copy { .. }
            | Kernel::Reduce { .. }
            | Kernel::Indexed { .. }
            | Kernel::Scatter { .. }
            | Kernel::Scan { .. }
            | Kernel::ScanGrad { .. } => 0,
        };
        2.0 * multiplications as f64
    }
}
