//! The reference numbers of tests/goldens through the whole path: model line, luminal
//! graph, and each way to run it. `CAROUSEL_GOLDENS=DIR` reads another set of the same
//! kind.

#![expect(
    clippy::unwrap_used,
    reason = "a reference file that cannot be read is a failed test, helpers included"
)]

mod activations;
mod airline;
mod cells;
mod classifier;
mod compare;
mod engine;
mod keras;
mod layers;
mod optimisers;
mod read;
mod tbptt;
mod teams;
