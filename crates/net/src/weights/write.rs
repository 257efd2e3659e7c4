//! From a model to the bytes of a file.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::layout::{Entry, entries};
use crate::memory::Memory;
use crate::model::Model;

/// The header is padded with blanks to a multiple of this, so that numbers are aligned.
const ALIGNMENT: usize = 8;

/// The bytes of a safetensors file: the same model gives the same bytes.
///
/// The header is written here and not by the `safetensors` crate, which keeps metadata
/// in hash order.
pub fn to_bytes(
    model: &Model,
    memory: &Memory,
    metadata: &BTreeMap<String, String>,
) -> Vec<u8> {
    let mut header = Map::new();
    if !metadata.is_empty() {
        header.insert("__metadata__".to_owned(), json!(metadata));
    }
    let mut data: Vec<u8> = Vec::new();
    for entry in entries(model) {
        let numbers = numbers(&entry, &model.weights);
        header.insert(entry.name, tensor(&entry.shape, &numbers, &mut data));
    }
    for (layer, state, numbers) in memory.iter() {
        let name = format!("memory.{layer}.{state}");
        header.insert(name, tensor(&[numbers.len()], numbers, &mut data));
    }
    let mut text = Value::Object(header).to_string();
    while !text.len().is_multiple_of(ALIGNMENT) {
        text.push(' ');
    }
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes.extend(data);
    bytes
}

/// The numbers of a tensor, out of the arena.
pub(super) fn numbers(entry: &Entry, weights: &[f32]) -> Vec<f32> {
    let value = |at: &usize| if entry.extra { 0.0 } else { weights[*at] };
    entry.places.iter().map(value).collect()
}

/// Appends the numbers, and describes where they lie.
fn tensor(shape: &[usize], numbers: &[f32], data: &mut Vec<u8>) -> Value {
    let from = data.len();
    data.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    json!({ "dtype": "F32", "shape": shape, "data_offsets": [from, data.len()] })
}
