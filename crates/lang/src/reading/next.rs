//! What the next word of a statement can be, as what stands before it decides.

use crate::ast::{Preposition, Verb};
use crate::vocabulary::Entry;

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Next {
    /// The first word of a statement.
    Statement,
    /// The name behind `data` or `model`.
    Name,
    /// What stands right of `=`.
    Body,
    /// What a verb acts on, or the view before `of`.
    Subject(Verb),
    /// A chain or a pipe: inside `(`, after a comma or `of`.
    Value,
    /// A data step, after `|`.
    Step,
    /// A layer, after `->` or `=>`.
    Layer,
    /// More of what was begun: options, joints, prepositions.
    Rest,
    /// What a preposition refers to.
    Operand(Preposition),
    /// The value of an option or a setting, or the file or column behind a word.
    Argument(&'static Entry),
    /// The right side of `<` or `beats`.
    Right,
    /// Items of a list, numbers.
    Nothing,
}
