//! Weights files: a model goes in and the bytes of a safetensors file come out, with
//! PyTorch's names, layouts and order of gates; and back.
//!
//! The file is the `state_dict` of an `nn.Sequential` of the layers:
//! `0.weight_ih_l0 [4H, I]`, `0.weight_hh_l0 [4H, H]`, `0.bias_ih_l0`, `0.bias_hh_l0`
//! (zeros where the model has one bias), `1.weight [O, I]`, `1.bias`. A user's cell has
//! the names of its equations: `0.Wf [H, I]`, `0.bf`. What a stateful layer remembers is
//! `memory.{layer}.{state}`.

mod layout;
mod read;
mod tensors;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Weights, from_bytes};
pub use tensors::{Tensor, tensors};
pub use write::to_bytes;
