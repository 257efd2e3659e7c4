//! One step of a cell as a luminal graph of primitives.

use carousel_lang::ast::{BinaryOperator, Function};

use super::{CellForm, Term};
use crate::graph::{Builder, Tensor};

/// One step: a graph from the projected input, the states and the learned tensors to
/// the states after the step.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) builder: Builder,
    /// The projected input of the step: `[B, blocks * H]`.
    pub(crate) projected: Tensor,
    /// `[B, H]` each.
    pub(crate) states: Vec<Tensor>,
    /// What is the same in every step, in the order of [`invariant_dims`].
    pub(crate) invariants: Vec<Tensor>,
    /// `[B, H]` each.
    pub(crate) next: Vec<Tensor>,
}

/// The shapes of what a body reads besides its input and states: the matrices of each
/// group `[H, blocks * H]`, the recurrent bias `[blocks * H]` if the body adds it, and
/// each other vector `[H]`.
pub(crate) fn invariant_dims(form: &CellForm, units: usize) -> Vec<Vec<usize>> {
    let matrices = form.groups.iter().map(|g| vec![units, g.matrices.len() * units]);
    let bias = form.hidden_bias_in_body.then(|| vec![form.bias_hidden.len() * units]);
    let vectors = form.vectors.iter().map(|_| vec![units]);
    matrices.chain(bias).chain(vectors).collect()
}

/// Builds one step for `size` rows of `units` numbers.
pub(crate) fn body(form: &CellForm, size: usize, units: usize) -> Body {
    let mut builder = Builder::default();
    let projected = builder.input("projected", &[size, form.inputs.len() * units]);
    let states: Vec<Tensor> =
        form.states.iter().map(|name| builder.input(name, &[size, units])).collect();
    let invariants: Vec<Tensor> = invariant_dims(form, units)
        .iter()
        .map(|dims| builder.input("weights", dims))
        .collect();
    let mut writer = Writer {
        form,
        builder,
        projected,
        states: &states,
        invariants: &invariants,
        locals: Vec::new(),
        products: vec![None; form.groups.len()],
    };
    for equation in &form.equations {
        let value = writer.term(&equation.value);
        let value = writer.builder.contiguous(value);
        writer.locals.push(value);
    }
    let next = (form.next.iter().zip(&states))
        .map(|(line, state)| line.map_or(*state, |line| writer.locals[line]))
        .collect();
    Body { builder: writer.builder, projected, next, invariants, states }
}

struct Writer<'a> {
    form: &'a CellForm,
    builder: Builder,
    projected: Tensor,
    states: &'a [Tensor],
    invariants: &'a [Tensor],
    locals: Vec<Tensor>,
    products: Vec<Option<Tensor>>,
}

impl Writer<'_> {
    fn term(&mut self, term: &Term) -> Tensor {
        match term {
            Term::Number(value) => {
                let dims = self.states[0].dims();
                self.builder.constant(*value, &dims)
            }
            Term::Input(block) => self.block(self.projected, *block),
            Term::State(state) => self.states[*state],
            Term::Local(line) => self.locals[*line],
            Term::Vector(name) => self.vector(name),
            Term::Product { group, block } => {
                let product = self.product(*group);
                self.block(product, *block)
            }
            Term::Negate(a) => {
                let a = self.term(a);
                self.builder.scale(a, -1.0)
            }
            Term::Binary(operator, a, b) => {
                let (a, b) = (self.term(a), self.term(b));
                self.binary(*operator, a, b)
            }
            Term::Call(function, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|a| self.term(a)).collect();
                self.call(*function, &arguments)
            }
        }
    }

    fn units(&self) -> usize {
        self.states[0].dims()[1]
    }

    fn block(&mut self, of: Tensor, block: usize) -> Tensor {
        let units = self.units();
        self.builder.slice(of, 1, block * units, (block + 1) * units)
    }

    /// A group's product is computed once, for all of its blocks.
    fn product(&mut self, group: usize) -> Tensor {
        if let Some(product) = self.products[group] {
            return product;
        }
        let operand = self.term(&self.form.groups[group].operand);
        let mut product = self.builder.matmul(operand, self.invariants[group]);
        if group == 0 && self.form.hidden_bias_in_body {
            let bias = self.invariants[self.form.groups.len()];
            let bias = self.builder.expand(bias, 0, product.dims()[0]);
            product = self.builder.add(product, bias);
        }
        self.products[group] = Some(product);
        product
    }

    fn vector(&mut self, name: &str) -> Tensor {
        let at = self.form.vectors.iter().position(|v| v == name).expect("listed");
        let first = self.invariants.len() - self.form.vectors.len();
        let rows = self.states[0].dims()[0];
        self.builder.expand(self.invariants[first + at], 0, rows)
    }

    fn binary(&mut self, operator: BinaryOperator, a: Tensor, b: Tensor) -> Tensor {
        match operator {
            BinaryOperator::Add => self.builder.add(a, b),
            BinaryOperator::Subtract => self.builder.sub(a, b),
            BinaryOperator::Multiply => self.builder.mul(a, b),
            BinaryOperator::Divide => self.builder.div(a, b),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Tensor]) -> Tensor {
        let builder = &mut self.builder;
        let a = builder.contiguous(arguments[0]);
        match function {
            Function::Sigmoid => builder.sigmoid(a),
            Function::Tanh => builder.tanh(a),
            Function::Relu => builder.relu(a),
            Function::Softplus => builder.softplus(a),
            Function::Softmax => builder.softmax(a),
            Function::Exp => builder.exp(a),
            Function::Log => builder.log(a),
            Function::Sqrt => builder.sqrt(a),
            Function::Abs => builder.abs(a),
            Function::Norm => builder.norm(a),
            Function::Max => two(arguments, |a, b| builder.max(a, b)),
            Function::Min => two(arguments, |a, b| builder.min(a, b)),
        }
    }
}

fn two(arguments: &[Tensor], f: impl FnOnce(Tensor, Tensor) -> Tensor) -> Tensor {
    let [a, b] = arguments else { unreachable!("the parser counts arguments") };
    f(*a, *b)
}
