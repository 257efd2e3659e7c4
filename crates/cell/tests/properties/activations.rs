//! exp2, log2, sigmoid and tanh of numbers of any bits, in slices of any length.

use carousel_cell::activation::{
    exp2, exp2_one, log2, log2_one, sigmoid, sigmoid_one, tanh, tanh_one,
};

use crate::draw::{Dice, Shape, holds, less};

/// A function: of a slice, of one number, and in double precision.
type Function = (&'static str, fn(&mut [f32]), fn(f32) -> f32, fn(f64) -> f64);

const FUNCTIONS: [Function; 4] = [
    ("exp2", exp2, exp2_one, f64::exp2),
    ("log2", log2, log2_one, f64::log2),
    ("sigmoid", sigmoid, sigmoid_one, |x| 1.0 / (1.0 + (-x).exp())),
    ("tanh", tanh, tanh_one, f64::tanh),
];

/// The greatest errors that the functions promise, as shares of the result, and besides
/// them: sigmoid's is one of 1, and the smallest numbers have few digits.
const ERRORS: [(f64, f64); 4] =
    [(1e-7, 1e-44), (2.3e-7, 0.0), (0.0, 1e-7), (3e-7, 1e-44)];

/// A slice.
#[derive(Debug, Clone)]
struct Slice {
    len: usize,
    /// Whether any bits at all are drawn, or numbers of size 10.
    any: bool,
    seed: u64,
}

impl Shape for Slice {
    fn draw(dice: &mut Dice) -> Slice {
        let len = dice.size(70) - usize::from(dice.below(9) == 0);
        Slice { len, any: dice.coin(), seed: dice.bits() }
    }

    fn smaller(&self) -> Vec<Slice> {
        less(self.len, 0).map(|len| Slice { len, ..self.clone() }).collect()
    }
}

impl Slice {
    fn numbers(&self) -> Vec<f32> {
        let mut dice = Dice::new(self.seed, 0);
        if self.any {
            return (0..self.len).map(|_| f32::from_bits(dice.bits() as u32)).collect();
        }
        dice.numbers(self.len).iter().map(|x| (x * 10.0) as f32).collect()
    }
}

#[test]
fn functions_are_what_they_are_called_and_one_number_has_the_bits_of_many() {
    holds(1000, |shape: &Slice| {
        let numbers = shape.numbers();
        for ((name, many, one, wide), (relative, absolute)) in
            FUNCTIONS.into_iter().zip(ERRORS)
        {
            let mut results = numbers.clone();
            many(&mut results);
            for (x, got) in numbers.iter().zip(results) {
                // Which NaN it is may differ.
                let same = got.to_bits() == one(*x).to_bits();
                if !(same || got.is_nan() && one(*x).is_nan()) {
                    return Err(format!("{name} of {x} alone has other bits"));
                }
                let want = wide(f64::from(*x));
                let equal = f64::from(got) == want || got.is_nan() && want.is_nan();
                let error = (f64::from(got) - want).abs();
                let within = error <= relative * want.abs() + absolute;
                // Beyond the range of single precision the limit is right.
                let beyond = got.is_infinite() && want.abs() > f64::from(f32::MAX);
                if !(equal || within || beyond) {
                    return Err(format!("{name} of {x} is {got}, not {want}"));
                }
            }
        }
        Ok(())
    });
}
