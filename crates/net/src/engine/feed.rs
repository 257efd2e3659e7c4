//! What one run of a graph takes.

use std::sync::atomic::AtomicBool;

/// What one run is fed. All of them are time-major, as [`carousel_data::Batch`].
#[derive(Debug, Clone, Copy)]
pub struct Feed<'a> {
    /// `[T, B, I]`
    pub inputs: &'a [f32],
    /// `[T, B]`; needed if the graph is masked.
    pub mask: Option<&'a [f32]>,
    /// The first states, `[B, H]` each, in the order of [`super::Engine::states`].
    pub states: &'a [Vec<f32>],
    /// `[B, O]` or `[T, B, O]`, or one class for each row, `[B]` or `[T, B]`; empty when
    /// predicting.
    pub targets: &'a [f32],
    /// The share of each target row in the loss, `[B]` or `[T, B]`: they sum to 1 / O
    /// where the loss is a mean, to 1 where targets are classes. Empty when predicting.
    pub weights: &'a [f32],
    /// One mask for each entry of [`super::Engine::dropouts`]: 0, or 1 / (1 - rate).
    pub dropouts: &'a [Vec<f32>],
    /// Stops the run at the next time step when set.
    pub interrupt: Option<&'a AtomicBool>,
}

/// What one state of one recurrent layer is.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Which layer.
    pub layer: usize,
    /// Whether it belongs to the direction that reads backwards.
    pub reverse: bool,
    /// Its name in the cell's equations: `h`, `c`.
    pub name: String,
    /// `H`
    pub units: usize,
    /// Whether the layer keeps it from batch to batch.
    pub stateful: bool,
}

/// One mask that dropout asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropout {
    /// Which layer.
    pub layer: usize,
    /// The share of zeros.
    pub rate: f32,
    /// How many numbers the mask has.
    pub len: usize,
}

/// What a run was told to stop by its interrupt flag; nothing is to be used of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;
