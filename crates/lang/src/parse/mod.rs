//! From text to the syntax tree; every bad statement is reported, the others are read.

mod cell;
pub(crate) use cell::FUNCTIONS;
mod checks;
mod command;
pub(crate) use command::preposition;
mod cursor;
mod statement;
mod value;

#[cfg(test)]
mod tests;

use crate::ast::{Comment, Program, Statement, StatementKind};
use crate::lexer::{Line, Symbol, Token, TokenKind, lex};
use crate::{Diagnostic, Source, Span};
use cursor::Cursor;

/// Reads a text. Statements that cannot be read are left out of the program, and said
/// why in the messages, in the order of the text.
pub fn parse(source: &Source) -> (Program, Vec<Diagnostic>) {
    let lexed = lex(source);
    let mut errors = lexed.errors;
    let mut program = Program::default();
    let mut comments = Vec::new();
    let mut lines = lexed.lines.into_iter();
    while let Some(line) = lines.next() {
        if line.tokens.is_empty() && !line.broken {
            comments.extend(line.comment);
            continue;
        }
        let group = lines_of_statement(line, &mut lines);
        let above = std::mem::take(&mut comments);
        match read(source, &group) {
            Ok(kind) => program.statements.push(statement(kind, above, group)),
            Err(found) => errors.extend(found),
        }
    }
    program.trailing = comments;
    errors.sort_by_key(|error| error.labels.first().map(|label| label.span));
    (program, errors)
}

/// Takes the lines that belong to the statement which `first` begins.
pub(crate) fn lines_of_statement(
    first: Line,
    lines: &mut std::vec::IntoIter<Line>,
) -> Vec<Line> {
    let mut group = vec![first];
    if is_cell(&group[0]) {
        while group.len() == 1 || !ends_cell(&group[group.len() - 1]) {
            let Some(line) = lines.next() else { break };
            group.push(line);
        }
        return group;
    }
    let mut state = Continuation::default();
    state.line(&group[0]);
    loop {
        let count = state.going_on(lines.as_slice());
        if count == 0 {
            return group;
        }
        for line in lines.take(count) {
            state.line(&line);
            group.push(line);
        }
    }
}

/// Whether a line begins a cell.
pub(crate) fn is_cell(line: &Line) -> bool {
    starts_with_word(line, "cell")
        && !matches!(
            line.tokens.get(1).map(|token| &token.kind),
            Some(TokenKind::Symbol(_))
        )
}

/// Whether a line ends a cell.
pub(crate) fn ends_cell(line: &Line) -> bool {
    starts_with_word(line, "end")
}

fn starts_with_word(line: &Line, word: &str) -> bool {
    matches!(line.tokens.first().map(|t| &t.kind), Some(TokenKind::Word(w)) if w == word)
}

/// Whether a statement of these lines waits for another: for the end of a bracket, or
/// for what its last joint joins.
pub(crate) fn waits_for_more(group: &[Line]) -> bool {
    let mut state = Continuation::default();
    group.iter().for_each(|line| state.line(line));
    state.depth > 0 || state.open_end
}

/// Whether a statement goes on in the next line.
#[derive(Default)]
struct Continuation {
    depth: usize,
    open_end: bool,
}

impl Continuation {
    fn line(&mut self, line: &Line) {
        for token in &line.tokens {
            match token.kind {
                TokenKind::Symbol(
                    Symbol::Open | Symbol::OpenList | Symbol::OpenChoice,
                ) => {
                    self.depth += 1;
                }
                TokenKind::Symbol(
                    Symbol::Close | Symbol::CloseList | Symbol::CloseChoice,
                ) => {
                    self.depth = self.depth.saturating_sub(1);
                }
                _ => {}
            }
        }
        if let Some(last) = line.tokens.last() {
            self.open_end = joins(last) || last.kind == TokenKind::Symbol(Symbol::Equals);
        }
    }

    /// How many of the next lines go on with the statement, as far as can be told.
    fn going_on(&self, next: &[Line]) -> usize {
        let Some(first) = next.first() else { return 0 };
        if self.goes_on(first) {
            return 1;
        }
        // A note between two lines of a pipe does not cut it.
        let notes = next.iter().take_while(|line| is_note(line)).count();
        let joined = next.get(notes).and_then(|line| line.tokens.first());
        if joined.is_some_and(joins) { notes } else { 0 }
    }

    /// A line continues the one above if that one is open, or if it starts with a
    /// joint itself. A line that starts a statement of its own ends an open bracket:
    /// one forgotten bracket should not swallow the rest of a script.
    fn goes_on(&self, next: &Line) -> bool {
        let Some(first) = next.tokens.first() else {
            return (self.depth > 0 || self.open_end) && !next.broken;
        };
        if joins(first) {
            return true;
        }
        (self.depth > 0 || self.open_end) && !begins_statement(next)
    }
}

/// Whether a line is a comment and nothing else.
fn is_note(line: &Line) -> bool {
    line.tokens.is_empty() && line.comment.is_some() && !line.broken
}

fn joins(token: &Token) -> bool {
    matches!(
        token.kind,
        TokenKind::Symbol(Symbol::Then | Symbol::Into | Symbol::HandOver | Symbol::Comma)
    )
}

/// Whether a line surely begins a statement: a kind word, or a verb that is followed
/// by something that is no joint.
fn begins_statement(line: &Line) -> bool {
    let TokenKind::Word(first) = &line.tokens[0].kind else { return false };
    let named = matches!(
        line.tokens.get(1).map(|t| &t.kind),
        Some(TokenKind::Symbol(Symbol::Equals))
    );
    named
        || ["data", "model", "cell"].contains(&first.as_str())
        || crate::vocabulary::verb(first).is_some()
}

fn read(source: &Source, group: &[Line]) -> Result<StatementKind, Vec<Diagnostic>> {
    if group.iter().any(|line| line.broken) {
        return Err(Vec::new());
    }
    if is_cell(&group[0]) {
        return cell::definition(source, group).map(StatementKind::Cell);
    }
    let tokens: Vec<Token> = group.iter().flat_map(|line| line.tokens.clone()).collect();
    statement::statement(&mut Cursor::new(source, &tokens)).map_err(|error| vec![error])
}

fn statement(kind: StatementKind, comments: Vec<Comment>, group: Vec<Line>) -> Statement {
    let mut spans = group.iter().flat_map(|line| &line.tokens).map(|token| token.span);
    let first = spans.next().unwrap_or_default();
    let span: Span = spans.fold(first, Span::to);
    let is_cell = matches!(kind, StatementKind::Cell(_));
    let remarks = if is_cell {
        Vec::new()
    } else {
        group.into_iter().filter_map(|line| line.comment).collect()
    };
    Statement { kind, span, comments, remarks }
}
