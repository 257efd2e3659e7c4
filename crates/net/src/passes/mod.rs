//! Passes over a graph, each a luminal `Compiler`.
//!
//! luminal 0.2's own pipelines are not used: several of their rewrites drop an output
//! index and give wrong results, and they are quadratic in the size of the graph.

mod cells;
mod constants;
mod dead;
mod indexed;
mod layers;
mod lstm;
mod pieces;
mod products;
mod program;
mod share;
pub(crate) mod tables;

pub(crate) use cells::{FuseCells, lstm_blocks};
pub(crate) use constants::MergeConstants;
pub(crate) use dead::RemoveDead;
pub(crate) use indexed::FuseIndexed;
pub(crate) use layers::FuseLayers;
pub(crate) use pieces::CutLoops;
pub(crate) use products::FuseProducts;
pub(crate) use share::ShareProducts;
pub(crate) use tables::MultiplyTables;
