//! Looking inside a model: a recurrent layer on one sequence step by step, what enters
//! any layer, and how far gradients reach back.

mod entering;
mod gradients;
mod unrolled;
mod values;

#[cfg(test)]
mod tests;

pub use entering::entering;
pub use gradients::state_gradients;
pub use unrolled::{Line, Matrix, Step, Unrolled, unroll};
