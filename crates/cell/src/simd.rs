//! One piece of code, compiled for each instruction set: in goes a [`Kernel`], and
//! the fastest version of its `run` that this machine has is executed.
#![allow(unsafe_code)]

/// A loop over numbers with its operands. `run` and all that it calls must be
/// `#[inline(always)]`: only then is it compiled with the wider registers.
pub(crate) trait Kernel {
    /// What the loop gives back.
    type Output;

    /// The loop.
    fn run(self) -> Self::Output;
}

/// Runs a kernel with the widest registers that this machine has.
pub(crate) fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw")
        {
            // SAFETY: all features that `avx512` is compiled for were found just above.
            return unsafe { avx512(kernel) };
        }
        // SAFETY: the features that `avx2` is compiled for were found just above.
        return unsafe { avx2(kernel) };
    }
    kernel.run()
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
