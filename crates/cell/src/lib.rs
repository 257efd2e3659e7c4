//! Numeric kernels on plain slices of `f32`.
//!
//! In go time-major, row-major buffers, `[T, B, 4H]` say; out come the same, written in
//! place. Nothing here knows of graphs, layers or files, and nothing allocates inside
//! a loop over time: what a loop needs besides its arguments lies in a tape made once.
//!
//! | kernel | what it runs | when |
//! |---|---|---|
//! | [`Tiny`] | stacked layers whole, with or without a dense end: loss, gradients and optimiser in one call. At a few units the way between kernels costs more than the sums. An LSTM's step is in registers, any other cell's is interpreted | LSTMs with a dense end up to 32 units in batches of up to 64 and up to 64 units in batches of up to 4, without one up to 64 units in batches of up to 3; with another cell among them up to 64 units in batches of up to 3, without a dense end of 1 ([`TinyShape::fits`]) |
//! | [`LstmLayer`] | an LSTM with its projection: gates are activated while their sums are in registers. Inputs may be symbols: the row that one names is added to the sums | other batches of 4 rows or more, which pay for packing the weights |
//! | [`Lstm`] | an LSTM on weights as they lie, read once in each step | batches of 1 to 3 rows ([`ScanShape::has_few_rows`]), and loops of any batch whose projection is made elsewhere |
//! | [`ProgramLayer`] | any other cell in the way of [`LstmLayer`]: what is done to the sums is interpreted while they are in the first cache | batches of 4 rows or more, and fewer rows up to 32 units; not where a step needs whole rows or multiplies a matrix with what is no state |
//! | [`Program`] | any other cell's loop after a projection, as a list of register instructions | what is left |
//!
//! Choices between kernels are made by those who compile graphs, from the cell, the
//! shapes and what is asked for: never from threads, on which no bit depends. Each kernel
//! is compiled for AVX-512, for AVX2 and for any machine; see [`activation`] for how far
//! their digits agree, and [`Level`] for how to choose.

pub mod activation;
mod buffer;
mod code;
mod layer;
mod lstm;
mod operands;
mod optimiser;
mod peak;
mod product;
mod program;
mod scan;
mod simd;
mod symbol;
mod team;
mod tiny;

pub use layer::{
    LayerTape, LstmLayer, ProgramGradients, ProgramInputs, ProgramLayer, ProgramOutputs,
    ProgramSeeds,
};
pub use lstm::{
    Lstm, LstmReference, LstmReferenceGradients, LstmTape, lstm_backward_reference,
    lstm_forward_reference,
};
pub use operands::{LayerGradients, LayerInputs, LayerOutputs, LayerSeeds};
pub use optimiser::{Form, Optimiser, clip, norm};
pub use peak::peak_gflops;
pub use product::{View, product, product_parts, shared_product};
pub use program::{Instruction, Program, ProgramTape, Register};
pub use scan::ScanShape;
pub use simd::Level;
pub use symbol::{Features, named};
pub use team::{Team, cores};
pub use tiny::{
    Learned, Tiny, TinyAim, TinyCell, TinyFeed, TinyLayer, TinyLesson, TinyPart,
    TinyProgram, TinyProgress, TinyShape, TinyTensor,
};
