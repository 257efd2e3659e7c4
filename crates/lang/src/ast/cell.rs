//! The syntax of a user's cell.

use super::{Comment, Word};
use crate::Span;

/// `cell mine ... end`: the equations of a recurrent cell.
#[derive(Debug, Clone, PartialEq)]
pub struct CellDefinition {
    /// The name of the cell.
    pub name: Word,
    /// The comment beside its name.
    pub remark: Option<Comment>,
    /// Its lines, in order.
    pub lines: Vec<CellLine>,
    /// Comments on lines of their own above `end`.
    pub trailing: Vec<Comment>,
    /// The comment beside `end`.
    pub end_remark: Option<Comment>,
    /// From `cell` to `end`.
    pub span: Span,
}

/// One line of a cell, with its comments.
#[derive(Debug, Clone, PartialEq)]
pub struct CellLine {
    /// What it says.
    pub kind: CellLineKind,
    /// Where.
    pub span: Span,
    /// Comments on lines of their own above it.
    pub comments: Vec<Comment>,
    /// The comment at its end.
    pub remark: Option<Comment>,
}

/// The kinds of line in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum CellLineKind {
    /// `f = sigmoid(Wf x + Uf h + bf)`
    Equation {
        /// The name it assigns.
        name: Word,
        /// The right side.
        value: Expression,
    },
    /// `gives y`
    Gives(Word),
    /// `bf starts 1`
    Starts {
        /// The learned name.
        name: Word,
        /// Its start value.
        value: f64,
    },
}

/// The right side of an equation.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where.
    pub span: Span,
}

/// The kinds of expression. Sums and products lean left.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// `1`
    Number(f64),
    /// `h`, `Wf`
    Name(String),
    /// `-x`
    Negate(Box<Expression>),
    /// `a + b`, `a - b`, `a * b`, `a / b`: element by element
    Binary(BinaryOperator, Box<Expression>, Box<Expression>),
    /// `Wf x`: a matrix times a vector, side by side
    Product(Box<Expression>, Box<Expression>),
    /// `sigmoid(a)`, `max(a, b)`
    Call(Function, Vec<Expression>),
    /// `(a)`; kept so that the formatter prints it back
    Group(Box<Expression>),
}

/// The operators that work element by element.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// The functions of a cell.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    Sigmoid,
    Tanh,
    Relu,
    Softplus,
    Softmax,
    Exp,
    Log,
    Sqrt,
    Abs,
    Max,
    Min,
    Norm,
}
