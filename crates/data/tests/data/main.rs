//! Recipes carried out from end to end.

mod alike;
mod baselines;
mod common;
mod files;
mod learning;
mod parts;
mod recipes;
mod sources;
