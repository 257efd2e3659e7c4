//! A cell in the form that lowering needs.

use std::collections::BTreeMap;

use carousel_lang::ast::{BinaryOperator, Function};

/// A cell's equations, with every name resolved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CellForm {
    /// The names whose values last from step to step; the first is what the cell gives.
    pub(crate) states: Vec<String>,
    /// The matrices that stand before `x`: the column blocks of the projection.
    pub(crate) inputs: Vec<InputBlock>,
    /// The other matrices; those that share what they multiply are one product. The
    /// first group is that of the state the cell gives, where there is such a product.
    pub(crate) groups: Vec<Group>,
    /// The vectors added to products with `x`, one for each block, or none at all.
    pub(crate) bias_input: Vec<String>,
    /// The vectors added to products of the first group, one for each block, or none.
    pub(crate) bias_hidden: Vec<String>,
    /// Whether `bias_hidden` has to be added inside the loop, because something other
    /// than a sum with the projection is done to the product first.
    pub(crate) hidden_bias_in_body: bool,
    /// All other learned vectors.
    pub(crate) vectors: Vec<String>,
    /// The equations, in order.
    pub(crate) equations: Vec<Equation>,
    /// For each state the equation that gives its next value; `None` leaves it as it is.
    pub(crate) next: Vec<Option<usize>>,
    /// Start values of learned vectors.
    pub(crate) starts: BTreeMap<String, f32>,
}

/// A matrix that stands before `x`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InputBlock {
    /// Its name: `Wf`.
    pub(crate) matrix: String,
    /// The equation it stands in: `f`.
    pub(crate) equation: String,
}

/// Matrices that multiply the same vector: one product for all of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// Their names, one for each column block.
    pub(crate) matrices: Vec<String>,
    /// What they multiply.
    pub(crate) operand: Term,
}

/// One line of the cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Equation {
    /// The name it assigns.
    pub(crate) name: String,
    /// Its right side.
    pub(crate) value: Term,
}

/// The right side of an equation; every value is `[B, H]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Term {
    /// The same number everywhere.
    Number(f32),
    /// A column block of the projection.
    Input(usize),
    /// A state's value after the last step.
    State(usize),
    /// The value of an earlier line.
    Local(usize),
    /// A learned vector, the same for each row; by name until its place is known.
    Vector(String),
    /// A column block of a group's product.
    Product { group: usize, block: usize },
    /// 0 - a
    Negate(Box<Term>),
    /// Element by element.
    Binary(BinaryOperator, Box<Term>, Box<Term>),
    /// A function of one or two values.
    Call(Function, Vec<Term>),
}

impl CellForm {
    /// The same cell with one more column block of the projection, which is added to the
    /// next value of a state before anything reads it: zeros there change nothing, and
    /// their gradient is that of the state. A state that no line assigns stays as it is.
    pub(crate) fn with_nudge(mut self, state: usize) -> CellForm {
        let Some(line) = self.next[state] else { return self };
        let equation = &mut self.equations[line];
        let nudge = Box::new(Term::Input(self.inputs.len()));
        let value = Box::new(equation.value.clone());
        equation.value = Term::Binary(BinaryOperator::Add, value, nudge);
        let name = equation.name.clone();
        self.inputs.push(InputBlock { matrix: "nudge".to_owned(), equation: name });
        self
    }

    /// The same cell with its state masked wherever the first group multiplies it. The
    /// mask is one more state, which never changes: it is `[B, H]`, and the same for
    /// all steps.
    pub(crate) fn with_recurrent_dropout(mut self) -> CellForm {
        let mask = Term::State(self.states.len());
        self.states.push("dropout".to_owned());
        self.next.push(None);
        for group in &mut self.groups {
            if let Term::State(_) = group.operand {
                let state = Box::new(group.operand.clone());
                let mask = Box::new(mask.clone());
                group.operand = Term::Binary(BinaryOperator::Multiply, state, mask);
            }
        }
        self
    }
}
