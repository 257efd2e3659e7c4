//! What each word of a text is: its place and its class.

use super::cell;
use super::groups;
use super::reader::Reader;
use crate::lexer::{Token, lex};
use crate::parse::is_cell;
use crate::vocabulary::WordKind;
use crate::{Source, Span};

/// A piece of a text that belongs to one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Highlight {
    /// Where.
    pub span: Span,
    /// What it is.
    pub class: Class,
}

/// What a word is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// `train`
    Verb,
    /// `on`, `of`
    Preposition,
    /// `data`, `model`, `cell`, `end`, `starts`, `x`
    Keyword,
    /// `airline`, `csv`
    Source,
    /// `window`
    Step,
    /// `lstm`
    Layer,
    /// `naive`
    Baseline,
    /// `stateful`, `epochs`, a setting, the value of one
    Option,
    /// `loss` in `plot loss of m`
    View,
    /// `sigmoid` in a cell
    Function,
    /// A matrix of a cell: `Wf`
    Matrix,
    /// `4`, `67%`, `0..1`, `30s`
    Number,
    /// `"air.csv"`
    Text,
    /// `# ...`
    Comment,
    /// `|`, `->`, `=`, brackets and all other signs
    Joint,
    /// What the text itself has named, and words that are not known
    Name,
}

impl Class {
    /// The class of a word of the vocabulary.
    pub(super) fn of(kind: WordKind) -> Class {
        match kind {
            WordKind::Verb => Class::Verb,
            WordKind::Preposition => Class::Preposition,
            WordKind::Source => Class::Source,
            WordKind::Step => Class::Step,
            WordKind::Layer => Class::Layer,
            WordKind::Baseline => Class::Baseline,
            WordKind::View | WordKind::Measure => Class::View,
            WordKind::Function => Class::Function,
            WordKind::Keyword => Class::Keyword,
            WordKind::Activation
            | WordKind::CommandOption
            | WordKind::PartOption
            | WordKind::DataOption
            | WordKind::Optimiser
            | WordKind::Setting => Class::Option,
        }
    }
}

/// The classes of all words, numbers, signs and comments of a text, in its order; what is
/// no token of the language has none.
pub fn highlights(source: &Source) -> Vec<Highlight> {
    let mut found = Vec::new();
    for group in groups(source) {
        if is_cell(&group[0]) {
            for line in &group {
                found.extend(cell::highlights(&line.tokens));
            }
            continue;
        }
        let tokens: Vec<Token> =
            group.iter().flat_map(|line| line.tokens.clone()).collect();
        let mut reader = Reader::default();
        for at in 0..tokens.len() {
            let class = reader.take(&tokens[at..]);
            found.push(Highlight { span: tokens[at].span, class });
        }
    }
    let comments = lex(source).lines.into_iter().filter_map(|line| line.comment);
    found.extend(
        comments.map(|comment| Highlight { span: comment.span, class: Class::Comment }),
    );
    found.sort_by_key(|highlight| highlight.span.start);
    found
}
