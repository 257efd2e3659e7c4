//! The instruction sets that kernels are compiled for, and which of them run: what the
//! machine has and what a variable of the environment says go in, a [`Level`] comes out.

use std::env;
use std::fmt;
use std::sync::OnceLock;

/// An instruction set that kernels are compiled for.
///
/// Results of two levels differ in their last digits: to compare them, or to see whether
/// a result depends on the level at all, [`Level::VARIABLE`] names a slower one. The
/// products of large matrices that are left to the `gemm` crate are no part of it: that
/// crate takes the widest registers that it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
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
    /// The variable of the environment that names the level to run at, `portable` say.
    pub const VARIABLE: &str = "CAROUSEL_LEVEL";

    /// The level that kernels run at, found once: the one that is asked for, else the
    /// fastest that this machine has.
    pub fn best() -> Level {
        static BEST: OnceLock<Level> = OnceLock::new();
        *BEST.get_or_init(|| match Level::asked() {
            Ok(Some(level)) => level,
            Ok(None) | Err(_) => *Level::all().last().expect("one level runs anywhere"),
        })
    }

    /// The level that [`Level::VARIABLE`] names; `None` if it is unset or empty.
    ///
    /// # Errors
    /// What it says instead, where this machine has no level of that name. Kernels then
    /// run as if it were unset.
    pub fn asked() -> Result<Option<Level>, String> {
        match env::var_os(Level::VARIABLE) {
            Some(name) => Level::named(&name.to_string_lossy()),
            None => Ok(None),
        }
    }

    fn named(name: &str) -> Result<Option<Level>, String> {
        if name.is_empty() {
            return Ok(None);
        }
        let found = Level::all().into_iter().find(|level| level.to_string() == name);
        found.map(Some).ok_or_else(|| name.to_owned())
    }

    /// Those that this machine has, the slowest first.
    pub fn all() -> Vec<Level> {
        let mut levels = vec![Level::Portable];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            levels.push(Level::Avx2);
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512bw")
            {
                levels.push(Level::Avx512);
            }
        }
        levels
    }
}

impl fmt::Display for Level {
    /// Its name in the environment.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => "avx512",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_of_the_machine_has_a_name_and_no_other_is_taken() {
        for level in Level::all() {
            assert_eq!(Level::named(&level.to_string()), Ok(Some(level)));
        }
        assert_eq!(Level::named(""), Ok(None));
        for wrong in ["Portable", "sse9", " portable"] {
            assert_eq!(Level::named(wrong), Err(wrong.to_owned()));
        }
    }

    #[test]
    fn kernels_run_at_the_level_that_is_asked_for() {
        let fastest = Level::all().pop();
        assert_eq!(Some(Level::best()), Level::asked().unwrap_or_default().or(fastest));
    }
}
