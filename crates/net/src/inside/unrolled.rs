//! A recurrent layer on one sequence: a model and a sequence go in, the value of every
//! equation at every step comes out.
//!
//! The equations are evaluated as they are written, one after the other, with the
//! functions of the kernels: slow, and checked against what the engines compute.

use std::collections::BTreeMap;

use carousel_data::Sequences;
use carousel_lang::Diagnostic;
use carousel_lang::ast::{CellLineKind, Expression, ExpressionKind, Function};

use super::entering::entering;
use crate::cells;
use crate::engine::Settings;
use crate::memory::Memory;
use crate::model::Model;
use crate::network::LayerKind;
use crate::parameters::Parameter;

/// A recurrent layer on one sequence, read forwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Unrolled {
    /// Which layer, counted from 0.
    pub layer: usize,
    /// `H`
    pub units: usize,
    /// Its equations, in order.
    pub lines: Vec<Line>,
    /// From the first to the last.
    pub steps: Vec<Step>,
    /// The learned matrices by the names that the equations give them.
    pub matrices: BTreeMap<String, Matrix>,
    /// The learned vectors `[H]` by their names.
    pub vectors: BTreeMap<String, Vec<f32>>,
}

/// One equation of the cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The name that it assigns.
    pub name: String,
    /// Its right side.
    pub value: Expression,
    /// Whether it is a gate: the sigmoid of something, between 0 and 1.
    pub gate: bool,
    /// Whether its value lasts until the next step.
    pub state: bool,
}

/// One step of the sequence.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What the layer reads, `[I]`.
    pub x: Vec<f32>,
    /// The states before the step, `[H]` each.
    pub before: BTreeMap<String, Vec<f32>>,
    /// What the equations give, `[H]` each, in their order.
    pub values: Vec<Vec<f32>>,
}

/// A learned matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// How many numbers it multiplies: its rows.
    pub inputs: usize,
    /// `[inputs, H]`
    pub numbers: Vec<f32>,
}

/// Runs a recurrent layer on the only sequence of `sequences`. Stateful layers begin
/// with `memory`.
///
/// # Errors
/// What is wrong with a user's cell; it was told when the model was made.
///
/// # Panics
/// If the layer is not recurrent.
pub fn unroll(
    model: &Model,
    layer: usize,
    sequences: &Sequences,
    memory: &Memory,
    settings: Settings,
) -> Result<Unrolled, Diagnostic> {
    let LayerKind::Recurrent(recurrent) = &model.network.layers[layer].kind else {
        panic!("only recurrent layers have steps");
    };
    let two = model.two_biases();
    let states = cells::form(&recurrent.cell, two)?.states;
    let mut unrolled = Unrolled {
        layer,
        units: recurrent.units,
        lines: lines(cells::equations(&recurrent.cell, two).lines, &states),
        steps: Vec::new(),
        matrices: BTreeMap::new(),
        vectors: BTreeMap::new(),
    };
    for parameter in &model.parameters {
        if parameter.layer == layer && !parameter.reverse {
            unrolled.learn(parameter, &model.weights[parameter.range()]);
        }
    }
    let inputs = entering(model, layer, sequences, memory, settings)?;
    let first = |name: &String| {
        let kept = memory.state(layer, name).filter(|_| recurrent.stateful);
        let zeros = || vec![0.0; recurrent.units];
        (name.clone(), kept.map_or_else(zeros, <[f32]>::to_vec))
    };
    let mut before: BTreeMap<String, Vec<f32>> = states.iter().map(first).collect();
    for x in inputs.chunks(model.flows[layer].width.max(1)) {
        before = unrolled.go(x.to_vec(), before);
    }
    Ok(unrolled)
}

fn lines(all: Vec<carousel_lang::ast::CellLine>, states: &[String]) -> Vec<Line> {
    let line = |line: carousel_lang::ast::CellLine| match line.kind {
        CellLineKind::Equation { name, value } => Some(Line {
            gate: is_sigmoid(&value),
            state: states.contains(&name.text),
            name: name.text,
            value,
        }),
        CellLineKind::Gives(_) | CellLineKind::Starts { .. } => None,
    };
    all.into_iter().filter_map(line).collect()
}

fn is_sigmoid(value: &Expression) -> bool {
    match &value.kind {
        ExpressionKind::Call(function, _) => *function == Function::Sigmoid,
        ExpressionKind::Group(inner) => is_sigmoid(inner),
        ExpressionKind::Number(_)
        | ExpressionKind::Name(_)
        | ExpressionKind::Negate(_)
        | ExpressionKind::Binary(..)
        | ExpressionKind::Product(..) => false,
    }
}

impl Unrolled {
    /// Takes the column blocks of a tensor apart.
    fn learn(&mut self, parameter: &Parameter, numbers: &[f32]) {
        let (units, blocks) = (self.units, parameter.blocks.len());
        for (block, name) in parameter.blocks.iter().enumerate() {
            let rows = numbers.chunks(blocks * units);
            let own = rows.flat_map(|row| &row[block * units..][..units]).copied();
            let numbers: Vec<f32> = own.collect();
            if parameter.dims.len() > 1 {
                let matrix = Matrix { inputs: parameter.dims[0], numbers };
                self.matrices.insert(name.clone(), matrix);
            } else {
                self.vectors.insert(name.clone(), numbers);
            }
        }
    }

    /// Makes one step and gives the states after it.
    fn go(
        &mut self,
        x: Vec<f32>,
        before: BTreeMap<String, Vec<f32>>,
    ) -> BTreeMap<String, Vec<f32>> {
        self.steps.push(Step { x, before: before.clone(), values: Vec::new() });
        let step = self.steps.len() - 1;
        let mut after = before;
        for line in 0..self.lines.len() {
            let value = self.value(step, line, &self.lines[line].value);
            if let Some(state) = after.get_mut(&self.lines[line].name) {
                state.clone_from(&value);
            }
            self.steps[step].values.push(value);
        }
        after
    }
}
