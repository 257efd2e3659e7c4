//! One cell step by step, with its numbers: what `step` gives.

mod text;

use serde_json::{Value, json};

/// A recurrent layer on the window that predicts one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Walk {
    /// The name of the model.
    pub model: String,
    /// `layer 1, lstm 4`
    pub layer: String,
    /// The row that is predicted, counted from 1.
    pub row: usize,
    /// What messages call it: `1957-03 (row 99)`.
    pub row_name: String,
    /// What the prediction is measured in.
    pub unit: String,
    /// How many units the layer has.
    pub units: usize,
    /// From the first to the one that predicts the row.
    pub steps: Vec<WalkStep>,
    /// What comes after the last of them.
    pub end: WalkEnd,
}

/// One step of the cell.
#[derive(Debug, Clone, PartialEq)]
pub struct WalkStep {
    /// The label of its row, or empty.
    pub label: String,
    /// What the layer reads.
    pub inputs: Vec<WalkInput>,
    /// The equations, in their order.
    pub lines: Vec<WalkLine>,
}

/// A value that a layer reads.
#[derive(Debug, Clone, PartialEq)]
pub struct WalkInput {
    /// Its column, or empty.
    pub name: String,
    /// In scaled units, as the layer sees it.
    pub value: f64,
    /// In original units, where it is a value of the data.
    pub original: Option<f64>,
}

/// One equation at one step.
#[derive(Debug, Clone, PartialEq)]
pub struct WalkLine {
    /// The name that it assigns.
    pub name: String,
    /// Its right side as it is written.
    pub equation: String,
    /// Whether it is a gate, between 0 and 1.
    pub gate: bool,
    /// Whether its value lasts until the next step.
    pub state: bool,
    /// The units, or the one that was asked for.
    pub units: Vec<WalkUnit>,
}

/// An equation for one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct WalkUnit {
    /// Which, counted from 1.
    pub unit: usize,
    /// The equation with its numbers.
    pub filled: String,
    /// Its products, term by term, where one unit was asked for.
    pub products: Vec<String>,
    /// What it gives.
    pub value: f64,
}

/// From the last step to the prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct WalkEnd {
    /// The last layer, where it is dense: `layer 2, dense 1`; empty otherwise.
    pub layer: String,
    /// Its outputs.
    pub outputs: Vec<WalkUnit>,
    /// What the model predicts, in original units.
    pub prediction: f64,
    /// What was observed, in original units.
    pub truth: f64,
}

impl Walk {
    pub(super) fn to_json(&self) -> Value {
        let steps: Vec<Value> = self.steps.iter().map(step).collect();
        let outputs: Vec<Value> = self.end.outputs.iter().map(unit).collect();
        json!({
            "kind": "walk", "model": self.model, "layer": self.layer, "row": self.row,
            "unit": self.unit, "units": self.units, "steps": steps,
            "last_layer": self.end.layer, "outputs": outputs,
            "prediction": self.end.prediction, "truth": self.end.truth,
        })
    }
}

fn step(step: &WalkStep) -> Value {
    let input = |input: &WalkInput| json!({ "name": input.name, "value": input.value, "original": input.original });
    let line = |line: &WalkLine| {
        json!({
            "name": line.name, "equation": line.equation, "gate": line.gate,
            "state": line.state, "units": line.units.iter().map(unit).collect::<Vec<_>>(),
        })
    };
    json!({
        "label": step.label,
        "inputs": step.inputs.iter().map(input).collect::<Vec<_>>(),
        "equations": step.lines.iter().map(line).collect::<Vec<_>>(),
    })
}

fn unit(unit: &WalkUnit) -> Value {
    json!({ "unit": unit.unit, "filled": unit.filled, "value": unit.value })
}
