//! How near a kernel's numbers must be to those in double precision.

/// Outputs and states: of sums of some dozens of terms of size 1, each rounded to 6e-8.
/// The worst of thousands of draws is off by a fifth of it.
pub(crate) const OUTPUT: f64 = 2e-6;

/// Gradients: sums over steps and rows of products of such numbers. Again a fifth.
pub(crate) const GRADIENT: f64 = 5e-6;

pub(crate) fn single(numbers: &[f64]) -> Vec<f32> {
    numbers.iter().map(|number| *number as f32).collect()
}

/// Room for as many numbers: what lies in the places of results must not matter.
pub(crate) fn room(n: usize) -> Vec<f32> {
    vec![7.0; n]
}

/// Whether all numbers are within a tolerance, as a share of the largest, or of 1 if all
/// are smaller.
pub(crate) fn near(
    name: &str,
    got: &[f32],
    want: &[f64],
    tolerance: f64,
) -> Result<(), String> {
    if got.len() != want.len() {
        return Err(format!("{name} has {} numbers for {}", got.len(), want.len()));
    }
    let largest = want.iter().fold(1.0, |largest: f64, x| largest.max(x.abs()));
    for (k, (got, want)) in got.iter().zip(want).enumerate() {
        let error = (f64::from(*got) - want).abs() / largest;
        // What is no number is near nothing.
        if error.is_nan() || error > tolerance {
            return Err(format!("{name} {k} is {got}, not {want}: off by {error:e}"));
        }
    }
    Ok(())
}

/// Whether all numbers are the same to the bit.
pub(crate) fn same(name: &str, got: &[f32], want: &[f32]) -> Result<(), String> {
    let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    if bits(got) == bits(want) { Ok(()) } else { Err(format!("{name}: bits differ")) }
}
