//! Characters that look like the language's and are not: curly quotes, full-width
//! letters, arrows, invisible spaces.

use crate::{Diagnostic, Source, Span};

/// Whether a letter or digit is a look-alike of an ASCII one.
pub(crate) fn is_lookalike(c: char) -> bool {
    c.is_alphanumeric() && meant(c).is_some()
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
        return Diagnostic::error("the text in quotes does not end")
            .label(span, "begins here")
            .with_hint(format!("{}\"", line_before(source, span) + bad.trim_end()));
    }
    let first = bad.chars().next().unwrap_or(' ');
    if ['-', '+', '*', '/'].contains(&first) {
        return arithmetic(source, span, first);
    }
    if meant(first).is_none() {
        let shown = if first.is_control() || first.is_whitespace() {
            format!("U+{:04X}", u32::from(first))
        } else {
            first.to_string()
        };
        return Diagnostic::error(format!("`{shown}` is no character of the language"))
            .label(span, "here")
            .with_hint(with_line(source, span, ""));
    }
    let right: String = bad.chars().filter_map(meant).collect();
    let title = if right.trim().is_empty() {
        "a space here is not the one the space bar gives".to_owned()
    } else {
        format!("`{bad}` looks like `{right}` and is another character")
    };
    let fixed = line(source, span).chars().map(fix).collect::<String>();
    Diagnostic::error(title)
        .label(span, format!("type `{right}`"))
        .with_hint(fixed.trim().to_owned())
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
        .with_hint(with_line(source, span, arrow))
}

fn fix(c: char) -> String {
    meant(c).map_or_else(|| c.to_string(), str::to_owned)
}

/// The line that `span` lies in, with `replacement` in its place.
pub(crate) fn with_line(source: &Source, span: Span, replacement: &str) -> String {
    let whole = line(source, span);
    let start = line_start(source, span);
    let (from, to) = (span.range().start - start, span.range().end.saturating_sub(start));
    // What lies in the white space at the end of the line is beyond its text.
    let before = whole.get(..from).unwrap_or(whole);
    let after = whole.get(to..).unwrap_or("");
    format!("{before}{replacement}{after}").trim().to_owned()
}

fn line_before(source: &Source, span: Span) -> String {
    source.text[line_start(source, span)..span.range().start].to_owned()
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
