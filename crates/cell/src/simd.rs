//! One piece of code, compiled for each instruction set: in goes a [`Kernel`], and its
//! `run` is executed in the version of [`Level::best`].
//!
//! A [`WideKernel`] also names its registers, [`Sixteen`]: what must stay in them from
//! one instruction to the next is not left to the compiler.
#![allow(unsafe_code)]

mod level;
mod sixteen;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use level::Level;
pub(crate) use sixteen::Sixteen;

/// A loop over numbers with its operands. `run` and all that it calls must be
/// `#[inline(always)]`: only then is it compiled with the wider registers.
pub(crate) trait Kernel {
    /// What the loop gives back.
    type Output;

    /// The loop.
    fn run(self) -> Self::Output;
}

/// A loop that names its registers. `run` and all that it calls must be
/// `#[inline(always)]`, and free of closures around [`Sixteen`]'s functions.
pub(crate) trait WideKernel {
    /// The loop.
    fn run<S: Sixteen>(self);
}

impl Level {
    /// How many [`Sixteen`]s stand side by side in a tile: as many as leave room for
    /// six rows of them in the registers.
    pub(crate) fn across(self) -> usize {
        match self {
            Level::Portable => <[f32; 16]>::ACROSS,
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => <[x86::Eight; 2]>::ACROSS,
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => x86::Whole::ACROSS,
        }
    }

    /// Runs a kernel with this level's registers; the machine must have them.
    pub(crate) fn run<K: WideKernel>(self, kernel: K) {
        match self {
            Level::Portable => kernel.run::<[f32; 16]>(),
            // SAFETY: no public function takes a level, and here they come from `best` and
            // `all` alone, which found the features of each.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe { x86::avx2(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => unsafe { x86::avx512(kernel) },
        }
    }
}

/// Runs a kernel at the level that is [`Level::best`].
pub(crate) fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    match Level::best() {
        Level::Portable => kernel.run(),
        // SAFETY: `best` found all features that `avx2` is compiled for.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { avx2(kernel) },
        // SAFETY: `best` found all features that `avx512` is compiled for.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe { avx512(kernel) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Kernel, Level};

    /// Runs a kernel once per instruction set that this machine has, the portable one
    /// first.
    pub(crate) fn on_each<K: Kernel>(mut kernel: impl FnMut() -> K) -> Vec<K::Output> {
        let run = |level| match level {
            Level::Portable => kernel().run(),
            // SAFETY: `all` found all features that `avx2` is compiled for.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe { super::avx2(kernel()) },
            // SAFETY: `all` found all features that `avx512` is compiled for.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => unsafe { super::avx512(kernel()) },
        };
        Level::all().into_iter().map(run).collect()
    }
}
