//! The instruction sets that tests are run at besides the fastest, which they take by
//! themselves: names for `CAROUSEL_LEVEL` come out.

/// The levels of this machine but the fastest, as carousel-cell names them.
pub(crate) fn slower() -> &'static [&'static str] {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        let wide = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw");
        return if wide { &["portable", "avx2"] } else { &["portable"] };
    }
    &[]
}
