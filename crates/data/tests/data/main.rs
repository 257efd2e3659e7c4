//! Recipes carried out from end to end.

mod baselines;
mod common;
mod parts;
