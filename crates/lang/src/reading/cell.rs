//! The lines of a cell: what their words are, and what can come next in them.

use super::highlight::{Class, Highlight};
use crate::lexer::{Symbol, Token, TokenKind};
use crate::vocabulary::{self, WordKind};

/// The classes of the words of one line.
pub(super) fn highlights(tokens: &[Token]) -> impl Iterator<Item = Highlight> {
    (0..tokens.len())
        .map(|at| Highlight { span: tokens[at].span, class: class(tokens, at) })
}

fn class(tokens: &[Token], at: usize) -> Class {
    let word = match &tokens[at].kind {
        TokenKind::Word(word) => word.as_str(),
        TokenKind::Symbol(_) => return Class::Joint,
        TokenKind::Text(_) => return Class::Text,
        TokenKind::Number(_)
        | TokenKind::Percent(_)
        | TokenKind::Range(..)
        | TokenKind::Duration(_) => return Class::Number,
    };
    let after = tokens.get(at + 1).map(|token| &token.kind);
    let is_called = after == Some(&TokenKind::Symbol(Symbol::Open));
    let before_word = matches!(after, Some(TokenKind::Word(_)));
    match (at, word) {
        (0, "cell" | "gives") if before_word => Class::Keyword,
        (0, "end") if tokens.len() == 1 => Class::Keyword,
        (1, "starts") => Class::Keyword,
        _ if is_called && vocabulary::find_kind(word, WordKind::Function).is_some() => {
            Class::Function
        }
        _ if word.chars().next().is_some_and(char::is_uppercase) => Class::Matrix,
        _ => Class::Name,
    }
}
