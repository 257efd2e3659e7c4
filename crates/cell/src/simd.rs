//! One piece of code, compiled for each instruction set: in goes a [`Kernel`], and
//! the fastest version of its `run` that this machine has is executed.
//!
//! A [`WideKernel`] also names its registers, [`Sixteen`]: what must stay in them from
//! one instruction to the next is not left to the compiler.
#![allow(unsafe_code)]

mod sixteen;
#[cfg(target_arch = "x86_64")]
mod x86;

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

/// An instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Whatever the program was compiled for.
    Portable,
    /// 256 bits and fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512 bits.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// The fastest that this machine has.
    pub(crate) fn best() -> Level {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512bw");
            return if wide { Level::Avx512 } else { Level::Avx2 };
        }
        Level::Portable
    }

    /// Those that this machine has, the slowest first.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Level> {
        let mut levels = vec![Level::Portable];
        #[cfg(target_arch = "x86_64")]
        if Level::best() != Level::Portable {
            levels.push(Level::Avx2);
        }
        if !levels.contains(&Level::best()) {
            levels.push(Level::best());
        }
        levels
    }

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
            // SAFETY: levels come from `best` and `all`, which found their features.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe { x86::avx2(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => unsafe { x86::avx512(kernel) },
        }
    }
}

/// Runs a kernel with the widest registers that this machine has.
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
    use super::Kernel;

    /// Runs a kernel once per instruction set that this machine has, the portable one
    /// first.
    pub(crate) fn on_each<K: Kernel>(mut kernel: impl FnMut() -> K) -> Vec<K::Output> {
        let mut results = vec![kernel().run()];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                // SAFETY: the features were found just above.
                results.push(unsafe { super::avx2(kernel()) });
            }
            if is_x86_feature_detected!("avx512bw") {
                results.push(super::dispatch(kernel()));
            }
        }
        results
    }
}
