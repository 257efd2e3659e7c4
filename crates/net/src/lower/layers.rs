//! Each layer in primitives.

use std::rc::Rc;

use carousel_lang::Diagnostic;

use super::Lowered;
use crate::cells::{self, CellForm};
use crate::engine::{Dropout, State};
use crate::graph::Tensor;
use crate::network::{Activation, Recurrent};
use crate::operations::{Scan, ScanShape};
use crate::parameters::{Role, directions};

impl Lowered {
    /// `[T, B, I]` to `[T, B, H]`, or `[B, H]` after the last step; both directions side
    /// by side.
    pub(super) fn recurrent(
        &mut self,
        layer: usize,
        recurrent: &Recurrent,
        input: Tensor,
        every: bool,
    ) -> Result<Tensor, Diagnostic> {
        let form = cells::form(&recurrent.cell, self.two_biases)?;
        let input = self.input_dropout(layer, recurrent.dropout, input);
        let mut results = Vec::new();
        for reverse in directions(recurrent) {
            results.push(self.direction(layer, recurrent, &form, *reverse, input, every));
        }
        Ok(match results[..] {
            [forward, backward] => self.builder.concat(forward, backward),
            _ => results[0],
        })
    }

    fn direction(
        &mut self,
        layer: usize,
        recurrent: &Recurrent,
        form: &CellForm,
        reverse: bool,
        input: Tensor,
        every: bool,
    ) -> Tensor {
        let masks = self.training && recurrent.recurrent_dropout > 0.0;
        let mut projected = self.project(layer, reverse, form, input);
        let mut running =
            if masks { form.clone().with_recurrent_dropout() } else { form.clone() };
        if let Some((nudged, state)) = self.nudged
            && nudged == layer
            && !reverse
        {
            running = running.with_nudge(state);
            let dims = [self.shape.steps, self.shape.size, recurrent.units];
            let nudge = self.builder.input("nudge", &dims);
            projected = self.builder.concat(projected, nudge);
            self.nudge = Some(nudge);
        }
        let mut read = vec![projected];
        read.extend(self.mask);
        read.extend(self.first_states(layer, recurrent, form, reverse));
        if masks {
            let dims = [self.shape.size, recurrent.units];
            read.push(self.dropout_mask(layer, recurrent.recurrent_dropout, &dims));
        }
        read.extend(self.invariants(layer, reverse, form));
        let shape = ScanShape {
            form: Rc::new(running),
            steps: self.shape.steps,
            size: self.shape.size,
            units: recurrent.units,
            reverse,
            masked: self.mask.is_some(),
        };
        let state = [shape.size, shape.units];
        let given = [shape.steps, shape.size, shape.units];
        let id = self.builder.node(Scan::new(shape), &read);
        for index in 0..form.states.len() {
            let output = u8::try_from(1 + index).expect("cells have few states");
            self.last_states.push(Tensor::plain(id, output, &state));
        }
        if every { Tensor::plain(id, 0, &given) } else { Tensor::plain(id, 1, &state) }
    }

    /// The products of all steps with `x` and their biases at once: `[T, B, blocks * H]`.
    fn project(
        &mut self,
        layer: usize,
        reverse: bool,
        form: &CellForm,
        input: Tensor,
    ) -> Tensor {
        let dims = input.dims();
        let rows = dims[0] * dims[1];
        let flat = self.builder.reshape(input, &[rows, dims[2]]);
        let weight =
            self.parameter(layer, reverse, &Role::WeightInput).expect("cells read x");
        let mut projected = self.builder.matmul(flat, weight);
        let mut bias = self.parameter(layer, reverse, &Role::BiasInput);
        if !form.hidden_bias_in_body {
            let hidden = self.parameter(layer, reverse, &Role::BiasHidden);
            bias = match (bias, hidden) {
                (Some(a), Some(b)) => Some(self.builder.add(a, b)),
                (a, b) => a.or(b),
            };
        }
        if let Some(bias) = bias {
            let bias = self.builder.expand(bias, 0, rows);
            projected = self.builder.add(projected, bias);
        }
        let columns = projected.dims()[1];
        self.builder.reshape(projected, &[dims[0], dims[1], columns])
    }

    fn first_states(
        &mut self,
        layer: usize,
        recurrent: &Recurrent,
        form: &CellForm,
        reverse: bool,
    ) -> Vec<Tensor> {
        let dims = [self.shape.size, recurrent.units];
        let mut leaves = Vec::new();
        for name in &form.states {
            let state = State {
                layer,
                reverse,
                name: name.clone(),
                units: recurrent.units,
                // What was read backwards ends where the sequence begins: it has
                // nothing to hand to the batch that follows.
                stateful: recurrent.stateful && !reverse,
            };
            let leaf = self.builder.input(name, &dims);
            self.states.push((state, leaf));
            leaves.push(leaf);
        }
        leaves
    }

    /// What the body of the loop reads in every step, in the order of
    /// [`cells::invariant_dims`].
    fn invariants(&self, layer: usize, reverse: bool, form: &CellForm) -> Vec<Tensor> {
        let groups = (0..form.groups.len()).map(Role::WeightHidden);
        let bias = form.hidden_bias_in_body.then_some(Role::BiasHidden);
        let vectors = form.vectors.iter().map(|name| Role::Vector(name.clone()));
        let roles = groups.chain(bias).chain(vectors);
        roles
            .map(|role| self.parameter(layer, reverse, &role).expect("described"))
            .collect()
    }

    pub(super) fn parameter(
        &self,
        layer: usize,
        reverse: bool,
        role: &Role,
    ) -> Option<Tensor> {
        let at = self
            .described
            .iter()
            .position(|p| p.layer == layer && p.reverse == reverse && p.role == *role)?;
        Some(self.parameters[at])
    }

    /// `[..., I]` to `[..., O]`
    pub(super) fn dense(
        &mut self,
        layer: usize,
        activation: Activation,
        input: Tensor,
    ) -> Tensor {
        let mut dims = input.dims();
        let inputs = dims.pop().expect("values have an axis");
        let rows = dims.iter().product();
        let weight = self.parameter(layer, false, &Role::Weight).expect("described");
        let bias = self.parameter(layer, false, &Role::Bias).expect("described");
        let flat = self.builder.reshape(input, &[rows, inputs]);
        let product = self.builder.matmul(flat, weight);
        let bias = self.builder.expand(bias, 0, rows);
        let sum = self.builder.add(product, bias);
        let value = match activation {
            Activation::Linear => sum,
            Activation::Relu => self.builder.relu(sum),
            Activation::Tanh => self.builder.tanh(sum),
            Activation::Sigmoid => self.builder.sigmoid(sum),
            Activation::Softmax => self.builder.softmax(sum),
        };
        dims.push(weight.dims()[1]);
        self.builder.reshape(value, &dims)
    }

    /// Inputs zeroed at random while training, with a mask of their own for each number.
    pub(super) fn dropout(&mut self, layer: usize, rate: f32, input: Tensor) -> Tensor {
        if !self.training || rate == 0.0 {
            return input;
        }
        let mask = self.dropout_mask(layer, rate, &input.dims());
        self.builder.mul(input, mask)
    }

    /// The same with one mask `[B, I]` for all steps (Gal and Ghahramani 2016).
    fn input_dropout(&mut self, layer: usize, rate: f32, input: Tensor) -> Tensor {
        if !self.training || rate == 0.0 {
            return input;
        }
        let dims = input.dims();
        let mask = self.dropout_mask(layer, rate, &dims[1..]);
        let mask = self.builder.expand(mask, 0, dims[0]);
        self.builder.mul(input, mask)
    }

    fn dropout_mask(&mut self, layer: usize, rate: f32, dims: &[usize]) -> Tensor {
        let leaf = self.builder.input("dropout", dims);
        self.dropouts.push((Dropout { layer, rate, len: leaf.len() }, leaf));
        leaf
    }

    /// `[T, B, I]` to `[B, T * I]`
    pub(super) fn flat(&mut self, input: Tensor) -> Tensor {
        let dims = input.dims();
        let [steps, size, width] = dims[..] else { return input };
        let by_row = self.builder.permute(input, &[1, 0, 2]);
        self.builder.reshape(by_row, &[size, steps * width])
    }
}
