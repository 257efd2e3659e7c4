//! Layers, shapes and weights of a model.

use carousel_net::network::Layer;
use serde_json::{Value, json};

use super::Table;

/// What a bare model line and `show m` say.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The name of the model.
    pub name: String,
    /// The model as it was written.
    pub text: String,
    /// What its sizes were taken from: `air (3 steps of 1 value)`.
    pub data: String,
    /// From the data to the prediction.
    pub layers: Vec<LayerSummary>,
    /// All of its weights.
    pub weights: usize,
    /// What was learned so far, in a sentence; empty before training.
    pub learned: String,
}

/// One layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSummary {
    /// As it was written: `lstm 4 stateful`.
    pub text: String,
    /// What goes in and comes out: `3x1 -> 3x4`.
    pub shapes: String,
    /// Its weights.
    pub weights: usize,
    /// The layer itself.
    pub layer: Layer,
}

impl Summary {
    pub(super) fn table(&self) -> Table {
        let mut table = Table::new(
            format!("{}: {}", self.name, self.text),
            &["layer", "shapes", ">weights"],
        );
        for layer in &self.layers {
            table.rows.push(vec![
                layer.text.clone(),
                layer.shapes.clone(),
                layer.weights.to_string(),
            ]);
        }
        table.notes.push(format!("{} weights, for {}", self.weights, self.data));
        if !self.learned.is_empty() {
            table.notes.push(self.learned.clone());
        }
        table
    }

    pub(super) fn to_json(&self) -> Value {
        let layer = |layer: &LayerSummary| {
            json!({
                "text": layer.text, "shapes": layer.shapes, "weights": layer.weights,
            })
        };
        json!({
            "kind": "model", "name": self.name, "text": self.text, "data": self.data,
            "layers": self.layers.iter().map(layer).collect::<Vec<_>>(),
            "weights": self.weights, "learned": self.learned,
        })
    }
}
