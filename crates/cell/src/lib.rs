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
//! | [`Lstm`] | the same on weights as they lie, read once in each step | batches of 1 to 3 rows ([`Lstm::pays`]), and loops whose projection is made elsewhere, by a look-up in a table |
//! | [`Program`] | any other cell's loop after a projection, as a list of register instructions | what is left |
//!
//! Bits never depend on threads, and choices between kernels are made from shapes
//! alone. Each kernel is compiled for AVX-512, for AVX2 and for any machine; see
//! [`activation`] for how far their digits agree, and [`Level`] for how to choose.

pub mod activation;
mod buffer;
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
pub use product::{View, is_shared, product, shared_product};
pub use program::{Instruction, Program, ProgramTape, Register};
pub use scan::ScanShape;
pub use simd::Level;
pub use symbol::{Features, named};
pub use team::{Team, cores};
pub use tiny::{
    Learned, Tiny, TinyAim, TinyFeed, TinyLesson, TinyPart, TinyProgress, TinyShape,
    TinyTensor,
};
