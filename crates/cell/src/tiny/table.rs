//! Which kernels run a layer: one set for each width and instruction set.
//!
//! Each is compiled for its features around the generic loops, and chosen when a network
//! is laid out.

use super::change::{self, Arenas};
use super::lanes::Portable;
use super::layer::{Layer, Run};
use super::lstm;
use super::output::{self, Aim, Dense};
#[cfg(target_arch = "x86_64")]
use super::quad::Quad;
use super::step::Wide;
#[cfg(target_arch = "x86_64")]
use super::x86::{F4, F8, F16};
use crate::optimiser::Rule;
use crate::simd::Level;

/// The loops of one layer.
///
/// # Safety
/// They may be called on a machine of their level alone. The arenas of the run are those
/// that the layer was laid out in, for batches at least as large, and the layer's width is
/// that of its kernels; the inputs are `[T, B, I]`; nobody else uses any of them meanwhile;
/// T and B are not 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct LayerKernels {
    pub(super) forward: unsafe fn(&Layer, &Run),
    pub(super) backward: unsafe fn(&Layer, &Run),
    pub(super) gradients: unsafe fn(&Layer, &Run),
}

/// What comes after the last layer, likewise.
#[derive(Debug, Clone, Copy)]
pub(super) struct OutputKernels {
    pub(super) forward: unsafe fn(&Dense, &Run),
    pub(super) train: unsafe fn(&Dense, &Run, &Aim) -> f32,
    pub(super) change: unsafe fn(&Rule, &Arenas),
}

/// The width that a layer of so many units, 1 to 64, is padded to.
pub(super) fn padded(units: usize) -> usize {
    match units {
        0..=4 => 4,
        5..=8 => 8,
        _ => units.next_multiple_of(16),
    }
}

/// The kernels of a layer of this padded width.
pub(super) fn layer(level: Level, width: usize) -> LayerKernels {
    match (level, width) {
        (Level::Portable, 4) => portable_4::KERNELS,
        (Level::Portable, 8) => portable_8::KERNELS,
        (Level::Portable, 16) => portable_16::KERNELS,
        (Level::Portable, 32) => portable_32::KERNELS,
        (Level::Portable, 48) => portable_48::KERNELS,
        (Level::Portable, _) => portable_64::KERNELS,
        #[cfg(target_arch = "x86_64")]
        (Level::Avx2, width) => avx2(width),
        #[cfg(target_arch = "x86_64")]
        (Level::Avx512, width) => avx512(width),
    }
}

#[cfg(target_arch = "x86_64")]
fn avx2(width: usize) -> LayerKernels {
    match width {
        4 => avx2_4::KERNELS,
        8 => avx2_8::KERNELS,
        16 => avx2_16::KERNELS,
        32 => avx2_32::KERNELS,
        48 => avx2_48::KERNELS,
        _ => avx2_64::KERNELS,
    }
}

#[cfg(target_arch = "x86_64")]
fn avx512(width: usize) -> LayerKernels {
    match width {
        4 => avx512_4::KERNELS,
        8 => avx512_8::KERNELS,
        16 => avx512_16::KERNELS,
        32 => avx512_32::KERNELS,
        48 => avx512_48::KERNELS,
        _ => avx512_64::KERNELS,
    }
}

/// The output's kernels on a layer of this padded width.
pub(super) fn output(level: Level, width: usize) -> OutputKernels {
    match (level, width) {
        (Level::Portable, 4) => portable_out_4::KERNELS,
        (Level::Portable, _) => portable_out_8::KERNELS,
        #[cfg(target_arch = "x86_64")]
        (Level::Avx2, 4) => avx2_out_4::KERNELS,
        #[cfg(target_arch = "x86_64")]
        (Level::Avx2, _) => avx2_out_8::KERNELS,
        #[cfg(target_arch = "x86_64")]
        (Level::Avx512, 4) => avx512_out_4::KERNELS,
        #[cfg(target_arch = "x86_64")]
        (Level::Avx512, _) => avx512_out_8::KERNELS,
    }
}

/// A module with the loops of one width: its cell, the registers that gradients are
/// summed in, the width, and how many registers of a row are summed at once.
macro_rules! layer_kernels {
    ($(#[$features:meta])? $name:ident, $cell:ty, $lanes:ty, $width:literal, $at_once:literal) => {
        mod $name {
            use super::*;

            $(#[$features])?
            unsafe fn forward(layer: &Layer, run: &Run) {
                // SAFETY: the caller answers for the machine and the pointers.
                unsafe { lstm::forward::<$cell>(layer, run) }
            }

            $(#[$features])?
            unsafe fn backward(layer: &Layer, run: &Run) {
                // SAFETY: the caller answers for the machine and the pointers.
                unsafe { lstm::backward::<$cell>(layer, run) }
            }

            $(#[$features])?
            unsafe fn gradients(layer: &Layer, run: &Run) {
                // SAFETY: the caller answers for the machine and the pointers.
                unsafe { lstm::gradients::<$lanes, $width, $at_once>(layer, run) }
            }

            pub(super) const KERNELS: LayerKernels =
                LayerKernels { forward, backward, gradients };
        }
    };
}

/// The same for what comes after: the registers of a row, and those of an arena.
macro_rules! output_kernels {
    ($(#[$features:meta])? $name:ident, $row:ty, $arena:ty) => {
        mod $name {
            use super::*;

            $(#[$features])?
            unsafe fn forward(dense: &Dense, run: &Run) {
                // SAFETY: the caller answers for the machine and the pointers.
                unsafe { output::forward::<$row>(dense, run) }
            }

            $(#[$features])?
            unsafe fn train(dense: &Dense, run: &Run, aim: &Aim) -> f32 {
                // SAFETY: the caller answers for the machine and the pointers.
                unsafe { output::train::<$row>(dense, run, aim) }
            }

            $(#[$features])?
            unsafe fn change(rule: &Rule, arenas: &Arenas) {
                // SAFETY: the caller answers for the machine and the pointers.
                unsafe { change::change::<$arena>(rule, arenas) }
            }

            pub(super) const KERNELS: OutputKernels =
                OutputKernels { forward, train, change };
        }
    };
}

layer_kernels!(portable_4, Wide<Portable<4>, 1>, Portable<4>, 4, 2);
layer_kernels!(portable_8, Wide<Portable<8>, 1>, Portable<8>, 8, 2);
layer_kernels!(portable_16, Wide<Portable<16>, 1>, Portable<16>, 16, 1);
layer_kernels!(portable_32, Wide<Portable<16>, 2>, Portable<16>, 32, 1);
layer_kernels!(portable_48, Wide<Portable<16>, 3>, Portable<16>, 48, 1);
layer_kernels!(portable_64, Wide<Portable<16>, 4>, Portable<16>, 64, 1);
output_kernels!(portable_out_4, Portable<4>, Portable<16>);
output_kernels!(portable_out_8, Portable<8>, Portable<16>);

/// The modules of an instruction set of x86.
macro_rules! x86_kernels {
    ($features:literal, $([$name:ident, $cell:ty, $lanes:ty, $width:literal, $at_once:literal])+;
     $([$output:ident, $row:ty, $arena:ty])+) => {
        $(
            #[cfg(target_arch = "x86_64")]
            layer_kernels!(
                #[target_feature(enable = $features)] $name, $cell, $lanes, $width, $at_once
            );
        )+
        $(
            #[cfg(target_arch = "x86_64")]
            output_kernels!(#[target_feature(enable = $features)] $output, $row, $arena);
        )+
    };
}

x86_kernels!(
    "avx2,fma",
    [avx2_4, Wide<F4, 1>, F8, 4, 2]
    [avx2_8, Wide<F8, 1>, F8, 8, 2]
    [avx2_16, Wide<F8, 2>, F8, 16, 2]
    [avx2_32, Wide<F8, 4>, F8, 32, 2]
    [avx2_48, Wide<F8, 6>, F8, 48, 2]
    [avx2_64, Wide<F8, 8>, F8, 64, 2];
    [avx2_out_4, F4, F8]
    [avx2_out_8, F8, F8]
);

x86_kernels!(
    "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma",
    [avx512_4, Quad, F16, 4, 1]
    [avx512_8, Wide<F8, 1>, F16, 8, 2]
    [avx512_16, Wide<F16, 1>, F16, 16, 4]
    [avx512_32, Wide<F16, 2>, F16, 32, 4]
    [avx512_48, Wide<F16, 3>, F16, 48, 4]
    [avx512_64, Wide<F16, 4>, F16, 64, 4];
    [avx512_out_4, F4, F16]
    [avx512_out_8, F8, F16]
);
