//! How far a result may lie from its reference.

/// Single precision through a few dozen operations, relative to the largest magnitude
/// of the tensor: the tolerance that the reference files suggest for outputs.
pub(crate) const OUTPUT: f64 = 2e-5;

/// The same for gradients, which pass through all steps twice.
pub(crate) const GRADIENT: f64 = 1e-4;

/// Magnitudes below this are compared absolutely: where all of a tensor is nearly zero
/// it holds nothing but rounding.
pub(crate) const FLOOR: f64 = 1e-3;

/// Asserts that `got` is `want` to within `tolerance` of the largest magnitude.
pub(crate) fn close(what: &str, got: &[f32], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len(), "{what}: number of values");
    let largest = want.iter().fold(FLOOR, |largest, x| x.abs().max(largest));
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        let error = (f64::from(*got) - want).abs() / largest;
        assert!(
            error <= tolerance,
            "{what}[{i}] is {got}, the reference {want}: off by {error:.2e} of {largest:.3}"
        );
    }
}
