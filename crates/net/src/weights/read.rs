//! From the bytes of a file to a model.

use std::collections::BTreeMap;

use carousel_lang::Diagnostic;
use safetensors::{Dtype, SafeTensors};

use super::layout::entries;
use crate::memory::{Memory, remembered};
use crate::model::Model;

/// The tensors of a file, not yet those of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// The texts that the file carries beside its tensors.
    pub metadata: BTreeMap<String, String>,
    tensors: BTreeMap<String, Tensor>,
}

#[derive(Debug, Clone, PartialEq)]
struct Tensor {
    shape: Vec<usize>,
    numbers: Vec<f32>,
}

/// Reads a safetensors file of single-precision tensors.
///
/// # Errors
/// If the bytes are no such file, or end too early, or a tensor has another type.
pub fn from_bytes(bytes: &[u8]) -> Result<Weights, Diagnostic> {
    let damaged = |error: safetensors::SafeTensorError| {
        Diagnostic::error("the weights file cannot be read")
            .note(format!("it is no safetensors file, or it is damaged: {error}"))
            .with_hint("save the model again: save m to \"m.safetensors\"")
    };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
    let mut tensors = BTreeMap::new();
    for (name, view) in file.iter() {
        if view.dtype() != Dtype::F32 {
            return Err(wrong_type(name, view.dtype()));
        }
        let (words, _) = view.data().as_chunks::<4>();
        let numbers = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
        tensors.insert(name.to_owned(), Tensor { shape: view.shape().to_vec(), numbers });
    }
    Ok(Weights { metadata, tensors })
}

impl Weights {
    /// Puts the tensors into a model of the same network, and gives what its stateful
    /// layers remembered. A second bias vector that the model lacks is added to its
    /// first: only their sum counts.
    ///
    /// # Errors
    /// If a tensor is missing, has another shape, holds something that is not finite, or
    /// belongs to nothing; the model is then as it was.
    pub fn fill(&self, model: &mut Model) -> Result<Memory, Diagnostic> {
        let mut weights = model.weights.clone();
        let mut used = Vec::new();
        for entry in entries(model) {
            let numbers = self.tensor(&entry.name, &entry.shape)?;
            for (at, number) in entry.places.iter().zip(numbers) {
                if !entry.extra {
                    weights[*at] = *number;
                } else if *number != 0.0 {
                    weights[*at] += number;
                }
            }
            used.push(entry.name);
        }
        let mut memory = Memory::default();
        for (layer, state, units) in remembered(model) {
            let name = format!("memory.{layer}.{state}");
            if self.tensors.contains_key(&name) {
                memory.set(layer, &state, self.tensor(&name, &[units])?);
                used.push(name);
            }
        }
        if let Some(name) = self.tensors.keys().find(|name| !used.contains(name)) {
            return Err(extra(name, &self.tensors[name]));
        }
        model.weights = weights;
        Ok(memory)
    }

    fn tensor(&self, name: &str, shape: &[usize]) -> Result<&[f32], Diagnostic> {
        let Some(tensor) = self.tensors.get(name) else {
            return Err(self.missing(name, shape));
        };
        if tensor.shape != shape {
            return Err(Diagnostic::error(format!(
                "`{name}` has the shape {:?} in the weights file, the model needs {shape:?}",
                tensor.shape
            ))
            .note("the file belongs to a network of another size"));
        }
        match tensor.numbers.iter().find(|number| !number.is_finite()) {
            Some(number) => Err(Diagnostic::error(format!(
                "`{name}` holds {number} in the weights file, which is no weight"
            ))),
            None => Ok(&tensor.numbers),
        }
    }

    fn missing(&self, name: &str, shape: &[usize]) -> Diagnostic {
        let has = self.tensors.iter().map(|(name, t)| format!("{name} {:?}", t.shape));
        Diagnostic::error(format!("the weights file has no tensor `{name}`"))
            .note(format!("the model needs it with the shape {shape:?}"))
            .note(format!("the file has {}", has.collect::<Vec<_>>().join(", ")))
    }
}

fn wrong_type(name: &str, dtype: Dtype) -> Diagnostic {
    Diagnostic::error(format!("`{name}` has the type {dtype:?} in the weights file"))
        .note("weights are single-precision numbers: F32")
}

fn extra(name: &str, tensor: &Tensor) -> Diagnostic {
    Diagnostic::error(format!("the model has no place for `{name}` of the weights file"))
        .note(format!("it has the shape {:?} there", tensor.shape))
}
