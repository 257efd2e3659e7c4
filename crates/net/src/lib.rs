//! From a model line to a trained network.

pub mod agree;
mod autodiff;
mod batches;
mod cells;
pub mod engine;
mod engines;
mod graph;
pub mod inside;
mod lower;
mod memory;
pub mod model;
pub mod network;
mod operations;
pub mod parameters;
mod passes;
mod plan;
pub mod predict;
mod random;
pub mod shape;
mod start;
#[cfg(test)]
mod testing;
pub mod train;
pub mod trial;
pub mod weights;
