//! The tensors of a model by the names that files give them.

use super::layout::entries;
use super::write::numbers;
use crate::model::Model;

/// One tensor of a model, laid out as a file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// `0.weight_ih_l0`
    pub name: String,
    /// `[outputs, inputs]` or `[outputs]`
    pub shape: Vec<usize>,
    /// Row after row.
    pub numbers: Vec<f32>,
    /// Whether the model has it: a second bias that it lacks is zero in files.
    pub learned: bool,
}

/// All tensors that the file of a model has but its memory, in the file's order.
pub fn tensors(model: &Model) -> Vec<Tensor> {
    let tensor = |entry| {
        let numbers = numbers(&entry, &model.weights);
        Tensor { numbers, name: entry.name, shape: entry.shape, learned: !entry.extra }
    };
    entries(model).into_iter().map(tensor).collect()
}
