//! The kernels of a program's layer for each instruction set.
#![allow(unsafe_code)]

use super::backward::Backward;
use super::forward::Forward;
use super::gradients::Gradients;
use crate::simd::Level;
use crate::tiny::layer::{Layer, Run};
use crate::tiny::table::LayerKernels;

/// The kernels of this level.
pub(in super::super) fn kernels(level: Level) -> LayerKernels {
    match level {
        Level::Portable => portable::KERNELS,
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => avx2::KERNELS,
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => avx512::KERNELS,
    }
}

/// A module with the kernels of one level.
macro_rules! at_level {
    ($name:ident, $level:ident) => {
        mod $name {
            use super::*;

            unsafe fn forward(layer: &Layer, run: &Run) {
                // SAFETY: the caller answers for the machine and the pointers.
                Level::$level.run(unsafe { Forward::new(layer, run) });
            }

            unsafe fn backward(layer: &Layer, run: &Run) {
                // SAFETY: the caller answers for the machine and the pointers.
                Level::$level.run(unsafe { Backward::new(layer, run) });
            }

            unsafe fn gradients(layer: &Layer, run: &Run) {
                // SAFETY: the caller answers for the machine and the pointers.
                Level::$level.run(unsafe { Gradients::new(layer, run) });
            }

            pub(super) const KERNELS: LayerKernels =
                LayerKernels { forward, backward, gradients };
        }
    };
}

at_level!(portable, Portable);
#[cfg(target_arch = "x86_64")]
at_level!(avx2, Avx2);
#[cfg(target_arch = "x86_64")]
at_level!(avx512, Avx512);
