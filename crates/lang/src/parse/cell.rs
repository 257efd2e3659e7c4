//! `cell mine ... end`: equations with arithmetic.

use super::cursor::Cursor;
use super::statement::check_name;
use crate::ast::{
    BinaryOperator, CellDefinition, CellLine, CellLineKind, Comment, Expression,
    ExpressionKind, Function, Word,
};
use crate::lexer::{Line, Symbol, Token, TokenKind};
use crate::vocabulary;
use crate::{Diagnostic, Source, Span};

/// Reads a cell from its lines, `cell` and `end` included.
///
/// # Errors
/// What is wrong with each of its lines.
pub(super) fn definition(
    source: &Source,
    lines: &[Line],
) -> Result<CellDefinition, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let name = match header(source, &lines[0].tokens) {
        Ok(name) => Some(name),
        Err(error) => {
            errors.push(error);
            None
        }
    };
    let closed = lines.len() > 1 && super::ends_cell(&lines[lines.len() - 1]);
    let inner = if closed { &lines[1..lines.len() - 1] } else { &lines[1..] };
    let (body, trailing) = body(source, inner, &mut errors);
    if !closed && errors.is_empty() {
        errors.push(no_end(&lines[0]));
    }
    match name {
        Some(name) if errors.is_empty() => {
            let (first, last) = (&lines[0], &lines[lines.len() - 1]);
            let end = last.tokens.last().map_or(name.span, |token| token.span);
            Ok(CellDefinition {
                name,
                remark: first.comment.clone(),
                lines: body,
                trailing,
                end_remark: last.comment.clone(),
                span: first.tokens[0].span.to(end),
            })
        }
        _ => Err(errors),
    }
}

fn header(source: &Source, tokens: &[Token]) -> Result<Word, Diagnostic> {
    let mut cursor = Cursor::new(source, tokens);
    cursor.next();
    let Some(name) = cursor.word() else {
        return Err(cursor.expected("the name of the cell"));
    };
    check_name(&cursor, &name)?;
    if cursor.is_done() {
        return Ok(name);
    }
    Err(cursor.expected("the end of the line"))
}

fn no_end(first: &Line) -> Diagnostic {
    Diagnostic::error("the cell is never ended")
        .label(first.tokens[0].span, "begins here")
        .with_hint("write `end` on a line of its own after the last equation")
}

/// The lines between `cell` and `end`, and the comments after the last of them.
fn body(
    source: &Source,
    lines: &[Line],
    errors: &mut Vec<Diagnostic>,
) -> (Vec<CellLine>, Vec<Comment>) {
    let mut read = Vec::new();
    let mut comments = Vec::new();
    for line in lines {
        if line.tokens.is_empty() {
            comments.extend(line.comment.clone());
            continue;
        }
        match cell_line(source, &line.tokens) {
            Ok(kind) => read.push(CellLine {
                kind,
                span: line.tokens[0].span.to(line.tokens[line.tokens.len() - 1].span),
                comments: std::mem::take(&mut comments),
                remark: line.comment.clone(),
            }),
            Err(error) => errors.push(error),
        }
    }
    (read, comments)
}

/// The most words and signs of an equation: sums lean left, so that a tree is as deep
/// as its line is long.
const LONGEST: usize = 500;

fn cell_line(source: &Source, tokens: &[Token]) -> Result<CellLineKind, Diagnostic> {
    if tokens.len() > LONGEST {
        return Err(Diagnostic::error("the equation is too long")
            .label(tokens[LONGEST].span, format!("more than {LONGEST} words and signs"))
            .with_hint("give parts of it names on lines of their own"));
    }
    let mut cursor = Cursor::new(source, tokens);
    let Some(name) = cursor.word() else { return Err(cursor.expected("a name")) };
    let kind = if name.text == "gives" && cursor.peek_word().is_some() {
        CellLineKind::Gives(cursor.word().expect("looked"))
    } else if cursor.peek_word() == Some("starts") {
        cursor.next();
        CellLineKind::Starts { name, value: start_value(&mut cursor)? }
    } else if cursor.symbol(Symbol::Equals).is_some() {
        check_assignable(&name)?;
        CellLineKind::Equation { name, value: sum(&mut cursor)? }
    } else {
        return Err(cursor
            .expected("`=`")
            .note("a line of a cell is an equation: h = tanh(W x + U h)"));
    };
    if cursor.is_done() {
        return Ok(kind);
    }
    Err(cursor.expected("an operator or the end of the line"))
}

fn check_assignable(name: &Word) -> Result<(), Diagnostic> {
    if name.text == "x" {
        return Err(Diagnostic::error(
            "`x` is the input of the cell and cannot be assigned",
        )
        .label(name.span, "take another name"));
    }
    if function(&name.text).is_some() {
        return Err(Diagnostic::error(format!(
            "`{}` is a function and cannot be assigned",
            name.text
        ))
        .label(name.span, "take another name"));
    }
    Ok(())
}

fn start_value(cursor: &mut Cursor<'_>) -> Result<f64, Diagnostic> {
    let sign = if cursor.symbol(Symbol::Minus).is_some() { -1.0 } else { 1.0 };
    match cursor.peek() {
        Some(TokenKind::Number(number)) if number.is_finite() => {
            cursor.next();
            Ok(sign * number)
        }
        _ => Err(cursor.expected("a number")),
    }
}

fn sum(cursor: &mut Cursor<'_>) -> Result<Expression, Diagnostic> {
    cursor.enter()?;
    let mut left = term(cursor)?;
    loop {
        let operator = match cursor.peek() {
            Some(TokenKind::Symbol(Symbol::Plus)) => BinaryOperator::Add,
            Some(TokenKind::Symbol(Symbol::Minus)) => BinaryOperator::Subtract,
            _ => break,
        };
        cursor.next();
        let right = term(cursor)?;
        left = binary(operator, left, right);
    }
    cursor.leave();
    Ok(left)
}

fn term(cursor: &mut Cursor<'_>) -> Result<Expression, Diagnostic> {
    let mut left = product(cursor)?;
    loop {
        let operator = match cursor.peek() {
            Some(TokenKind::Symbol(Symbol::Star)) => BinaryOperator::Multiply,
            Some(TokenKind::Symbol(Symbol::Slash)) => BinaryOperator::Divide,
            _ => return Ok(left),
        };
        cursor.next();
        let right = product(cursor)?;
        left = binary(operator, left, right);
    }
}

fn binary(operator: BinaryOperator, left: Expression, right: Expression) -> Expression {
    let span = left.span.to(right.span);
    let kind = ExpressionKind::Binary(operator, Box::new(left), Box::new(right));
    Expression { kind, span }
}

/// Side by side: a matrix times a vector.
fn product(cursor: &mut Cursor<'_>) -> Result<Expression, Diagnostic> {
    let mut left = factor(cursor)?;
    while matches!(
        cursor.peek(),
        Some(TokenKind::Word(_) | TokenKind::Number(_) | TokenKind::Symbol(Symbol::Open))
    ) {
        let right = factor(cursor)?;
        let span = left.span.to(right.span);
        let kind = ExpressionKind::Product(Box::new(left), Box::new(right));
        left = Expression { kind, span };
    }
    Ok(left)
}

fn factor(cursor: &mut Cursor<'_>) -> Result<Expression, Diagnostic> {
    let start = cursor.span();
    let kind = match cursor.peek() {
        Some(TokenKind::Number(number)) => {
            cursor.next();
            if !number.is_finite() {
                return Err(
                    Diagnostic::error("the number is too large").label(start, "here")
                );
            }
            ExpressionKind::Number(*number)
        }
        Some(TokenKind::Symbol(Symbol::Minus)) => {
            cursor.next();
            cursor.enter()?;
            let inner = factor(cursor)?;
            cursor.leave();
            ExpressionKind::Negate(Box::new(inner))
        }
        Some(TokenKind::Symbol(Symbol::Open)) => {
            cursor.next();
            let inner = sum(cursor)?;
            close(cursor, start)?;
            ExpressionKind::Group(Box::new(inner))
        }
        Some(TokenKind::Word(_)) => return name_or_call(cursor),
        _ => return Err(cursor.expected("a name, a number or `(`")),
    };
    Ok(Expression { kind, span: start.to(cursor.last_span()) })
}

fn name_or_call(cursor: &mut Cursor<'_>) -> Result<Expression, Diagnostic> {
    let word = cursor.word().expect("the caller has looked");
    let is_call = cursor.peek() == Some(&TokenKind::Symbol(Symbol::Open));
    let Some(function) = function(&word.text) else {
        if is_call && word.span.end == cursor.span().start {
            check_function(cursor, &word)?;
        }
        return Ok(Expression { kind: ExpressionKind::Name(word.text), span: word.span });
    };
    if !is_call {
        return Err(Diagnostic::error(format!(
            "`{}` needs its argument in parentheses",
            word.text
        ))
        .label(word.span, "a function")
        .with_fix(cursor.instead(word.span, &format!("{}(...)", word.text))));
    }
    let open = cursor.span();
    cursor.next();
    let mut arguments = vec![sum(cursor)?];
    while cursor.symbol(Symbol::Comma).is_some() {
        arguments.push(sum(cursor)?);
    }
    close(cursor, open)?;
    let needed = if matches!(function, Function::Max | Function::Min) { 2 } else { 1 };
    let span = word.span.to(cursor.last_span());
    if arguments.len() != needed {
        let plural = if needed == 1 { "argument" } else { "arguments" };
        return Err(Diagnostic::error(format!(
            "`{}` takes {needed} {plural}",
            word.text
        ))
        .label(span, format!("{} here", arguments.len())));
    }
    Ok(Expression { kind: ExpressionKind::Call(function, arguments), span })
}

/// `sigmod(W x)`: a small name right before a parenthesis, near a function.
fn check_function(cursor: &Cursor<'_>, word: &Word) -> Result<(), Diagnostic> {
    let known = FUNCTIONS.iter().map(|(known, _)| *known);
    match vocabulary::suggest(&word.text, known) {
        Some(near) if word.text.chars().count() > 2 => {
            Err(Diagnostic::error(format!("unknown function `{}`", word.text))
                .code("E1")
                .label(word.span, format!("did you mean `{near}`?"))
                .with_fix(cursor.instead(word.span, near)))
        }
        _ => Ok(()),
    }
}

fn close(cursor: &mut Cursor<'_>, open: Span) -> Result<(), Diagnostic> {
    match cursor.symbol(Symbol::Close) {
        Some(_) => Ok(()),
        None => Err(cursor.expected("`)` or an operator").label(open, "opened here")),
    }
}

fn function(word: &str) -> Option<Function> {
    FUNCTIONS.iter().find(|(known, _)| *known == word).map(|(_, function)| *function)
}

/// The functions of a cell by their words.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[
    ("sigmoid", Function::Sigmoid),
    ("tanh", Function::Tanh),
    ("relu", Function::Relu),
    ("softplus", Function::Softplus),
    ("softmax", Function::Softmax),
    ("exp", Function::Exp),
    ("log", Function::Log),
    ("sqrt", Function::Sqrt),
    ("abs", Function::Abs),
    ("max", Function::Max),
    ("min", Function::Min),
    ("norm", Function::Norm),
];
