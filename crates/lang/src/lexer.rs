//! From text to lines of tokens.
//!
//! There are two modes: in the lines of a `cell` a `-` is always minus, elsewhere it
//! can stand inside a word (`recurrent-dropout`) or before a number.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, digit1, one_of, satisfy};
use nom::combinator::{map, not, opt, peek, recognize, value};
use nom::multi::many0;
use nom::sequence::{pair, preceded, terminated};
use nom::{IResult, Parser};

use crate::alphabet;
use crate::ast::Comment;
use crate::{Diagnostic, Source, Span};

/// One line of a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub(crate) tokens: Vec<Token>,
    pub(crate) comment: Option<Comment>,
    /// Whether it holds something that is no token; what is said of it stands in
    /// [`Lexed::errors`].
    pub(crate) broken: bool,
}

/// A token and its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// The kinds of token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokenKind {
    Word(String),
    Number(f64),
    Percent(f64),
    Range(f64, f64),
    Duration(f64),
    Text(String),
    Symbol(Symbol),
}

/// Everything that is neither word nor number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symbol {
    Then,
    Into,
    HandOver,
    Comma,
    Open,
    Close,
    OpenList,
    CloseList,
    OpenChoice,
    CloseChoice,
    Equals,
    Less,
    Greater,
    AtMost,
    AtLeast,
    Plus,
    Minus,
    Star,
    Slash,
}

/// All lines, and what was wrong with characters.
pub(crate) struct Lexed {
    pub(crate) lines: Vec<Line>,
    pub(crate) errors: Vec<Diagnostic>,
}

/// Cuts a text into lines of tokens.
pub(crate) fn lex(source: &Source) -> Lexed {
    let mut lexed = Lexed { lines: Vec::new(), errors: Vec::new() };
    let (mut start, mut in_cell, mut after_blank) = (0, false, false);
    for text in source.text.split_inclusive('\n') {
        let line = lex_line(source, start, text, in_cell, after_blank, &mut lexed.errors);
        let first = line.tokens.first().map(|token| &token.kind);
        let is = |word: &str| matches!(first, Some(TokenKind::Word(w)) if w == word);
        if is("cell") {
            in_cell = true;
        } else if is("end") {
            in_cell = false;
        }
        after_blank = line.tokens.is_empty() && line.comment.is_none() && !line.broken;
        lexed.lines.push(line);
        start += text.len();
    }
    lexed
}

fn lex_line(
    source: &Source,
    start: usize,
    text: &str,
    in_cell: bool,
    after_blank: bool,
    errors: &mut Vec<Diagnostic>,
) -> Line {
    let mut line = Line::default();
    let mut rest = text;
    let place = |from: &str, to: &str| {
        let at = |s: &str| start + (text.len() - s.len());
        Span::new(source.id, at(from)..at(to))
    };
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']);
        let Some(next) = rest.chars().next() else { return line };
        if next == '#' {
            let end = text.trim_end();
            let span =
                Span::new(source.id, place(rest, rest).start as usize..start + end.len());
            let words = rest[1..].trim_end();
            let words = words.strip_prefix(' ').unwrap_or(words).to_owned();
            let after_blank = after_blank && line.tokens.is_empty();
            line.comment = Some(Comment { text: words, span, after_blank });
            return line;
        }
        if let Ok((after, kind)) = token(rest, in_cell) {
            line.tokens.push(Token { kind, span: place(rest, after) });
            rest = after;
            continue;
        }
        let bad = alphabet::run(rest);
        let span = place(rest, &rest[bad.len()..]);
        if !line.broken {
            errors.push(alphabet::explain(source, span, bad));
        }
        line.broken = true;
        rest = &rest[bad.len()..];
    }
}

fn token(input: &str, in_cell: bool) -> IResult<&str, TokenKind> {
    if in_cell {
        alt((cell_number, cell_word, text, symbol, arithmetic)).parse(input)
    } else {
        alt((range, percent, duration, number, word, text, symbol)).parse(input)
    }
}

fn word(input: &str) -> IResult<&str, TokenKind> {
    let tail = pair(char('-'), (satisfy(char::is_alphabetic), take_while(is_word)));
    map(recognize((name, many0(tail))), |word: &str| TokenKind::Word(word.to_owned()))
        .parse(input)
}

fn cell_word(input: &str) -> IResult<&str, TokenKind> {
    map(name, |word: &str| TokenKind::Word(word.to_owned())).parse(input)
}

fn name(input: &str) -> IResult<&str, &str> {
    let no_lookalike = peek(not(satisfy(alphabet::is_lookalike)));
    recognize((no_lookalike, satisfy(char::is_alphabetic), take_while(is_word)))
        .parse(input)
}

fn is_word(c: char) -> bool {
    (c.is_alphanumeric() || c == '_' || alphabet::is_mark(c))
        && !alphabet::is_lookalike(c)
}

fn unsigned(input: &str) -> IResult<&str, f64> {
    let fraction = pair(terminated(char('.'), peek(not(char('.')))), digit1);
    let exponent = (one_of("eE"), opt(one_of("+-")), digit1);
    map(recognize((digit1, opt(fraction), opt(exponent))), parse_number).parse(input)
}

fn signed(input: &str) -> IResult<&str, f64> {
    let fraction = pair(terminated(char('.'), peek(not(char('.')))), digit1);
    let exponent = (one_of("eE"), opt(one_of("+-")), digit1);
    let digits = (opt(char('-')), digit1, opt(fraction), opt(exponent));
    map(recognize(digits), parse_number).parse(input)
}

/// Digits beyond the range of a double become infinite, which those who use the number
/// refuse with their own words.
fn parse_number(text: &str) -> f64 {
    text.parse().unwrap_or(f64::INFINITY)
}

fn number(input: &str) -> IResult<&str, TokenKind> {
    map(signed, TokenKind::Number).parse(input)
}

fn cell_number(input: &str) -> IResult<&str, TokenKind> {
    map(unsigned, TokenKind::Number).parse(input)
}

fn percent(input: &str) -> IResult<&str, TokenKind> {
    map(terminated(signed, char('%')), TokenKind::Percent).parse(input)
}

fn range(input: &str) -> IResult<&str, TokenKind> {
    let ends = pair(signed, preceded(tag(".."), signed));
    map(ends, |(low, high)| TokenKind::Range(low, high)).parse(input)
}

fn duration(input: &str) -> IResult<&str, TokenKind> {
    let unit = alt((value(1.0, char('s')), value(60.0, char('m'))));
    let whole = terminated(pair(unsigned, unit), peek(not(satisfy(is_word))));
    map(whole, |(number, unit)| TokenKind::Duration(number * unit)).parse(input)
}

/// `"..."` with `\n`, `\t`, `\"` and `\\`.
fn text(input: &str) -> IResult<&str, TokenKind> {
    let plain = take_while1(|c| !['"', '\\', '\n'].contains(&c));
    let escape = preceded(
        char('\\'),
        alt((
            value("\n", char('n')),
            value("\t", char('t')),
            value("\"", char('"')),
            value("\\", char('\\')),
        )),
    );
    let (rest, parts) = preceded(char('"'), many0(alt((plain, escape)))).parse(input)?;
    let (rest, _) = char('"').parse(rest)?;
    Ok((rest, TokenKind::Text(parts.concat())))
}

fn symbol(input: &str) -> IResult<&str, TokenKind> {
    let two = alt((
        value(Symbol::Into, tag("->")),
        value(Symbol::HandOver, tag("=>")),
        value(Symbol::AtMost, tag("<=")),
        value(Symbol::AtLeast, tag(">=")),
    ));
    let one = alt((
        value(Symbol::Then, char('|')),
        value(Symbol::Comma, char(',')),
        value(Symbol::Open, char('(')),
        value(Symbol::Close, char(')')),
        value(Symbol::OpenList, char('[')),
        value(Symbol::CloseList, char(']')),
        value(Symbol::OpenChoice, char('{')),
        value(Symbol::CloseChoice, char('}')),
        value(Symbol::Equals, char('=')),
        value(Symbol::Less, char('<')),
        value(Symbol::Greater, char('>')),
    ));
    map(alt((two, one)), TokenKind::Symbol).parse(input)
}

fn arithmetic(input: &str) -> IResult<&str, TokenKind> {
    let one = alt((
        value(Symbol::Plus, char('+')),
        value(Symbol::Minus, char('-')),
        value(Symbol::Star, char('*')),
        value(Symbol::Slash, char('/')),
    ));
    map(one, TokenKind::Symbol).parse(input)
}
