//! Numeric kernels on plain slices of `f32`.
//!
//! In go time-major, row-major buffers, `[T, B, 4H]` say; out come the same, written in
//! place. Nothing here knows of graphs, layers or files, and nothing allocates inside
//! a loop over time: what a loop needs besides its arguments lies in a tape made once.
//!
//! | kernel | what it runs | when |
//! |---|---|---|
//! | [`Tiny`] | stacked LSTMs with a dense end, their loss, gradients and optimiser in one call: at a few units the way between kernels costs more than the sums | up to 32 units in batches of up to 64, up to 64 units in batches of up to 4 |
//! | [`LstmLayer`] | an LSTM with its projection: gates are activated while their sums are in registers | other batches of 4 rows or more, which pay for packing the weights |
//! | [`ProgramLayer`] | any other cell with its projection, in the same way: what is done to the sums is interpreted while they are in the first cache | the same batches, unless a step needs whole rows |
//! | [`Lstm`] | an LSTM's loop after a projection made by [`product`] | what is left, and in the tests as a second opinion |
//! | [`Program`] | any other cell's loop after a projection, as a list of register instructions | what is left |
//!
//! Bits never depend on threads, and choices between kernels are made from shapes
//! alone. Each kernel is compiled for AVX-512, for AVX2 and for any machine; see
//! [`activation`] for how far their digits agree.

pub mod activation;
mod buffer;
mod layer;
mod lstm;
mod optimiser;
mod product;
mod program;
mod scan;
mod simd;
mod team;
mod tiny;

pub use layer::{
    Keep, LayerGradients, LayerInputs, LayerOutputs, LayerSeeds, LayerTape, LstmLayer,
    ProgramGradients, ProgramInputs, ProgramLayer, ProgramOutputs, ProgramSeeds,
};
pub use lstm::{
    Lstm, LstmReference, LstmReferenceGradients, LstmTape, lstm_backward_reference,
    lstm_forward_reference,
};
pub use optimiser::{Form, Optimiser, clip, norm};
pub use product::{View, product};
pub use program::{Instruction, Program, ProgramTape, Register};
pub use scan::ScanShape;
pub use team::Team;
pub use tiny::{
    Learned, Tiny, TinyFeed, TinyLesson, TinyPart, TinyProgress, TinyShape, TinyTensor,
};
