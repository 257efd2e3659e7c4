//! Characters that look like the language's and are not: curly quotes, full-width
//! letters, arrows, invisible spaces.

use crate::{Diagnostic, Fix, Source, Span};

/// Whether a letter or digit is a look-alike of an ASCII one.
pub(crate) fn is_lookalike(c: char) -> bool {
    c.is_alphanumeric() && meant(c).is_some()
}

/// Whether a character stands on or between letters without being one: an accent typed
/// apart, what joins or mutes letters of India, a tone of Thai.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{93c}' | '\u{94d}' | '\u{9bc}' | '\u{9cd}' | '\u{a3c}' | '\u{a4d}'
            | '\u{abc}' | '\u{acd}' | '\u{b3c}' | '\u{b4d}' | '\u{bcd}' | '\u{c4d}'
            | '\u{cbc}' | '\u{ccd}' | '\u{d4d}' | '\u{dca}'
            | '\u{e47}'..='\u{e4e}'
    )
}

/// The run of characters at the start of `rest` to be explained together: of a
/// string that does not end, all of it; of look-alikes, as many as stand together.
pub(crate) fn run(rest: &str) -> &str {
    let line = rest.trim_end_matches(['\r', '\n']);
    if rest.starts_with('"') {
        return line;
    }
    let first = rest.chars().next().expect("the caller has looked");
    if meant(first).is_none() {
        return &rest[..first.len_utf8()];
    }
    let end = line.find(|c| meant(c).is_none()).unwrap_or(line.len());
    &rest[..end]
}

/// What is wrong at `span`, which holds `bad`, with the whole line as it should be.
pub(crate) fn explain(source: &Source, span: Span, bad: &str) -> Diagnostic {
    if bad.starts_with('"') {
        return open_text(source, span, bad);
    }
    let first = bad.chars().next().unwrap_or(' ');
    if meant(first).is_none() {
        return unquoted_path(source, span).unwrap_or_else(|| match first {
            '-' | '+' | '*' | '/' => arithmetic(source, span, first),
            _ => stranger(source, span, first),
        });
    }
    let right: String = bad.chars().filter_map(meant).collect();
    let title = if right.trim().is_empty() {
        "a space here is not the one the space bar gives".to_owned()
    } else {
        format!("`{bad}` looks like `{right}` and is another character")
    };
    let whole = line(source, span);
    let fixed = whole.chars().map(plain).collect::<String>().trim().to_owned();
    let start = line_start(source, span);
    let span_of_line = Span::new(source.id, start..start + whole.len());
    Diagnostic::error(title).label(span, format!("type `{right}`")).with_fix(Fix {
        span: span_of_line,
        text: fixed.clone(),
        line: fixed,
    })
}

/// Said of a text in quotes that cannot be read.
fn open_text(source: &Source, span: Span, bad: &str) -> Diagnostic {
    let mut chars = bad.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            continue;
        }
        match chars.next() {
            None | Some('n' | 't' | '"' | '\\') => {}
            Some(other) => {
                let slashes = bad.replace('\\', "/");
                return Diagnostic::error(format!(
                    "`\\{other}` stands for nothing in a text in quotes"
                ))
                .label(span, "in here")
                .note("a backslash itself is typed twice; paths take `/` on every system")
                .with_fix(with_line(source, span, &slashes));
            }
        }
    }
    let end = span.range().start + bad.trim_end().len();
    Diagnostic::error("the text in quotes does not end")
        .label(span, "begins here")
        .with_fix(with_line(source, Span::new(source.id, end..end), "\""))
}

/// Said of `csv air.csv`, where a sign of a path is met outside quotes.
fn unquoted_path(source: &Source, span: Span) -> Option<Diagnostic> {
    let whole = line(source, span);
    let at = span.range().start - line_start(source, span);
    let start = whole.get(..at)?.rfind(' ')? + 1;
    let end = whole[at..].find(' ').map_or(whole.len(), |n| at + n);
    let path = &whole[start..end];
    let is_path = path.chars().all(|c| c.is_alphanumeric() || "._-/\\".contains(c))
        && path.chars().any(char::is_alphabetic)
        && path.trim_end_matches('.').contains('.');
    is_path.then(|| {
        let first = line_start(source, span);
        let span_of_path = Span::new(source.id, first + start..first + end);
        Diagnostic::error("the name of a file stands in quotes")
            .label(span, "only in quotes")
            .with_fix(with_line(source, span_of_path, &format!("\"{path}\"")))
    })
}

/// Said of a character that no statement has.
fn stranger(source: &Source, span: Span, c: char) -> Diagnostic {
    let whole = line(source, span);
    let at = (span.range().start - line_start(source, span)).min(whole.len());
    let shown = if c.is_control() || c.is_whitespace() {
        format!("U+{:04X}", u32::from(c))
    } else {
        c.to_string()
    };
    let error = Diagnostic::error(format!("`{shown}` is no character of the language"))
        .label(span, "here");
    // Taken out of the middle of a line it would leave two words as one.
    let is_outermost = whole[..at].trim().is_empty()
        || whole.get(at + c.len_utf8()..).is_none_or(|after| after.trim().is_empty());
    if is_outermost { error.with_fix(with_line(source, span, "")) } else { error }
}

/// Said of a sign outside a cell; a lone `-` is mostly half an arrow.
fn arithmetic(source: &Source, span: Span, sign: char) -> Diagnostic {
    if sign != '-' {
        return Diagnostic::error(format!(
            "`{sign}` is arithmetic; only the equations of a cell have it"
        ))
        .label(span, "not here");
    }
    let is_doubled = source.text[span.range().end..].starts_with("->");
    let arrow = if is_doubled { "" } else { "->" };
    Diagnostic::error("`-` joins nothing; layers are joined with `->`")
        .label(span, "neither before a number nor inside a word")
        .with_fix(with_line(source, span, arrow))
}

/// The characters that were meant by one.
fn plain(c: char) -> String {
    meant(c).map_or_else(|| c.to_string(), str::to_owned)
}

/// The line that `span` lies in, with `replacement` in its place.
pub(crate) fn with_line(source: &Source, span: Span, replacement: &str) -> Fix {
    let whole = line(source, span);
    let start = line_start(source, span);
    let (from, to) = (span.range().start - start, span.range().end.saturating_sub(start));
    // What lies in the white space at the end of the line is beyond its text.
    let before = whole.get(..from).unwrap_or(whole);
    let after = whole.get(to..).unwrap_or("");
    let line = format!("{before}{replacement}{after}").trim().to_owned();
    Fix { span, text: replacement.to_owned(), line }
}

fn line(source: &Source, span: Span) -> &str {
    let start = line_start(source, span);
    let end = source.text[start..].find('\n').map_or(source.text.len(), |n| start + n);
    source.text[start..end].trim_end()
}

fn line_start(source: &Source, span: Span) -> usize {
    source.text[..span.range().start].rfind('\n').map_or(0, |n| n + 1)
}

/// What a look-alike stands for.
fn meant(c: char) -> Option<&'static str> {
    Some(match c {
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '＂' | '‘' | '’' | '‚' => {
            "\""
        }
        '→' | '⟶' | '➝' | '➔' | '⇾' => "->",
        '⇒' | '⟹' | '➡' => "=>",
        '，' | '、' | '؛' | '،' => ",",
        '（' => "(",
        '）' => ")",
        '［' | '【' => "[",
        '］' | '】' => "]",
        '｛' => "{",
        '｝' => "}",
        '｜' | '¦' | '∣' | '│' => "|",
        '＝' => "=",
        '＜' => "<",
        '＞' => ">",
        '≤' => "<=",
        '≥' => ">=",
        '％' => "%",
        '＃' => "#",
        '－' | '–' | '—' | '−' | '‐' | '‑' => "-",
        '＋' => "+",
        '＊' | '×' | '·' | '∗' => "*",
        '／' | '÷' => "/",
        '．' | '。' => ".",
        '…' => "..",
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}' | '\u{2002}'..='\u{200a}' => " ",
        '\u{200b}'..='\u{200f}' | '\u{2060}' => "",
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => ascii(c)?,
        _ => return None,
    })
}

/// The ASCII letter or digit of a full-width one.
fn ascii(c: char) -> Option<&'static str> {
    const ASCII: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let plain = char::from_u32(u32::from(c).checked_sub(0xfee0)?)?;
    let at = ASCII.find(plain)?;
    ASCII.get(at..at + 1)
}
