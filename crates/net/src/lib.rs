//! From a model line to a trained network.

mod autodiff;
mod cells;
pub mod engine;
mod graph;
mod lower;
pub mod network;
mod operations;
pub mod parameters;
mod passes;
mod plan;
pub mod shape;
pub mod model;
pub mod train;
