//! What holds for every kernel whatever the shape: shapes and numbers are drawn at
//! random, and each result is that of a plain loop in double precision.
//!
//! The loops here come from the equations and share nothing with the crate. They are
//! tried at the level that kernels run at: `CAROUSEL_LEVEL=avx2` chooses another one.
//! `PROPERTIES=10` tries ten times as many shapes, `PROPERTIES_SEED=2` others. A shape
//! that fails is made smaller as long as it fails, and shown.

mod activations;
mod close;
mod draw;
mod lstm;
mod optimisers;
mod product;
mod program;
mod tiny;
