//! A place among the tokens of one statement.

use crate::alphabet::with_line;
use crate::ast::Word;
use crate::lexer::{Symbol, Token, TokenKind};
use crate::{Diagnostic, Fix, Source, Span};

/// How deep brackets may stand in each other.
const DEPTH: usize = 64;

/// Reads tokens from left to right.
pub(super) struct Cursor<'a> {
    pub(super) source: &'a Source,
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(source: &'a Source, tokens: &'a [Token]) -> Self {
        Cursor { source, tokens, at: 0, depth: 0 }
    }

    pub(super) fn peek(&self) -> Option<&'a TokenKind> {
        self.peek_at(0)
    }

    /// The token `n` places ahead.
    pub(super) fn peek_at(&self, n: usize) -> Option<&'a TokenKind> {
        self.tokens.get(self.at + n).map(|token| &token.kind)
    }

    pub(super) fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    /// The place of the next token, or the end of the last one.
    pub(super) fn span(&self) -> Span {
        match (self.tokens.get(self.at), self.tokens.last()) {
            (Some(token), _) => token.span,
            (None, Some(last)) => {
                Span { start: last.span.end, end: last.span.end, ..last.span }
            }
            (None, None) => Span { source: self.source.id, ..Span::default() },
        }
    }

    /// The place of the token read last.
    pub(super) fn last_span(&self) -> Span {
        self.tokens
            .get(self.at.wrapping_sub(1))
            .map_or_else(|| self.span(), |token| token.span)
    }

    pub(super) fn symbol(&mut self, symbol: Symbol) -> Option<Span> {
        let found = self.peek() == Some(&TokenKind::Symbol(symbol));
        found.then(|| self.next().map(|token| token.span)).flatten()
    }

    /// The next token, if it is a word.
    pub(super) fn word(&mut self) -> Option<Word> {
        let Some(TokenKind::Word(text)) = self.peek() else { return None };
        let span = self.next()?.span;
        Some(Word { text: text.clone(), span })
    }

    /// The text of the next token, if it is a word.
    pub(super) fn peek_word(&self) -> Option<&'a str> {
        self.peek_word_at(0)
    }

    pub(super) fn peek_word_at(&self, n: usize) -> Option<&'a str> {
        match self.peek_at(n) {
            Some(TokenKind::Word(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether any word from here on is of a kind.
    pub(super) fn any_word(&self, is: impl Fn(&str) -> bool) -> bool {
        let rest = self.tokens.get(self.at..).unwrap_or(&[]);
        rest.iter().any(|token| matches!(&token.kind, TokenKind::Word(word) if is(word)))
    }

    pub(super) fn is_done(&self) -> bool {
        self.at == self.tokens.len()
    }

    /// The text of a place.
    pub(super) fn text(&self, span: Span) -> &'a str {
        self.source.text.get(span.range()).unwrap_or("")
    }

    /// The text of a place that may span lines, as one line: hints are one.
    pub(super) fn one_line(&self, span: Span) -> String {
        let lines: Vec<&str> = self.text(span).lines().map(str::trim).collect();
        lines.join(" ")
    }

    /// The line with another text at a place: what to type instead.
    pub(super) fn instead(&self, span: Span, replacement: &str) -> Fix {
        with_line(self.source, span, replacement)
    }

    /// Goes into a bracket.
    ///
    /// # Errors
    /// Where brackets stand too deep.
    pub(super) fn enter(&mut self) -> Result<(), Diagnostic> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Diagnostic::error(format!(
                "more than {DEPTH} brackets in each other"
            ))
            .label(self.last_span(), "one too deep")
            .with_hint("give the inner part a name on a line of its own"));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Said where something else is expected.
    pub(super) fn expected(&self, what: &str) -> Diagnostic {
        let span = self.span();
        if self.is_done() {
            return Diagnostic::error(format!("the line ends where {what} is expected"))
                .label(span, format!("{what} goes here"));
        }
        Diagnostic::error(format!("expected {what}, found `{}`", self.text(span)))
            .label(span, format!("not {what}"))
    }
}
